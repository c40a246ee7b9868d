"""What changed between two wordings, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from rapidfuzz.distance import Indel

Op = Literal["same", "ins", "del"]
Piece = tuple[Op, str]

_TOKEN = re.compile(r"\s+|\w+(?:-\w+)*|[^\w\s]")
_SENTENCE = re.compile(r"[^.;\n]*[.;\n]?\s*")
_WORD = re.compile(r"\w")
#: Above this product of lengths whole sentences are compared: the comparison keeps a bit for each pair (100 MB).
_MOST_PAIRS = 800_000_000


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """Pieces: "same" and "del" make up the old wording, "same" and "ins" the new one; "del" precedes its "ins"."""
    if old == new:
        return (("same", new),) if new else ()
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(before) * len(after) > _MOST_PAIRS:
        before, after = _SENTENCE.findall(old), _SENTENCE.findall(new)
    return tuple(_merged(_pieces(before, after)))


def _pieces(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for operation in Indel.opcodes(before, after):
        removed = "".join(before[operation.src_start : operation.src_end])
        added = "".join(after[operation.dest_start : operation.dest_end])
        if operation.tag == "equal":
            yield "same", added
            continue
        if removed:
            yield "del", removed
        if added:
            yield "ins", added


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Spaces and commas between two changed words are no common ground: they are read with the change."""
    removed = added = held = ""
    for op, text in pieces:
        if op != "same":
            removed, added, held = removed + held, added + held, ""
            removed, added = (removed + text, added) if op == "del" else (removed, added + text)
        elif (removed or added) and not _WORD.search(text):
            held += text
        else:
            yield from _change(removed, added)
            yield "same", held + text
            removed = added = held = ""
    yield from _change(removed, added)
    if held:
        yield "same", held


def _change(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield "del", removed
    if added:
        yield "ins", added
