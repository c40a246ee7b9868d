"""The report on a discussion: out of the record, with the words of the body; kept as it stood when it was published."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.opengov_kz.discussion import threads
from ckanext.opengov_kz.discussion.model import Comment

from . import acts, discussable
from .model import Act, Report, utc_now
from .report_content import Document, Line
from .report_words import suggested

#: What the report says of a comment; nothing of who wrote it but the public name.
_KEPT = ("id", "part", "version", "kind", "text", "wording", "language", "author", "created", "state", "official")


def draft(act: Act) -> Report:
    """The report of an act, begun with suggested words where there is none yet. No commit."""
    report = acts.report(act)
    if report is None:
        report = Report(package_id=act.package_id, changed=utc_now(), unanswered_reason={}, record={})
        report.introduction, report.conclusion = suggested(
            title=acts.title(acts.package(act.package_id)), act=acts.plain(act), figures=figures(record(act))
        )
        model.Session.add(report)
        model.Session.flush()
    return report


def record(act: Act) -> dict[str, Any]:
    """What a discussion left behind.

    `rows`: every comment of the first level that was ever public, in the order of time, with its official reply;
    `people`: how many wrote them and the replies to them.
    """
    subject = discussable.ActDiscussions().discussable_subject(acts.TYPE, act.package_id)
    if subject is None:
        return {"rows": [], "people": 0}
    rows = [{name: one[name] for name in _KEPT} for one in threads.everything(subject) if one["depth"] == 0]
    return {"rows": rows, "people": threads.counts(subject)["people"]}


def figures(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the report counts. Hidden and withdrawn comments are told by number alone."""
    rows = kept["rows"]
    seen = [row for row in rows if row["state"] == "visible"]
    outcomes = Counter(row["official"]["outcome"] for row in seen if row["official"])
    kinds = Counter(row["kind"] for row in seen)
    states = Counter(row["state"] for row in rows)
    proposals = [row["official"]["outcome"] for row in seen if row["kind"] == "proposal" and row["official"]]
    return {
        "people": kept["people"],
        "comments": len(seen),
        "remarks": kinds["remark"],
        "proposals": kinds["proposal"],
        "opinions": kinds["opinion"],
        "accepted": outcomes["accepted"],
        "partly": outcomes["partly"],
        "rejected": outcomes["rejected"],
        "answered": outcomes["answered"],
        "unanswered": len(seen) - outcomes.total(),
        "hidden": states["hidden"],
        "withdrawn": states["withdrawn"],
        "proposals_accepted": sum(outcome in {"accepted", "partly"} for outcome in proposals),
        "proposals_answered": len(proposals),
    }


def show(act: Act) -> dict[str, Any]:
    """The report as it stands."""
    report = draft(act)
    kept = _as_it_may_be_read(report.record) if report.published else record(act)
    return {
        "published": acts.iso(report.published),
        "introduction": report.introduction,
        "conclusion": report.conclusion,
        "unanswered_reason": report.unanswered_reason,
        "figures": figures(kept),
        "rows": [row for row in kept["rows"] if row["state"] == "visible"],
    }


def _as_it_may_be_read(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A published record without the words that a moderator hid since, and the names of those who are forgotten.

    What was withdrawn stays: the report answered it.
    """
    ids = [row["id"] for row in kept["rows"]]
    query = sa.select(Comment.id, Comment.state, Comment.author_id).where(Comment.id.in_(ids))
    now = {comment_id: (state, author) for comment_id, state, author in model.Session.execute(query)}
    rows = []
    for row in kept["rows"]:
        state, author = now.get(row["id"], (row["state"], None))
        hidden = {"state": state} if state == "hidden" else {}
        nameless = {"author": ""} if author is None else {}
        rows.append(row | hidden | nameless)
    return {**kept, "rows": rows}


def document(
    shown: Mapping[str, Any], title: Mapping[str, str], developer: Mapping[str, str], act: Mapping[str, Any]
) -> Document:
    """A report of `show` as `report_docx` and `report_pdf` want it."""
    days = {
        name: dt.date.fromisoformat(act[name]) if act[name] else None for name in ("published", "closes", "reported")
    }
    lines = [
        Line(
            part=row["part"]["label"] if row["part"] else {},
            kind=row["kind"],
            author=row["author"],
            created=dt.datetime.fromisoformat(row["created"]),
            text=row["text"],
            wording=row["wording"],
            **_answer(row["official"]),
        )
        for row in shown["rows"]
    ]
    texts = {name: shown[name] for name in ("introduction", "conclusion", "unanswered_reason")}
    return Document(title=title, developer=developer, figures=shown["figures"], lines=lines, **days, **texts)


def _answer(official: Mapping[str, Any] | None) -> dict[str, str]:
    if official is None:
        return {}
    return {"outcome": official["outcome"], "reply": official["text"], "reason": official["reason"]}
