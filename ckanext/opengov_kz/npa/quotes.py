"""Quoted wording of an amendment: where it begins and where it ends, so that «2. …» within it is no item of this act.

Acts close quotes loosely: one » may stand for two, and straight quotes tell no direction. So a wording ends where all
its quotes are closed at the end of a paragraph, or, when that never comes, at the first paragraph that ends with a
quote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .legal_form import announces_wording, mark, order

_OPENS = re.compile('[«„“"]')
_ENDS_QUOTED = re.compile('[»”"]\\s*[.;,]?$')
_ANNOUNCED_HERE = re.compile(r"^(?P<announcement>.*?:)\s*(?P<wording>[«„“\"].*)$", re.DOTALL)


def starts(text: str) -> bool:
    """Whether a line begins with a quotation mark."""
    return bool(_OPENS.match(text))


def left_open(text: str) -> bool:
    """Whether a line announces a wording and begins it, without ending it: "изложить в следующей редакции: «2. …"."""
    found = _ANNOUNCED_HERE.match(text)
    return bool(found) and announces_wording(found["announcement"]) and not _closed(*_count(found["wording"]))


def end(texts: Sequence[str], first: int) -> int | None:
    """The index of the line that ends the wording begun in the line `first`; None if none does."""
    depth = straight = 0
    fallback = None
    for index in range(first, len(texts)):
        more, marks = _count(texts[index])
        depth, straight = depth + more, straight + marks
        ends = bool(_ENDS_QUOTED.search(texts[index]))
        if ends and _closed(depth, straight):
            return index
        if ends and fallback is None and not _goes_on(texts, first, index):
            fallback = index
    return fallback


def _goes_on(texts: Sequence[str], first: int, index: int) -> bool:
    """Whether the line after this one, which ends with "».", has the number that comes next in the wording."""
    following = mark(texts[index + 1]) if index + 1 < len(texts) else None
    if following is None or texts[index].endswith(";"):
        return False
    inner = [found for text in texts[first : index + 1] if (found := mark(_OPENS.sub("", text, count=1)))]
    last = next((found for found in reversed(inner) if found.kind == following.kind), None)
    if last is None or not (number := order(last.number)):
        return False
    return order(following.number) == (*number[:-1], number[-1] + 1)


def _count(text: str) -> tuple[int, int]:
    return sum(map(text.count, "«„“")) - sum(map(text.count, "»”")), text.count('"')


def _closed(depth: int, straight: int) -> bool:
    return depth <= 0 and straight % 2 == 0
