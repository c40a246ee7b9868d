"""The two languages of one act side by side: part by part, by number within the same parent, never crossing."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .legal_form import order
from .parts import Part, children, words

#: More pairs than these in a gap without numbers are not weighed, but taken in their order.
_MANY = 40_000


@dataclass(frozen=True)
class Pair:
    """A part in both languages, or in one.

    `problem`: `missing_kk`, `missing_ru`, `kind_differs` (same number), `number_differs` (an annex numbered in one
    language), `table_differs` (rows or columns), `empty_kk`, `empty_ru` (words in one only).
    """

    kk: Part | None
    ru: Part | None
    problem: str | None = None


def align(kk: Sequence[Part], ru: Sequence[Part]) -> list[Pair]:
    """All parts of both, in the order of both. What lies in a missing part is missing with it."""
    return list(_Aligner(kk, ru).pairs(-1, -1))


class _Aligner:
    def __init__(self, kk: Sequence[Part], ru: Sequence[Part]) -> None:
        self.kk, self.ru = kk, ru
        self.in_kk, self.in_ru = children(kk), children(ru)

    def pairs(self, kk_parent: int, ru_parent: int) -> Iterator[Pair]:
        left, right = self.in_kk[kk_parent], self.in_ru[ru_parent]
        start_left = start_right = 0
        for at_left, at_right in [*self._anchors(left, right), (len(left), len(right))]:
            yield from self._gap(left[start_left:at_left], right[start_right:at_right])
            if at_left < len(left):
                yield from self._both(left[at_left], right[at_right])
            start_left, start_right = at_left + 1, at_right + 1

    def _anchors(self, left: Sequence[int], right: Sequence[int]) -> list[tuple[int, int]]:
        """Places of the parts that have the same kind and number in both, as many as do not cross."""
        there = {key: place for place, key in enumerate(_keys(self.ru, right)) if key}
        found = [(place, there[key]) for place, key in enumerate(_keys(self.kk, left)) if key in there]
        return [found[index] for index in longest_increasing([each for _, each in found])]

    def _gap(self, left: Sequence[int], right: Sequence[int]) -> Iterator[Pair]:
        start_left = start_right = 0
        for at_left, at_right in [*self._weighed(left, right), (len(left), len(right))]:
            for index in left[start_left:at_left]:
                yield from self._alone_kk(index)
            for index in right[start_right:at_right]:
                yield from self._alone_ru(index)
            if at_left < len(left):
                yield from self._both(left[at_left], right[at_right])
            start_left, start_right = at_left + 1, at_right + 1

    def _weighed(self, left: Sequence[int], right: Sequence[int]) -> list[tuple[int, int]]:
        """The heaviest pairs that do not cross."""
        if len(left) * len(right) > _MANY:
            together = range(min(len(left), len(right)))
            return [(i, i) for i in together if self._weight(left[i], right[i])]
        best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
        for i in reversed(range(len(left))):
            for j in reversed(range(len(right))):
                weight = self._weight(left[i], right[j])
                paired = weight + best[i + 1][j + 1] if weight else 0.0
                best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
        found, i, j = list[tuple[int, int]](), 0, 0
        while i < len(left) and j < len(right):
            weight = self._weight(left[i], right[j])
            if weight and best[i][j] == weight + best[i + 1][j + 1]:
                found.append((i, j))
                i, j = i + 1, j + 1
            elif best[i][j] == best[i + 1][j]:
                i += 1
            else:
                j += 1
        return found

    def _weight(self, kk: int, ru: int) -> float:
        """How well two parts without a common kind and number go together; 0: they do not."""
        left, right = self.kk[kk], self.ru[ru]
        if left.number and right.number:
            same = order(left.number) == order(right.number) and left.kind != right.kind and order(left.number)
            return 0.8 if same else 0.0
        if left.kind != right.kind or ((left.number or right.number) and left.kind != "annex"):
            return 0.0
        lengths = sorted((len(words(left)) + 1, len(words(right)) + 1))
        return 1.0 + lengths[0] / lengths[1] / 2

    def _both(self, kk: int, ru: int) -> Iterator[Pair]:
        yield Pair(self.kk[kk], self.ru[ru], _problem(self.kk[kk], self.ru[ru]))
        yield from self.pairs(kk, ru)

    def _alone_kk(self, index: int) -> Iterator[Pair]:
        yield Pair(self.kk[index], None, "missing_ru")
        for child in self.in_kk[index]:
            yield from self._alone_kk(child)

    def _alone_ru(self, index: int) -> Iterator[Pair]:
        yield Pair(None, self.ru[index], "missing_kk")
        for child in self.in_ru[index]:
            yield from self._alone_ru(child)


def _keys(parts: Sequence[Part], indices: Sequence[int]) -> list[tuple[object, ...] | None]:
    """Kind and number of each, with its turn among the same; None without a number."""
    turns: Counter[tuple[object, ...]] = Counter()
    keys: list[tuple[object, ...] | None] = []
    for index in indices:
        part = parts[index]
        if not part.number:
            keys.append(None)
            continue
        key = (part.kind, order(part.number) or part.number.lower())
        turns[key] += 1
        keys.append((*key, turns[key]))
    return keys


def _problem(kk: Part, ru: Part) -> str | None:
    if kk.kind != ru.kind:
        return "kind_differs"
    if bool(kk.number) != bool(ru.number):
        return "number_differs"
    if kk.rows and ru.rows and [len(row) for row in kk.rows] != [len(row) for row in ru.rows]:
        return "table_differs"
    said_kk, said_ru = bool(words(kk).strip()), bool(words(ru).strip())
    if said_kk != said_ru:
        return "empty_ru" if said_kk else "empty_kk"
    return None


def longest_increasing(values: Sequence[int]) -> list[int]:
    """Indices of a longest strictly increasing subsequence: what stayed in order among what was shuffled."""
    ends, at_end, before = list[int](), list[int](), list[int]()
    for index, value in enumerate(values):
        place = bisect_left(ends, value)
        before.append(at_end[place - 1] if place else -1)
        if place == len(ends):
            ends.append(value)
            at_end.append(index)
        else:
            ends[place], at_end[place] = value, index
    found, index = list[int](), at_end[-1] if at_end else -1
    while index >= 0:
        found.append(index)
        index = before[index]
    return found[::-1]
