"""The text of an act as it is stored and shown: rows, each one part in both languages under one lasting identity.

A row: `id` (the identity; empty in a preview), `kind`, `depth`, `path`, `label` by language, `problem` of the
alignment or None, and `kk`, `ru`: `number`, `title`, `text` and, for a table, `rows`; None where a language lacks it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .alignment import align
from .parts import Part, full_labels, paths
from .versions import Moved, identify_both

LANGUAGES = ("kk", "ru")
#: Identities of one act's parts, one for each.
Row = dict[str, Any]


def rows(kk: Sequence[Part], ru: Sequence[Part]) -> list[Row]:
    """Both languages side by side, in the order of both."""
    known = {"kk": _known(kk), "ru": _known(ru)}
    found = []
    for pair in align(kk, ru):
        sides = {"kk": pair.kk, "ru": pair.ru}
        first = pair.kk or pair.ru
        assert first is not None  # noqa: S101 - a pair has a part
        owner = "kk" if pair.kk is not None else "ru"
        path, labels = known[owner][id(first)]
        label = dict(labels)
        for language, part in sides.items():
            if part is not None:
                label[language] = known[language][id(part)][1][language]
        found.append(
            {
                "id": first.identity,
                "kind": first.kind,
                "depth": first.depth,
                "path": path,
                "label": label,
                "problem": pair.problem,
                **{language: _side(part) for language, part in sides.items()},
            }
        )
    return found


def _known(parts: Sequence[Part]) -> dict[int, tuple[str, dict[str, str]]]:
    labels = {language: full_labels(parts, language) for language in ("kk", "ru", "en")}
    return {
        id(part): (path, {language: said[index] for language, said in labels.items()})
        for index, (part, path) in enumerate(zip(parts, paths(parts), strict=True))
    }


def _side(part: Part | None) -> dict[str, Any] | None:
    if part is None:
        return None
    said: dict[str, Any] = {"number": part.number, "title": part.title, "text": part.text}
    # Kind and depth of the other language stand here only where they are not the row's.
    return (
        said
        | {"kind": part.kind, "depth": part.depth}
        | ({"rows": [list(row) for row in part.rows]} if part.rows else {})
    )


def parts_of(stored: Sequence[Row], language: str) -> tuple[Part, ...]:
    """Take the parts of one language out of rows: the inverse of `rows`."""
    return tuple(
        Part(
            kind=side["kind"],
            number=side["number"],
            title=side["title"],
            text=side["text"],
            depth=side["depth"],
            identity=row["id"],
            rows=tuple(tuple(cells) for cells in side.get("rows", ())),
        )
        for row in stored
        if (side := row[language]) is not None
    )


def identified(new: Sequence[Row], old: Sequence[Row]) -> tuple[list[Row], list[Moved]]:
    """A new text with lasting identities, and where comments on what is gone belong."""
    kk, ru, moved = identify_both(*(parts_of(text, language) for text in (new, old) for language in LANGUAGES))
    return rows(kk, ru), moved


def words(row: Mapping[str, Any], language: str) -> str:
    """What a row says in a language, without its number: heading, text and cells."""
    side = row[language]
    if side is None:
        return ""
    cells = [" | ".join(line) for line in side.get("rows", ())]
    return "\n".join(said for said in (side["title"], side["text"], *cells) if said)


def full_text(stored: Sequence[Row], language: str) -> str:
    """All that a text says in a language, for the search."""
    return "\n".join(said for row in stored if (said := words(row, language)))


def lacking(stored: Sequence[Row]) -> list[str]:
    """Languages of which a text has nothing at all."""
    return [language for language in LANGUAGES if not any(row[language] for row in stored)]


def sheets(stored: Sequence[Row], largest: int) -> list[tuple[int, int]]:
    """Where a long text is cut for pages of at most `largest` rows: before articles and their groups, if it can."""
    found, start = [], 0
    while len(stored) - start > largest:
        cut = start + largest
        for index in range(cut, start + largest // 2, -1):
            if stored[index]["kind"] in {"annex", "section", "chapter", "subchapter", "article", "item"}:
                cut = index
                break
        found.append((start, cut))
        start = cut
    return [*found, (start, len(stored))]
