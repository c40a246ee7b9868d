"""Versions of an act: which part of the new text is which of the old one, and what became of each.

A part keeps its identity when it stayed, was edited, renumbered or moved; comments hang on the identity. The law
numbers by place, so a number alone proves nothing: an article put in before the fifth makes the fifth the sixth. What
says the same is therefore found first, then what is most alike, with the same number as a hint, and only then what
merely bears it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import uuid4

from .alignment import align, longest_increasing
from .matching import Matching, Text
from .parts import Part, parents, with_identities, words
from .wording import Piece, difference

How = Literal["split", "merged", "replaced", "parent", "removed"]
State = Literal["same", "edited", "moved", "added", "removed"]


@dataclass(frozen=True)
class Moved:
    """Where the comments of an old part lead in the new text.

    `how`: `split` (the part lives on, and a new one took some of its words: both are named), `merged` (its words stand
    in another part now), `replaced` (another text has its number), `parent` (it is gone, what held it remains),
    `removed` (nothing of it remains; `new_identity` is None).
    """

    old_identity: str
    new_identity: str | None
    how: How


@dataclass(frozen=True)
class Change:
    """What became of one part. `moved` is said of one with the same words but another number, place or parent.

    `pieces` are the words of heading, text and cells (`parts.words`): see `wording.difference`.
    """

    identity: str
    state: State
    pieces: tuple[Piece, ...]


def identify(new: Sequence[Part], old: Sequence[Part] = ()) -> tuple[tuple[Part, ...], list[Moved]]:
    """The new parts with identities, each used once, and where comments of old parts that are gone or split belong."""
    if not old:
        return with_identities(new, (uuid4().hex for _ in new)), []
    matching = Matching(Text(new), Text(old))
    matching.run()
    kept = matching.old_of
    identities = [(old[kept[i]].identity if i in kept else "") or uuid4().hex for i in range(len(new))]
    return with_identities(new, identities), _moved(matching, identities)


def identify_both(
    kk: Sequence[Part], ru: Sequence[Part], old_kk: Sequence[Part] = (), old_ru: Sequence[Part] = ()
) -> tuple[tuple[Part, ...], tuple[Part, ...], list[Moved]]:
    """Both languages with identities: a Russian part has that of its Kazakh pair, else its own old one."""
    kk, moved = identify(kk, old_kk)
    own, _ = identify(ru, old_ru)
    taken = {part.identity for part in kk}
    # Pairs keep the order of both languages, so the Russian parts come in theirs.
    in_kk = [pair.kk for pair in align(kk, ru) if pair.ru is not None]
    identities = [
        pair.identity if pair is not None else (mine.identity if mine.identity not in taken else uuid4().hex)
        for pair, mine in zip(in_kk, own, strict=True)
    ]
    return kk, with_identities(ru, identities), moved


def _moved(matching: Matching, identities: Sequence[str]) -> list[Moved]:
    old = matching.old
    found: list[Moved] = []
    targets: dict[int, tuple[str | None, How]] = {}
    for index, part in enumerate(old.parts):
        if index in matching.new_of:
            found += [Moved(part.identity, identities[new], "split") for new in matching.split_off(index)]
            continue
        targets[index] = _target(matching, index, targets, identities)
        found.append(Moved(part.identity, *targets[index]))
    return found


def _target(
    matching: Matching, index: int, targets: dict[int, tuple[str | None, How]], identities: Sequence[str]
) -> tuple[str | None, How]:
    if (new := matching.merged_into(index)) is not None:
        return identities[new], "merged"
    if (new := matching.put_in_place_of(index)) is not None:
        return identities[new], "replaced"
    parent = matching.old.above[index]
    if parent in targets:
        return targets[parent]
    return (identities[matching.new_of[parent]], "parent") if parent >= 0 else (None, "removed")


def compare(old: Sequence[Part], new: Sequence[Part]) -> list[Change]:
    """A change for each part of both, in the order of the new text; what was removed stands where it stood."""
    places = {part.identity: index for index, part in enumerate(old)}
    here = {part.identity for part in new}
    moved = _moved_identities(old, new, places)
    gone: dict[str, list[Part]] = {}
    before = ""
    for part in old:
        if part.identity in here:
            before = part.identity
        else:
            gone.setdefault(before, []).append(part)
    changes = [_removed(part) for part in gone.get("", ())]
    for part in new:
        there = places.get(part.identity)
        changes.append(_change(old[there] if there is not None else None, part, moved))
        changes += [_removed(each) for each in gone.get(part.identity, ())]
    return changes


def _removed(part: Part) -> Change:
    return Change(part.identity, "removed", difference(words(part), ""))


def _change(old: Part | None, new: Part, moved: set[str]) -> Change:
    if old is None:
        return Change(new.identity, "added", difference("", words(new)))
    said_before, said_now = words(old), words(new)
    state: State = "same"
    if said_before != said_now or old.rows != new.rows:
        state = "edited"
    elif new.identity in moved:
        state = "moved"
    return Change(new.identity, state, difference(said_before, said_now))


def _moved_identities(old: Sequence[Part], new: Sequence[Part], places: dict[str, int]) -> set[str]:
    """Parts of both with another kind, number, parent, or order among those that stayed in their parent."""
    old_above, new_above = parents(old), parents(new)
    found, together = set[str](), dict[str, list[int]]()
    for index, part in enumerate(new):
        there = places.get(part.identity)
        if there is None:
            continue
        held_by = [text[above[i]].identity if above[i] >= 0 else ""
                   for text, above, i in ((old, old_above, there), (new, new_above, index))]  # fmt: skip
        before = old[there]
        if held_by[0] != held_by[1] or (before.kind, before.number) != (part.kind, part.number):
            found.add(part.identity)
        else:
            together.setdefault(held_by[1], []).append(there)
    for siblings in together.values():
        in_order = set(longest_increasing(siblings))
        found |= {old[place].identity for turn, place in enumerate(siblings) if turn not in in_order}
    return found
