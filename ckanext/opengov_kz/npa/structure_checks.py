"""What is odd in the parts of an act, told by the paragraph of the document: gaps, repetitions, parts out of place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .legal_form import order
from .parts import GATHERING, Part, parents, words
from .problems import Problem, beginning

#: The number of these goes on from chapter to chapter, up to the annex or the act.
_RUNS_ON = frozenset({"article", "item", "chapter"})
_ANNEXED_TO = re.compile(r"\bк\s+(?P<ru>\w+)|(?P<kk>\w+)\s+(?:\d[\d-]*-\s*)?қосымша", re.IGNORECASE)
_HOLDS_SUBITEMS = frozenset({"article", "item", "subitem", "annex"})


def check(parts: Sequence[Part], places: Sequence[int]) -> list[Problem]:
    """All that is odd, in the order of the document."""
    if not any(part.kind in {"article", "item"} for part in parts):
        found = [Problem(0, "no_structure")] if parts else []
        return [*found, *_empty(parts, places)]
    above = parents(parts)
    found = [*_numbers(parts, places, above), *_out_of_place(parts, places, above), *_empty(parts, places)]
    return sorted(found, key=lambda problem: problem.paragraph)


def _problem(part: Part, place: int, code: str, **params: str) -> Problem:
    return Problem(place, code, {"text": beginning(words(part)), "kind": part.kind, "number": part.number} | params)


def _scope(parts: Sequence[Part], above: Sequence[int], index: int) -> int:
    """The part within which the numbers of this one are counted."""
    kind, parent = parts[index].kind, above[index]
    if kind not in _RUNS_ON:
        return parent
    while parent >= 0 and parts[parent].kind in GATHERING:
        parent = above[parent]
    return parent


def _numbers(parts: Sequence[Part], places: Sequence[int], above: Sequence[int]) -> Iterator[Problem]:
    last: dict[tuple[int, str, str], tuple[int, ...]] = {}
    seen: set[tuple[tuple[int, str, str], tuple[int, ...]]] = set()
    section = 0
    for index, part in enumerate(parts):
        section = index if part.kind == "section" else section
        number = order(part.number)
        if not number:
            continue
        scope = (_scope(parts, above, index), part.kind, _carrier(part))
        before: tuple[int, ...] = last.get(scope, ())
        if part.kind == "chapter" and number == (1,) and section > 0:
            before, seen = (), {each for each in seen if each[0] != scope}  # chapters may begin anew in a section
        if (scope, number) in seen:
            yield _problem(part, places[index], "number_repeated")
        elif number < before:
            yield _problem(part, places[index], "number_order", previous=_said(before))
        elif not _follows(before, number):
            yield _problem(part, places[index], "number_gap", expected=_said((before[0] + 1,) if before else (1,)))
        seen.add((scope, number))
        last[scope] = max(before, number)


def _carrier(part: Part) -> str:
    """To what a part is an annex, roughly: rules that are an annex have annexes of their own, numbered anew."""
    found = _ANNEXED_TO.search(part.text) if part.kind == "annex" else None
    return (found["ru"] or found["kk"]).casefold()[:6] if found else ""


def _follows(before: tuple[int, ...], number: tuple[int, ...]) -> bool:
    """After 5 comes 6 or 5-1; after 5-1 comes 5-2 or 6."""
    *above, last = number
    place = len(above)
    return tuple(above) == before[:place] and last == (before[place] + 1 if place < len(before) else 1)


def _said(number: tuple[int, ...]) -> str:
    return "-".join(map(str, number))


def _out_of_place(parts: Sequence[Part], places: Sequence[int], above: Sequence[int]) -> Iterator[Problem]:
    roots = list(range(len(parts)))
    for index, parent in enumerate(above):
        roots[index] = roots[parent] if parent >= 0 else index
    is_law = any(part.kind == "article" and parts[roots[index]].kind != "annex" for index, part in enumerate(parts))
    for index, part in enumerate(parts):
        parent = above[index]
        if (
            part.kind == "item"
            and is_law
            and parts[roots[index]].kind != "annex"
            and (parent < 0 or parts[parent].kind in GATHERING)
        ):
            yield _problem(part, places[index], "item_outside_article")
        if part.kind == "subitem" and (parent < 0 or parts[parent].kind not in _HOLDS_SUBITEMS):
            yield _problem(part, places[index], "subitem_outside_item")


def _empty(parts: Sequence[Part], places: Sequence[int]) -> Iterator[Problem]:
    for index, part in enumerate(parts):
        held = index + 1 < len(parts) and parts[index + 1].depth > part.depth
        if not (held or part.text or part.rows):
            yield _problem(part, places[index], "empty_part")
