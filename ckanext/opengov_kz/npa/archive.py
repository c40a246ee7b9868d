"""Archives of past acts with their comments, taken over in bulk; it goes on where it was stopped.

Each record is checked by the same schema as a passport that somebody types. A batch is one transaction, without
CKAN's work for each single package; its documents go to the index together. What is there already, by its `source_id`,
is passed over, and indexed where a run was killed before that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan import logic, model
from ckan.lib.plugins import lookup_package_plugin, plugin_validate
from ckan.lib.search import PackageSearchQuery
from ckan.lib.search.common import SearchError
from ckan.lib.search.index import PackageSearchIndex
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov_kz.discussion.model import Comment, Reply
from ckanext.opengov_kz.shared.languages import pick, slug

from . import acts, rules, texts
from .archive_records import BadRecordError, PastAct, PastComment, lines, read
from .model import Act, Step, Version, utc_now
from .versions import identify_both

BATCH = 200
_THREADS = 4
#: Told after each batch.
Progress = Callable[["Result"], None]


@dataclass
class Result:
    """What a run did: records read, acts made, passed over, refused; `errors`: line of the file → what is wrong."""

    read: int = 0
    made: int = 0
    known: int = 0
    comments: int = 0
    errors: dict[int, str] = field(default_factory=dict)


def load(stream: Iterable[str], *, is_csv: bool = False, progress: Progress | None = None) -> Result:
    """Takes an archive over. A record that is refused stops nothing else."""
    result = Result()
    work = _Work(result)
    records = lines(stream, is_csv=is_csv)
    while batch := list(islice(records, BATCH)):
        work.batch(batch)
        if progress is not None:
            progress(result)
    return result


class _Work:
    def __init__(self, result: Result) -> None:
        self.result = result
        self.plugin = lookup_package_plugin(acts.TYPE)
        self.user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        self.bodies: dict[str, str | None] = {}

    def batch(self, batch: Sequence[tuple[int, Any]]) -> None:
        """Checks, writes and indexes some records."""
        self.result.read += len(batch)
        good = list(self._readable(batch))
        known = self._known([act.source_id for _line, act in good])
        found: list[tuple[int, PastAct]] = []
        for line, act in good:
            if act.source_id in known:
                self.result.known += 1
            else:
                known[act.source_id] = ""
                found.append((line, act))
        made = list(self._made(found))
        self._write(made)
        self._index([row["package"]["id"] for row in made], [one for one in known.values() if one])

    def _readable(self, batch: Sequence[tuple[int, Any]]) -> Iterator[tuple[int, PastAct]]:
        for line, given in batch:
            try:
                yield line, read(given)
            except BadRecordError as wrong:
                self.result.errors[line] = str(wrong)

    def _known(self, source_ids: Sequence[str]) -> dict[str, str]:
        query = sa.select(Act.source_id, Act.package_id).where(Act.source_id.in_(source_ids))
        return {str(source): package for source, package in model.Session.execute(query).tuples()}

    def _made(self, found: Sequence[tuple[int, PastAct]]) -> Iterator[dict[str, Any]]:
        for line, act in found:
            body = self._body(act.body)
            if body is None:
                self.result.errors[line] = "body: unknown"
                continue
            passport, errors = self._validated(act, body)
            if errors:
                self.result.errors[line] = json.dumps(errors, ensure_ascii=False, default=str)
                continue
            yield _rows(act, passport, body)

    def _body(self, name: str) -> str | None:
        if name not in self.bodies:
            body = model.Group.get(name)
            self.bodies[name] = body.id if body is not None and body.is_organization else None
        return self.bodies[name]

    def _validated(self, act: PastAct, body: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The passport by the schema of its type; what an archive lacks in a language is told, not refused."""
        digest = hashlib.sha256(act.source_id.encode()).hexdigest()[:8]
        title = pick(act.title, "kk").text
        given = {
            "type": acts.TYPE,
            "name": f"{slug(title, 80)}-{digest}",
            "owner_org": body,
            "kind": act.kind,
            "sphere": act.sphere,
            "title_translated": dict(act.title),
            "notes_translated": dict(act.note) or dict(act.title),
            "amends": f"{title} {act.url}" if act.url else "",
        }
        context = {
            "user": self.user,
            "ignore_auth": True,
            "opengov_import": True,
            "model": model,
            "session": model.Session,
        }
        schema = self.plugin.create_package_schema()
        return plugin_validate(self.plugin, context, given, schema, "package_create")  # type: ignore[arg-type]

    def _write(self, made: Sequence[dict[str, Any]]) -> None:
        """One transaction: after a kill there is all of the batch, or nothing of it."""
        if not made:
            return
        session = model.Session
        session.execute(insert(model.package_table), [row["package"] for row in made])
        session.execute(insert(Act), [row["act"] for row in made])
        session.execute(insert(Step), [step for row in made for step in row["steps"]])
        for table, name in ((Version, "version"), (Comment, "comments"), (Reply, "replies")):
            if rows := [one for row in made for one in row[name]]:
                session.execute(insert(table), rows)
        session.commit()
        self.result.made += len(made)
        self.result.comments += sum(len(row["comments"]) for row in made)

    def _index(self, new: Sequence[str], known: Sequence[str]) -> None:
        wanted = [*new, *self._not_indexed(known)]
        if not wanted:
            return
        # Most of the time each waits for Solr and PostgreSQL.
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(_index_one, wanted))
        PackageSearchIndex().commit()

    def _not_indexed(self, known: Sequence[str]) -> list[str]:
        if not known:
            return []
        query = {"q": f"id:({' OR '.join(known)})", "fl": "id", "rows": len(known), "fq": f"+dataset_type:{acts.TYPE}"}
        try:
            found = PackageSearchQuery().run(query)["results"]
        except SearchError:
            return list(known)
        there = {one["id"] if isinstance(one, dict) else one for one in found}
        return [one for one in known if one not in there]


def _index_one(package_id: str) -> None:
    try:
        logic.index_update_package({"ignore_auth": True}, package_id, defer_commit=True)
    finally:
        model.Session.remove()


def _rows(act: PastAct, passport: dict[str, Any], body: str) -> dict[str, Any]:
    """The rows of all tables for one act."""
    package_id, now = str(uuid4()), utc_now()
    kk, ru, _moved = identify_both(act.texts["kk"], act.texts["ru"])
    rows = texts.rows(kk, ru)
    number = 1 if rows else 0
    articles = {row["path"]: row["id"] for row in rows}
    breaches = rules.breaches(act.facts())
    comments = [(str(uuid4()), one) for one in act.comments]
    return {
        "package": {
            "id": package_id,
            "name": passport["name"],
            "title": passport.get("title") or "",
            "notes": passport.get("notes") or "",
            "type": acts.TYPE,
            "owner_org": body,
            "private": False,
            "state": "active",
            "metadata_created": now,
            "metadata_modified": now,
            "extras": {one["key"]: one["value"] for one in passport.get("extras", []) if one["value"] is not None},
        },
        "act": {
            "package_id": package_id,
            "owner_id": body,
            "kind": act.kind,
            "sphere": act.sphere,
            "stage": act.stage,
            "version": number,
            "breaches": breaches,
            "source_id": act.source_id,
            "archived": now.date() if act.stage == "archive" else None,
            "views": 0,
            **{name: act.days.get(name) for name in ("published", "closes", *acts.DAYS[3:7])},
        },
        "steps": [
            {"package_id": package_id, "what": "imported", "at": now, "user_id": "", "reason": "",
             "details": {"breaches": breaches}}
        ],
        "version": [
            {"package_id": package_id, "number": 1, "rows": rows, "problems": {}, "note": {}, "made": now,
             "published": _midnight(act.days.get("published")) or now, "user_id": ""}
        ] if rows else [],
        "comments": [_comment(one, identity, package_id, body, articles) for identity, one in comments],
        "replies": [_reply(one, identity) for identity, one in comments if one.outcome],
    }  # fmt: skip


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time()) if day else None


def _naive(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def _comment(one: PastComment, identity: str, package_id: str, body: str, articles: dict[str, str]) -> dict[str, Any]:
    return {
        "id": identity,
        "subject_type": acts.TYPE,
        "subject_id": package_id,
        "owner_id": body,
        "part_id": articles.get(f"article-{one.article}") if one.article else None,
        "version": "1" if articles else "",
        "depth": 0,
        "kind": one.kind,
        "text": one.text,
        "wording": one.wording,
        "language": "kk" if set(one.text.lower()) & set("әғқңөұүһі") else "ru",
        "author_name": one.author,
        "state": "visible",
        "created": _naive(one.created),
        "support": 0,
        "objection": 0,
        "outcome": one.outcome,
        "answered": _naive(one.replied) if one.replied else None,
    }


def _reply(one: PastComment, identity: str) -> dict[str, Any]:
    moment = _naive(one.replied or one.created)
    return {
        "comment_id": identity,
        "taken_by": "",
        "expert_id": "",
        "outcome": one.outcome,
        "text": one.reply,
        "reason": one.reason,
        "private_note": "",
        "changed": moment,
        "published": moment,
        "published_by": "",
    }
