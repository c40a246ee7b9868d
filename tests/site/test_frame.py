"""The frame around every page: languages, titles, headers of security, errors."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ckan.tests import factories
from flask import Flask
from flask.testing import FlaskClient

from ckanext.opengov_kz.site import error_pages, helpers, security
from tests.site.html import read

PAGES = (
    "/",
    "/navigator",
    "/about",
    "/dataset/",
    "/organization/",
    "/group/",
    "/user/login",
    "/user/reset",
    "/harvest",
)
LANGUAGES = {"kk": "", "ru": "/ru", "en": "/en"}

pytestmark = pytest.mark.usefixtures("with_plugins")


def _token(client: FlaskClient, address: str) -> dict[str, str]:
    found = re.search(r'name="_csrf_token" value="([^"]+)"', client.get(address).text)
    assert found
    return {"_csrf_token": found[1]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_in_their_language_with_titles_of_their_own_and_nothing_inline(app: Any, language: str) -> None:
    pages = {address: read(app.get(LANGUAGES[language] + address, status=200).text) for address in PAGES}
    assert {address: page.language for address, page in pages.items()} == dict.fromkeys(PAGES, language)
    assert {address: page.inline for address, page in pages.items() if page.inline} == {}
    assert len({page.title for page in pages.values()}) == len(PAGES)


@pytest.mark.parametrize(
    "address",
    ["/dataset/?q=%D3%A9%D0%B7%D0%B5%D0%BD&groups=health&groups=budget&sort=title_string+asc", "/navigator", "/"],
)
def test_language_switch_keeps_the_page_and_its_query(app: Any, address: str) -> None:
    links = {link["hreflang"]: link for link in read(app.get(address).text).links if "lang" in link}
    assert list(links) == ["kk", "ru", "en"]
    assert links["ru"]["href"] == f"/ru{address}"
    assert [code for code in links if links[code].get("aria-current")] == ["kk"]
    back = {link["hreflang"]: link for link in read(app.get(links["ru"]["href"]).text).links if "lang" in link}
    assert back["kk"]["href"] in (address, f"/kk{address}")
    assert [code for code in back if back[code].get("aria-current")] == ["ru"]


def test_language_switch_works_on_a_page_that_does_not_exist(app: Any) -> None:
    page = read(app.get("/ru/no-such-page?a=1", status=404).text)
    assert page.language == "ru"
    assert [link["href"] for link in page.links if link.get("hreflang") == "en" and "lang" in link] == [
        "/en/no-such-page?a=1"
    ]


def test_a_search_for_a_script_is_shown_as_text(app: Any) -> None:
    text = app.get("/en/dataset/?q=%3C/title%3E%3Cscript%3Ealert(1)%3C/script%3E").text
    assert read(text).inline == []
    assert "<script>alert(1)" not in text
    assert "alert(1)" in text


@pytest.mark.usefixtures("clean_db")
def test_a_signed_in_person_s_name_is_shown_as_text(app: Any) -> None:
    user = factories.User(fullname="<script>alert(2)</script>", password="a-long-password")
    client = app.flask_app.test_client()
    form = {"login": user["name"], "password": "a-long-password"}
    assert client.post("/user/login", data=form | _token(client, "/user/login")).status_code == 302
    text = client.get("/en/about").text
    assert "alert(2)" in text
    assert read(text).inline == []


@pytest.mark.usefixtures("clean_db")
def test_a_person_makes_and_revokes_a_token_without_scripts(app: Any) -> None:
    user = factories.User(password="a-long-password")
    client = app.flask_app.test_client()
    form = {"login": user["name"], "password": "a-long-password"}
    client.post("/user/login", data=form | _token(client, "/user/login"))
    page = f"/en/user/{user['name']}/api-tokens"
    made = client.post(page, data={"name": "<b>notebook</b>"} | _token(client, page)).text
    assert read(made).title
    assert re.search(r"<code>ey[\w.-]+</code>", made)
    listed = client.get(page).text
    assert "&lt;b&gt;notebook&lt;/b&gt;" in listed
    assert read(listed).inline == []
    chosen = re.search(r'name="token" value="([^"]+)"', listed)
    assert chosen
    client.post(f"{page}/revoke", data={"token": chosen[1]} | _token(client, page))
    assert "notebook" not in client.get(page).text


def test_security_headers_hold_everywhere(app: Any) -> None:
    for address in (*PAGES, "/no-such-page", "/api/3/action/status_show", "/opengov/icons.svg"):
        headers = app.get(address).headers
        assert headers["Content-Security-Policy"] == security.PAGE_POLICY, address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin", address


def test_an_uploaded_file_may_run_nothing(app: Any) -> None:
    assert "sandbox" in app.get("/uploads/group/evil.svg").headers["Content-Security-Policy"]


def test_the_page_of_a_missing_address_offers_the_search_and_no_words_for_programmers(app: Any) -> None:
    text = app.get("/ru/no-such-page", status=404).text
    assert "The requested URL was not found" not in text
    assert 'name="q"' in text


def test_a_refused_page_offers_to_sign_in(app: Any) -> None:
    text = app.get("/en/ckan-admin/", status=403).text
    assert "/en/user/login" in text


def test_an_unexpected_failure_needs_no_database_and_says_nothing_of_the_inside(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    flask_app: Flask = app.flask_app

    def database(*_args: Any) -> None:
        pytest.fail("the page of a failure asked the database")

    with (
        flask_app.test_request_context("/dataset", environ_overrides={"CKAN_LANG": "ru"}),
        monkeypatch.context() as away,
    ):
        away.setattr("ckan.model.meta.Session.execute", database)
        away.setattr("ckan.model.User.get", database)
        text, status = error_pages.failure(RuntimeError("password of the database"))
    assert status == 500
    assert read(text).language == "ru"
    assert "password of the database" not in text


def test_pages_around_the_current_one_are_linked() -> None:
    assert helpers.site_page_numbers(1, 1) == [1]
    assert helpers.site_page_numbers(1, 5) == [1, 2, 3, 4, 5]
    assert helpers.site_page_numbers(1, 4) == [1, 2, 3, 4]
    assert helpers.site_page_numbers(5, 9) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert helpers.site_page_numbers(50, 99) == [1, 0, 48, 49, 50, 51, 52, 0, 99]
