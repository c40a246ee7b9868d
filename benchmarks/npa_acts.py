"""Draft acts at full size: an archive taken over, and the page of an act of 300 articles with 10,000 comments.

The baselines are CKAN's own: `package_create` of the same passports one by one, and the page of a dataset without a
table. The number of SQL queries of the act's page is printed for a discussion of none and of 10,000 comments.
"""

from __future__ import annotations

import io
import json
import random
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from statistics import median
from time import perf_counter
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan import model
from ckan.common import config
from ckan.lib.search import clear
from ckan.plugins import toolkit
from flask import current_app
from sqlalchemy import event as sa_event

from benchmarks.npa_text import law
from benchmarks.result import Result
from ckanext.opengov_kz.npa import acts, archive, importing, versioning
from ckanext.opengov_kz.npa.docx_lines import Line
from ckanext.opengov_kz.npa.structure import build
from ckanext.opengov_kz.worktime import days

PAST_ACTS, CREATED = 1000, 60
COMMENTS = 10_000
ROUNDS = 7


def run() -> list[Result]:
    """Both questions; what they made is removed."""
    body = _call("organization_create", name=f"bench-{uuid4().hex[:8]}", kind="central",
                 title_translated={"kk": "Министрлік", "ru": "Министерство"})["name"]  # fmt: skip
    return [*_archive(body), *_page(body)]


def _archive(body: str) -> list[Result]:
    records = [_record(number, body) for number in range(PAST_ACTS)]
    stream = io.StringIO("\n".join(json.dumps(record) for record in records))
    started = perf_counter()
    result = archive.load(stream)
    ours = (perf_counter() - started) / PAST_ACTS
    assert result.made == PAST_ACTS, result.errors
    started = perf_counter()
    made = [_call("package_create", **_passport(record)) for record in records[:CREATED]]
    plain = (perf_counter() - started) / CREATED
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"archive: {PAST_ACTS} acts with {result.comments} comments, {1 / ours:.0f} acts/s; peak {peak} MB", end="\n\n"
    )
    ids = [one["id"] for one in made]
    ids += list(model.Session.scalars(sa.select(model.Package.id).where(model.Package.name.like("bench-%"))))
    for package_id in ids:
        clear(package_id)
    return [Result("a past act with text and 3 comments, against package_create of its passport", ours, plain)]


def _record(number: int, body: str) -> dict[str, Any]:
    comment = {"author": "Азамат", "text": f"Пікір {number}", "created": "2019-03-04T10:00:00", "outcome": "answered",
               "reply": "Түсіндірме берілді."}  # fmt: skip
    return {
        "source_id": f"bench-{body}-{number}",
        "title_kk": f"bench Бұйрық {number}",
        "title_ru": f"Приказ {number}",
        "note_kk": "Түсіндірме жазба.",
        "note_ru": "Пояснительная записка.",
        "body": body,
        "kind": "order",
        "stage": "archive",
        "published": "2019-02-01",
        "closes": "2019-02-22",
        "text_kk": "\n".join(f"{article}-бап. Тақырып\n1. Мәтін {number}." for article in range(1, 11)),
        "text_ru": "\n".join(f"Статья {article}. Заголовок\n1. Текст {number}." for article in range(1, 11)),
        "comments": [comment] * 3,
    }


def _passport(record: dict[str, Any]) -> dict[str, Any]:
    titles = {language: f"{record[f'title_{language}']} c" for language in ("kk", "ru")}
    notes = {language: record[f"note_{language}"] for language in ("kk", "ru")}
    return {"type": "npa", "owner_org": record["body"], "kind": "order", "title_translated": titles,
            "notes_translated": notes, "name": f"bench-{uuid4().hex}"}  # fmt: skip


def _page(body: str) -> list[Result]:
    texts = {"kk": {"kk": "Үлкен заң", "ru": "Большой закон"}, "notes": {"kk": "Жазба", "ru": "Записка"}}
    common = {"owner_org": body, "title_translated": texts["kk"], "notes_translated": texts["notes"]}
    name = f"bench-{uuid4().hex}"
    act = _big_act(_call("package_create", type="npa", kind="bill", name=name, **common)["id"])
    plain = _call("package_create", type="dataset", name=f"{name}-d", review_state="published", **common)["name"]
    few = _queries(f"/npa/{name}")
    _comments(act)
    many = _queries(f"/npa/{name}")
    part = acts.version(act, 1).rows[10]["id"]
    talking = _queries(f"/npa/{name}?part={part}")
    size = len(_get(f"/npa/{name}")) // 1000
    print(
        f"page of an act, 300 articles: {few} SQL queries without comments, {many} with {COMMENTS}, "
        f"{talking} with an open thread; {size} kB",
        end="\n\n",
    )
    found = [
        Result(question, _seconds(lambda address=address: _get(address)), _seconds(lambda: _get(f"/dataset/{plain}")))
        for question, address in (
            ("page of 300 articles with 10,000 comments, against a dataset's page", f"/npa/{name}"),
            ("the same with the thread of a part open", f"/npa/{name}?part={part}"),
        )
    ]
    for package_id in (act.package_id, model.Package.get(plain).id):  # type: ignore[union-attr]
        clear(package_id)
    return found


def _big_act(package_id: str) -> Any:
    act = acts.get(package_id)
    rnd = random.Random(300)  # noqa: S311 - the same act in every run
    said = "\n".join(f"Статья {number}. {body}" for number, body in enumerate(law(rnd), start=1))
    parts = build([Line(place, line) for place, line in enumerate(said.splitlines(), start=1)]).parts
    preview = importing.store_preview(act, {"kk": parts, "ru": parts}, {}, "")
    act.stage, act.published, act.closes, act.term_days = "discussion", days.today(), days.today(), 15
    versioning.publish(act, preview, "", {})
    model.Session.commit()
    _call("package_patch", id=package_id, metadata_modified=preview.made.isoformat())
    return act


def _comments(act: Any) -> None:
    ids = [row["id"] for row in acts.version(act, 1).rows]
    model.Session.execute(
        sa.text(
            "INSERT INTO opengov_discussion_comment (id, subject_type, subject_id, owner_id, part_id, version, depth,"
            " kind, text, wording, language, author_name, state, created, support, objection, outcome)"
            " SELECT md5(random()::text || n), 'npa', :act, :owner, (CAST(:parts AS text[]))[1 + n % :count], '1', 0,"
            " 'opinion', 'Пікір ' || n, '', 'kk', 'Азамат', 'visible', now(), 0, 0, '' FROM generate_series(1, :many) n"
        ),
        {"act": act.package_id, "owner": act.owner_id, "parts": ids, "count": len(ids), "many": COMMENTS},
    )
    model.Session.commit()


def _get(address: str) -> bytes:
    with current_app.test_client() as client:  # type: ignore[attr-defined]
        answer = client.get(f"/ru{address}", headers={"Host": config["ckan.site_url"].split("//")[-1]})
    assert answer.status_code == HTTPStatus.OK, (address, answer.status_code)
    return answer.data


@contextmanager
def _counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*given: Any) -> None:
        seen.append(given[2])

    sa_event.listen(model.meta.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa_event.remove(model.meta.engine, "before_cursor_execute", note)


def _queries(address: str) -> int:
    _get(address)
    with _counted() as seen:
        _get(address)
    return len(seen)


def _seconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        started = perf_counter()
        work()
        taken.append(perf_counter() - started)
    return median(taken)


def _call(action: str, **data: Any) -> Any:
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    return toolkit.get_action(action)({"user": site_user["name"], "ignore_auth": True}, data)
