"""Random acts for what must hold of every text, from a seed: the same acts in every run."""

from __future__ import annotations

import random
from dataclasses import replace

from ckanext.opengov_kz.npa.parts import RANKS, Part

WORDS = [
    "орган",
    "данные",
    "набор",
    "срок",
    "право",
    "порядок",
    "решение",
    "заявка",
    "дерек",
    "қағида",
    "мерзім",
    "құқық",
]


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same acts in every run, no secret


def sentence(rnd: random.Random, length: int = 12) -> str:
    return " ".join(rnd.choice(WORDS) + str(rnd.randrange(40)) for _ in range(length)) + "."


def act(rnd: random.Random, size: int = 60) -> tuple[Part, ...]:
    """Parts of all kinds that nest as `parts.RANKS` allows, numbered in order within their parents."""
    parts = [Part("article", "1", "Первая", "", 0)]
    open_parts = [(RANKS["article"], 0)]
    counts: dict[tuple[int, str], int] = {(0, "article"): 1}
    for _ in range(size):
        kind = rnd.choice([kind for kind in RANKS if kind != "preamble"])
        while open_parts and open_parts[-1][0] >= RANKS[kind]:
            open_parts.pop()
        depth = open_parts[-1][1] + 1 if open_parts else 0
        counts = {key: count for key, count in counts.items() if key[0] <= depth}
        counts[depth, kind] = counts.get((depth, kind), 0) + 1
        number = "" if kind in {"paragraph", "table"} else str(counts[depth, kind]) + ")" * (kind == "subitem")
        heads = kind not in {"item", "subitem", "paragraph", "table"}
        rows = ((sentence(rnd, 3), sentence(rnd, 3)),) if kind == "table" else ()
        title, text = (sentence(rnd, 4), "") if heads else ("", "" if rows else sentence(rnd))
        parts.append(Part(kind, number, title, text, depth, rows=rows))
        if RANKS[kind] < RANKS["paragraph"]:
            open_parts.append((RANKS[kind], depth))
    return tuple(parts)


def edited(rnd: random.Random, part: Part) -> Part:
    """The same part with one word put in and one taken out."""
    said = part.text.split()
    if len(said) < 6:
        return part
    said[rnd.randrange(len(said))] = "иначе"
    said.insert(rnd.randrange(len(said)), "также")
    return replace(part, text=" ".join(said))
