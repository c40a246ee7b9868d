"""People are told once, in their language, as they want it; mails survive a server that refuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from ckan import model
from ckan.lib import jobs
from ckan.plugins import toolkit
from ckan.tests import factories, helpers

from ckanext.opengov_kz.discussion import reminding
from ckanext.opengov_kz.discussion.model import Comment
from ckanext.opengov_kz.discussion.rules import Settings
from ckanext.opengov_kz.notices import rules, sending, unsubscribing
from ckanext.opengov_kz.notices.model import Notice, utc_now
from ckanext.opengov_kz.worktime import days
from tests.conftest import free_port
from tests.discussion.conftest import PASSWORD, Forum, MemoPlugin, forum, memo_plugin, user_id  # noqa: F401 - fixtures
from tests.mail import Mailbox, serve, text
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("clean_db", "with_plugins", "clean_queues")
KIND = "discussion_answered"
TITLE = {"kk": "Жауап берілді", "ru": "Дан ответ", "en": "Answered"}


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    controller, made = serve(free_port())
    monkeypatch.setitem(toolkit.config, "smtp.server", f"127.0.0.1:{made.port}")
    yield made
    controller.stop()


def person(language: str = "ru") -> dict[str, Any]:
    return factories.User(password=PASSWORD, plugin_extras={"opengov": {"language": language}})


def tell(user: dict[str, Any], key: str = "k1") -> list[str]:
    return sending.notify([user["id"]], KIND, key, title=TITLE, body=TITLE, url="/about")


def act(user: dict[str, Any] | None, action: str, **data: Any) -> Any:
    return helpers.call_action(action, {"user": user["name"] if user else "", "ignore_auth": False}, **data)


def run(mailbox: Mailbox, job: Any) -> list[Any]:
    """Has a worker do a job; all mails so far."""
    toolkit.enqueue_job(job)
    return mailbox.deliver()


def states() -> list[str]:
    model.Session.expire_all()
    return [notice.mail for notice in model.Session.query(Notice).order_by(Notice.id)]


def test_each_is_told_once_in_their_language(mailbox: Mailbox) -> None:
    kazakh, russian = person("kk"), person("ru")
    for user in (kazakh, russian):
        assert tell(user) == [user["id"]]
        assert tell(user) == []
    subjects = {str(mail["To"]).split()[-1].strip("<>"): str(mail["Subject"]) for mail in mailbox.deliver()}
    assert subjects == {kazakh["email"]: "Жауап берілді", russian["email"]: "Дан ответ"}
    assert states() == ["sent", "sent"]
    assert act(kazakh, "notices_notice_list")["unread"] == 1


def test_a_mail_leads_to_the_page_and_to_its_end(mailbox: Mailbox, app: Any) -> None:
    user = person("ru")
    tell(user)
    (mail,) = mailbox.deliver()
    assert f"{toolkit.config['ckan.site_url']}/ru/about" in text(mail)
    assert "Чтобы больше не получать таких писем" in text(mail)
    stop = str(mail["List-Unsubscribe"]).strip("<>")
    assert str(mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    path = stop.removeprefix(toolkit.config["ckan.site_url"])
    nobody = Visitor(app)
    assert nobody.get(path).status_code == 200
    assert [one["how"] for one in act(user, "notices_switch_list") if one["kind"] == KIND] == ["now"]
    # As a mail program does it: without a session, a form or a token.
    assert nobody.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert [one["how"] for one in act(user, "notices_switch_list") if one["kind"] == KIND] == ["none"]
    tell(user, "k2")
    assert len(mailbox.deliver()) == 1
    assert act(user, "notices_notice_list")["count"] == 2


def test_nobody_makes_an_address_for_another(app: Any) -> None:
    user = person()
    token = unsubscribing.address(user["id"], KIND).rpartition("/")[2]
    payload, _dot, signature = token.rpartition(".")
    other = "a" if signature[0] != "a" else "b"
    for forged in (f"{payload}.{other}{signature[1:]}", "x", payload, f"{payload}x.{signature}"):
        assert app.get(f"/notices/stop/{forged}", status=404)
        with pytest.raises(toolkit.ObjectNotFound):
            act(None, "notices_switch_stop", token=forged)


def test_a_server_that_refuses_is_asked_again_and_nothing_comes_twice(mailbox: Mailbox) -> None:
    user = person()
    tell(user)
    mailbox.refusing = True
    assert mailbox.deliver() == []
    assert states() == ["waiting"]
    assert jobs.get_queue().scheduled_job_registry.count >= 1, "it comes back by itself"
    notice: Any = model.Session.query(Notice).one()
    assert (notice.tries, notice.due > utc_now()) == (1, True)
    mailbox.refusing = False
    assert run(mailbox, sending.deliver) == [], "not before its time"
    notice.due = utc_now()
    model.Session.commit()
    assert len(run(mailbox, sending.deliver)) == 1
    assert len(run(mailbox, sending.deliver)) == 1
    assert states() == ["sent"]


def test_what_a_dead_worker_had_taken_is_not_sent_a_second_time(mailbox: Mailbox) -> None:
    tell(person())
    assert sending._take() is not None
    assert mailbox.deliver() == []
    assert states() == ["sending"]


def test_mails_are_given_up_after_most_of_a_day() -> None:
    now = dt.datetime(2026, 2, 2)  # noqa: DTZ001 - as it is stored
    pauses = [rules.next_try(tries, now) for tries in range(1, 8)]
    assert pauses[0] == now + dt.timedelta(minutes=1)
    assert pauses[-1] is None
    assert sum(((one - now) for one in pauses if one), dt.timedelta()) > dt.timedelta(hours=16)


def test_who_wants_one_mail_a_day_gets_one_with_all_of_it(mailbox: Mailbox) -> None:
    user, other = person("ru"), person("ru")
    act(user, "notices_switch_set", kind=KIND, how="daily")
    tell(user, "k1")
    tell(user, "k2")
    act(other, "notices_switch_set", kind=KIND, how="none")
    tell(other)
    assert mailbox.deliver() == []
    (mail,) = run(mailbox, sending.digest)
    assert str(mail["Subject"]) == "Что для вас нового"
    assert text(mail).count("Дан ответ") == 2
    assert len(run(mailbox, sending.digest)) == 1
    assert states() == ["sent", "sent", "none"]


def test_the_digest_is_planned_once() -> None:
    assert sending.plan() == sending.plan()
    names = jobs.get_queue().scheduled_job_registry.get_job_ids()
    assert len([name for name in names if name.startswith("opengov-notices-digest-")]) == 1


def test_everybody_sees_and_switches_their_own_alone() -> None:
    user, other = person(), person()
    tell(user)
    (notice,) = act(user, "notices_notice_list")["notices"]
    assert act(other, "notices_notice_list")["count"] == 0
    assert act(other, "notices_notice_read", id=notice["id"]) == {"read": 0}
    assert act(user, "notices_notice_read") == {"read": 1}
    for action in ("notices_notice_list", "notices_notice_read", "notices_switch_list", "notices_switch_set"):
        with pytest.raises(toolkit.NotAuthorized):
            act(None, action)
    with pytest.raises(toolkit.ValidationError):
        act(user, "notices_switch_set", kind="nothing", how="now")


def test_an_official_reply_and_a_reply_reach_the_author(forum: Forum, mailbox: Mailbox) -> None:  # noqa: F811
    first, second, _third = forum.citizens
    made = forum.say(first, "Жол керек")
    forum.say(second, "Қолдаймын", parent_id=made["id"])
    forum.say(first, "Рақмет", parent_id=made["id"])
    forum.answer(made["id"])
    found = forum.act(first, "notices_notice_list")["notices"]
    assert sorted(notice["kind"] for notice in found) == ["discussion_answered", "discussion_replied"]
    assert forum.act(second, "notices_notice_list")["count"] == 0
    assert len(mailbox.deliver()) == 2
    assert user_id(first)


def test_officers_learn_each_morning_once_what_is_due_and_what_is_late(forum: Forum, mailbox: Mailbox) -> None:  # noqa: F811
    MemoPlugin.settings = Settings(answer_days=5)
    made = [forum.say(forum.citizens[0], f"Пікір {number}")["id"] for number in range(3)]
    today = days.today()
    for one, due in zip(made, (-1, 0, 30), strict=True):
        comment: Any = model.Session.get(Comment, one)
        comment.due = today + dt.timedelta(days=due)
    model.Session.commit()
    assert (reminding.remind(), reminding.remind()) == (1, 1)
    (notice,) = forum.act(forum.officer, "notices_notice_list")["notices"]
    assert notice["body"]["ru"] == "Срок до следующего рабочего дня: 1, просрочено: 1"
    assert forum.act(forum.other_officer, "notices_notice_list")["count"] == 0
    assert len(mailbox.deliver()) == 1
    names = jobs.get_queue().scheduled_job_registry.get_job_ids()
    assert len([name for name in names if name.startswith("opengov-discussion-reminder-")]) == 1


def test_pages(app: Any) -> None:
    user = person()
    tell(user)
    visitor = Visitor(app)
    assert visitor.get("/ru/notices").status_code == 403
    visitor.sign_in(user["name"], PASSWORD)
    page = visitor.get("/ru/notices").get_data(as_text=True)
    assert "Дан ответ" in page
    assert visitor.send("/ru/notices").status_code == 302
    assert act(user, "notices_notice_list")["unread"] == 0
    assert visitor.send("/ru/notices/settings", **{KIND: "daily"}).status_code == 302
    assert [one["how"] for one in act(user, "notices_switch_list") if one["kind"] == KIND] == ["daily"]
