"""Attacks on signing in: forged forms, fixed sessions, guessed passwords, redirects to other sites."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories

from ckanext.opengov_kz.site.account_views import is_own_page
from ckanext.opengov_kz.site.middleware import takes_token, wrap
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db")

Visit = Callable[..., Visitor]
PASSWORD = "correct horse"


@pytest.fixture
def user() -> dict[str, Any]:
    return factories.User(password=PASSWORD)


def profile_form(user: dict[str, Any]) -> dict[str, str]:
    return {"save": "", "name": user["name"], "fullname": "Changed", "email": user["email"], "old_password": ""}


def test_a_forged_form_is_refused(visit: Visit, user: dict[str, Any]) -> None:
    visitor = visit()
    visitor.sign_in(user["name"], PASSWORD)
    assert visitor.post(f"/user/edit/{user['name']}", profile_form(user)).status_code == 400


def test_a_forged_form_is_refused_after_others_visited_that_page_signed_out(visit: Visit, user: dict[str, Any]) -> None:
    """CKAN frees a view of the check, for all and for good, once somebody without a session came by."""
    visit().get(f"/user/edit/{user['name']}")
    visitor = visit()
    visitor.sign_in(user["name"], PASSWORD)
    visit().get(f"/user/edit/{user['name']}")
    assert visitor.post(f"/user/edit/{user['name']}", profile_form(user)).status_code == 400
    assert visit().post("/user/login", {"login": user["name"], "password": PASSWORD}).status_code == 400


def test_a_forged_form_is_refused_after_a_post_with_a_token(visit: Visit) -> None:
    owner = factories.UserWithToken(password=PASSWORD)
    page = f"/user/edit/{owner['name']}"
    with_token = visit().post(page, profile_form(owner), headers={"Authorization": owner["token"]})
    assert with_token.status_code == 400, "a token does not count on pages"
    visitor = visit()
    visitor.sign_in(owner["name"], PASSWORD)
    assert visitor.post(page, profile_form(owner)).status_code == 400
    assert toolkit.get_action("user_show")({"ignore_auth": True}, {"id": owner["id"]})["fullname"] != "Changed"


def test_a_token_signs_in_under_api_alone(visit: Visit) -> None:
    owner = factories.UserWithToken()
    headers = {"Authorization": owner["token"]}
    shown = visit().get(f"/api/3/action/user_show?id={owner['name']}", headers=headers)
    assert shown.json["result"]["email"] == owner["email"]
    assert visit().get("/dashboard/datasets", headers=headers).status_code in {302, 403}


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/api/3/action/package_create", True),
        ("GET", "/kk/api/3/action/package_show", True),
        ("GET", "/dataset/a/resource/b/download/file.csv", True),
        ("GET", "/ru/datastore/dump/b", True),
        ("POST", "/dataset/a/resource/b/download/file.csv", False),
        ("POST", "/dataset/a/resource/b/edit", False),
        ("GET", "/apiary", False),
        ("POST", "/user/edit", False),
        ("GET", "/dataset/a", False),
        ("GET", "/xx/api/3", False),
    ],
)
def test_where_a_token_counts(method: str, path: str, expected: bool) -> None:
    assert takes_token(method, path, ("kk", "ru", "en")) is expected


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [(0, "203.0.113.9", "127.0.0.1"), (1, "203.0.113.9", "203.0.113.9"), (1, "1.2.3.4, 203.0.113.9", "203.0.113.9")],
)
def test_a_visitors_address_is_believed_of_trusted_proxies_alone(
    ckan_config: Any, proxies: int, forwarded: str, expected: str
) -> None:
    seen: list[str] = []

    def app(environ: dict[str, Any], _start: Any) -> list[bytes]:
        seen.append(environ["REMOTE_ADDR"])
        return []

    ckan_config["opengov.site.trusted_proxies"] = proxies
    wrap(app)({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded, "wsgi.url_scheme": "http"}, None)
    assert seen == [expected]


def test_the_session_changes_at_signing_in(visit: Visit, user: dict[str, Any]) -> None:
    visitor = visit()
    visitor.get("/user/login")
    before = visitor.session
    visitor.sign_in(user["name"], PASSWORD)
    assert before
    assert visitor.session
    assert visitor.session != before


def test_a_session_id_chosen_by_somebody_else_is_not_kept(visit: Visit, user: dict[str, Any]) -> None:
    victim, attacker = visit(), visit()
    for visitor in (victim, attacker):
        visitor.client.set_cookie("ckan", "chosen-by-the-attacker", domain="127.0.0.1")
    victim.sign_in(user["name"], PASSWORD)
    assert victim.signed_in()
    assert victim.session != "chosen-by-the-attacker"
    assert not attacker.signed_in()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        " //evil.example",
        "evil.example",
        "javascript:alert(1)",
        "\thttps://evil.example",
        "http://[broken",
    ],
)
def test_signing_in_leads_to_own_pages_only(visit: Visit, user: dict[str, Any], target: str) -> None:
    visitor = visit()
    for name in ("next", "came_from"):
        first = visitor.get("/user/login", query_string={name: target})
        assert first.status_code == 302
        assert first.location.endswith("/user/login")
        data = {"login": user["name"], "password": PASSWORD, "_csrf_token": visitor.token("/user/login")}
        answer = visitor.post("/user/login", data, query_string={name: target})
        assert "evil" not in answer.location


def test_signing_in_goes_on_to_the_page_that_asked_for_it(visit: Visit, user: dict[str, Any]) -> None:
    visitor = visit()
    data = {"login": user["name"], "password": PASSWORD, "_csrf_token": visitor.token("/user/login")}
    answer = visitor.post("/user/login", data, query_string={"next": "/ru/dataset/?q=мектеп"})
    assert "/ru/dataset/?q=" in answer.location


def test_own_pages_are_told_from_others(ckan_config: Any) -> None:
    site = ckan_config["ckan.site_url"]
    assert is_own_page("/dataset?q=1#top")
    assert is_own_page(f"{site}/dataset")
    assert not is_own_page(f"{site}.evil.example/")
    assert not is_own_page(f"{site}@evil.example/")
    assert not is_own_page("")


def test_guessing_one_accounts_password_is_stopped_from_any_address(
    visit: Visit, user: dict[str, Any], ckan_config: Any
) -> None:
    ckan_config["opengov.site.limit_login"] = 3
    codes = [visit(f"198.51.100.{n}").sign_in(user["name"], f"guess {n}").status_code for n in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    stopped = visit("198.51.100.9").sign_in(user["name"].upper(), PASSWORD)
    assert stopped.status_code == 429
    assert int(stopped.headers["Retry-After"]) > 0
    assert visit("198.51.100.9").sign_in(factories.User(password=PASSWORD)["name"], PASSWORD).status_code == 302


def test_trying_many_accounts_from_one_address_is_stopped(visit: Visit, ckan_config: Any) -> None:
    ckan_config["opengov.site.limit_login"] = 2
    ckan_config["opengov.site.limit_people_per_address"] = 2
    codes = [visit().sign_in(f"name-{n}", "guess").status_code for n in range(6)]
    assert codes == [200] * 4 + [429] * 2
    assert visit("203.0.113.5").sign_in("name-9", "guess").status_code == 200


@pytest.mark.parametrize(("page", "field"), [("/user/register", "email"), ("/user/reset", "user")])
def test_a_mailbox_is_not_flooded(visit: Visit, ckan_config: Any, page: str, field: str) -> None:
    ckan_config["opengov.site.limit_mail"] = 2
    codes = [visit(f"198.51.100.{n}").send(page, **{field: "a@example.kz"}).status_code for n in range(4)]
    assert codes[2:] == [429, 429]


def test_an_attempt_is_counted_anew_when_the_span_is_over(visit: Visit, ckan_config: Any) -> None:
    ckan_config["opengov.site.limit_login"] = 1
    ckan_config["opengov.site.limit_seconds"] = 1
    visitor = visit()
    assert [visitor.sign_in("name", "guess").status_code for _n in range(2)] == [200, 429]
    import time  # noqa: PLC0415

    time.sleep(1.2)
    assert visitor.sign_in("name", "guess").status_code == 200
