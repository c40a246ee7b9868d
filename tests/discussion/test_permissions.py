"""Who may do what: one row per action, one column per kind of person."""

from __future__ import annotations

import inspect
from io import BytesIO
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories
from werkzeug.datastructures import FileStorage

from ckanext.opengov_kz.discussion.logic import auth
from tests.discussion.conftest import Forum, MemoPlugin

#: nobody, another citizen, the author, an officer of the body, one of another body, a moderator, a system administrator
EVERYONE = "Y Y Y Y Y Y Y"
PEOPLE = "– Y Y Y Y Y Y"
#: Before CKAN a system administrator may do everything; the action itself lets him not, see below.
AUTHOR = "– – Y – – – Y"
BODY = "– – – Y – – Y"
MODERATORS = "– – – – – Y Y"
TABLE = {
    "discussion_thread_show": EVERYONE,
    "discussion_thread_export": EVERYONE,
    "discussion_thread_latest": EVERYONE,
    "discussion_counts": EVERYONE,
    "discussion_comment_show": EVERYONE,
    "discussion_comment_history": EVERYONE,
    "discussion_attachment_show": EVERYONE,
    "discussion_comment_create": PEOPLE,
    "discussion_draft_save": PEOPLE,
    "discussion_draft_list": PEOPLE,
    "discussion_comment_update": AUTHOR,
    "discussion_comment_withdraw": AUTHOR,
    "discussion_vote_set": PEOPLE,
    "discussion_report_create": PEOPLE,
    "discussion_person_export": PEOPLE,
    "discussion_person_erase": PEOPLE,
    "discussion_bar_show": PEOPLE,
    "discussion_bar_appeal": PEOPLE,
    "discussion_reply_take": BODY,
    "discussion_reply_assign": BODY,
    "discussion_reply_draft": BODY,
    "discussion_reply_show": BODY,
    "discussion_reply_publish": BODY,
    "discussion_reply_correct": BODY,
    "discussion_reply_queue": PEOPLE,
    "discussion_template_list": PEOPLE,
    "discussion_template_create": BODY,
    "discussion_template_delete": BODY,
    "discussion_moderation_queue": MODERATORS,
    "discussion_moderation_trail": MODERATORS,
    "discussion_comment_hide": MODERATORS,
    "discussion_comment_let_through": MODERATORS,
    "discussion_bar_set": MODERATORS,
    "discussion_appeal_list": MODERATORS,
    "discussion_bar_decide": MODERATORS,
}


def test_every_action_has_its_row() -> None:
    functions = {name for name, _function in inspect.getmembers(auth, inspect.isfunction) if name in auth.__all__}
    assert functions == set(TABLE) == set(auth.__all__)


@pytest.fixture
def world(forum: Forum) -> tuple[Forum, list[str], dict[str, Any]]:
    author, other, _third = forum.citizens
    administrator = factories.Sysadmin()["name"]
    said = forum.say(author, "Жол керек", upload=FileStorage(BytesIO(b"%PDF-1.7"), filename="a.pdf"))
    made = {"owner_id": forum.body, "title": "Рақмет", "text": "Рақмет.", "language": "kk"}
    ready = forum.act(forum.officer, "discussion_template_create", **made)
    data = {
        "subject_type": "memo",
        "subject_id": "m1",
        "id": said["id"],
        "owner_id": forum.body,
        "template": ready["id"],
        "file": said["attachments"][0]["id"],
    }
    people = ["", other, author, forum.officer, forum.other_officer, forum.moderator, administrator]
    return forum, people, data


def test_the_table_holds(world: tuple[Forum, list[str], dict[str, Any]]) -> None:
    _forum, people, data = world
    wrong = []
    for action, row in TABLE.items():
        named = {"discussion_template_delete": "template", "discussion_attachment_show": "file"}.get(action, "id")
        asked = data | {"id": data[named]}
        for person, wanted in zip(people, row.split(), strict=True):
            try:
                toolkit.check_access(action, {"user": person}, asked)
                found = "Y"
            except toolkit.NotAuthorized:
                found = "–"
            if found != wanted:
                wrong.append((action, people.index(person), found))
    assert not wrong


def test_not_even_an_administrator_changes_the_words_of_another(world: tuple[Forum, list[str], dict[str, Any]]) -> None:
    forum, people, data = world
    with pytest.raises(toolkit.NotAuthorized):
        forum.act(people[-1], "discussion_comment_update", id=data["id"], text="Жол керек емес")
    with pytest.raises(toolkit.NotAuthorized):
        forum.act(people[-1], "discussion_comment_withdraw", id=data["id"])
    assert forum.texts() == ["Жол керек"]


def test_of_what_is_not_public_nobody_outside_the_body_reads_or_says_anything(
    world: tuple[Forum, list[str], dict[str, Any]],
) -> None:
    forum, people, data = world
    forum.change_memo(is_public=False)
    for action in (
        "discussion_thread_show", "discussion_thread_export", "discussion_thread_latest", "discussion_counts",
        "discussion_comment_show", "discussion_comment_history", "discussion_comment_create",
        "discussion_report_create",
    ):  # fmt: skip
        allowed = []
        for person in people:
            try:
                toolkit.check_access(action, {"user": person}, data)
            except toolkit.NotAuthorized:
                continue
            allowed.append(person)
        assert allowed == [forum.officer, people[-1]], action
    with pytest.raises(toolkit.NotAuthorized):
        forum.act(people[1], "discussion_vote_set", target="subject", id="memo:m1", value=1)
    assert MemoPlugin.memos["m1"].is_public is False
