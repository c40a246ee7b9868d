"""Who lets a source run, and what its owners are told."""

from __future__ import annotations

from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp
from ckanext.harvest import queue
from ckanext.harvest.model import HarvestJob

from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator
from tests.harvesters.conftest import call, drain
from tests.harvesters.sources import (
    PASSWORD,
    AsPerson,
    MakeSource,
    Round,
    mails_to,
    person,
    run_queues,
    runs,
    work_off_jobs,
)
from tests.mail import Mailbox, text
from tests.visitor import Visitor

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "no_plans"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
    pytest.mark.ckan_config("opengov.harvesting.request_attempts", 1),
]


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
