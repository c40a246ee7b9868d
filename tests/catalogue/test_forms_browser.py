"""The forms as a person meets them in a browser: language tabs, errors, the keyboard, no script."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from ckan.tests import factories
from playwright.sync_api import expect

from tests.catalogue.records import NOTES, TITLE, act, category, dataset, publisher, unique

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins")]

WIDTH = 360


@pytest.fixture
def officer(page: Any) -> Any:
    """A page on which an administrator of the portal is signed in, in Russian."""
    sign_in(page)
    return page


def sign_in(page: Any) -> None:
    password = uuid.uuid4().hex
    user = factories.Sysadmin(password=password)
    page.goto("/ru/user/login")
    page.fill("input[name=login]", user["name"])
    page.fill("input[name=password]", password)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/dashboard/**")


def tab(page: Any, lang: str) -> Any:
    return page.locator(f"[data-language-tabs] button[data-lang={lang}]").first


def test_a_dataset_is_made_corrected_and_shown_with_its_resource(officer: Any) -> None:
    body, theme, word = publisher(), category(), unique("сынақ")
    page = officer
    page.goto("/ru/dataset/new")
    page.fill("[name=title_translated-kk]", f"{word} қазақша")
    page.select_option("[name=owner_org]", body["id"])
    page.check(f"input[name=categories][value={theme['name']}]")
    save = page.locator("form#dataset-edit button[name=save]").last
    save.click()

    errors = page.locator("[data-form-errors]")
    assert errors.locator("li").count() == 3
    # Playwright's wait_for_function evaluates a string, which the content-security policy forbids at its second try.
    expect(errors).to_be_focused()
    errors.get_by_role("link").first.click()
    expect(tab(page, "ru")).to_have_attribute("aria-selected", "true")
    expect(page.locator("[name=title_translated-ru]")).to_be_focused()
    page.keyboard.type("Проба")
    page.fill("[name=notes_translated-ru]", "Описание")
    tab(page, "kk").click()
    assert page.input_value("[name=title_translated-kk]") == f"{word} қазақша"
    page.fill("[name=notes_translated-kk]", "Сипаттама")
    assert page.is_checked(f"input[name=categories][value={theme['name']}]")
    save.click()

    page.wait_for_url("**/resource/new")
    page.fill("[name=name_translated-kk]", "Файл қазақша")
    tab(page, "ru").click()
    page.fill("[name=name_translated-ru]", "Файл по-русски")
    page.fill("[name=url]", "https://example.kz/a.csv")
    page.click("button[value=go-metadata]")
    page.wait_for_url(lambda url: "/resource/" not in url)
    assert page.locator("h1").inner_text() == "Проба"
    assert page.get_by_role("link", name="Файл по-русски").is_visible()
    assert page.get_by_role("link", name="Здравоохранение").first.is_visible()


def test_tabs_are_moved_through_by_the_keyboard_and_hide_the_other_languages(officer: Any) -> None:
    publisher()
    officer.goto("/ru/dataset/new")
    expect(tab(officer, "kk")).to_have_attribute("role", "tab")
    tab(officer, "kk").focus()
    officer.keyboard.press("ArrowRight")
    expect(tab(officer, "ru")).to_be_focused()
    assert officer.is_visible("[name=title_translated-ru]")
    assert not officer.is_visible("[name=title_translated-kk]")
    officer.keyboard.press("End")
    assert officer.is_visible("[name=title_translated-en]")
    officer.keyboard.press("ArrowRight")
    assert officer.is_visible("[name=title_translated-kk]")
    assert officer.get_attribute("[name=title_translated-kk]", "lang") == "kk"


def test_the_form_opens_on_the_tab_that_holds_the_error_and_marks_it(officer: Any) -> None:
    officer.goto("/ru/organization/new")
    officer.fill("[name=title_translated-kk]", "Мекеме")
    officer.locator("main button[name=save]").click()
    expect(tab(officer, "ru")).to_have_attribute("aria-selected", "true")
    expect(tab(officer, "ru").locator(".og-tag-danger")).to_be_visible()
    assert tab(officer, "kk").locator(".og-tag-danger").count() == 0
    assert officer.get_attribute("[name=title_translated-ru]", "aria-invalid") == "true"


def test_without_script_all_languages_stand_open_and_the_form_works(browser: Any, portal_url: str) -> None:
    signed = browser.new_context(base_url=portal_url)
    sign_in(signed.new_page())
    context = browser.new_context(base_url=portal_url, java_script_enabled=False, storage_state=signed.storage_state())
    page = context.new_page()
    page.goto("/kk/organization/new")
    assert not page.locator("[data-language-tabs]").first.is_visible()
    for lang in ("kk", "ru", "en"):
        assert page.is_visible(f"[name=title_translated-{lang}]")
    word = unique("Ұйым")
    page.fill("[name=title_translated-kk]", word)
    page.fill("[name=title_translated-ru]", "Организация")
    page.locator("main button[name=save]").click()
    assert page.locator("h1").inner_text() == word
    context.close()
    signed.close()


def test_publisher_and_category_are_edited_and_keep_what_the_form_does_not_show(officer: Any) -> None:
    body = publisher(bin="170340003484", region="751110000", parent=publisher()["name"])
    officer.goto(f"/ru/organization/edit/{body['name']}")
    assert officer.input_value("[name=region]") == "751110000"
    officer.fill("[name=phone]", "+7 7172 12 34 56")
    officer.locator("main button[name=save]").click()
    officer.wait_for_url(f"**/organization/{body['name']}")
    shown = act("organization_show", id=body["id"])
    assert (shown["phone"], shown["bin"], shown["parent"]) == ("+7 7172 12 34 56", body["bin"], body["parent"])

    theme = category(icon="health", eu_theme="HEAL")
    officer.goto(f"/ru/group/edit/{theme['name']}")
    tab(officer, "ru").click()
    officer.fill("[name=title_translated-ru]", "Медицина")
    officer.locator("main button[name=save]").click()
    officer.wait_for_url(f"**/group/{theme['name']}")
    assert officer.locator("h1").inner_text().strip() == "Медицина"
    assert act("group_show", id=theme["id"])["eu_theme"] == "HEAL"


def test_the_data_dictionary_is_edited_in_three_languages(officer: Any) -> None:
    made = dataset(resources=[{"name_translated": {"kk": "Кесте", "ru": "Таблица"}}])
    resource = made["resources"][0]["id"]
    info = {"label_kk": "Ескі", "notes_ru": "Пояснение"}
    fields = [{"id": "age", "type": "int", "info": info}, {"id": "name", "type": "text"}]
    act("datastore_create", resource_id=resource, force=True, fields=fields)
    officer.goto(f"/ru/dataset/{made['name']}/dictionary/{resource}")
    officer.fill("[name=info__1__label_kk]", "Жасы")
    officer.fill("[name=info__1__label_ru]", "Возраст")
    officer.fill("[name=info__1__unit]", "жыл")
    officer.locator("main button[name=save]").click()
    officer.wait_for_load_state()
    stored = act("datastore_info", id=resource)["fields"][0]["info"]
    wanted = {"label_kk": "Жасы", "label_ru": "Возраст", "unit": "жыл", "notes_ru": "Пояснение"}
    assert {key: stored[key] for key in wanted} == wanted


def test_a_reader_sees_their_language_and_a_fallback_is_marked_with_its_own(page: Any) -> None:
    made = dataset(
        imported=True,
        title_translated={"ru": "Только по-русски"},
        notes_translated=NOTES,
        resources=[{"name_translated": TITLE, "url": "https://example.kz/a.csv"}],
    )
    page.goto(f"/dataset/{made['name']}")
    assert page.locator("h1").inner_text() == "Только по-русски"
    assert page.locator("h1").get_attribute("lang") == "ru"
    assert page.get_by_text(NOTES["kk"]).is_visible()
    assert page.get_by_role("link", name=TITLE["kk"]).first.is_visible()
    page.goto(f"/ru/dataset/{made['name']}")
    assert page.locator("h1").get_attribute("lang") is None
    assert page.get_by_text(NOTES["ru"]).is_visible()
    assert not page.get_by_text(NOTES["kk"]).is_visible()


def test_script_in_a_description_or_a_name_is_shown_as_text_or_dropped(page: Any) -> None:
    attack = "<script>document.title='x'</script><img src=x onerror=alert(1)>[a](javascript:alert(1))"
    texts = {"kk": attack, "ru": attack}
    made = dataset(
        title_translated=texts,
        notes_translated=texts,
        responsible_name=attack,
        resources=[{"name_translated": texts, "description_translated": texts, "url": "https://example.kz"}],
        owner_org=publisher(title_translated=texts, description_translated=texts)["id"],
    )
    for address in (f"/dataset/{made['name']}", "/organization", f"/organization/{made['organization']['name']}"):
        page.goto(address)
        assert page.locator("main script").count() == 0, address
        assert page.locator("[onerror], a[href^='javascript:']").count() == 0, address


@pytest.mark.parametrize("address", ["/dataset/{dataset}", "/organization", "/organization/{publisher}", "/group"])
def test_pages_of_the_catalogue_fit_a_phone_and_stay_small(page: Any, address: str) -> None:
    body = publisher(description_translated={"kk": "Ұзақсөз" * 20, "ru": "Длинноеслово" * 20})
    made = dataset(owner_org=body["id"], responsible_email=f"{'a' * 60}@example.kz")
    page.set_viewport_size({"width": WIDTH, "height": 740})
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(address.format(dataset=made["name"], publisher=body["name"]))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    assert sum(sizes) < 400_000


def test_forms_have_no_fault_that_axe_can_find(officer: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
    body, theme = publisher(), category()
    faults = {}
    for address in ("/dataset/new", f"/organization/edit/{body['name']}", f"/group/edit/{theme['name']}"):
        officer.goto(f"/ru{address}")
        officer.locator("main form button[name=save]").last.click()
        officer.wait_for_load_state()
        found = axe.run(officer, options=rules).response["violations"]
        if found:
            faults[address] = [(fault["id"], [node["html"][:120] for node in fault["nodes"]]) for fault in found]
    assert not faults
