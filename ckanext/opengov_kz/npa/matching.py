"""Which part of a new text is which of an old one: what says the same, what is most alike, what has the number."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from .parts import KINDS, RANKS, Part, children, parents, paths, words

_WORD = re.compile(r"\w+")
#: Fewer words than these are common to many acts ("исключен", "иные полномочия"): alone they prove nothing.
_ENOUGH_WORDS = 6
#: Likeness (Dice's measure of words, 0 to 1) from which a part is the same, edited: with the same number and parent, in
#: the same parent, elsewhere; and from which the bare number is believed. Tried on the demonstration's drafts.
_SAME_PLACE, _SAME_PARENT, _ELSEWHERE, _SAME_NUMBER = 0.5, 0.55, 0.75, 0.2
#: The same heading, if it is the only one, is the best sign of the same part, however much was rewritten below it.
_SAME_TITLE = 0.15
#: An item that lost its number is an indentation now: with these words in common it is the same one.
_OTHER_KIND = 0.8
_BONUS, _TITLE_BONUS = 0.15, 0.3
#: The share of a part's words that must have come into, or from, another part for a merger or a split.
_TAKEN_OVER = 0.7
#: A run of three words found in more parts than these tells nothing.
_COMMON = 20
_RUN = 3


class Text:
    """A text with what is compared of it; each part is taken with all that lies in it."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self.above = parents(parts)
        self.held = children(parts)
        self.paths = paths(parts)
        self.ends = self._ends()
        self.bag = lru_cache(maxsize=None)(self._bag)
        self.runs = lru_cache(maxsize=None)(self._runs)

    def _ends(self) -> list[int]:
        ends = [index + 1 for index in range(len(self.parts))]
        for index in reversed(range(len(self.parts))):
            if (parent := self.above[index]) >= 0:
                ends[parent] = max(ends[parent], ends[index])
        return ends

    @cached_property
    def said(self) -> list[list[str]]:
        """The words of each part by itself."""
        return [_WORD.findall(words(part).lower()) for part in self.parts]

    def title(self, index: int) -> tuple[str, str]:
        """Kind and heading of a part, without regard to capitals."""
        return self.parts[index].kind, self.parts[index].title.casefold()

    @cached_property
    def titled(self) -> dict[tuple[str, str], list[int]]:
        """The parts of each kind and heading."""
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, part in enumerate(self.parts):
            if part.title:
                found[self.title(index)].append(index)
        return found

    def _whole(self, index: int) -> list[str]:
        return [word for each in self.said[index : self.ends[index]] for word in each]

    def _bag(self, index: int) -> Counter[str]:
        return Counter(self._whole(index))

    def _runs(self, index: int) -> frozenset[int]:
        said = self._whole(index)
        return frozenset(hash(tuple(said[at : at + _RUN])) for at in range(max(1, len(said) - _RUN + 1)))

    def print_of(self, index: int) -> tuple[object, ...]:
        """Equal for parts that say the same in the same shape, whatever their own number."""
        depth = self.parts[index].depth
        return tuple(
            (part.kind, part.depth - depth, part.number if place else "", words(part))
            for place, part in enumerate(self.parts[index : self.ends[index]])
        )


def _size(bag: Counter[str]) -> int:
    return sum(bag.values())


def _shared(one: Counter[str], other: Counter[str]) -> int:
    """How many words both have, each as often as in the one that has it less."""
    few, many = sorted((one, other), key=len)
    return sum(min(count, many[word]) for word, count in few.items() if word in many)


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    together = _size(one) + _size(other)
    return 2 * _shared(one, other) / together if together else 1.0


class Matching:
    """`old_of` maps indices of the new text to those of the old one, `new_of` back; each index at most once."""

    def __init__(self, new: Text, old: Text) -> None:
        self.new, self.old = new, old
        self.old_of: dict[int, int] = {}
        self.new_of: dict[int, int] = {}

    def run(self) -> None:
        """Finds all pairs, from the outermost kinds in, so that the parents of a part are known before it."""
        for rank in sorted(set(RANKS.values())):
            kinds = {kind for kind in KINDS if RANKS[kind] == rank}
            self._match_equal(kinds, anywhere=rank <= RANKS["article"])
            self._match_alike(kinds)
            self._match_numbers(kinds)
        self._match_rest(kinds={"paragraph", "preamble", "table"})
        self._match_other_kinds()

    def _pair(self, new: int, old: int) -> None:
        self.old_of[new], self.new_of[old] = old, new

    def _match_equal(self, kinds: set[str], *, anywhere: bool) -> None:
        """Parts that say the same: with the same number, in the same parent, and, if there is only one such, anywhere.

        What lies in an article is first looked for in that article, edited or not, before it is said to have moved.
        """
        for new in self._free(self.new, kinds, self.old_of):
            old = self._of_same_number(new)
            is_near = old is not None and old not in self.new_of and (anywhere or self._same_parent(new, old))
            if old is not None and is_near and self.old.print_of(old) == self.new.print_of(new):
                self._pair_whole(new, old)
        there: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for old in reversed(self._free(self.old, kinds, self.new_of)):
            there[self.old.above[old], self.old.print_of(old)].append(old)
            there[self.old.print_of(old)].append(old)
        free_new = self._free(self.new, kinds, self.old_of)
        wanted = Counter(self.new.print_of(new) for new in free_new)
        for new in free_new:
            said = self.new.print_of(new)
            siblings, equal = there.get((self._holder(new), said), []), there.get(said, [])
            is_only = len(equal) == wanted[said] == 1 and _size(self.new.bag(new)) >= _ENOUGH_WORDS
            if siblings:
                self._pair_whole(new, siblings.pop())
            elif anywhere and is_only and equal[0] not in self.new_of:
                self._pair_whole(new, equal[0])

    def _holder(self, new: int) -> int:
        """The old part that became the parent of this new one, -1 at the top, -2 if there is none."""
        parent = self.new.above[new]
        return self.old_of.get(parent, -2) if parent >= 0 else -1

    def _pair_whole(self, new: int, old: int) -> None:
        """Two equal parts and, one by one, what lies in them."""
        for offset in range(self.new.ends[new] - new):
            if new + offset not in self.old_of and old + offset not in self.new_of:
                self._pair(new + offset, old + offset)

    @cached_property
    def _old_by_path(self) -> dict[str, int]:
        return {path: index for index, path in enumerate(self.old.paths)}

    def _free(self, text: Text, kinds: set[str], taken: dict[int, int]) -> list[int]:
        return [index for index, part in enumerate(text.parts) if part.kind in kinds and index not in taken]

    def _same_parent(self, new: int, old: int) -> bool:
        return self.old.above[old] == self._holder(new)

    def _match_alike(self, kinds: set[str]) -> None:
        free_new = self._free(self.new, kinds, self.old_of)
        free_old = self._free(self.old, kinds, self.new_of)
        rated = sorted(self._rated(free_new, free_old), key=lambda each: (-each[0], abs(each[1] - each[2]), each[1]))
        for _, new, old in rated:
            if new not in self.old_of and old not in self.new_of:
                self._pair(new, old)

    def _rated(self, free_new: list[int], free_old: list[int]) -> Iterator[tuple[float, int, int]]:
        """Pairs alike enough, with their rating."""
        for new, old in self._candidates(free_new, free_old):
            if self.new.parts[new].kind != self.old.parts[old].kind:
                continue
            likeness = _likeness(self.new.bag(new), self.old.bag(old))
            number = self.new.parts[new].number
            same_number = bool(number) and number == self.old.parts[old].number
            same_parent = self._same_parent(new, old)
            same_title = bool(self.new.parts[new].title) and self.new.title(new) == self.old.title(old)
            short = min(_size(self.new.bag(new)), _size(self.old.bag(old))) < _ENOUGH_WORDS
            if same_title and self._of_same_title(new) == old:
                enough = _SAME_TITLE
            elif same_parent:
                enough = _SAME_PLACE if same_number else _SAME_PARENT
            else:
                enough = 1.1 if short else _ELSEWHERE
            if likeness >= enough:
                yield likeness + _BONUS * (same_parent + same_number) / 2 + _TITLE_BONUS * same_title, new, old

    def _of_same_title(self, new: int) -> int | None:
        """The old part with the heading of this one, if both are the only ones of their kind with it."""
        title = self.new.title(new)
        if self.new.titled.get(title, []) != [new] or len(old := self.old.titled.get(title, [])) != 1:
            return None
        return old[0]

    def _candidates(self, free_new: list[int], free_old: list[int]) -> set[tuple[int, int]]:
        """Pairs worth rating: in the same parent, or with a rare run of words in common."""
        by_parent: dict[int, list[int]] = defaultdict(list)
        by_run: dict[int, list[int]] = defaultdict(list)
        for old in free_old:
            by_parent[self.old.above[old]].append(old)
            for run in self.old.runs(old):
                by_run[run].append(old)
        found: set[tuple[int, int]] = set()
        for new in free_new:
            siblings = by_parent.get(self._holder(new), [])
            found.update((new, old) for old in self._near(new, siblings))
            if (titled := self._of_same_title(new)) is not None and titled not in self.new_of:
                found.add((new, titled))
            for run in self.new.runs(new):
                if len(sharing := by_run.get(run, ())) <= _COMMON:
                    found.update((new, old) for old in sharing)
        return found

    def _near(self, new: int, siblings: list[int]) -> list[int]:
        """All siblings; of very many (a text without structure) only the neighbours and the one of the same address."""
        if len(siblings) <= _COMMON * 2:
            return siblings
        place = bisect_left(siblings, new)
        near = siblings[max(0, place - _COMMON) : place + _COMMON]
        same = self._old_by_path.get(self.new.paths[new], -1)
        return [*near, same] if same >= 0 and same not in self.new_of else near

    def _match_numbers(self, kinds: set[str]) -> None:
        """What is left and bears the same number in the same parent was rewritten, unless it has nothing in common."""
        for new in self._free(self.new, kinds, self.old_of):
            old = self._of_same_number(new)
            if old is None or old in self.new_of:
                continue
            if _likeness(self.new.bag(new), self.old.bag(old)) >= _SAME_NUMBER:
                self._pair(new, old)

    def _of_same_number(self, new: int) -> int | None:
        """The old part with the number of this one in the same parent, or else with the same address."""
        part = self.new.parts[new]
        if not part.number:
            return None
        old = self._old_by_number.get((self._holder(new), part.kind, part.number))
        return self._old_by_path.get(self.new.paths[new]) if old is None else old

    @cached_property
    def _old_by_number(self) -> dict[tuple[int, str, str], int]:
        parts = enumerate(self.old.parts)
        return {(self.old.above[index], part.kind, part.number): index for index, part in parts}

    def _match_rest(self, kinds: set[str]) -> None:
        """Unnumbered parts that are the only ones left of their kind in the same parent, and somewhat alike."""
        left: dict[tuple[int, str], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for new in self._free(self.new, kinds, self.old_of):
            left[self._holder(new), self.new.parts[new].kind][0].append(new)
        for old in self._free(self.old, kinds, self.new_of):
            left[self.old.above[old], self.old.parts[old].kind][1].append(old)
        for news, olds in left.values():
            if len(news) == len(olds) == 1 and _likeness(self.new.bag(news[0]), self.old.bag(olds[0])) >= _SAME_NUMBER:
                self._pair(news[0], olds[0])

    def _match_other_kinds(self) -> None:
        """Items, sub-items and indentations of the same parent that changed only what they are."""
        kinds = {"item", "subitem", "paragraph", "preamble"}
        free_old = self._free(self.old, kinds, self.new_of)
        for new, old in sorted(self._candidates(self._free(self.new, kinds, self.old_of), free_old)):
            if new in self.old_of or old in self.new_of or not self._same_parent(new, old):
                continue
            if _likeness(self.new.bag(new), self.old.bag(old)) >= _OTHER_KIND:
                self._pair(new, old)

    def put_in_place_of(self, old: int) -> int | None:
        """The new part, of no old one, that has the number of this removed one in the same place."""
        return self._put_in_place.get(old)

    @cached_property
    def _put_in_place(self) -> dict[int, int]:
        added = (index for index in range(len(self.new.parts)) if index not in self.old_of)
        return {old: new for new in added if (old := self._of_same_number(new)) is not None}

    def merged_into(self, old: int) -> int | None:
        """The part of the new text that took over the words of this removed one."""
        said = self.old.bag(old)
        if _size(said) < _ENOUGH_WORDS:
            return None
        best = (0.0, -1)
        for new in self._sharing(self._runs_of_new, self.old.runs(old)):
            came = self.new.bag(new) - self.old.bag(self.old_of[new]) if new in self.old_of else self.new.bag(new)
            share = _shared(came, said) / _size(said)
            # Of a part and what holds it, the inner one says more closely where the words went.
            if share >= _TAKEN_OVER and (share, new) > best:
                best = (share, new)
        return best[1] if best[1] >= 0 else None

    def split_off(self, old: int) -> list[int]:
        """New parts, of no old one, whose words left this part, which lives on: outermost ones only."""
        left = self.old.bag(old) - self.new.bag(self.new_of[old])
        if _size(left) < _ENOUGH_WORDS:
            return []
        found = list[int]()
        inside = range(self.new_of[old], self.new.ends[self.new_of[old]])
        for new in sorted(self._sharing(self._runs_of_added, self.old.runs(old))):
            said = self.new.bag(new)
            covered = any(outer <= new < self.new.ends[outer] for outer in found)
            if covered or new in inside or RANKS[self.new.parts[new].kind] < RANKS[self.old.parts[old].kind]:
                continue
            if _size(said) >= _ENOUGH_WORDS and _shared(said, left) / _size(said) >= _TAKEN_OVER:
                found.append(new)
        return found

    @cached_property
    def _runs_of_new(self) -> dict[int, list[int]]:
        return self._by_run(range(len(self.new.parts)))

    @cached_property
    def _runs_of_added(self) -> dict[int, list[int]]:
        return self._by_run([index for index in range(len(self.new.parts)) if index not in self.old_of])

    def _by_run(self, indices: Sequence[int]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for index in indices:
            for run in self.new.runs(index):
                found[run].append(index)
        return found

    @staticmethod
    def _sharing(by_run: dict[int, list[int]], runs: frozenset[int]) -> set[int]:
        return {index for run in runs if len(found := by_run.get(run, ())) <= _COMMON for index in found}
