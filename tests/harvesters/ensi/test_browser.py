"""The tree of a classifier in a browser: accessible, narrow, by keyboard and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckanext.harvest import queue
from playwright.sync_api import expect

from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator
from ckanext.opengov_kz.harvesters.ensi.simulator_data import generate, with_defects
from tests.harvesters.conftest import call, drain

pytestmark = pytest.mark.browser

PAGE = "/dataset/ensi-kato/classifier"
WIDTHS = (360, 1280)


@pytest.fixture(scope="module")
def addresses(reset_db: Any) -> Iterator[list[str]]:
    """Pages of a classifier with two versions and with what real ones suffer from, without the language."""
    from ckan.lib.search import clear_all  # noqa: PLC0415
    from ckan.tests.helpers import _get_test_app, changed_config  # noqa: PLC0415

    reset_db()
    clear_all()
    queue.purge_queues()
    agency = EnsiSimulator([with_defects(generate("KATO", 350))])
    with (
        changed_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
        _get_test_app().flask_app.test_request_context(),
        agency,
    ):
        publisher = call("organization_create", name="statistics", title_translated={"kk": "Бюро", "ru": "Бюро"})
        given = {"source_type": "ensi", "frequency": "MANUAL", "owner_org": publisher["id"], "config": ""}
        source = call("harvest_source_create", name="ensi", title="ЕНСИ", url=agency.url, **given)
        for _version in range(2):
            call("harvesting_source_run", id=source["id"])
            drain(queue.get_gather_consumer(), queue.gather_callback)
            drain(queue.get_fetch_consumer(), queue.fetch_callback)
            toolkit.get_action("harvest_jobs_run")({"ignore_auth": True}, {"source_id": source["id"]})
            agency.change("KATO", renamed=6, closed=2, added=3, replaced=2)
    yield [
        "/dataset/ensi-kato",
        PAGE,
        f"{PAGE}?parent=100000000",
        f"{PAGE}?parent=101000000&date=2021-01-01",
        f"{PAGE}?item=101001001",
        f"{PAGE}?item=X1",
        f"{PAGE}?item=nothing&date=x",
        f"{PAGE}?q=кара",
        f"{PAGE}?q=nothing",
        f"{PAGE}/changes",
    ]
    queue.purge_queues()
    reset_db()
    clear_all()


@pytest.mark.parametrize("language", ["/kk", "/ru"])
def test_pages_have_no_fault_that_axe_can_find_and_fit_a_phone(page: Any, addresses: list[str], language: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    faults = {}
    for address in addresses:
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.goto(language + address).status == 200, address
        found = axe.run(page, options=rules).response["violations"]
        if found:
            faults[address] = [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 740})
            reached = page.evaluate("document.documentElement.scrollWidth")
            if reached > width:
                faults[f"{address} {width}"] = reached
    assert faults == {}


def test_a_person_without_scripts_walks_the_tree_and_finds_a_place_by_keyboard(
    browser: Any, portal_url: str, addresses: list[str]
) -> None:
    context = browser.new_context(base_url=portal_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/ru/dataset/ensi-kato")
    page.get_by_role("link", name="Открыть деревом на любую дату").click()
    tree = page.locator(".ensi-tree")
    for _level in ("oblast", "district", "rural district"):
        # The innermost list holds the children of the branch that is open.
        link = tree.locator("ul[aria-label] a").first
        name = link.inner_text()
        link.focus()
        page.keyboard.press("Enter")
        expect(tree.locator("a[aria-current=true]")).to_have_text(name)
    code = tree.locator("code").last.inner_text()
    page.get_by_label("Название или код").fill(code)
    page.keyboard.press("Enter")
    expect(page.locator(".ensi-found > li")).to_have_count(1)
    page.locator(".ensi-found a").click()
    expect(page.locator(".ensi-item-chosen code")).to_have_text(code)
    page.get_by_label("По состоянию на", exact=True).fill("1990-01-01")
    page.get_by_role("button", name="Показать").click()
    expect(page.locator("#content")).to_contain_text("ни одна позиция не действовала")
    context.close()
