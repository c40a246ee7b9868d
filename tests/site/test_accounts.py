"""Registration, confirmation and new passwords, through the pages and a real mail server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ckan import model
from ckan.lib import jobs
from ckan.tests import factories

from ckanext.opengov_kz.site import accounts
from tests.mail import Mailbox, links, text
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db")

Visit = Callable[..., Visitor]
PASSWORD = "алма ағашы гүлдеді"
PERSON = {
    "fullname": "Әсел Қанатқызы",
    "email": "asel@example.kz",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "language": "kk",
}


def register(visitor: Visitor, **changes: str) -> Any:
    return visitor.send("/user/register", **PERSON | changes)


def confirming_link(mailbox: Mailbox, address: str = "asel@example.kz") -> str:
    return next(link for link in links(mailbox.last_to(address)) if "/user/confirm/" in link)


def state(email: str = "asel@example.kz") -> str | None:
    model.Session.expire_all()
    user = accounts.by_email(email)
    return user.state if user else None


def test_registration_makes_a_pending_account_that_the_mailed_link_and_the_password_confirm(
    visit: Visit, mailbox: Mailbox
) -> None:
    visitor = visit()
    assert register(visitor).status_code == 200
    assert state() == "pending"
    link = confirming_link(mailbox)
    assert visitor.get(link).status_code == 200
    assert state() == "pending", "opening the link alone must change nothing"
    assert visitor.send(link, password=PASSWORD).status_code == 302
    assert state() == "active"
    assert visitor.signed_in()


def test_the_name_is_made_of_the_persons_own(visit: Visit, mailbox: Mailbox) -> None:
    register(visit())
    user = accounts.by_email("asel@example.kz")
    assert user
    assert user.name.startswith("asel-qanatqyzy-")
    assert user.fullname == "Әсел Қанатқызы"


def test_a_link_works_once(visit: Visit, mailbox: Mailbox) -> None:
    register(visit())
    link = confirming_link(mailbox)
    visit().send(link, password=PASSWORD)
    assert visit().get(link).status_code == 410


def test_a_newer_link_replaces_the_older_one(visit: Visit, mailbox: Mailbox) -> None:
    visitor = visit()
    register(visitor)
    old = confirming_link(mailbox)
    sent = visitor.send("/user/confirm", page="/user/confirm/nothing", email="ASEL@example.kz")
    assert sent.status_code == 200
    new = confirming_link(mailbox)
    assert visitor.get(old).status_code == 410
    assert visitor.get(new).status_code == 200


def test_a_link_expires(visit: Visit, mailbox: Mailbox, ckan_config: Any) -> None:
    register(visit())
    link = confirming_link(mailbox)
    ckan_config["opengov.site.confirmation_hours"] = -1
    assert visit().get(link).status_code == 410


@pytest.mark.parametrize("token", ["x", "W10.x.y", "..%2f..%2fetc", "%00", "ә" * 500])
def test_a_forged_link_is_refused_in_words(visit: Visit, token: str) -> None:
    answer = visit().get(f"/user/confirm/{token}")
    assert answer.status_code in {400, 404, 410}


def test_who_registers_a_strangers_mailbox_does_not_get_the_account_that_the_stranger_confirms(
    visit: Visit, mailbox: Mailbox
) -> None:
    register(visit(), password1="the attacker's one", password2="the attacker's one")
    link = confirming_link(mailbox)
    assert visit().send(link, password=PASSWORD).status_code == 400
    assert state() == "pending"
    register(visit())
    assert visit().send(confirming_link(mailbox), password=PASSWORD).status_code == 302


def test_mails_come_in_the_chosen_language(visit: Visit, mailbox: Mailbox) -> None:
    subjects = {}
    for language in ("kk", "ru", "en"):
        register(visit(), email=f"{language}@example.kz", language=language)
        mail = mailbox.last_to(f"{language}@example.kz")
        subjects[language] = str(mail["Subject"])
        assert f"/{language}/user/confirm/" in text(mail)
    assert subjects["en"] == "Confirm your mailbox"


def test_registering_a_known_mailbox_looks_the_same_and_tells_only_its_owner(visit: Visit, mailbox: Mailbox) -> None:
    owner = factories.User(email="asel@example.kz")
    known = register(visit()).get_data(as_text=True)
    unknown = register(visit(), email="dana@example.kz").get_data(as_text=True)

    def without_tokens(page: str) -> str:
        lines = page.replace("dana@", "asel@").splitlines()
        return "\n".join(line for line in lines if "csrf" not in line)

    assert without_tokens(known) == without_tokens(unknown)
    assert "/user/reset" in text(mailbox.last_to("asel@example.kz"))
    assert model.User.get(owner["id"]).fullname == owner["fullname"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fullname", ""),
        ("fullname", "ә" * 101),
        ("fullname", "Free money http://spam.example"),
        ("fullname", "two\nlines"),
        ("email", "no mailbox"),
        ("email", ""),
        ("password1", "short"),
        ("password2", "something else"),
        ("language", "de"),
    ],
)
def test_a_wrong_field_is_marked_and_nothing_is_kept(visit: Visit, mailbox: Mailbox, field: str, value: str) -> None:
    answer = register(visit(), **{field: value})
    assert answer.status_code == 400
    assert state() is None
    assert mailbox.deliver() == []
    assert PASSWORD not in answer.get_data(as_text=True)


def test_a_name_with_markup_is_shown_as_text(visit: Visit, mailbox: Mailbox) -> None:
    register(visit(), fullname="<script>alert(1)</script>", password2="x")
    page = register(visit(), fullname="<script>alert(1)</script>", password2="x").get_data(as_text=True)
    assert "<script>alert" not in page


def test_signing_in_before_confirmation_says_so_only_with_the_right_password(visit: Visit, mailbox: Mailbox) -> None:
    visitor = visit()
    register(visitor)
    right = visitor.sign_in("asel@example.kz", PASSWORD)
    wrong = visitor.sign_in("asel@example.kz", "something wrong")
    nobody = visitor.sign_in("nobody@example.kz", "something wrong")
    assert "/user/confirm" in right.get_data(as_text=True)
    assert "/user/confirm" not in wrong.get_data(as_text=True)
    assert wrong.status_code == nobody.status_code == 200
    assert not visitor.signed_in()


def test_a_new_password_by_mail_works_once_and_in_the_persons_language(visit: Visit, mailbox: Mailbox) -> None:
    register(visit(), language="ru")
    visit().send(confirming_link(mailbox), password=PASSWORD)
    visitor = visit()
    visitor.send("/user/reset", user="asel@example.kz")
    link = next(link for link in links(mailbox.last_to("asel@example.kz")) if "/user/reset/" in link)
    assert link.startswith("/ru/")
    changed = visitor.send(link, password1="жаңа құпия сөз", password2="жаңа құпия сөз")
    assert changed.status_code == 302
    assert visitor.get(link).status_code == 410
    assert visit().sign_in("asel@example.kz", "жаңа құпия сөз").status_code == 302
    assert visit().sign_in("asel@example.kz", PASSWORD).status_code == 200


def test_a_short_new_password_is_refused(visit: Visit, mailbox: Mailbox) -> None:
    factories.User(email="asel@example.kz")
    visitor = visit()
    visitor.send("/user/reset", user="asel@example.kz")
    link = next(link for link in links(mailbox.last_to("asel@example.kz")) if "/user/reset/" in link)
    assert visitor.send(link, password1="short", password2="short").status_code == 200
    assert visitor.get(link).status_code == 200, "the link still works"


def test_a_key_for_a_new_password_expires(visit: Visit, mailbox: Mailbox, ckan_config: Any) -> None:
    factories.User(email="asel@example.kz")
    visit().send("/user/reset", user="asel@example.kz")
    link = next(link for link in links(mailbox.last_to("asel@example.kz")) if "/user/reset/" in link)
    ckan_config["opengov.site.reset_hours"] = 0
    assert visit().get(link).status_code == 410


def test_asking_for_a_new_password_does_not_tell_whether_the_account_exists(visit: Visit, mailbox: Mailbox) -> None:
    user = factories.User(email="asel@example.kz")
    answers = [visit().send("/user/reset", user=login) for login in (user["name"], user["email"], "nobody", "no@b.kz")]
    assert len({(answer.status_code, answer.location) for answer in answers}) == 1
    names = (user["name"], user["id"], "nobody")
    wrong = {name: visit().get(f"/user/reset/{name}?key=guess") for name in names}
    assert {answer.status_code for answer in wrong.values()} == {410}
    # The page names itself in the links to its other languages.
    assert len({answer.get_data(as_text=True).replace(name, "…") for name, answer in wrong.items()}) == 1


def test_a_mail_server_that_refuses_is_tried_again(visit: Visit, mailbox: Mailbox) -> None:
    later = jobs.get_queue().scheduled_job_registry
    waiting = later.count
    mailbox.refusing = True
    assert register(visit()).status_code == 200
    assert mailbox.deliver() == []
    assert later.count == waiting + 1


def test_the_api_registers_nobody(visit: Visit) -> None:
    answer = visit().client.post("/api/3/action/site_account_register", json=PERSON)
    assert answer.status_code == 403
    assert state() is None
