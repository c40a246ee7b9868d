"""Discussions for programs: a feed, and the whole of one as a file for those who study it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from ckan.common import _
from ckan.plugins import toolkit
from feedgen.feed import FeedGenerator
from flask import Blueprint, Response, stream_with_context

from .words import discussion_kind

machine = Blueprint("opengov_discussion_machine", __name__, url_prefix="/discussion")
_FEED = 50
_EPOCH = "1970-01-01T00:00:00+00:00"
_COLUMNS = (
    "id", "parent_id", "part_id", "version", "kind", "language", "author", "text", "wording", "state", "created",
    "edited", "support", "objection", "due",
)  # fmt: skip
_OFFICIAL = ("outcome", "text", "reason", "published", "corrected")
#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _found(action: str, subject_type: str, subject_id: str, **more: Any) -> dict[str, Any]:
    try:
        return toolkit.get_action(action)({}, {"subject_type": subject_type, "subject_id": subject_id, **more})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        # The same answer to both: who may not see a subject does not learn that it exists.
        toolkit.abort(404, _("There is no such discussion."))
        raise AssertionError from None  # abort has raised


@machine.route("/<subject_type>/<subject_id>/feed.atom")
def feed(subject_type: str, subject_id: str) -> Response:
    """The newest comments as an Atom feed."""
    thread = _found("discussion_thread_show", subject_type, subject_id, limit=_FEED)
    place = {"subject_type": subject_type, "subject_id": subject_id, "qualified": True}
    made = FeedGenerator()
    made.id(toolkit.url_for("opengov_discussion.thread", **place))
    made.title(toolkit.h.discussion_title(thread["title"]).text or _("Discussion"))
    made.link(href=toolkit.url_for("opengov_discussion_machine.feed", **place), rel="self")
    made.link(href=toolkit.url_for("opengov_discussion.thread", **place), rel="alternate")
    made.author(name=_("Open Government"))
    made.updated(thread["comments"][0]["created"] if thread["comments"] else _EPOCH)
    for comment in thread["comments"]:
        if comment["state"] != "visible":
            continue
        entry = made.add_entry(order="append")
        entry.id(f"urn:uuid:{comment['id']}")
        entry.title(f"{comment['author']}: {discussion_kind(comment['kind'])}")
        entry.updated(comment["edited"] or comment["created"])
        entry.link(href=toolkit.url_for("opengov_discussion.show", id=comment["id"], qualified=True))
        entry.content(comment["text"], type="text")
    return Response(made.atom_str(pretty=True), content_type="application/atom+xml; charset=utf-8")


@machine.route("/<subject_type>/<subject_id>/comments.json")
def as_json(subject_type: str, subject_id: str) -> Response:
    """Everything that was said, as JSON."""
    found = _found("discussion_thread_export", subject_type, subject_id)
    return Response(json.dumps(found, ensure_ascii=False), content_type="application/json; charset=utf-8")


@machine.route("/<subject_type>/<subject_id>/comments.csv")
def as_csv(subject_type: str, subject_id: str) -> Response:
    """Everything that was said, as a table; no cell begins a formula."""
    found = _found("discussion_thread_export", subject_type, subject_id)
    response = Response(stream_with_context(_lines(found["comments"])), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="comments.csv"'
    return response


@machine.route("/mine.json")
def personal() -> Response:
    """What is known of the person who asks."""
    try:
        known = toolkit.get_action("discussion_person_export")({}, {})
    except toolkit.NotAuthorized:
        toolkit.abort(403, _("Sign in to take part."))
        raise AssertionError from None  # abort has raised
    response = Response(json.dumps(known, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="my-comments.json"'
    return response


def _lines(comments: list[dict[str, Any]]) -> Iterator[str]:
    yield "\ufeff" + _line([*_COLUMNS, *(f"official_{name}" for name in _OFFICIAL)])
    for comment in comments:
        official = comment["official"] or {}
        yield _line([*(comment[name] for name in _COLUMNS), *(official.get(name) for name in _OFFICIAL)])


def _line(cells: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_harmless(cell) for cell in cells])
    return text.getvalue()


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
