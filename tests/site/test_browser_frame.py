"""The frame in a browser: accessible, light, readable on a phone, usable by keyboard and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ckan.lib.redis import connect_to_redis
from playwright.sync_api import expect

from tests.site.content import category, dataset, publisher

pytestmark = pytest.mark.browser

#: The most that a page may weigh with all that it loads, uncompressed.
HEAVIEST = 400_000
#: The narrowest phone, and a table-top screen.
WIDTHS = (360, 1280)


@pytest.fixture(scope="module")
def content(reset_db: Any) -> Iterator[list[str]]:
    """Pages of a portal with something in it, without the language."""
    from ckan.lib.search import clear_all  # noqa: PLC0415
    from ckan.tests.helpers import _get_test_app  # noqa: PLC0415

    reset_db()
    clear_all()
    connect_to_redis().delete("opengov:site:home")
    with _get_test_app().flask_app.test_request_context():
        owner, theme = publisher(), category()
        sets = [dataset(owner, theme) for _ in range(25)]
    yield [
        "/",
        "/navigator",
        "/about",
        "/dataset/",
        f"/dataset/?q=астана&groups={theme['name']}",
        f"/dataset/{sets[0]['name']}",
        "/organization/",
        f"/organization/{owner['name']}",
        "/group/",
        f"/group/{theme['name']}",
        "/user/login",
        "/user/register",
        "/no-such-page",
    ]
    reset_db()
    clear_all()


@pytest.mark.parametrize("language", ["/kk", "/ru"])
def test_pages_have_no_fault_that_axe_can_find(page: Any, content: list[str], language: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    faults = {}
    for address in content:
        page.goto(language + address)
        found = axe.run(page, options=rules).response["violations"]
        if found:
            faults[address] = [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found]
    assert faults == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_fit_the_screen(page: Any, content: list[str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    too_wide = {}
    for language in ("", "/ru", "/en"):
        for address in content:
            page.goto(language + address)
            reached = page.evaluate("document.documentElement.scrollWidth")
            if reached > width:
                too_wide[language + address] = reached
    assert too_wide == {}


def test_pages_weigh_little_and_nothing_is_blocked_by_the_policy(
    browser: Any, portal_url: str, content: list[str]
) -> None:
    weights: dict[str, int] = {}
    complaints: list[str] = []
    for address in content:
        context = browser.new_context(base_url=portal_url)
        page = context.new_page()
        answers: list[Any] = []
        page.on("response", lambda answer, answers=answers: answers.append(answer))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(address)
        page.wait_for_load_state("networkidle")
        weights[address] = sum(len(answer.body()) for answer in answers if answer.ok or answer.status == 404)
        context.close()
    assert {address: weight for address, weight in weights.items() if weight > HEAVIEST} == {}
    assert [text for text in complaints if "404" not in text] == []


def test_keyboard_reaches_the_search_and_the_skip_link_comes_first(page: Any, content: list[str]) -> None:
    page.goto("/ru/dataset/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "q":
            break
    page.keyboard.type("школы")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ru/dataset/?q=*")
    assert page.get_by_role("combobox").input_value() == "школы"


def test_menu_opens_and_closes_by_keyboard_on_a_phone(page: Any, content: list[str]) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/en/")
    menu = page.locator(".og-nav summary")
    menu.focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("link", name="Publishers", exact=True).first.is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".og-nav ul").is_visible()
    assert menu.evaluate("node => node === document.activeElement")


@pytest.mark.parametrize("width", WIDTHS)
def test_everything_can_be_reached_without_scripts(
    browser: Any, portal_url: str, content: list[str], width: int
) -> None:
    context = browser.new_context(
        base_url=portal_url, java_script_enabled=False, viewport={"width": width, "height": 740}
    )
    page = context.new_page()
    page.goto("/en/")
    page.get_by_role("searchbox").fill("Astana")
    page.get_by_role("search").get_by_role("button").click()
    page.wait_for_url("**/dataset/?**")
    assert page.locator(".og-dataset").count() > 0
    if not page.locator(".og-facet").first.is_visible():
        page.locator(".og-filters > summary").click()
    page.locator(".og-facet a").first.click()
    expect(page.locator(".og-facet a[aria-current]")).to_have_count(1)
    page.locator("a[hreflang=ru]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    assert "q=Astana" in page.url
    if not page.locator(".og-nav ul").is_visible():
        page.locator(".og-nav summary").click()
    page.locator(".og-nav a[href$='/organization/']").click()
    page.wait_for_url("**/ru/organization/")
    context.close()


def test_targets_are_large_enough_for_a_thumb(page: Any, content: list[str]) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/ru/")
    heights = page.eval_on_selector_all(
        ".og-topbar a, .og-nav summary, .og-search button, .og-more, .og-card-link",
        "nodes => nodes.filter(node => node.offsetParent).map(node => node.getBoundingClientRect().height)",
    )
    assert min(heights) >= 44
