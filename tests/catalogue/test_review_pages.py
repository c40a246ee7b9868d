"""The pages and the mails of the review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ckan import model
from ckan.tests import factories

from tests.catalogue.people import body, call, passport
from tests.conftest import free_port
from tests.mail import Mailbox, serve, text
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
PASSWORD = "correct horse"


@pytest.fixture
def mailbox(with_plugins: None, clean_queues: None, ckan_config: Any) -> Iterator[Mailbox]:
    controller, made = serve(free_port())
    ckan_config["smtp.server"] = f"127.0.0.1:{made.port}"
    yield made
    controller.stop()


@pytest.fixture
def people(clean_db: None) -> dict[str, dict[str, Any]]:
    made: dict[str, Any] = {role: factories.User(password=PASSWORD) for role in ("officer", "editor", "stranger")}
    for role, language in (("officer", "ru"), ("editor", "en")):
        user = model.User.get(made[role]["id"])
        assert user
        user.plugin_extras = {"opengov": {"language": language}}
    model.Session.commit()
    return made


@pytest.fixture
def dataset(people: dict[str, dict[str, Any]]) -> dict[str, Any]:
    owner = body(member=people["officer"]["name"], editor=people["editor"]["name"])
    return call("package_create", people["officer"]["name"], **passport(owner["id"]))


def signed_in(app: Any, person: dict[str, Any]) -> Visitor:
    visitor = Visitor(app)
    assert visitor.sign_in(person["name"], PASSWORD).status_code == 302
    return visitor


def test_officer_and_editor_go_through_the_review_on_pages_and_are_told_by_mail_in_their_languages(
    app: Any, mailbox: Mailbox, people: dict[str, dict[str, Any]], dataset: dict[str, Any]
) -> None:
    page = f"/en/catalogue/review/{dataset['name']}"
    officer, editor = signed_in(app, people["officer"]), signed_in(app, people["editor"])
    assert officer.send(f"{page}/submit", page=page).status_code == 302
    mail = mailbox.last_to(people["editor"]["email"])
    assert f"/en/catalogue/review/{dataset['name']}" in text(mail)
    assert str(mail["Subject"]).startswith("To review: ")
    assert dataset["name"] in editor.get("/en/catalogue/review").get_data(as_text=True)

    refused = editor.send(f"{page}/return", page=page, reason=" ")
    assert refused.status_code == 409
    assert editor.send(f"{page}/return", page=page, reason='Fix <b>it</b> & "all"').status_code == 302
    mail = mailbox.last_to(people["officer"]["email"])
    assert 'Fix <b>it</b> & "all"' in text(mail)
    assert f"/ru/catalogue/review/{dataset['name']}" in text(mail)
    shown = officer.get(page).get_data(as_text=True)
    assert "Fix &lt;b&gt;it&lt;/b&gt;" in shown

    officer.send(f"{page}/submit", page=page)
    assert editor.send(f"{page}/publish", page=page).status_code == 302
    assert f"/ru/dataset/{dataset['name']}" in text(mailbox.last_to(people["officer"]["email"]))
    assert app.get(f"/dataset/{dataset['name']}").status_code == 200


def test_strangers_neither_see_the_review_nor_take_steps(
    app: Any, people: dict[str, dict[str, Any]], dataset: dict[str, Any]
) -> None:
    page = f"/catalogue/review/{dataset['name']}"
    stranger = signed_in(app, people["stranger"])
    assert stranger.get(page).status_code == 404
    assert stranger.send(f"{page}/publish", page="/user/edit").status_code == 403
    assert Visitor(app).get(page).status_code == 404
    assert Visitor(app).get("/catalogue/review").status_code == 403
    assert app.get(f"/dataset/{dataset['name']}").status_code == 404


def test_an_officers_button_to_publish_does_not_exist_and_its_form_is_refused(
    app: Any, people: dict[str, dict[str, Any]], dataset: dict[str, Any]
) -> None:
    page = f"/en/catalogue/review/{dataset['name']}"
    officer = signed_in(app, people["officer"])
    assert "/publish" not in officer.get(page).get_data(as_text=True)
    refused = officer.send(f"{page}/publish", page=page)
    assert refused.status_code == 403
    assert "editor" in refused.get_data(as_text=True)


def test_a_forged_step_is_refused(app: Any, people: dict[str, dict[str, Any]], dataset: dict[str, Any]) -> None:
    officer = signed_in(app, people["officer"])
    assert officer.post(f"/catalogue/review/{dataset['name']}/submit").status_code == 400
    assert officer.get(f"/catalogue/review/{dataset['name']}/submit").status_code in {404, 405}
