"""Sources taken away, and what readers see of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp
from ckanext.datastore.backend.postgres import get_read_engine
from ckanext.harvest.model import HarvestObject
from sqlalchemy import event, inspect

from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator
from ckanext.opengov_kz.harvesters.model import SourceState
from tests.harvesters.conftest import call
from tests.harvesters.sources import PASSWORD, AsPerson, MakeSource, Round, planned, work_off_jobs
from tests.mail import Mailbox
from tests.visitor import Visitor

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "no_plans"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
    pytest.mark.ckan_config("opengov.harvesting.request_attempts", 1),
]


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
