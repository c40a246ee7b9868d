"""Comments, replies, edits, pages, votes, drafts: through the actions, on the real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.opengov_kz.discussion.model import Comment, Vote
from ckanext.opengov_kz.discussion.rules import Settings
from ckanext.opengov_kz.shared.calendar import WorkCalendar, day_of
from tests.discussion.conftest import Forum, MemoPlugin, user_id


def refused(call: Any, *arguments: Any, **more: Any) -> dict[str, Any]:
    with pytest.raises(toolkit.ValidationError) as error:
        call(*arguments, **more)
    return error.value.error_dict


def test_a_comment_on_a_part_is_found_there_with_its_name_and_nothing_else_of_its_author(forum: Forum) -> None:
    first, _second, _third = forum.citizens
    made = forum.say(first, "Жол керек", kind="proposal", part_id="p1", wording="Жолдар салынады.")
    forum.say(first, "Барлығы дұрыс")
    found = forum.thread(part_id="p1")["comments"]
    assert [one["id"] for one in found] == [made["id"]]
    assert found[0]["part"]["label"]["ru"] == "Статья 1"
    assert (found[0]["author"], found[0]["wording"]) == (forum.names[first], "Жолдар салынады.")
    user = model.User.get(first)
    assert user
    everything = str(forum.act("", "discussion_thread_export", subject_type="memo", subject_id="m1")) + str(
        forum.thread()
    )
    assert str(user.email) not in everything
    assert user.id not in everything
    assert user.name not in everything


def test_replies_go_two_levels_deep_and_stay_when_the_comment_is_withdrawn(forum: Forum) -> None:
    first, second, _third = forum.citizens
    top = forum.say(first, "Мектеп керек", part_id="p2")
    reply = forum.say(second, "Қолдаймын", parent_id=top["id"])
    deep = forum.say(first, "Рақмет", parent_id=reply["id"])
    assert (reply["depth"], deep["depth"], deep["part_id"]) == (1, 2, "p2")
    told = refused(forum.say, second, "Тағы бір сөз", parent_id=deep["id"])
    assert "two levels" in str(told) or "екі деңгей" in str(told)
    forum.act(first, "discussion_comment_withdraw", id=top["id"])
    (shown,) = forum.thread()["comments"]
    assert (shown["state"], shown["text"], shown["author"]) == ("withdrawn", "", "")
    assert [one["text"] for one in shown["replies"]] == ["Қолдаймын", "Рақмет"]


def test_what_is_refused_names_its_field(forum: Forum, ckan_config: dict[str, Any]) -> None:
    first, second, _third = forum.citizens
    assert "part_id" in refused(forum.say, first, "Сөз", part_id="p9")
    assert "parent_id" in refused(forum.say, first, "Сөз", parent_id="nothing")
    assert "text" in refused(forum.say, first, "…")
    assert "kind" in refused(forum.say, first, "Сөз", kind="decree")
    assert "author_name" in refused(forum.say, first, "Сөз", author_name="me@example.kz")
    assert "author_name" in refused(forum.say, second, "Сөз", author_name="")
    forum.say(first, "Бір рет айтылды.")
    assert "text" in refused(forum.say, first, "бір рет айтылды")
    forum.say(second, "Бір рет айтылды.")
    forum.change_memo(is_open=False, closed_reason="Талқылау аяқталды")
    assert refused(forum.say, first, "Кеш")["text"] == ["Талқылау аяқталды"]
    with pytest.raises(toolkit.ObjectNotFound):
        forum.say(first, "Сөз", subject_id="m2")


def test_a_comment_of_another_discussion_is_no_parent(forum: Forum) -> None:
    first, *_others = forum.citizens
    MemoPlugin.memos["m2"] = replace(MemoPlugin.memos["m1"], subject_id="m2")
    elsewhere = forum.say(first, "Басқа жерде", subject_id="m2")
    assert "parent_id" in refused(forum.say, first, "Осында", parent_id=elsewhere["id"])


def test_too_much_in_an_hour_is_stopped(forum: Forum, ckan_config: dict[str, Any]) -> None:
    first, second, _third = forum.citizens
    ckan_config["opengov.discussion.comments_per_hour"] = 2
    for number in range(2):
        forum.say(first, f"Пікір {number}")
    assert "text" in refused(forum.say, first, "Үшінші пікір")
    forum.say(second, "Мен әлі айтқан жоқпын")


def test_an_edit_keeps_what_was_said_and_ends_with_the_answer(forum: Forum, ckan_config: dict[str, Any]) -> None:
    first, *_others = forum.citizens
    made = forum.say(first, "Жол керк")
    forum.act(first, "discussion_comment_update", id=made["id"], text="Жол керек")
    assert forum.texts() == ["Жол керек"]
    history = forum.act("", "discussion_comment_history", id=made["id"])
    assert [one["text"] for one in history] == ["Жол керк"]
    with pytest.raises(toolkit.NotAuthorized):
        forum.act(forum.citizens[1], "discussion_comment_update", id=made["id"], text="Жол керек емес")
    forum.answer(made["id"])
    assert "text" in refused(forum.act, first, "discussion_comment_update", id=made["id"], text="Мүлде басқа")
    later = forum.say(first, "Екінші пікір")
    ckan_config["opengov.discussion.edit_minutes"] = 0
    assert "text" in refused(forum.act, first, "discussion_comment_update", id=later["id"], text="Үшінші")


def test_an_edit_of_what_was_let_through_waits_for_a_moderator_again(forum: Forum) -> None:
    MemoPlugin.settings = Settings(premoderated=True)
    first, second, _third = forum.citizens
    made = forum.say(first, "Жол керек")
    forum.act(forum.moderator, "discussion_comment_let_through", id=made["id"])
    assert forum.texts(second) == ["Жол керек"]
    changed = forum.act(first, "discussion_comment_update", id=made["id"], text="Мұны модератор көрген жоқ")
    assert changed["state"] == "waiting"
    assert forum.texts(second) == []
    (line,) = forum.act(forum.moderator, "discussion_moderation_queue")["comments"]
    assert (line["text"], line["why"]) == ("Мұны модератор көрген жоқ", "waits")


def test_an_edit_meets_all_that_new_words_meet(forum: Forum, ckan_config: dict[str, Any]) -> None:
    first, *_others = forum.citizens
    made, other = forum.say(first, "Жол керек"), forum.say(first, "Мектеп керек")

    def told(text: str) -> list[str]:
        problems = refused(forum.act, first, "discussion_comment_update", id=made["id"], text=text)
        assert forum.texts(sort="old") == ["Жол керек", "Мектеп керек"]
        return problems["text"]

    assert told("мектеп КЕРЕК!")
    forum.change_memo(is_open=False, closed_reason="Талқылау аяқталды")
    assert told("Көпір керек") == ["Талқылау аяқталды"]
    forum.change_memo(is_open=True)
    MemoPlugin.settings = Settings(comment_identity="verified")
    assert told("Көпір керек")
    MemoPlugin.settings = Settings()
    ckan_config["opengov.discussion.comments_per_hour"] = 2
    assert told("Көпір керек")
    ckan_config["opengov.discussion.comments_per_hour"] = 20
    bar = {"id": other["id"], "days": 7, "rule": "advertising", "note": "Жарнама жазбаңыз"}
    forum.act(forum.moderator, "discussion_bar_set", **bar)
    assert told("Көпір керек")
    forum.act(first, "discussion_bar_appeal", text="Бұл жарнама емес")
    (appeal,) = forum.act(forum.moderator, "discussion_appeal_list")
    forum.act(forum.moderator, "discussion_bar_decide", id=appeal["id"], lift=True, note="Дұрыс айтасыз")
    # The comment is no repetition of itself.
    forum.act(first, "discussion_comment_update", id=made["id"], text="Жол керек!")
    assert forum.texts(sort="old") == ["Жол керек!", "Мектеп керек"]


def test_what_has_an_official_reply_stays_readable_with_it(forum: Forum) -> None:
    first, *_others = forum.citizens
    made = forum.say(first, "Жол керек")
    forum.answer(made["id"])
    told = refused(forum.act, first, "discussion_comment_withdraw", id=made["id"])["id"]
    assert "official reply" in str(told) or "ресми жауап" in str(told)
    (shown,) = forum.thread()["comments"]
    assert (shown["state"], shown["text"], shown["official"]["text"]) == ("visible", "Жол керек", "Ескерілді.")


def test_sorting_and_pages(forum: Forum) -> None:
    first, second, third = forum.citizens
    made = [forum.say(first, f"Пікір {number}")["id"] for number in range(3)]
    for citizen in (second, third):
        forum.act(citizen, "discussion_vote_set", target="comment", id=made[1], value=1)
    forum.act(second, "discussion_vote_set", target="comment", id=made[2], value=-1)
    forum.answer(made[0])
    assert forum.texts(sort="new") == ["Пікір 2", "Пікір 1", "Пікір 0"]
    assert forum.texts(sort="old") == ["Пікір 0", "Пікір 1", "Пікір 2"]
    assert forum.texts(sort="supported") == ["Пікір 1", "Пікір 0", "Пікір 2"]
    assert forum.texts(sort="unanswered") == ["Пікір 1", "Пікір 2"]
    assert forum.texts(sort="old", limit=1, offset=1) == ["Пікір 1"]
    assert forum.thread(limit=1)["count"] == 3


def test_without_a_reply_is_what_the_count_says(forum: Forum) -> None:
    first, second, _third = forum.citizens
    made = [forum.say(first, f"Пікір {number}")["id"] for number in range(4)]
    forum.answer(made[0])
    forum.act(first, "discussion_comment_withdraw", id=made[1])
    forum.act(forum.moderator, "discussion_comment_hide", id=made[2], rule="insult", note="Балағат сөз бар")
    MemoPlugin.settings = Settings(premoderated=True)
    forum.say(second, "Күтіп тұр")
    for somebody in ("", second, forum.moderator):
        shown = forum.thread(somebody, sort="unanswered")
        assert [one["text"] for one in shown["comments"]] == ["Пікір 3"]
        assert shown["count"] == 1
    assert forum.act("", "discussion_counts", subject_type="memo", subject_id="m1")["unanswered"] == 1


def test_a_term_is_counted_in_working_days_from_the_day_after(forum: Forum) -> None:
    MemoPlugin.settings = Settings(answer_days=3)
    made = forum.say(forum.citizens[0], "Қашан жауап болады?")
    today = day_of(model.Session.get(Comment, made["id"]).created)  # type: ignore[union-attr]
    assert date.fromisoformat(made["due"]) == WorkCalendar().add_working_days(today, 3)
    assert forum.say(forum.citizens[1], "Жауап", parent_id=made["id"])["due"] is None


def test_a_vote_is_changed_and_taken_back_and_counts_once(forum: Forum) -> None:
    first, second, _third = forum.citizens
    made = forum.say(first, "Жол керек")
    vote = {"target": "comment", "id": made["id"]}
    assert forum.act(second, "discussion_vote_set", **vote, value=1) == {"support": 1, "objection": 0, "my_vote": 1}
    assert forum.act(second, "discussion_vote_set", **vote, value=-1) == {"support": 0, "objection": 1, "my_vote": -1}
    assert forum.act(second, "discussion_vote_set", **vote, value=0) == {"support": 0, "objection": 0, "my_vote": 0}
    assert "value" in refused(forum.act, first, "discussion_vote_set", **vote, value=1)
    subject = {"target": "subject", "id": "memo:m1"}
    assert forum.act(first, "discussion_vote_set", **subject, value=1)["support"] == 1
    assert forum.thread(first)["votes"] == {"support": 1, "objection": 0, "my_vote": 1}
    assert "value" in refused(forum.act, first, "discussion_vote_set", **subject, value=7)


def test_the_database_itself_lets_nobody_vote_twice(forum: Forum) -> None:
    made = forum.say(forum.citizens[0], "Жол керек")
    voter = user_id(forum.citizens[1])
    for place in range(2):
        model.Session.add(Vote(target_type="comment", target_id=made["id"], user_id=voter, value=1))
        if place:
            with pytest.raises(sa.exc.IntegrityError):  # type: ignore[attr-defined]
                model.Session.commit()
            model.Session.rollback()
        else:
            model.Session.commit()
            model.Session.expunge_all()


def test_what_is_typed_is_kept_until_it_is_sent_and_seen_by_nobody_else(forum: Forum) -> None:
    first, second, _third = forum.citizens
    subject = {"subject_type": "memo", "subject_id": "m1"}
    forum.act(first, "discussion_draft_save", **subject, part_id="p1", kind="proposal", text="Жол", wording="Жолдар")
    kept = forum.act(first, "discussion_draft_list", **subject)
    assert kept["drafts"] == {"p1": {"kind": "proposal", "text": "Жол", "wording": "Жолдар"}}
    assert forum.act(second, "discussion_draft_list", **subject)["drafts"] == {}
    forum.say(first, "Жол керек", part_id="p1")
    assert forum.act(first, "discussion_draft_list", **subject) == {"drafts": {}, "public_name": forum.names[first]}


def vote(forum: Forum, person: str, comment_id: str) -> None:
    forum.vote(person, comment_id, 1)


def keep(forum: Forum, person: str, _comment_id: str) -> None:
    forum.act(person, "discussion_draft_save", subject_type="memo", subject_id="m1", text="Жол")


def report(forum: Forum, person: str, comment_id: str) -> None:
    forum.act(person, "discussion_report_create", id=comment_id, rule="insult")


@pytest.mark.parametrize(
    ("option", "field", "do"), [("votes", "value", vote), ("drafts", "text", keep), ("reports", "rule", report)]
)
def test_how_often_in_an_hour_by_person_and_by_address(
    forum: Forum, app: Any, ckan_config: dict[str, Any], option: str, field: str, do: Any
) -> None:
    author, second, third = forum.citizens
    made = forum.say(author, "Жол керек")["id"]
    ckan_config[f"opengov.discussion.{option}_per_hour"] = 2
    for _time in range(2):
        do(forum, second, made)
    assert "min" in str(refused(do, forum, second, made)[field])
    do(forum, third, made)
    ckan_config[f"opengov.discussion.{option}_per_hour_address"] = 1
    for address, person in (("198.51.100.1", forum.officer), ("198.51.100.2", forum.moderator)):
        with app.flask_app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            do(forum, person, made)
    with app.flask_app.test_request_context(environ_base={"REMOTE_ADDR": "198.51.100.2"}):
        assert field in refused(do, forum, forum.other_officer, made)


def test_a_draft_of_a_body_is_discussed_by_its_people_alone(forum: Forum) -> None:
    forum.change_memo(is_public=False)
    for somebody in ("", forum.citizens[0], forum.other_officer):
        with pytest.raises(toolkit.NotAuthorized):
            forum.thread(somebody)
    assert forum.thread(forum.officer)["count"] == 0
