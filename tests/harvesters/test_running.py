"""Sources that run by themselves: schedules, approval, letters to owners, stopping, taking away."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ckan import model
from ckan.lib import jobs
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from ckan.tests.helpers import CKANTestApp
from ckanext.datastore.backend.postgres import get_read_engine
from ckanext.harvest import queue
from ckanext.harvest.model import HarvestJob, HarvestObject, HarvestSource
from sqlalchemy import event, inspect

from ckanext.opengov_kz.harvesters import consumers, liveness, rounds, scheduling
from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator
from ckanext.opengov_kz.harvesters.ensi.simulator_data import generate
from ckanext.opengov_kz.harvesters.model import SourceState
from tests.conftest import free_port
from tests.harvesters.conftest import call, drain
from tests.mail import Mailbox, serve, text
from tests.visitor import Visitor

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "no_plans"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
    pytest.mark.ckan_config("opengov.harvesting.request_attempts", 1),
]
MakeSource = Callable[..., dict[str, Any]]
Round = Callable[[], None]
AsPerson = Callable[..., Any]
PASSWORD = "a-long-enough-password"
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def no_plans(clean_queues: None, empty_queues: None) -> None:
    """Nothing is planned in rq, and no queue has anything."""
    registry = jobs.get_queue().scheduled_job_registry
    for name in registry.get_job_ids():
        registry.remove(name, delete_job=True)


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server to which the portal sends, empty at first."""
    controller, made = serve(free_port())
    monkeypatch.setitem(toolkit.config, "smtp.server", f"127.0.0.1:{made.port}")
    yield made
    controller.stop()


@pytest.fixture
def agency() -> Iterator[EnsiSimulator]:
    with EnsiSimulator([generate("KATO", 40)]) as running:
        yield running


@pytest.fixture
def a_round(app: CKANTestApp) -> Callable[[], None]:
    """What `ckan harvesting run-periodically` does each time."""

    def go() -> None:
        with app.flask_app.test_request_context():
            call("harvest_jobs_run")
        model.Session.remove()

    return go


@pytest.fixture
def as_person(app: CKANTestApp) -> Callable[..., Any]:
    """Calls an action as somebody, with their permissions."""

    def act(user: dict[str, Any] | None, action: str, **data: Any) -> Any:
        with app.flask_app.test_request_context():
            return helpers.call_action(action, {"user": user["name"] if user else "", "ignore_auth": False}, **data)

    return act


def run_queues() -> None:
    """Both consumers, until nothing waits."""
    drain(queue.get_gather_consumer(), queue.gather_callback)
    while consumers.fetch_next({}):
        pass


def work_off_jobs(mailbox: Mailbox) -> None:
    mailbox.deliver()
    model.Session.remove()


def planned() -> dict[str, datetime]:
    registry = jobs.get_queue().scheduled_job_registry
    names = [name for name in registry.get_job_ids() if name.startswith("opengov-harvest-")]
    return {name: registry.get_scheduled_time(name) for name in names}


def runs() -> int:
    model.Session.remove()
    return model.Session.query(HarvestJob).count()


def set_next_run(source_id: str, moment: datetime) -> None:
    source: Any = HarvestSource.get(source_id)
    source.next_run = moment.replace(tzinfo=None)
    model.Session.commit()


def person(publisher: dict[str, Any], role: str, language: str) -> dict[str, Any]:
    user = factories.User(password=PASSWORD, plugin_extras={"opengov": {"language": language}})
    call("organization_member_create", id=publisher["id"], username=user["name"], role=role)
    return user


def mails_to(mailbox: Mailbox, user: dict[str, Any]) -> list[str]:
    return [str(mail["Subject"]) for mail in mailbox.deliver() if user["email"] in str(mail["To"])]


# Schedules


def test_a_source_starts_by_itself_and_its_next_run_is_planned_once(
    make_source: MakeSource, agency: EnsiSimulator, mailbox: Mailbox, a_round: Round
) -> None:
    source = make_source(agency.url, frequency="HOURLY")
    assert call("harvest_source_show", id=source["id"])["frequency"] == "HOURLY"
    a_round()
    work_off_jobs(mailbox)
    assert runs() == 1
    run_queues()
    a_round()
    status = call("harvesting_source_status_show", id=source["id"])
    assert status["state"] == "finished"
    due = datetime.fromisoformat(status["next_run"])
    assert timedelta(minutes=58) < due - datetime.now(UTC) <= timedelta(hours=1)
    # However many processes plan it, it is one run.
    for _process in range(3):
        scheduling.plan_all(datetime.now(UTC))
    assert list(planned().values()) == [due]
    a_round()
    work_off_jobs(mailbox)
    assert runs() == 1, "it is not due again"


def test_a_run_that_is_due_happens_once_and_keeps_its_time_of_day(
    make_source: MakeSource, agency: EnsiSimulator, mailbox: Mailbox
) -> None:
    source = make_source(agency.url, frequency="DAILY")
    due = NOW - timedelta(days=3, hours=2)
    set_next_run(source["id"], due)
    for _process in range(3):
        scheduling.plan_all(datetime.now(UTC))
    work_off_jobs(mailbox)
    work_off_jobs(mailbox)
    assert runs() == 1
    following = call("harvesting_source_status_show", id=source["id"])["next_run"]
    assert datetime.fromisoformat(following) == due + timedelta(days=4)


def test_a_plan_of_a_schedule_that_was_changed_does_nothing(
    make_source: MakeSource, agency: EnsiSimulator, mailbox: Mailbox
) -> None:
    source = make_source(agency.url, frequency="DAILY")
    set_next_run(source["id"], NOW)
    scheduling.plan_all(datetime.now(UTC))
    call("harvest_source_patch", id=source["id"], frequency="MANUAL")
    assert call("harvest_source_show", id=source["id"])["frequency"] == "MANUAL"
    work_off_jobs(mailbox)
    assert runs() == 0
    call("harvest_source_patch", id=source["id"], frequency="HOURLY")
    assert call("harvest_source_show", id=source["id"])["frequency"] == "HOURLY"
    call("harvest_source_patch", id=source["id"], title="Other")
    assert call("harvest_source_show", id=source["id"])["frequency"] == "HOURLY"


def test_plans_and_queues_come_back_after_redis_was_emptied(
    make_source: MakeSource, agency: EnsiSimulator, mailbox: Mailbox, a_round: Round
) -> None:
    source = make_source(agency.url, frequency="DAILY")
    set_next_run(source["id"], NOW + timedelta(hours=5))
    a_round()
    assert len(planned()) == 1
    call("harvesting_source_run", id=source["id"])
    jobs.get_queue().connection.flushdb()
    assert planned() == {}
    a_round()
    rounds.queue_lost_again(datetime.now(UTC).timestamp() + 60)
    run_queues()
    a_round()
    assert len(planned()) == 1
    status = call("harvesting_source_status_show", id=source["id"])
    assert (status["state"], status["jobs"][0]["counts"]["inserted"]) == ("finished", 40)


# Signs of life


def test_a_worker_whose_work_hangs_ends_itself(ckan_config: dict[str, Any]) -> None:
    ckan_config["opengov.harvesting.hang_minutes"] = 0
    child = os.fork()
    if child == 0:
        with liveness.heartbeat("an-object", "a-job", "a-mark"):
            time.sleep(30)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 75


def test_work_that_lives_is_not_queued_again_however_long_it_takes(
    make_source: MakeSource, agency: EnsiSimulator
) -> None:
    call("harvesting_source_run", id=make_source(agency.url)["id"])
    drain(queue.get_gather_consumer(), queue.gather_callback)
    entry: Any = model.Session.query(HarvestObject).one()
    entry.state = "IMPORT"
    model.Session.commit()
    redis: Any = connect_to_redis()
    waiting = queue.get_fetch_routing_key()
    redis.delete(waiting)
    now = time.time()
    with liveness.heartbeat(entry.id, entry.harvest_job_id, f"{waiting}:{entry.id}"):
        for later in (0, 60, 6000):
            rounds.queue_lost_again(now + later)
            queue.resubmit_jobs()
        assert redis.llen(waiting) == 0
    rounds.queue_lost_again(now + 6010)
    assert redis.llen(waiting) == 0, "it may be a moment between two signs"
    rounds.queue_lost_again(now + 6030)
    rounds.queue_lost_again(now + 6060)
    assert redis.llen(waiting) == 1, "queued again, once"


# Approval


def test_a_source_of_an_editor_waits_until_an_administrator_approves_it(
    app: CKANTestApp, publisher: dict[str, Any], agency: EnsiSimulator, mailbox: Mailbox, a_round: Round
) -> None:
    editor = person(publisher, "editor", "ru")
    administrator = factories.Sysadmin(password=PASSWORD, plugin_extras={"opengov": {"language": "kk"}})
    visitor = Visitor(app)
    visitor.sign_in(editor["name"], PASSWORD)
    answer = visitor.send(
        "/harvest/new",
        title="Классификаторы",
        url=agency.url,
        source_type="ensi",
        frequency="HOURLY",
        owner_org=publisher["id"],
        config="",
    )
    assert answer.status_code == 302
    assert len(mails_to(mailbox, administrator)) == 1
    assert agency.url in text(mailbox.last_to(administrator["email"]))
    page = visitor.get("/ru/harvest/klassifikatory").get_data(as_text=True)
    assert "ждет одобрения" in page
    assert "/harvest/refresh/" not in page
    assert visitor.send("/harvest/refresh/klassifikatory").status_code == 302
    a_round()
    work_off_jobs(mailbox)
    assert runs() == 0
    assert visitor.get("/harvest/approve/klassifikatory").status_code == 403
    assert "klassifikatory" not in Visitor(app).get("/harvest-health").get_data(as_text=True)

    judge = Visitor(app)
    judge.sign_in(administrator["name"], PASSWORD)
    assert "/harvest/approve/klassifikatory" in judge.get("/harvest-health").get_data(as_text=True)
    assert judge.send("/harvest/approve/klassifikatory").status_code == 302
    assert mails_to(mailbox, editor) == ["Одобрено: Классификаторы"]
    a_round()
    work_off_jobs(mailbox)
    assert runs() == 1


def test_a_refusal_needs_a_reason_and_the_person_reads_it(
    app: CKANTestApp, publisher: dict[str, Any], agency: EnsiSimulator, mailbox: Mailbox, as_person: AsPerson
) -> None:
    editor = person(publisher, "editor", "kk")
    administrator = factories.Sysadmin(password=PASSWORD)
    given = {"name": "one", "title": "One", "url": agency.url, "source_type": "ensi", "owner_org": publisher["id"]}
    as_person(editor, "harvest_source_create", frequency="DAILY", config="", **given)
    judge = Visitor(app)
    judge.sign_in(administrator["name"], PASSWORD)
    assert 'id="field-reason"' in judge.send("/kk/harvest/refuse/one", reason="  ").get_data(as_text=True)
    assert call("harvesting_source_status_show", id="one")["approval"] == "pending"
    assert judge.send("/harvest/refuse/one", reason="Мекенжай қате").status_code == 302
    assert "Мекенжай қате" in text(mailbox.last_to(editor["email"]))
    for action, data in (("harvesting_source_run", {"id": "one"}), ("harvest_job_create_all", {})):
        with pytest.raises(toolkit.ValidationError):
            call(action, **data)
    assert model.Session.query(HarvestJob).filter_by(status="Running").count() == 0


def test_a_source_with_another_address_waits_for_approval_again(
    publisher: dict[str, Any], make_source: MakeSource, agency: EnsiSimulator, mailbox: Mailbox, as_person: AsPerson
) -> None:
    editor = person(publisher, "editor", "kk")
    source = make_source(agency.url)
    as_person(editor, "harvest_source_patch", id=source["id"], title="A new title")
    assert call("harvesting_source_status_show", id=source["id"])["approval"] == "approved"
    # Also when the type of the record is left out.
    stored = call("harvest_source_show", id=source["id"])
    changed = {name: stored[name] for name in ("id", "name", "title", "source_type", "owner_org", "config")}
    as_person(editor, "package_update", **changed, url=f"{agency.url}/other")
    assert call("harvesting_source_status_show", id=source["id"])["approval"] == "pending"
    with pytest.raises(toolkit.ValidationError):
        as_person(editor, "package_update", **changed, url="http://10.0.0.7/")


# Letters


def test_owners_are_told_once_that_a_source_fails_and_once_that_it_works_again(
    publisher: dict[str, Any], make_source: MakeSource, agency: EnsiSimulator, mailbox: Mailbox, a_round: Round
) -> None:
    officer, head = person(publisher, "member", "kk"), person(publisher, "admin", "ru")
    source = make_source(agency.url)

    def harvest() -> None:
        call("harvesting_source_run", id=source["id"])
        run_queues()
        a_round()
        a_round()

    harvest()
    assert mailbox.deliver() == []
    agency.fail(1, status=500, times=-1)
    harvest()
    assert mails_to(mailbox, officer) == ["Деректер енді келмейді: ЕНСИ"]
    assert mails_to(mailbox, head) == ["Данные больше не поступают: ЕНСИ"]
    assert "HTTP 500" in text(mailbox.last_to(head["email"]))
    harvest()
    harvest()
    assert len(mailbox.deliver()) == 2, "once, not every time"
    failing = call("harvesting_source_status_show", id=source["id"])
    assert failing["failing_since"]
    agency.clear_faults()
    harvest()
    assert mails_to(mailbox, officer)[1:] == ["Деректер қайтадан келіп жатыр: ЕНСИ"]
    harvest()
    assert len(mailbox.deliver()) == 4
    assert call("harvesting_source_status_show", id=source["id"])["failing_since"] is None


def test_a_harvest_that_a_person_stopped_is_no_failure(
    publisher: dict[str, Any],
    make_source: MakeSource,
    agency: EnsiSimulator,
    mailbox: Mailbox,
    a_round: Round,
    as_person: AsPerson,
) -> None:
    editor = person(publisher, "editor", "ru")
    source = make_source(agency.url)
    call("harvesting_source_run", id=source["id"])
    drain(queue.get_gather_consumer(), queue.gather_callback)
    # An editor of the body may, although ckanext-harvest leaves that to administrators of the portal.
    as_person(editor, "harvesting_source_stop", id=source["id"])
    run_queues()
    a_round()
    status = call("harvesting_source_status_show", id=source["id"])
    assert (status["state"], status["jobs"][0]["problems"], mailbox.deliver()) == ("stopped", [], [])


# Taking away


def test_a_source_is_cleared_with_the_rows_of_its_datasets(
    make_source: MakeSource, agency: EnsiSimulator, harvest: Callable[[str], Any], mailbox: Mailbox
) -> None:
    source = make_source(agency.url)
    harvest(source["id"])
    resource = call("package_show", id="ensi-kato")["resources"][0]["id"]
    assert inspect(get_read_engine()).has_table(resource)
    call("harvesting_source_clear", id=source["id"])
    work_off_jobs(mailbox)
    assert model.Package.get("ensi-kato") is None
    assert not inspect(get_read_engine()).has_table(resource)
    status = call("harvesting_source_status_show", id=source["id"])
    assert (status["state"], status["jobs"], status["last_success"]) == ("never", [], None)
    assert harvest(source["id"])["jobs"][0]["counts"]["inserted"] == 40


@pytest.mark.parametrize("with_datasets", ["false", "true"])
def test_a_deleted_source_keeps_its_datasets_or_takes_them_along(
    app: CKANTestApp,
    make_source: MakeSource,
    agency: EnsiSimulator,
    harvest: Callable[[str], Any],
    mailbox: Mailbox,
    with_datasets: str,
    a_round: Round,
) -> None:
    administrator = factories.Sysadmin(password=PASSWORD)
    harvest(make_source(agency.url, frequency="DAILY")["id"])
    visitor = Visitor(app)
    visitor.sign_in(administrator["name"], PASSWORD)
    assert visitor.send("/harvest/delete/ensi", with_datasets=with_datasets).status_code == 302
    work_off_jobs(mailbox)
    left = model.Package.get("ensi-kato")
    assert (left is None) is (with_datasets == "true")
    a_round()
    work_off_jobs(mailbox)
    assert planned() == {}
    if left is not None:
        page = Visitor(app).get("/ru/dataset/ensi-kato").get_data(as_text=True)
        assert "больше не обновляется из источника" in page


# What readers see


def test_a_dataset_says_where_it_comes_from_and_whether_it_is_late(
    app: CKANTestApp, make_source: MakeSource, agency: EnsiSimulator, harvest: Callable[[str], Any]
) -> None:
    harvest(make_source(agency.url, frequency="HOURLY")["id"])
    reader = Visitor(app)
    page = reader.get("/ru/dataset/ensi-kato").get_data(as_text=True)
    assert "/ru/harvest/ensi" in page
    assert "каждый час" in page
    assert "опаздывают" not in page
    entry: Any = model.Session.query(HarvestObject).one()
    entry.import_finished = entry.fetch_finished = entry.import_finished - timedelta(hours=3)
    model.Session.commit()
    assert "опаздывают" in reader.get("/ru/dataset/ensi-kato").get_data(as_text=True)


def test_everybody_sees_how_the_sources_are_doing(
    app: CKANTestApp,
    make_source: MakeSource,
    agency: EnsiSimulator,
    harvest: Callable[[str], Any],
    a_round: Round,
    as_person: AsPerson,
) -> None:
    source = make_source(agency.url, frequency="HOURLY")
    harvest(source["id"])
    a_round()
    [told] = as_person(None, "harvesting_source_health_list")
    assert (told["rows"], told["datasets"], told["is_late"], told["asked_by"]) == (40, 1, False, "")
    state = model.Session.get_one(SourceState, source["id"])
    state.last_success = state.last_success and state.last_success - timedelta(hours=2)
    model.Session.commit()
    page = Visitor(app).get("/ru/harvest-health").get_data(as_text=True)
    assert "опаздывают" in page
    assert "/ru/harvest/ensi" in page
    assert "/harvest/approve/" not in page


def test_the_health_page_asks_the_database_no_more_for_many_sources(
    app: CKANTestApp, make_source: MakeSource, agency: EnsiSimulator
) -> None:
    counted: list[str] = []

    def count(*arguments: Any) -> None:
        counted.append(arguments[2])

    def queries() -> int:
        counted.clear()
        call("harvesting_source_health_list")
        return len(counted)

    make_source(agency.url)
    queries()
    event.listen(model.Session.get_bind(), "before_cursor_execute", count)
    try:
        one = queries()
        for number in range(4):
            make_source(f"{agency.url}/{number}", name=f"source-{number}")
        assert queries() <= one
    finally:
        event.remove(model.Session.get_bind(), "before_cursor_execute", count)


@pytest.mark.browser
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_pages_of_sources_have_no_fault_that_axe_can_find_and_fit_a_phone(
    page: Any, make_source: MakeSource, agency: EnsiSimulator, harvest: Callable[[str], Any], language: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    administrator = factories.Sysadmin(password=PASSWORD)
    source = make_source(agency.url, frequency="HOURLY")
    for _run in range(2):
        harvest(source["id"])
    agency.fail(1, status=500, times=-1)
    agency.change("KATO", renamed=1)
    harvest(source["id"])
    pending = make_source(f"{agency.url}/other", name="pending")
    model.Session.get_one(SourceState, pending["id"]).approval = "pending"
    model.Session.commit()
    page.goto(f"/{language}/user/login")
    page.fill("input[name=login]", administrator["name"])
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/dashboard/**")
    page.set_viewport_size({"width": 360, "height": 740})
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    deeds = [f"/harvest/{deed}/ensi" for deed in ("refresh", "clear", "delete", "refuse")]
    faults, too_wide = {}, {}
    for address in ("/harvest-health", "/harvest/ensi", "/harvest/pending", "/harvest/approve/pending", *deeds):
        page.goto(f"/{language}{address}")
        found = axe.run(page, options=rules).response["violations"]
        if found:
            faults[address] = [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found]
        reached = page.evaluate("document.documentElement.scrollWidth")
        if reached > 360:
            too_wide[address] = reached
    assert (faults, too_wide) == ({}, {})
