"""One act of an archive as a line says it: read from JSON Lines or CSV, checked, each fault with its field. Pure.

A record: `source_id`, `title_kk`, `title_ru` (one of them), `body` (name of the developer), `kind`, `stage`; `note_kk`,
`note_ru`, `sphere`, `url`; the days `published`, `closes`, `sent_for_agreement`, `reported`, `adopted`, `withdrawn`;
`text_kk`, `text_ru` (plain text, an article or item a line); `comments`, a list (in CSV: JSON) of `author`, `text`,
`kind`, `created`, `wording`, `article` (its number), `outcome`, `reply`, `reason`, `replied`.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import rules, structure
from .docx_lines import Line
from .parts import Part

DAYS = ("published", "closes", "sent_for_agreement", "reported", "adopted", "withdrawn")
_STAGES = frozenset({"consideration", "report", "adopted", "withdrawn", "archive"})
_KINDS_OF_COMMENT = frozenset({"remark", "proposal", "opinion"})
_OUTCOMES = frozenset({"accepted", "partly", "rejected", "answered"})
_LONGEST_TITLE, _LONGEST_ID, _LONGEST_WORDS = 1000, 200, 20_000
_MOST_COMMENTS = 20_000
#: A line longer than this is no act.
LONGEST_LINE = 20_000_000


@dataclass(frozen=True)
class PastComment:
    """A comment of the archive; moments in UTC."""

    author: str
    text: str
    kind: str
    created: dt.datetime
    wording: str = ""
    article: str = ""
    outcome: str = ""
    reply: str = ""
    reason: str = ""
    replied: dt.datetime | None = None


@dataclass(frozen=True)
class PastAct:
    """An act of the archive."""

    source_id: str
    title: Mapping[str, str]
    note: Mapping[str, str]
    body: str
    kind: str
    stage: str
    sphere: str
    url: str
    days: Mapping[str, dt.date]
    texts: Mapping[str, tuple[Part, ...]]
    comments: tuple[PastComment, ...] = field(default=())

    def facts(self) -> rules.Act:
        """What the rules have to know to find breaches."""
        names = ("published", "closes", "sent_for_agreement", "reported", "adopted")
        return rules.Act(self.stage, **{name: self.days.get(name) for name in names})  # type: ignore[arg-type]


class BadRecordError(ValueError):
    """What is wrong with a record: field → code (`missing`, `unknown`, `long`, `day`, `moment`, `shape`, `many`)."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {code}" for name, code in problems.items()))
        self.problems = dict(problems)


def lines(stream: Iterable[str], *, is_csv: bool) -> Iterator[tuple[int, Any]]:
    """Records with their number in the file, from 1; what cannot be read is a string saying why."""
    if is_csv:
        csv.field_size_limit(LONGEST_LINE)
        for number, row in enumerate(csv.DictReader(stream), start=1):
            yield number, {name: value for name, value in row.items() if name and value}
        return
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line) if len(line) <= LONGEST_LINE else "long"
        except ValueError as error:
            yield number, f"JSON: {error}"


def read(given: Any) -> PastAct:
    """A record as an act. Raises BadRecordError with every fault of it."""
    if not isinstance(given, Mapping):
        raise BadRecordError({"record": given if isinstance(given, str) else "shape"})
    problems: dict[str, str] = {}
    said = {name: _text(given, name, problems) for name in ("source_id", "body", "kind", "stage", "sphere", "url")}
    for name in ("source_id", "body"):
        if not said[name]:
            problems[name] = "missing"
    if said["kind"] not in rules.KINDS:
        problems["kind"] = "unknown" if said["kind"] else "missing"
    if said["stage"] not in _STAGES:
        problems["stage"] = "unknown" if said["stage"] else "missing"
    title = _both(given, "title", _LONGEST_TITLE, problems)
    if not title:
        problems["title_kk"] = "missing"
    if len(said["source_id"]) > _LONGEST_ID:
        problems["source_id"] = "long"
    days = {name: day for name in DAYS if (day := _day(given, name, problems)) is not None}
    act = PastAct(
        title=title,
        note=_both(given, "note", _LONGEST_WORDS, problems),
        days=days,
        texts={language: _parts(given, f"text_{language}", problems) for language in ("kk", "ru")},
        comments=tuple(_comments(given.get("comments"), problems)),
        **said,
    )
    if problems:
        raise BadRecordError(problems)
    return act


def _text(given: Mapping[str, Any], name: str, problems: dict[str, str]) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int):
        problems[name] = "shape"
        return ""
    return str(value).replace("\x00", "").strip()


def _both(given: Mapping[str, Any], name: str, longest: int, problems: dict[str, str]) -> dict[str, str]:
    found = {}
    for language in ("kk", "ru"):
        if text := _text(given, f"{name}_{language}", problems):
            found[language] = text
            if len(text) > longest:
                problems[f"{name}_{language}"] = "long"
    return found


def _day(given: Mapping[str, Any], name: str, problems: dict[str, str]) -> dt.date | None:
    text = _text(given, name, problems)
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        problems[name] = "day"
        return None


def _parts(given: Mapping[str, Any], name: str, problems: dict[str, str]) -> tuple[Part, ...]:
    text = _text(given, name, problems)
    rows = [Line(place, line.strip()) for place, line in enumerate(text.splitlines(), start=1) if line.strip()]
    return structure.build(rows).parts if rows else ()


def _comments(given: Any, problems: dict[str, str]) -> Iterator[PastComment]:
    if isinstance(given, str) and given:
        try:
            given = json.loads(given)
        except ValueError:
            problems["comments"] = "shape"
            return
    if not given:
        return
    if not isinstance(given, list) or not all(isinstance(one, Mapping) for one in given):
        problems["comments"] = "shape"
        return
    if len(given) > _MOST_COMMENTS:
        problems["comments"] = "many"
        return
    for place, one in enumerate(given, start=1):
        found = _comment(one, f"comments[{place}]", problems)
        if found is not None:
            yield found


def _comment(given: Mapping[str, Any], where: str, problems: dict[str, str]) -> PastComment | None:
    wrong: dict[str, str] = {}
    names = ("author", "text", "kind", "wording", "article", "outcome", "reply", "reason")
    said = {name: _text(given, name, wrong) for name in names}
    created, replied = _moment(given, "created", wrong), _moment(given, "replied", wrong)
    if not said["text"]:
        wrong["text"] = "missing"
    if created is None:
        wrong.setdefault("created", "missing")
    if said["kind"] and said["kind"] not in _KINDS_OF_COMMENT:
        wrong["kind"] = "unknown"
    if said["outcome"] and said["outcome"] not in _OUTCOMES:
        wrong["outcome"] = "unknown"
    if any(len(said[name]) > _LONGEST_WORDS for name in names):
        wrong["text"] = "long"
    if wrong or created is None:
        problems.update({f"{where}.{name}": code for name, code in wrong.items()})
        return None
    said["kind"] = said["kind"] or "opinion"
    if said["reply"] and not said["outcome"]:
        said["outcome"] = "answered"
    return PastComment(created=created, replied=(replied or created) if said["outcome"] else None, **said)


def _moment(given: Mapping[str, Any], name: str, wrong: dict[str, str]) -> dt.datetime | None:
    text = _text(given, name, wrong)
    if not text:
        return None
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        wrong[name] = "moment"
        return None
    # A moment without a zone is Kazakhstan's.
    zone = dt.timezone(dt.timedelta(hours=5))
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(dt.UTC)
