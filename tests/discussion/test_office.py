"""Official replies, moderation, and what a person may ask to be told or forgotten."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit

from ckanext.opengov_kz.discussion.model import Comment, Vote
from ckanext.opengov_kz.discussion.rules import Settings
from tests.discussion.conftest import Forum, MemoPlugin
from tests.discussion.test_comments import refused


def test_a_reply_goes_from_work_through_an_expert_to_everybody(forum: Forum) -> None:
    citizen, expert, _third = forum.citizens
    made = forum.say(citizen, "Жол керек", kind="proposal")
    forum.act(forum.officer, "discussion_reply_take", id=made["id"])
    forum.act(forum.officer, "discussion_reply_assign", id=made["id"], expert=expert)
    draft = {"id": made["id"], "outcome": "rejected", "text": "Қаражат жоқ.", "private_note": "Бастыққа айту керек"}
    forum.act(expert, "discussion_reply_draft", **draft)
    assert forum.act(expert, "discussion_reply_queue", mine=True)["count"] == 1
    (line,) = forum.act(forum.officer, "discussion_reply_queue")["comments"]
    assert (line["state"], line["expert"], line["private_note"]) == ("drafted", expert, "Бастыққа айту керек")
    assert forum.thread()["comments"][0]["official"] is None
    with pytest.raises(toolkit.NotAuthorized):
        forum.act(expert, "discussion_reply_publish", ids=[made["id"]])
    assert made["id"] in refused(forum.act, forum.officer, "discussion_reply_publish", ids=[made["id"]])
    forum.act(forum.officer, "discussion_reply_draft", id=made["id"], reason="Бюджет бекітілген.")
    assert forum.act(forum.officer, "discussion_reply_publish", ids=[made["id"]]) == {"published": [made["id"]]}
    official = forum.thread()["comments"][0]["official"]
    assert (official["outcome"], official["text"], official["reason"]) == (
        "rejected",
        "Қаражат жоқ.",
        "Бюджет бекітілген.",
    )
    everything = str(forum.act("", "discussion_thread_export", subject_type="memo", subject_id="m1"))
    assert "Бастыққа" not in everything
    counts = forum.act("", "discussion_counts", subject_type="memo", subject_id="m1")
    assert (counts["by_outcome"]["rejected"], counts["unanswered"], counts["share_accepted"]) == (1, 0, 0.0)


def test_many_are_published_at_once_or_none(forum: Forum) -> None:
    made = [forum.say(forum.citizens[0], f"Пікір {number}")["id"] for number in range(3)]
    for one in made[:2]:
        forum.act(forum.officer, "discussion_reply_draft", id=one, outcome="answered", text="Рақмет.")
    told = refused(forum.act, forum.officer, "discussion_reply_publish", ids=made)
    assert list(told) == [made[2]]
    assert forum.texts(sort="unanswered") == ["Пікір 0", "Пікір 1", "Пікір 2"]
    forum.act(forum.officer, "discussion_reply_publish", ids=made[:2])
    assert forum.texts(sort="unanswered") == ["Пікір 2"]


def test_a_published_reply_is_only_corrected_before_all_eyes(forum: Forum) -> None:
    made = forum.say(forum.citizens[0], "Жол керек")["id"]
    forum.answer(made, text="Қабылданды.")
    assert "id" in refused(forum.act, forum.officer, "discussion_reply_draft", id=made, text="Басқа сөз")
    corrected = {"id": made, "outcome": "partly", "text": "Жартылай.", "reason": "Бір жол ғана."}
    assert "why" in refused(forum.act, forum.officer, "discussion_reply_correct", **corrected)
    forum.act(forum.officer, "discussion_reply_correct", **corrected, why="Қате жазылған")
    official = forum.thread()["comments"][0]["official"]
    assert (official["outcome"], official["text"], bool(official["corrected"])) == ("partly", "Жартылай.", True)
    (before,) = forum.act("", "discussion_comment_history", id=made)
    assert (before["is_reply"], before["text"], before["reason"]) == (True, "Қабылданды.", "Қате жазылған")


def test_the_queue_says_what_is_due_today_and_what_is_late(forum: Forum) -> None:
    MemoPlugin.settings = Settings(answer_days=5)
    made = [forum.say(forum.citizens[0], f"Пікір {number}")["id"] for number in range(3)]
    today = dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=5))).date()
    for one, due in zip(made, (today - dt.timedelta(days=1), today, today + dt.timedelta(days=3)), strict=True):
        comment = model.Session.get(Comment, one)
        assert comment
        comment.due = due
    model.Session.commit()
    found = forum.act(forum.officer, "discussion_reply_queue")
    assert [line["term"] for line in found["comments"]] == ["overdue", "today", "open"]
    assert found["numbers"] == {"waiting": 3, "today": 1, "overdue": 1}
    assert [
        line["id"] for line in forum.act(forum.officer, "discussion_reply_queue", due="overdue")["comments"]
    ] == made[:1]
    assert forum.act(forum.other_officer, "discussion_reply_queue")["count"] == 0


def test_ready_answers_are_of_a_body(forum: Forum) -> None:
    given = {"owner_id": forum.body, "title": "Рақмет", "text": "Пікіріңізге рақмет.", "language": "kk"}
    made = forum.act(forum.officer, "discussion_template_create", **given)
    assert [one["title"] for one in forum.act(forum.officer, "discussion_template_list")] == ["Рақмет"]
    assert forum.act(forum.other_officer, "discussion_template_list") == []
    for action, data in (("create", given), ("delete", made)):
        with pytest.raises(toolkit.NotAuthorized):
            forum.act(forum.other_officer, f"discussion_template_{action}", **data)
    forum.act(forum.officer, "discussion_template_delete", **made)
    assert forum.act(forum.officer, "discussion_template_list") == []


def test_before_it_is_let_through_a_comment_is_seen_by_its_author_and_moderators(forum: Forum) -> None:
    MemoPlugin.settings = Settings(premoderated=True)
    first, second, _third = forum.citizens
    made = forum.say(first, "Күтіп тұр")
    assert made["state"] == "waiting"
    assert [forum.texts(somebody) for somebody in ("", second, forum.officer)] == [[], [], []]
    assert forum.texts(first) == forum.texts(forum.moderator) == ["Күтіп тұр"]
    with pytest.raises(toolkit.ObjectNotFound):
        forum.act(second, "discussion_comment_show", id=made["id"])
    (waiting,) = forum.act(forum.moderator, "discussion_moderation_queue")["comments"]
    assert (waiting["id"], waiting["why"]) == (made["id"], "waits")
    forum.act(forum.moderator, "discussion_comment_let_through", id=made["id"])
    assert forum.texts() == ["Күтіп тұр"]


def test_a_reported_comment_is_hidden_under_a_rule_that_everybody_reads(forum: Forum) -> None:
    first, second, third = forum.citizens
    made = forum.say(first, "Жаман сөз")
    for reader, rule in ((second, "advertising"), (second, "insult"), (third, "threat")):
        forum.act(reader, "discussion_report_create", id=made["id"], rule=rule, note="Оқыңыз")
    (line,) = forum.act(forum.moderator, "discussion_moderation_queue")["comments"]
    assert sorted(report["rule"] for report in line["reports"]) == ["insult", "threat"]
    assert "note" in refused(
        forum.act, forum.moderator, "discussion_comment_hide", id=made["id"], rule="insult", note=" "
    )
    forum.act(forum.moderator, "discussion_comment_hide", id=made["id"], rule="insult", note="Балағат сөз бар")
    (shown,) = forum.thread()["comments"]
    assert (shown["text"], shown["author"]) == ("", "")
    assert shown["hidden"] == {"rule": "insult", "note": "Балағат сөз бар"}
    assert "Жаман сөз" not in str(forum.act("", "discussion_thread_export", subject_type="memo", subject_id="m1"))
    trail = forum.act(forum.moderator, "discussion_moderation_trail", id=made["id"])
    assert [(entry["who"], entry["action"], entry["rule"]) for entry in trail] == [(forum.moderator, "hide", "insult")]
    assert forum.act(forum.moderator, "discussion_moderation_queue")["count"] == 0


def test_a_body_cannot_hide_what_is_said_of_it(forum: Forum) -> None:
    made = forum.say(forum.citizens[0], "Министрлік жұмыс істемейді")
    with pytest.raises(toolkit.NotAuthorized):
        forum.act(forum.officer, "discussion_comment_hide", id=made["id"], rule="insult", note="Ұнамайды")


def test_a_barred_person_is_told_why_and_may_appeal_once(forum: Forum) -> None:
    first = forum.citizens[0]
    made = forum.say(first, "Жарнама")
    bar = {"id": made["id"], "days": 7, "rule": "advertising", "note": "Жарнама жазбаңыз"}
    assert "days" in refused(forum.act, forum.moderator, "discussion_bar_set", **(bar | {"days": 1000}))
    forum.act(forum.moderator, "discussion_bar_set", **bar)
    assert "text" in refused(forum.say, first, "Тағы бір сөз")
    assert forum.act(first, "discussion_bar_show")["note"] == "Жарнама жазбаңыз"
    forum.act(first, "discussion_bar_appeal", text="Бұл жарнама емес")
    assert "text" in refused(forum.act, first, "discussion_bar_appeal", text="Тағы да")
    (appeal,) = forum.act(forum.moderator, "discussion_appeal_list")
    forum.act(forum.moderator, "discussion_bar_decide", id=appeal["id"], lift=True, note="Дұрыс айтасыз")
    assert forum.act(first, "discussion_bar_show") is None
    forum.say(first, "Тағы бір сөз")


def test_a_person_gets_all_that_is_known_of_them_and_is_forgotten(forum: Forum) -> None:
    first, second, _third = forum.citizens
    mine = forum.say(first, "Менің сөзім")
    other = forum.say(second, "Басқаның сөзі")
    forum.act(first, "discussion_vote_set", target="comment", id=other["id"], value=1)
    known = forum.act(first, "discussion_person_export")
    assert [one["text"] for one in known["comments"]] == ["Менің сөзім"]
    assert ([one["target_id"] for one in known["votes"]], known["public_name"]) == ([other["id"]], forum.names[first])
    assert forum.act(first, "discussion_person_erase") == {"comments": 1}
    texts = {one["id"]: (one["text"], one["author"], one["support"]) for one in forum.thread()["comments"]}
    assert texts == {mine["id"]: ("Менің сөзім", "", 0), other["id"]: ("Басқаның сөзі", forum.names[second], 1)}
    gone = forum.act(first, "discussion_person_export")
    assert (gone["comments"], gone["votes"], gone["public_name"]) == ([], [], "")
    user: Any = model.User.get(first)
    assert not [vote for vote in model.Session.query(Vote) if user.id in vote.user_id]


def test_who_was_forgotten_has_one_vote_still(forum: Forum) -> None:
    first, second, third = forum.citizens
    made = forum.say(second, "Жол керек")["id"]
    for target in (made, "memo:m1"):
        forum.vote(first, target, 1)
        forum.vote(third, target, 1)
        for _time in range(2):
            forum.act(first, "discussion_person_erase")
            assert forum.vote(first, target, 1) == {"support": 2, "objection": 0, "my_vote": 1}
        forum.act(first, "discussion_person_erase")
        assert forum.vote(first, target, -1) == {"support": 1, "objection": 1, "my_vote": -1}
        forum.act(first, "discussion_person_erase")
        assert forum.vote(first, target, 0) == {"support": 1, "objection": 0, "my_vote": 0}
    assert model.Session.query(Vote).count() == 2


def test_a_reply_to_other_words_is_not_published(forum: Forum) -> None:
    first = forum.citizens[0]
    made = forum.say(first, "Жол керек")["id"]
    draft = {"id": made, "outcome": "accepted", "text": "Қабылданды."}
    forum.act(forum.officer, "discussion_reply_draft", **draft, seen="")
    forum.act(first, "discussion_comment_update", id=made, text="Жол керек емес")
    assert made in refused(forum.act, forum.officer, "discussion_reply_publish", ids=[made])
    assert forum.thread()["comments"][0]["official"] is None
    assert "text" in refused(forum.act, forum.officer, "discussion_reply_draft", **draft, seen="")
    seen = forum.act(forum.officer, "discussion_reply_show", id=made)["edited"]
    forum.act(forum.officer, "discussion_reply_draft", **draft, seen=seen)
    assert forum.act(forum.officer, "discussion_reply_publish", ids=[made]) == {"published": [made]}
