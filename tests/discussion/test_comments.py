"""Comments, replies, edits, pages, votes, drafts: through the actions, on the real database."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy import event

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


def at_once(number: int, work: Any) -> list[Any]:
    """The same work by so many threads that begin together; what went wrong in them."""
    barrier, problems = threading.Barrier(min(number, 20)), []

    def one(place: int) -> None:
        try:
            if place < barrier.parties:
                barrier.wait(30)
            work(place)
        except Exception as error:  # noqa: BLE001 - the test wants to see all of them
            problems.append(error)
        finally:
            model.Session.remove()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(number)]
    for start in range(0, number, 20):
        batch = threads[start : start + 20]
        for thread in batch:
            thread.start()
        for thread in batch:
            thread.join()
        barrier = threading.Barrier(20)
    return problems


def test_the_same_vote_sent_fifty_times_at_once_is_one(forum: Forum, app: Any) -> None:
    made = forum.say(forum.citizens[0], "Жол керек")

    def vote(_place: int) -> None:
        with app.flask_app.test_request_context():
            forum.act(forum.citizens[1], "discussion_vote_set", target="comment", id=made["id"], value=1)

    assert at_once(50, vote) == []
    model.Session.remove()
    assert model.Session.query(Vote).filter_by(target_id=made["id"]).count() == 1
    (shown,) = forum.thread()["comments"]
    assert (shown["support"], shown["objection"]) == (1, 0)


def test_two_hundred_comments_and_votes_at_once_are_all_there_once(
    forum: Forum, app: Any, ckan_config: dict[str, Any]
) -> None:
    ckan_config["opengov.discussion.comments_per_hour"] = 1000
    made = forum.say(forum.citizens[0], "Бәрі дауыс береді")
    voters = [forum.officer, forum.other_officer, forum.moderator, *forum.citizens[1:]]

    def take_part(place: int) -> None:
        with app.flask_app.test_request_context():
            if place % 2:
                forum.say(voters[place % 5], f"Пікір нөмірі {place}")
            else:
                value = 1 if place % 10 < 6 else -1
                forum.act(voters[place % 5], "discussion_vote_set", target="comment", id=made["id"], value=value)

    assert at_once(200, take_part) == []
    model.Session.remove()
    shown = forum.act("", "discussion_comment_show", id=made["id"])
    votes = model.Session.query(Vote).filter_by(target_id=made["id"])
    assert votes.count() == 5
    assert shown["support"] == votes.filter(Vote.value == 1).count()
    assert shown["objection"] == votes.filter(Vote.value == -1).count()
    said = {comment.text for comment in model.Session.query(Comment).filter(Comment.text.like("Пікір нөмірі%"))}
    assert said == {f"Пікір нөмірі {place}" for place in range(1, 200, 2)}


def test_a_page_of_ten_thousand_comments_asks_no_more_than_one_of_ten(forum: Forum) -> None:
    first = forum.citizens[0]
    one = forum.say(first, "Алғашқы", part_id="p1")

    def statements() -> int:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        model.Session.expunge_all()
        event.listen(model.meta.engine, "before_cursor_execute", note)
        forum.thread(first, part_id="p1", limit=100)
        event.remove(model.meta.engine, "before_cursor_execute", note)
        return len(seen)

    few = statements()
    pattern = model.Session.get(Comment, one["id"])
    assert pattern
    columns = [column.name for column in Comment.__table__.columns if column.name not in {"id", "text"}]  # type: ignore[attr-defined]
    names = ", ".join(columns)
    model.Session.execute(
        sa.text(
            f"INSERT INTO opengov_discussion_comment (id, text, {names}) SELECT 'c' || n, 'Пікір ' || n, {names}"
            " FROM opengov_discussion_comment, generate_series(1, 10000) n WHERE id = :id"
        ),
        {"id": one["id"]},
    )
    model.Session.commit()
    assert statements() == few
    assert forum.thread(part_id="p1")["count"] == 10_001


def test_what_is_typed_is_kept_until_it_is_sent_and_seen_by_nobody_else(forum: Forum) -> None:
    first, second, _third = forum.citizens
    subject = {"subject_type": "memo", "subject_id": "m1"}
    forum.act(first, "discussion_draft_save", **subject, part_id="p1", kind="proposal", text="Жол", wording="Жолдар")
    kept = forum.act(first, "discussion_draft_list", **subject)
    assert kept["drafts"] == {"p1": {"kind": "proposal", "text": "Жол", "wording": "Жолдар"}}
    assert forum.act(second, "discussion_draft_list", **subject)["drafts"] == {}
    forum.say(first, "Жол керек", part_id="p1")
    assert forum.act(first, "discussion_draft_list", **subject) == {"drafts": {}, "public_name": forum.names[first]}


def test_a_draft_of_a_body_is_discussed_by_its_people_alone(forum: Forum) -> None:
    forum.change_memo(is_public=False)
    for somebody in ("", forum.citizens[0], forum.other_officer):
        with pytest.raises(toolkit.NotAuthorized):
            forum.thread(somebody)
    assert forum.thread(forum.officer)["count"] == 0
