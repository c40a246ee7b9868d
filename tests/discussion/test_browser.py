"""Citizens and an officer in a real browser, with scripts switched off; accessibility, and a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from ckan import model
from ckan.tests import factories, helpers
from playwright.sync_api import expect

from tests.catalogue.records import dataset
from tests.discussion.conftest import PASSWORD, forget_limits
from tests.visitor import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")]
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def people() -> dict[str, Any]:
    """A public dataset, two citizens, an officer of its publisher, and an administrator."""
    # These people sign in more often in a minute than anybody is allowed to.
    forget_limits()
    made = dataset()
    found = {name: factories.User(name=name, password=PASSWORD) for name in ("citizen", "neighbour", "officer")}
    factories.Sysadmin(name="administrator", password=PASSWORD)
    member = {"id": made["owner_org"], "username": "officer", "role": "member"}
    helpers.call_action("organization_member_create", {"user": "administrator"}, **member)
    model.Session.commit()
    return {"dataset": made, **found}


@pytest.fixture
def open_page(browser: Any, portal_url: str) -> Iterator[Any]:
    """Opens a browser of its own for somebody, with or without scripts."""
    contexts = []

    def go(name: str, lang: str = "ru", *, scripts: bool = False) -> Any:
        context = browser.new_context(base_url=portal_url, java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        sign_in(page, name, PASSWORD, lang)
        return page

    yield go
    for context in contexts:
        context.close()


def test_a_comment_gets_its_answer_without_a_script(people: dict[str, Any], open_page: Any) -> None:
    thread = f"/ru/discussion/dataset/{people['dataset']['id']}"
    citizen = open_page("citizen")
    citizen.goto(f"/ru/dataset/{people['dataset']['name']}")
    citizen.click("text=Обсуждение")
    citizen.click("text=Написать комментарий")
    citizen.check("input[name=kind][value=remark]")
    citizen.fill("textarea[name=text]", "В строке 7 ошибка")
    citizen.fill("input[name=author_name]", "Айгүл")
    citizen.click("text=Отправить")
    assert citizen.locator(".og-comment").inner_text().startswith("Айгүл")

    officer = open_page("officer")
    officer.goto("/ru/discussion/replies")
    officer.click("text=В строке 7 ошибка")
    officer.select_option("select[name=outcome]", "accepted")
    officer.fill("textarea[name=text]", "Исправлено. Спасибо!")
    officer.click("button[name=publish]")

    citizen.goto(thread)
    assert "Исправлено. Спасибо!" in citizen.locator(".og-official").inner_text()
    citizen.goto("/ru/notices")
    assert "Орган ответил на мой комментарий" in citizen.locator("main").inner_text()


def test_two_citizens_vote_sort_and_reply_without_a_script(people: dict[str, Any], open_page: Any) -> None:
    thread = f"/ru/discussion/dataset/{people['dataset']['id']}"
    citizen, neighbour = open_page("citizen"), open_page("neighbour")
    for text in ("Нужна дорога", "Нужна школа", "Нужен мост"):
        citizen.goto(thread)
        citizen.click("text=Написать комментарий")
        citizen.fill("textarea[name=text]", text)
        citizen.fill("input[name=author_name]", "Айгүл")
        citizen.click("text=Отправить")

    def says(page: Any, *texts: str) -> None:
        # Waits: the page that a link leads to may not be there yet.
        found = page.locator(".og-thread > .og-comments > li > .og-comment > .og-comment-text")
        expect(found).to_have_text(list(texts))

    def comment(page: Any, text: str) -> Any:
        return page.locator(".og-thread > .og-comments > li", has_text=text)

    def votes(page: Any, text: str) -> list[str]:
        return re.findall(r"[▲▼]\D*(\d+)", comment(page, text).locator(".og-votes").first.inner_text())

    neighbour.goto(thread)
    says(neighbour, "Нужен мост", "Нужна школа", "Нужна дорога")
    comment(neighbour, "Нужна школа").get_by_role("button", name="Поддержать").click()
    comment(neighbour, "Нужен мост").get_by_role("button", name="Возразить").click()
    assert votes(neighbour, "Нужна школа") == ["1", "0"]
    assert votes(neighbour, "Нужен мост") == ["0", "1"]
    neighbour.get_by_role("link", name="по поддержке").click()
    says(neighbour, "Нужна школа", "Нужна дорога", "Нужен мост")
    comment(neighbour, "Нужен мост").get_by_role("button", name="Возразить").click()
    assert votes(neighbour, "Нужен мост") == ["0", "0"]
    neighbour.get_by_role("link", name="сначала старые").click()
    says(neighbour, "Нужна дорога", "Нужна школа", "Нужен мост")

    comment(neighbour, "Нужна школа").get_by_role("link", name="Ответить").click()
    assert "Нужна школа" in neighbour.locator(".og-quote").inner_text()
    neighbour.fill("textarea[name=text]", "И детский сад")
    neighbour.fill("input[name=author_name]", "Болат")
    neighbour.click("text=Отправить")
    reply = comment(neighbour, "Нужна школа").locator(".og-comments .og-comment")
    assert reply.locator(".og-comment-text").inner_text() == "И детский сад"
    citizen.goto(thread)
    # Nobody votes for their own comment: where the others have buttons, the author sees the numbers alone.
    assert comment(citizen, "Нужна дорога").get_by_role("button", name="Поддержать").count() == 0
    assert votes(citizen, "Нужна школа") == ["1", "0"]
    says(citizen, "Нужен мост", "Нужна школа", "Нужна дорога")


@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_pages_have_no_fault_that_axe_can_find_and_fit_a_phone(
    people: dict[str, Any], open_page: Any, lang: str
) -> None:
    subject = {"subject_type": "dataset", "subject_id": people["dataset"]["id"]}
    said = {"text": "Қате бар: https://example.kz", "author_name": "Айгүл", "kind": "remark", **subject}
    made = helpers.call_action("discussion_comment_create", {"user": "citizen", "ignore_auth": False}, **said)
    helpers.call_action(
        "discussion_reply_draft", {"user": "officer", "ignore_auth": False}, id=made["id"], outcome="rejected",
        text="Қате жоқ.", reason="Тексерілді.",
    )  # fmt: skip
    helpers.call_action("discussion_reply_publish", {"user": "officer", "ignore_auth": False}, ids=[made["id"]])
    # More replies than stand on one page.
    for number in range(21):
        reply = subject | {"text": f"Жауап {number}", "author_name": "Болат", "parent_id": made["id"]}
        name = ("neighbour", "officer")[number % 2]
        helpers.call_action("discussion_comment_create", {"user": name, "ignore_auth": False}, **reply)
    addresses = {
        "citizen": [
            f"/discussion/dataset/{people['dataset']['id']}",
            f"/discussion/comment/{made['id']}/replies?page=2",
            f"/discussion/comment/{made['id']}/edit",
            f"/discussion/comment/{made['id']}/history",
            f"/discussion/comment/{made['id']}/withdraw",
            "/discussion/mine",
            "/notices",
            "/notices/settings",
            "/calendar?received=2026-03-18&days=3",
        ],
        "officer": [
            "/discussion/replies",
            f"/discussion/replies/{made['id']}",
            "/discussion/replies/templates",
            f"/discussion/comment/{made['id']}/report",
        ],
        "administrator": ["/discussion/moderation", "/ckan-admin/calendar"],
    }
    faults, wide = {}, []
    for name, paths in addresses.items():
        page = open_page(name, lang, scripts=True)
        for path in paths:
            for width in (1280, 360):
                page.set_viewport_size({"width": width, "height": 800})
                answer = page.goto(f"/{lang}{path}")
                assert answer.status == 200, path
                if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                    wide.append((path, width))
            found = Axe().run(page, options=_RULES).response["violations"]
            if found:
                faults[path] = [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found]
    assert faults == {}
    assert wide == []
