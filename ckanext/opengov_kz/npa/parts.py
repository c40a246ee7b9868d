"""The text of an act as a tree of parts: a tuple in document order, each part with its depth.

Kinds, from the outermost in, with the words of the law: `section` раздел / бөлім, `subsection` подраздел / кіші бөлім,
`chapter` глава / тарау, `subchapter` параграф / параграф, `article` статья / бап, `item` пункт / тармақ, `subitem`
подпункт / тармақша, `paragraph` абзац / абзац (also a signature, a note); besides them `preamble` (what stands before
the first part), `table` and `annex` (приложение / қосымша, whose parts lie one deeper).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

#: What can hold what: a part never holds one of a lower or of the same rank, except letters within numbered sub-items.
RANKS: Mapping[str, int] = {
    "annex": 0,
    "section": 1,
    "subsection": 2,
    "chapter": 3,
    "subchapter": 4,
    "article": 5,
    "item": 6,
    "subitem": 7,
    "paragraph": 8,
    "preamble": 8,
    "table": 8,
}
KINDS = tuple(RANKS)
#: Headings that gather articles and items; numbers of these run on across them, so an address leaves them out.
GATHERING = frozenset({"section", "subsection", "chapter", "subchapter"})
_IDENTITY = re.compile("[0-9a-f]{32}")
#: The longest codes have 12,000.
MOST_PARTS = 30_000
_RUNNING_ON = frozenset({"article", "item"})
_COUNTED = frozenset({"paragraph", "table"})

_LABELS = {
    "ru": {
        "annex": "Приложение {}",
        "section": "Раздел {}",
        "subsection": "Подраздел {}",
        "chapter": "Глава {}",
        "subchapter": "Параграф {}",
        "article": "Статья {}",
        "item": "Пункт {}",
        "subitem": "Подпункт {}",
        "paragraph": "Абзац {}",
        "preamble": "Преамбула {}",
        "table": "Таблица {}",
    },
    "kk": {
        "annex": "{}-қосымша",
        "section": "{}-бөлім",
        "subsection": "{}-кіші бөлім",
        "chapter": "{}-тарау",
        "subchapter": "{}-параграф",
        "article": "{}-бап",
        "item": "{}-тармақ",
        "subitem": "{}-тармақша",
        "paragraph": "{}-абзац",
        "preamble": "{}-кіріспе",
        "table": "{}-кесте",
    },
    "en": {
        "annex": "Annex {}",
        "section": "Section {}",
        "subsection": "Subsection {}",
        "chapter": "Chapter {}",
        "subchapter": "Paragraph {}",
        "article": "Article {}",
        "item": "Item {}",
        "subitem": "Sub-item {}",
        "paragraph": "Indentation {}",
        "preamble": "Preamble {}",
        "table": "Table {}",
    },
}


@dataclass(frozen=True)
class Part:
    """One part of an act.

    `number` is as in the text without the word and without a closing dot: "5", "5-1", "3)", "" if there is none.
    `title` is the heading's words, `text` the part's own words (lines of a quoted amendment stand below each other),
    `rows` the cells of a table. `depth` counts from 0. `identity` (32 hex digits) is given by `versions.identify`.
    """

    kind: str
    number: str
    title: str
    text: str
    depth: int
    identity: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def words(part: Part) -> str:
    """All that a part says by itself, without its number: heading, text, cells (rows by lines, cells by " | ")."""
    table = "\n".join(" | ".join(row) for row in part.rows)
    return "\n".join(said for said in (part.title, part.text, table) if said)


def label(part: Part, language: str) -> str:
    """How officials call the part in "kk", "ru", "en": "5-бап", "Статья 5", "3) тармақша"; else its word alone."""
    return _label(part.kind, part.number, language)


def _label(kind: str, number: str, language: str) -> str:
    form = _LABELS[language][kind]
    if not number:
        return form.replace("{}", "").strip(" -").capitalize()
    if number.endswith(")") and language == "kk":
        return form.replace("{}-", f"{number} ")
    return form.format(number)


def full_labels(parts: Sequence[Part], language: str) -> tuple[str, ...]:
    """How to refer to each part ("kk", "ru", "en"): "Статья 5, пункт 2, подпункт 1)"; chapters stand only at their own.

    Indentations are counted as lawyers do: the part's own text is the first one. Tables are counted among themselves.
    """
    found: list[str] = []
    far: list[str] = []
    counts: Counter[tuple[int, str]] = Counter()
    for part, parent in zip(parts, parents(parts), strict=True):
        counts[parent, part.kind] += 1
        number = part.number
        if not number and part.kind in _COUNTED:
            is_second = part.kind == "paragraph" and parent >= 0 and bool(parts[parent].text)
            number = str(counts[parent, part.kind] + is_second)
        own = _label(part.kind, number, language)
        above = "" if parent < 0 else (far if part.kind in _RUNNING_ON else found)[parent]
        found.append(f"{above}, {own[0].lower()}{own[1:]}" if above else own)
        far.append((far[parent] if parent >= 0 else "") if part.kind in GATHERING else found[-1])
    return tuple(found)


def parents(parts: Sequence[Part]) -> list[int]:
    """For each part the index of the one that holds it, -1 at the top."""
    found, open_parts = [], list[int]()
    for index, part in enumerate(parts):
        while open_parts and parts[open_parts[-1]].depth >= part.depth:
            open_parts.pop()
        found.append(open_parts[-1] if open_parts else -1)
        open_parts.append(index)
    return found


def children(parts: Sequence[Part]) -> dict[int, list[int]]:
    """For each index, and for -1 (the act itself), the indices of the parts directly within, in order."""
    held: dict[int, list[int]] = {-1: []}
    for index, parent in enumerate(parents(parts)):
        held[index] = []
        held[parent].append(index)
    return held


def paths(parts: Sequence[Part]) -> tuple[str, ...]:
    """The address of each part, unique within the act: "article-5/item-2/subitem-1", "annex-1/item-4/table-1".

    Numbers of articles run through the whole act, and those of items through its rules, so chapters and sections are
    not in the addresses of what they gather: an article keeps its address when a chapter is put above it. Parts without
    a number are counted among their kind; a number given twice gets "_2".
    """
    found: list[str] = []
    far: list[str] = []
    seen: Counter[str] = Counter()
    for part, parent in zip(parts, parents(parts), strict=True):
        near = f"{found[parent]}/" if parent >= 0 else ""
        above = far[parent] if parent >= 0 else ""
        address = _address(part, above if part.kind in _RUNNING_ON else near, seen)
        found.append(address)
        far.append(above if part.kind in GATHERING else f"{address}/")
    return tuple(found)


def _address(part: Part, base: str, seen: Counter[str]) -> str:
    number = "".join(part.number.lower().replace("/", "-").rstrip(").").split())
    step = f"{base}{part.kind}-{number}" if number else f"{base}{part.kind}"
    seen[step] += 1
    if number:
        return step if seen[step] == 1 else f"{step}_{seen[step]}"
    return f"{step}-{seen[step]}"


def path(parts: Sequence[Part], index: int) -> str:
    """The address of one part; see `paths`, which is what to use for many."""
    return paths(parts)[index]


def with_identities(parts: Iterable[Part], identities: Iterable[str]) -> tuple[Part, ...]:
    """The same parts with these identities, one for one."""
    return tuple(replace(part, identity=identity) for part, identity in zip(parts, identities, strict=True))


def as_json(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Plain dictionaries for storing and for the API; `from_json` reads them back. Empty values are left out."""
    return [dict(_plain(part)) for part in parts]


def _plain(part: Part) -> Iterator[tuple[str, Any]]:
    for name in ("kind", "number", "title", "text", "depth", "identity"):
        value = getattr(part, name)
        if value or name in {"kind", "depth"}:
            yield name, value
    if part.rows:
        yield "rows", [list(row) for row in part.rows]


def from_json(given: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    """The parts of `as_json`. Raises ValueError, naming the place, for an unknown kind, a wrong depth or type."""
    found: list[Part] = []
    for place, each in enumerate(given, start=1):
        if place > MOST_PARTS:
            raise ValueError(f"part {place}: a text has {MOST_PARTS} parts at most")
        part = _part(place, each)
        deepest = found[-1].depth + 1 if found else 0
        if not 0 <= part.depth <= deepest:
            raise ValueError(f"part {place}: depth {part.depth}, at most {deepest} is possible here")
        found.append(part)
    return tuple(found)


def _part(place: int, given: Any) -> Part:
    def refuse(what: str) -> NoReturn:
        raise ValueError(f"part {place}: {what}")

    if not isinstance(given, Mapping):
        refuse("not a dictionary")
    kind, depth, rows = given.get("kind"), given.get("depth"), given.get("rows", ())
    if not isinstance(kind, str) or kind not in RANKS:
        refuse(f"unknown kind {kind!r}")
    if not isinstance(depth, int) or isinstance(depth, bool):
        refuse("depth is to be a whole number")
    said = {name: given.get(name, "") for name in ("number", "title", "text", "identity")}
    for name, value in said.items():
        if not isinstance(value, str):
            refuse(f"{name} is to be text")
    if said["identity"] and not _IDENTITY.fullmatch(said["identity"]):
        refuse("identity is to be 32 hex digits")
    if not isinstance(rows, list | tuple) or not all(isinstance(row, list | tuple) for row in rows):
        refuse("rows are to be lists of cells")
    if not all(isinstance(cell, str) for row in rows for cell in row):
        refuse("cells are to be text")
    return Part(kind=kind, depth=depth, rows=tuple(tuple(row) for row in rows), **said)
