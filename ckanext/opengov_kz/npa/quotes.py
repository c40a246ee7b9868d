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


#: No wording has more paragraphs than these; a search from each of very many open quotes ends here.
_LONGEST = 2_000


class Quotes:
    """The lines of a text with their quotes counted once."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._counts = [_count(text) for text in texts]
        self._ends = [bool(_ENDS_QUOTED.search(text)) for text in texts]

    def starts(self, index: int) -> bool:
        """Whether a line begins with a quotation mark."""
        return bool(_OPENS.match(self.texts[index]))

    def left_open(self, index: int) -> bool:
        """Whether a line announces a wording and begins it without ending it: "изложить в новой редакции: «2. …"."""
        found = _ANNOUNCED_HERE.match(self.texts[index])
        return bool(found) and announces_wording(found["announcement"]) and not _closed(*_count(found["wording"]))

    def end(self, first: int, limit: int) -> int | None:
        """The index below `limit` of the line that ends the wording begun in the line `first`; None if none does."""
        depth = straight = 0
        fallback = None
        for index in range(first, min(limit, first + _LONGEST)):
            more, marks = self._counts[index]
            depth, straight = depth + more, straight + marks
            if not self._ends[index]:
                continue
            if _closed(depth, straight):
                return index
            if fallback is None and not self._goes_on(first, index):
                fallback = index
        return fallback

    def _goes_on(self, first: int, index: int) -> bool:
        """Whether the line after this one, which ends with "».", has the number that comes next in the wording."""
        following = mark(self.texts[index + 1]) if index + 1 < len(self.texts) else None
        if following is None or self.texts[index].endswith(";"):
            return False
        inner = (mark(_OPENS.sub("", text, count=1)) for text in reversed(self.texts[first : index + 1]))
        last = next((found for found in inner if found and found.kind == following.kind), None)
        if last is None or not (number := order(last.number)):
            return False
        return order(following.number) == (*number[:-1], number[-1] + 1)


def _count(text: str) -> tuple[int, int]:
    return sum(map(text.count, "«„“")) - sum(map(text.count, "»”")), text.count('"')


def _closed(depth: int, straight: int) -> bool:
    return depth <= 0 and straight % 2 == 0
