"""Discussions for programs: a feed, and the whole of one as a file for those who study it."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Iterator
from typing import Any

from ckan.common import _
from ckan.plugins import toolkit
from feedgen.feed import FeedGenerator
from flask import Blueprint, Response, stream_with_context

from ckanext.opengov_kz.shared.spreadsheets import harmless

from .words import discussion_kind, discussion_outcome

machine = Blueprint("opengov_discussion_machine", __name__, url_prefix="/discussion")
_FEED = 50
_EPOCH = "1970-01-01T00:00:00+00:00"
_COLUMNS = (
    "id", "parent_id", "part_id", "version", "kind", "language", "author", "text", "wording", "state", "created",
    "edited", "support", "objection", "due",
)  # fmt: skip
_OFFICIAL = ("outcome", "text", "reason", "published", "corrected")


def _found(action: str, subject_type: str, subject_id: str, **more: Any) -> dict[str, Any]:
    try:
        return toolkit.get_action(action)({}, {"subject_type": subject_type, "subject_id": subject_id, **more})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        # The same answer to both: who may not see a subject does not learn that it exists.
        toolkit.abort(404, _("There is no such discussion."))
        raise AssertionError from None  # abort has raised


@machine.route("/<subject_type>/<subject_id>/feed.atom")
def feed(subject_type: str, subject_id: str) -> Response:
    """What was said, answered or changed last as an Atom feed: comments, replies to them, official replies."""
    thread = _found("discussion_thread_latest", subject_type, subject_id, limit=_FEED)
    entries = sorted(_entries(thread["comments"]), key=lambda entry: entry["updated"], reverse=True)[:_FEED]
    place = {"subject_type": subject_type, "subject_id": subject_id, "qualified": True}
    made = FeedGenerator()
    made.id(toolkit.url_for("opengov_discussion.thread", **place))
    made.title(toolkit.h.discussion_title(thread["title"]).text or _("Discussion"))
    made.link(href=toolkit.url_for("opengov_discussion_machine.feed", **place), rel="self")
    made.link(href=toolkit.url_for("opengov_discussion.thread", **place), rel="alternate")
    made.author(name=_("Open Government"))
    made.updated(entries[0]["updated"] if entries else _EPOCH)
    for each in entries:
        entry = made.add_entry(order="append")
        entry.id(f"urn:uuid:{each['id']}")
        entry.title(each["title"])
        entry.published(each["published"])
        entry.updated(each["updated"])
        entry.link(href=toolkit.url_for("opengov_discussion.show", id=each["comment_id"], qualified=True))
        entry.content(each["text"], type="text")
    return Response(made.atom_str(pretty=True), content_type="application/atom+xml; charset=utf-8")


def _entries(comments: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    """What each comment and each official reply is in a feed. Times are all in UTC: their texts sort as they do."""
    for comment in comments:
        what = discussion_kind(comment["kind"]) if comment["depth"] == 0 else _("Reply to a comment")
        yield {
            "id": comment["id"],
            "comment_id": comment["id"],
            "title": f"{comment['author'] or _('Name removed')}: {what}",
            "published": comment["created"],
            "updated": comment["edited"] or comment["created"],
            "text": comment["text"],
        }
        if official := comment["official"]:
            yield {
                # A lasting name of its own, which can be made again from that of the comment.
                "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"official reply to {comment['id']}")),
                "comment_id": comment["id"],
                "title": f"{_('Official reply')}: {discussion_outcome(official['outcome'])}",
                "published": official["published"],
                "updated": official["corrected"] or official["published"],
                "text": "\n\n".join(text for text in (official["text"], official["reason"]) if text),
            }


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
    csv.writer(text).writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue()
