"""An officer, citizens and an expert with one draft act in a real browser; accessibility, a phone, a counted path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from ckan import model
from playwright.sync_api import expect

from ckanext.opengov_kz.npa import demo_drafts
from tests.discussion.conftest import forget_limits
from tests.npa.conftest import PARTS_2, PASSWORD, Office
from tests.visitor import sign_in

pytestmark = [pytest.mark.browser]
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


class Hand:
    """A person at a browser: every click, choice and field that they fill in is counted."""

    def __init__(self, page: Any) -> None:
        self.page, self.done = page, 0

    def click(self, where: str) -> None:
        self.done += 1
        self.page.click(where)
        self.page.wait_for_load_state()

    def fill(self, where: str, text: str) -> None:
        self.done += 1
        self.page.fill(where, text)

    def choose(self, where: str, value: str) -> None:
        self.done += 1
        self.page.select_option(where, value)

    def upload(self, where: str, path: Path) -> None:
        self.done += 1
        self.page.set_input_files(where, path)


@pytest.fixture
def open_page(office: Office, browser: Any, portal_url: str) -> Iterator[Any]:
    """Opens a browser of its own for somebody; faults of scripts and of the content-security policy are told."""
    forget_limits()
    contexts, faults = [], []

    def go(name: str, *, scripts: bool = True, width: int = 1280) -> Any:
        context = browser.new_context(
            base_url=portal_url, java_script_enabled=scripts, viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        if name:
            sign_in(page, name, PASSWORD)
        return page

    yield go
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def files(tmp_path: Path) -> dict[tuple[str, int], Path]:
    """The Word documents of a law of forty articles: two languages, two versions."""
    made = {}
    for language in ("kk", "ru"):
        for version in (1, 2):
            path = tmp_path / f"law.v{version}.{language}.docx"
            path.write_bytes(demo_drafts.as_docx(demo_drafts.source("open_data_law", language, version)))
            made[language, version] = path
    return made


def test_from_two_word_documents_to_a_public_discussion_in_eight_steps(
    office: Office, open_page: Any, files: dict[tuple[str, int], Path]
) -> None:
    officer = Hand(open_page(office.officer, scripts=False))
    officer.page.goto("/ru/npa")
    officer.click("main .og-actions .og-button-primary")
    officer.choose("#kind", "bill")
    officer.upload("#file-kk", files["kk", 1])
    officer.upload("#file-ru", files["ru", 1])
    officer.fill("#notes-kk", "Жоба деректерге қол жеткізуді реттейді.")
    officer.fill("#notes-ru", "Проект регулирует доступ к данным.")
    officer.click("main form .og-button-primary")
    assert "совпадают по всем частям" in officer.page.locator("main [role=status]").inner_text()
    officer.click("button[value=publish]")
    assert officer.done == 8
    assert "на публичном обсуждении" in officer.page.locator("main header").inner_text()
    reader = open_page("")
    reader.goto(officer.page.url)
    assert reader.locator("h1").inner_text() == "О доступе к открытым данным"
    assert reader.locator(".npa-contents li").count() > 40


def test_what_is_wrong_with_a_file_is_said_at_the_file_and_the_words_are_kept(
    office: Office, open_page: Any, tmp_path: Path
) -> None:
    page = open_page(office.officer, scripts=False)
    broken = tmp_path / "broken.docx"
    broken.write_bytes(b"PK\x03\x04 broken")
    page.goto("/ru/npa/new")
    page.set_input_files("#file-kk", broken)
    page.fill("#notes-kk", "Түсіндірме жазба")
    page.fill("#notes-ru", "Пояснительная записка")
    page.click("main form .og-button-primary")
    assert "поврежден" in page.locator("#error-kk").inner_text()
    assert page.input_value("#notes-ru") == "Пояснительная записка"
    assert page.locator("#file-kk").get_attribute("aria-invalid") == "true"


def test_a_citizen_comments_on_an_article_on_a_phone_and_stays_there(office: Office, open_page: Any) -> None:
    name = office.published()
    page = open_page(office.citizens[0], width=360)
    page.goto(f"/ru/npa/{name}")
    page.locator(".npa-article .npa-say").first.click()
    page.check("input[name=kind][value=proposal]")
    with page.expect_response(
        lambda answer: "HX-Request" in answer.request.headers or "hx-request" in answer.request.headers
    ):
        page.locator(".npa-talk textarea[name=text]").press_sequentially("Добавить понятие ученика")
    expect(page.locator("[role=status][hx-post]")).not_to_be_empty()
    page.goto(page.url)
    assert page.input_value(".npa-talk textarea[name=text]") == "Добавить понятие ученика"
    assert page.is_checked("input[name=kind][value=proposal]")
    page.fill("#field-wording", "Ученик – лицо, которое учится.")
    file = {"name": "Есеп.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 report"}
    page.set_input_files("#field-upload", file)
    page.fill("#field-author", "Айгүл")
    page.click("#comment-form .og-button-primary")
    page.wait_for_load_state()
    assert f"/npa/{name}" in page.url
    said = page.locator(".npa-talk .og-comment")
    assert "Добавить понятие ученика" in said.inner_text()
    with page.expect_download() as download:
        said.locator("text=Есеп.pdf").click()
    assert Path(download.value.path()).read_bytes() == b"%PDF-1.7 report"
    assert page.locator(".npa-count").first.inner_text().startswith("1")
    assert _overflow(page) <= 0


def test_a_discussion_goes_its_whole_way(office: Office, open_page: Any) -> None:
    name = office.published()
    words = {"kk": "Адвокаттар алқасы", "ru": "Коллегия адвокатов"}
    office.act(office.sysadmin, "npa_role_set", user=office.expert, kind="scientific_legal", organisation=words)
    model.Session.commit()
    first, second, third = (open_page(citizen, scripts=False) for citizen in office.citizens)
    officer, expert = open_page(office.officer, scripts=False), open_page(office.expert, scripts=False)

    first.goto(f"/kk/npa/{name}?text=kk")
    first.locator(".npa-article .npa-say").nth(2).click()
    _comment(first, "Бірыңғай киім қымбат.", "remark", "Айгүл")
    second.goto(f"/ru/npa/{name}?text=ru")
    second.locator(".npa-item .npa-say").nth(1).click()
    _comment(second, "Занятия начинать в девять.", "proposal", "Борис")
    third.goto(second.url)
    third.locator(".npa-talk").get_by_role("button", name="Поддержать").click()
    assert f"/npa/{name}" in third.url
    third.goto(f"/ru/npa/{name}")
    third.click("main .og-actions .og-button-primary")
    third.locator(".og-thread").get_by_role("button", name="Поддержать").first.click()

    _conclude(expert, name)
    _answer(officer)
    office.preview(name, PARTS_2)
    model.Session.commit()
    officer.goto(f"/ru/npa/{name}/preview")
    officer.fill("#note-kk", "Сабақ уақыты")
    officer.fill("#note-ru", "Время занятий")
    officer.click("button[value=publish]")
    second.goto(f"/ru/npa/{name}/versions")
    assert "девять" in second.locator(".npa-change ins").first.inner_text()

    office.over(name)
    officer.goto(f"/ru/npa/{name}/manage")
    officer.click("button[value=consideration]")
    officer.goto(f"/ru/npa/{name}/report/edit")
    officer.click("button[name=publish]")
    report = officer.locator("main").inner_text()
    assert re.search(r"1\s+принято", report)
    assert "Занятия начинать в девять." in report
    officer.goto(f"/ru/npa/{name}/manage")
    officer.click("button[value=adopted]")
    first.goto("/kk/npa/mine")
    mine = first.locator("main").inner_text()
    assert "Бірыңғай киім қымбат." in mine
    assert "қабылданбады" in mine
    first.goto(f"/kk/npa/{name}")
    assert first.locator(".npa-way-done").count() == 3
    assert "қабылданды" in first.locator(".npa-way-now").inner_text()


def _conclude(expert: Any, name: str) -> None:
    expert.goto(f"/ru/npa/{name}")
    expert.click("text=Дать заключение")
    expert.check("input[name=outcome][value=objects]")
    expert.fill("textarea[name=text]", "Статья 3 противоречит закону.")
    expert.click("main form .og-button-primary")
    conclusions = expert.locator("section[aria-labelledby=conclusions]").inner_text()
    assert "Коллегия адвокатов" in conclusions
    assert "роль подтверждена" in conclusions


def _answer(officer: Any) -> None:
    for words_of_it, outcome, reason in (("в девять", "accepted", ""), ("киім", "rejected", "Такова норма закона.")):
        officer.goto("/ru/discussion/replies")
        officer.locator("th a", has_text=words_of_it).click()
        officer.select_option("select[name=outcome]", outcome)
        officer.fill("textarea[name=text]", "Спасибо.")
        officer.fill("[name=reason]", reason)
        officer.click("button[name=publish]")


def _comment(page: Any, text: str, kind: str, author: str) -> None:
    page.check(f"input[name=kind][value={kind}]")
    page.fill(".npa-talk textarea[name=text]", text)
    page.fill("#field-author", author)
    page.click("#comment-form .og-button-primary")
    page.wait_for_load_state()


def _overflow(page: Any) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_pages_have_no_fault_that_axe_can_find_and_fit_a_phone(office: Office, open_page: Any, language: str) -> None:
    name = office.published()
    said = office.say(office.citizens[0], name, "Бірыңғай киім қымбат.", "article-3")
    office.answer(said["id"], "rejected", "Заң нормасы.")
    office.preview(name, PARTS_2)
    titles = {"kk": "Мектеп қандай болсын?", "ru": "Какой быть школе?"}
    office.act(office.officer, "package_create", type="npa_call", name="ideas", owner_org=office.body,
               phase="collect", title_translated=titles, notes_translated=titles)  # fmt: skip
    model.Session.commit()
    part = office.rows(name)["article-3"]["id"]
    citizen, officer = open_page(office.citizens[1]), open_page(office.officer)
    pages = [
        (citizen, ("/npa", f"/npa/{name}", f"/npa/{name}?part={part}", f"/npa/{name}?text=both", f"/npa/{name}/print",
                   "/npa/mine", "/npa/indicators", "/npa_call", "/npa_call/ideas")),
        (officer, ("/npa/new", "/npa_call/new", f"/npa/{name}/manage", f"/npa/{name}/preview",
                   f"/npa/{name}/report/edit", f"/npa/{name}/conclusion", f"/npa/{name}/versions")),
    ]  # fmt: skip
    for page, addresses in pages:
        for address in addresses:
            page.set_viewport_size({"width": 1280, "height": 900})
            answer = page.goto(f"/{language}{address}")
            assert answer.status == 200, address
            found = Axe().run(page, options=_RULES).response["violations"]
            assert not found, (address, [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found])
            page.set_viewport_size({"width": 360, "height": 740})
            assert _overflow(page) <= 0, address
