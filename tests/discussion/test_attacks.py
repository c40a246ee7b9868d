"""What somebody may try, or meet by bad luck: nothing is lost, shown or counted that should not be."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit
from werkzeug.datastructures import FileStorage

from ckanext.opengov_kz.discussion.model import Draft, Vote
from ckanext.opengov_kz.discussion.rules import Settings
from tests.discussion.conftest import PASSWORD, Forum, MemoPlugin, user_id
from tests.visitor import Visitor


def test_words_that_no_moderator_let_through_stand_in_no_history(forum: Forum) -> None:
    MemoPlugin.settings = Settings(premoderated=True)
    author = forum.citizens[0]
    made = forum.say(author, "Көршімнің мекенжайы: Абай көшесі, 1")
    forum.act(author, "discussion_comment_update", id=made["id"], text="Жол керек")
    forum.act(forum.moderator, "discussion_comment_let_through", id=made["id"])
    assert forum.texts() == ["Жол керек"]
    assert forum.act("", "discussion_comment_history", id=made["id"]) == []


def test_of_a_reply_that_waits_one_is_told_when_it_can_be_read(forum: Forum) -> None:
    author, other, _third = forum.citizens
    above = forum.say(author, "Жол керек")
    MemoPlugin.settings = Settings(premoderated=True)
    reply = forum.say(other, "Иә, керек", parent_id=above["id"])
    assert forum.act(author, "notices_notice_list")["count"] == 0
    forum.act(forum.moderator, "discussion_comment_let_through", id=reply["id"])
    assert forum.act(author, "notices_notice_list")["count"] == 1


def test_what_an_officer_takes_out_of_a_draft_is_not_published(forum: Forum, app: Any) -> None:
    made = forum.say(forum.citizens[0], "Жол керек")
    officer = Visitor(app)
    officer.sign_in(forum.officer, PASSWORD)
    page = f"/ru/discussion/replies/{made['id']}"
    officer.send(page, outcome="partly", text="Ақша жоқ.", reason="Жасырын себеп", private_note="Сұрау керек")
    officer.send(page, outcome="accepted", text="Салынады.", reason="", private_note="", publish="1")
    official = forum.thread()["comments"][0]["official"]
    assert (official["text"], official["reason"]) == ("Салынады.", "")


def test_a_reply_to_what_was_deleted_meanwhile_is_published_and_the_others_are_told(forum: Forum) -> None:
    made = forum.say(forum.citizens[0], "Жол керек")
    forum.act(forum.officer, "discussion_reply_draft", id=made["id"], outcome="accepted", text="Ескерілді.")
    MemoPlugin.memos.clear()
    done = forum.act(forum.officer, "discussion_reply_publish", ids=[made["id"]])
    assert done["published"] == [made["id"]]


def test_drafts_are_kept_at_places_that_exist_alone(forum: Forum) -> None:
    for wrong in ({"part_id": "x" * 5000}, {"part_id": "nowhere"}, {"parent_id": "nobody"}):
        with pytest.raises(toolkit.ValidationError):
            forum.act(forum.citizens[0], "discussion_draft_save", subject_type="memo", subject_id="m1",
                      text="Жазып жатырмын", **wrong)  # fmt: skip
    assert model.Session.query(Draft).count() == 0


def test_a_refused_file_counts_as_something_said(forum: Forum, ckan_config: dict[str, Any]) -> None:
    ckan_config["opengov.discussion.comments_per_hour"] = 2
    for turn in range(3):
        file = FileStorage(BytesIO(b"MZ"), filename="a.exe")
        with pytest.raises(toolkit.ValidationError) as told:
            forum.say(forum.citizens[0], f"Қараңыз {turn}", upload=file)
    assert "text" in told.value.error_dict


def test_a_vote_on_a_subject_that_has_two_names_is_kept_under_one(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MemoPlugin.memos, "on-schools", MemoPlugin.memos["m1"])
    forum.vote(forum.citizens[0], "memo:on-schools", 1)
    assert forum.thread()["votes"]["support"] == 1
    assert [vote.target_id for vote in model.Session.query(Vote).filter_by(user_id=user_id(forum.citizens[0]))] == [
        "memo:m1"
    ]


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("discussion_thread_show", {"offset": 1e30}),
        ("discussion_thread_show", {"limit": " "}),
        ("discussion_thread_show", {"limit": [1]}),
        ("discussion_thread_show", {"offset": -1}),
        ("discussion_comment_show", {"id": "\u0000"}),
        ("discussion_comment_show", {"id": ["a"]}),
        ("discussion_comment_show", {"id": {"a": 1}}),
        ("discussion_thread_show", {"subject_id": ["m1"]}),
        ("discussion_thread_show", {"sort": {"a": 1}}),
        ("discussion_counts", {"subject_type": 5}),
        ("npa_act_list", {"offset": 1e30}),
        ("npa_act_list", {"q": ["a"]}),
        ("npa_act_list", {"body": {"a": 1}}),
        ("npa_text_show", {"id": "x", "version": 1e30}),
    ],
)
def test_odd_values_are_refused_in_words(forum: Forum, app: Any, action: str, data: dict[str, Any]) -> None:
    sent = {"subject_type": "memo", "subject_id": "m1"} | data
    headers = {"Content-Type": "application/json"}
    answer = app.post(f"/api/3/action/{action}", data=json.dumps(sent), headers=headers)
    assert answer.status_code in {200, 400, 404, 409}, answer.data


@pytest.mark.parametrize(
    "address",
    [
        "/discussion/memo/m1?page=99999999999999999999",
        "/discussion/memo/m1?page=-1",
        "/discussion/replies?state=x&due=y&page=99999999999999999999",
        "/discussion/replies.xlsx?due=x",
        "/npa/feed.atom?qualified=1&endpoint=x",
    ],
)
def test_odd_addresses_have_an_answer(forum: Forum, app: Any, address: str) -> None:
    officer = Visitor(app)
    officer.sign_in(forum.officer, PASSWORD)
    assert officer.get(f"/ru{address}").status_code in {200, 404}
