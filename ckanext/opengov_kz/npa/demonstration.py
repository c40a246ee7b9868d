"""The draft acts of the demonstration: published, discussed by invented citizens, answered, one with its report."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from ckan import model
from ckan.plugins import toolkit
from werkzeug.datastructures import FileStorage

from ckanext.opengov_kz.worktime import days

from . import acts, demo_drafts

_SCRIPT = Path(__file__).parent / "demo" / "script.yaml"
_LANGUAGES = ("kk", "ru")


def load(tell: Callable[[str], None]) -> None:
    """Makes what is not there yet: acts, people, comments, replies. Run again, it changes nothing."""
    script = yaml.safe_load(_SCRIPT.read_text(encoding="utf-8"))
    for name, full_name in script["citizens"].items():
        _citizen(name, full_name)
    for one in script["calls"]:
        if model.Package.get(one["name"]) is None:
            _call("package_create", **one, type=acts.CALL)
    for one in script["acts"]:
        _act(one, script["citizens"])
        tell(f"The draft act {one['passport']['name']} is ready")


def write(folder: Path) -> list[Path]:
    """Writes all drafts as Word documents, to try the import with."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, last in demo_drafts.drafts().items():
        for version in range(1, last + 1):
            for language in _LANGUAGES:
                path = folder / f"{name}.v{version}.{language}.docx"
                path.write_bytes(demo_drafts.as_docx(demo_drafts.source(name, language, version)))
                written.append(path)
    return written


def _citizen(name: str, full_name: str) -> None:
    if model.User.get(name) is None:
        given = {"name": name, "email": f"{name}@opengov.example", "password": secrets.token_urlsafe(16)}
        _call("user_create", **given, fullname=full_name)


def _act(one: dict[str, Any], names: dict[str, str]) -> None:
    known = model.Package.get(one["passport"]["name"])
    if known is not None and acts.of(known).stage != "draft":
        return
    found = {"id": known.id} if known else _call("package_create", type=acts.TYPE, **one["passport"])
    _text(found["id"], one["draft"], 1)
    _call("npa_act_publish", id=found["id"])
    _say(found["id"], one.get("comments", ()), names)
    for given in one.get("conclusions", ()):
        _conclude(found["id"], given)
    for version in range(2, one.get("versions", 1) + 1):
        _text(found["id"], one["draft"], version)
        _call("npa_version_publish", id=found["id"], note=one.get("note", {}))
    if back := one.get("days_ago"):
        _move_back(found["id"], back)
    if one.get("report"):
        _call("npa_act_move", id=found["id"], stage="consideration")
        _call("npa_report_update", id=found["id"], **one["report"])
        _call("npa_report_publish", id=found["id"])


def _text(package_id: str, draft: str, version: int) -> None:
    files = {
        language: FileStorage(
            BytesIO(demo_drafts.as_docx(demo_drafts.source(draft, language, version))), filename=f"{draft}.docx"
        )
        for language in _LANGUAGES
    }
    _call("npa_version_import", id=package_id, **files)


def _say(package_id: str, comments: Any, names: dict[str, str]) -> None:
    rows = _call("npa_text_show", id=package_id)["rows"]
    places = {row["path"]: row["id"] for row in rows}
    for one in comments:
        said = {name: one[name] for name in ("text", "wording", "kind") if name in one}
        if one.get("part"):
            said["part_id"] = places[one["part"]]
        made = _as(one["who"], "discussion_comment_create", subject_type=acts.TYPE, subject_id=package_id,
                   author_name=names[one["who"]], **said)  # fmt: skip
        for voter in one.get("support", ()):
            _as(voter, "discussion_vote_set", target="comment", id=made["id"], value=1)
        if reply := one.get("reply"):
            _call("discussion_reply_draft", id=made["id"], **reply)
            _call("discussion_reply_publish", ids=[made["id"]])


def _conclude(package_id: str, given: dict[str, Any]) -> None:
    _call("npa_role_set", user=given["who"], kind=given["kind"], organisation=given["organisation"])
    said = {name: given[name] for name in ("kind", "outcome", "text", "language")}
    _as(given["who"], "npa_conclusion_create", id=package_id, **said)


def _move_back(package_id: str, back: int) -> None:
    """As if the act had been published so many days ago: a demonstration cannot wait for its last day."""
    act = acts.get(package_id)
    published = days.today() - dt.timedelta(days=back)
    act.published, act.closes = published, days.current().add_working_days(published, act.term_days or 0)
    model.Session.commit()


def _call(action: str, **data: Any) -> Any:
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    return toolkit.get_action(action)({"user": site_user["name"], "ignore_auth": True}, data)


def _as(user: str, action: str, **data: Any) -> Any:
    return toolkit.get_action(action)({"user": user}, data)
