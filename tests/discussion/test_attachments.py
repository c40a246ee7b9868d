"""Files that hang on comments, from the form to the disk and back; and what is typed, kept by itself."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from ckan.lib import files
from ckan.plugins import toolkit
from werkzeug.datastructures import FileStorage

from ckanext.opengov_kz.discussion.attachments import get
from tests.discussion.conftest import PASSWORD, Forum
from tests.visitor import Visitor

THREAD = "/ru/discussion/memo/m1"
PDF = b"%PDF-1.7 a report"


def upload(name: str = "Есеп 2026.pdf", data: bytes = PDF) -> FileStorage:
    return FileStorage(BytesIO(data), filename=name)


def stored(attachment_id: str) -> Path:
    """Where a file lies on the disk."""
    return Path(files.get_storage().settings.path, get(attachment_id).location)


@pytest.fixture
def attached(forum: Forum) -> dict[str, Any]:
    made = forum.say(forum.citizens[0], "Есепті қараңыз", upload=upload())
    return made | {"path": stored(made["attachments"][0]["id"])}


def test_a_file_comes_with_a_comment_and_is_given_to_everybody_to_be_saved(
    forum: Forum, attached: dict[str, Any], app: Any
) -> None:
    (shown,) = forum.thread()["comments"][0]["attachments"]
    assert (shown["name"], shown["media_type"], shown["size"]) == ("Есеп 2026.pdf", "application/pdf", len(PDF))
    answer = app.get(f"/discussion/attachment/{shown['id']}/download")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "esep-2026.pdf" in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Есеп 2026.pdf" in app.get(THREAD).get_data(as_text=True)
    exported = app.get("/discussion/memo/m1/comments.json").json["comments"][0]["attachments"]
    assert exported[0]["name"] == "Есеп 2026.pdf"


def test_a_bad_file_is_named_and_nothing_is_said(forum: Forum) -> None:
    for name, data, words in (
        ("a.exe", b"MZ", "cannot be attached"),
        ("a.pdf", b"<script>", "is not what its name says"),
        ("a.pdf", b"%PDF-" + b"x" * 5_000_000, "too large"),
    ):
        with pytest.raises(toolkit.ValidationError) as told:
            forum.say(forum.citizens[0], "Есепті қараңыз", upload=upload(name, data))
        told_of: Any = told.value.error_dict["upload"]
        assert name in told_of[0]
        assert words in told_of[0]
    with pytest.raises(toolkit.ValidationError, match="too many"):
        forum.say(forum.citizens[0], "Есепті қараңыз", upload=[upload() for _one in range(4)])
    assert forum.thread()["count"] == 0


def test_the_file_of_hidden_words_is_given_to_nobody(forum: Forum, attached: dict[str, Any], app: Any) -> None:
    given = {"rule": "personal_data", "note": "Мекенжай жазылған."}
    forum.act(forum.moderator, "discussion_comment_hide", id=attached["id"], **given)
    assert forum.thread()["comments"][0]["attachments"] == []
    assert app.get(f"/discussion/attachment/{attached['attachments'][0]['id']}/download").status_code == 404


def test_the_file_of_a_comment_that_waits_is_given_to_its_author_and_moderators(
    forum: Forum, memo_plugin: Any, app: Any
) -> None:
    memo_plugin.settings = memo_plugin.settings.__class__(premoderated=True)
    made = forum.say(forum.citizens[0], "Есепті қараңыз", upload=upload())
    file = {"id": made["attachments"][0]["id"]}
    for person in (forum.citizens[0], forum.moderator):
        assert forum.act(person, "discussion_attachment_show", **file)["name"] == "Есеп 2026.pdf"
    for person in ("", forum.citizens[1]):
        with pytest.raises(toolkit.ObjectNotFound):
            forum.act(person, "discussion_attachment_show", **file)


def test_a_file_goes_with_the_words_that_its_author_takes_back(forum: Forum, attached: dict[str, Any]) -> None:
    assert attached["path"].read_bytes() == PDF
    forum.act(forum.citizens[0], "discussion_comment_withdraw", id=attached["id"])
    assert not attached["path"].exists()


def test_a_file_is_deleted_when_its_author_wants_to_be_forgotten_and_the_words_stay(
    forum: Forum, attached: dict[str, Any]
) -> None:
    known = forum.act(forum.citizens[0], "discussion_person_export")
    assert known["comments"][0]["attachments"][0]["name"] == "Есеп 2026.pdf"
    forum.act(forum.citizens[0], "discussion_person_erase")
    assert not attached["path"].exists()
    assert forum.thread()["comments"][0]["attachments"] == []
    assert forum.texts() == ["Есепті қараңыз"]


def test_files_come_through_the_form_several_at_once(forum: Forum, app: Any) -> None:
    citizen = Visitor(app)
    citizen.sign_in(forum.citizens[0], PASSWORD)
    two = [(BytesIO(PDF), "бір.pdf"), (BytesIO("Мәтін".encode()), "екі.txt")]
    sent = citizen.send(THREAD, kind="remark", text="Қараңыз", author_name="Айгүл", upload=two)
    assert sent.status_code == 302
    assert [file["name"] for file in forum.thread()["comments"][0]["attachments"]] == ["бір.pdf", "екі.txt"]
    bad = citizen.send(THREAD, kind="remark", text="Тағы бірі", author_name="Айгүл", upload=[(BytesIO(b"MZ"), "a.exe")])
    assert bad.status_code == 400
    page = bad.get_data(as_text=True)
    assert "a.exe" in page
    assert "Тағы бірі" in page


def test_files_come_through_the_api(forum: Forum, app: Any) -> None:
    token = forum.act(forum.citizens[0], "api_token_create", user=forum.citizens[0], name="t")["token"]
    data = {
        "subject_type": "memo", "subject_id": "m1", "text": "Бағдарламадан", "author_name": "Айгүл",
        "upload": (BytesIO(PDF), "есеп.pdf"),
    }  # fmt: skip
    headers = {"Authorization": token}
    made = app.post("/api/3/action/discussion_comment_create", data=data, headers=headers).json["result"]
    assert made["attachments"][0]["name"] == "есеп.pdf"


def test_what_is_typed_is_kept_by_a_script_and_answered_in_a_few_words(forum: Forum, app: Any) -> None:
    citizen = Visitor(app)
    citizen.sign_in(forum.citizens[0], PASSWORD)
    typed = {"keep": "1", "kind": "remark", "text": "Әлі жазып жатырмын", "_csrf_token": citizen.token(THREAD)}
    kept = citizen.post(THREAD, typed, headers={"HX-Request": "true"})
    assert kept.status_code == 200
    assert len(kept.data) < 200
    page = citizen.get(THREAD).get_data(as_text=True)
    assert "Әлі жазып жатырмын" in page
    assert "Әлі жазып жатырмын" not in app.get(THREAD).get_data(as_text=True)


def test_a_storage_that_is_full_keeps_the_words_in_the_form_and_stores_nothing(forum: Forum, app: Any) -> None:
    folder = Path(files.get_storage().settings.path, "discussion")
    citizen = Visitor(app)
    citizen.sign_in(forum.citizens[0], PASSWORD)
    kept = folder.with_name("discussion-kept")
    if folder.exists():
        folder.rename(kept)
    folder.write_text("no folder")
    try:
        sent = citizen.send(
            THREAD, kind="remark", text="Қараңыз", author_name="Айгүл", upload=[(BytesIO(PDF), "бір.pdf")]
        )
        assert sent.status_code == 400
        assert "Қараңыз" in sent.get_data(as_text=True)
        assert "бір.pdf" in sent.get_data(as_text=True)
        assert forum.thread()["count"] == 0
    finally:
        folder.unlink()
        if kept.exists():
            kept.rename(folder)
