"""From an officer's files to a preview: both languages read, aligned, told what is wrong, corrected part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from ckan import model

from . import acts, structure_checks, texts
from .docx_reading import read_docx
from .model import Act, Version, utc_now
from .parts import Part, from_json
from .problems import Problem

#: What an officer may do to a part of a preview.
CHANGES = ("kind", "number", "title", "text", "depth", "remove", "join")


def read(stream: BinaryIO, language: str) -> tuple[tuple[Part, ...], list[dict[str, Any]], str]:
    """Parts, problems as plain values, and the name that stands above the act. Raises DocxRefused."""
    reading = read_docx(stream, language)
    return reading.parts, [_plain(problem) for problem in reading.problems], reading.title


def _plain(problem: Problem) -> dict[str, Any]:
    return {"paragraph": problem.paragraph, "code": problem.code, "params": problem.params}


def store_preview(
    act: Act, given: Mapping[str, Sequence[Part]], problems: Mapping[str, list[dict[str, Any]]], user_id: str
) -> Version:
    """Keeps a text for correction. A language that was not given stays as it is: in the preview, else in the text."""
    preview = acts.preview(act)
    base = preview.rows if preview else (acts.version(act, act.version).rows if act.version else [])
    both = {language: given.get(language) or _bare(texts.parts_of(base, language)) for language in texts.LANGUAGES}
    if preview is None:
        preview = Version(package_id=act.package_id, number=0, problems={}, note={})
        model.Session.add(preview)
    preview.rows = texts.rows(both["kk"], both["ru"])
    preview.problems = {**(preview.problems or {}), **problems}
    preview.made, preview.user_id = utc_now(), user_id
    model.Session.flush()
    return preview


def _bare(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Identities of a preview are given when it is published, by comparison with the text before it."""
    return tuple(replace(part, identity="") for part in parts)


def corrected(
    parts: Sequence[Part], changes: Mapping[int, Mapping[str, Any]]
) -> tuple[tuple[Part, ...], dict[int, str]]:
    """One language with an officer's corrections, and by place what was wrong with them ("depth", "kind", "join").

    :param changes: place among the parts, from 0 → values of CHANGES; `remove`, `join` (to the part before) are flags
    """
    found: list[Part] = []
    wrong: dict[int, str] = {}
    for place, part in enumerate(parts):
        wished = changes.get(place, {})
        if wished.get("remove"):
            continue
        if wished.get("join"):
            if not found:
                wrong[place] = "join"
                continue
            before = found[-1]
            joined = "\n".join(filter(None, (before.text, part.title, part.text)))
            found[-1] = replace(before, text=joined, rows=before.rows + part.rows)
            continue
        values = {name: wished[name] for name in ("kind", "number", "title", "text", "depth") if name in wished}
        changed = replace(part, **values)
        deepest = found[-1].depth + 1 if found else 0
        if changed.depth > deepest:
            if "depth" in values:
                wrong[place] = "depth"
            changed = replace(changed, depth=deepest)
        found.append(changed)
    return tuple(found), wrong


def checked(given: Any) -> tuple[Part, ...]:
    """Parts that a program sent, as `parts.as_json` has them. Raises ValueError, naming the place."""
    if not isinstance(given, list):
        raise ValueError("a list of parts is wanted")  # noqa: TRY004 - one error for whatever came in
    return from_json(given)


def structure_problems(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """What is wrong with the structure of a text as it stands now; places count its parts from 1."""
    return [_plain(problem) for problem in structure_checks.check(parts, range(1, len(parts) + 1))]
