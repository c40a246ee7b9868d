"""What a word that is nowhere in the index may have been meant to be. Pure.

The vocabulary of the index says which of the guesses it knows, and which stems differ in a letter or two
(`vocabulary.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz, process

from ckanext.opengov_kz.search.query import STOP_WORDS, Alternative
from ckanext.opengov_kz.shared.kazakh import fold

_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_RUSSIAN = str.maketrans(_LATIN_KEYS, _RUSSIAN_KEYS)
_TO_LATIN = str.maketrans(_RUSSIAN_KEYS, _LATIN_KEYS)
_SHORTEST_HALF = 3
_SHORTEST_STEM = 4
#: Of a hundred letters, how many are the same.
_LIKE_ENOUGH = 70
_WORD = re.compile(r"[^\W_]+(?:['’ʼ-][^\W_]+)*")


@dataclass(frozen=True)
class Guesses:
    """What a word may be if it is no word: typed on the other keyboard, without a space, with a wrong ending."""

    layout: str | None
    halves: list[tuple[str, str]]
    beginnings: list[str]

    @classmethod
    def of(cls, word: str) -> Guesses:
        """Guess at a word."""
        return cls(other_layout(word), halves(word), beginnings(word))


def other_layout(word: str) -> str | None:
    """Write a word as the same keys give it on the other keyboard: «fgntrf» → «аптека», «ысрщщд» → «school»."""
    switched = word.translate(_TO_RUSSIAN if word.isascii() else _TO_LATIN)
    return switched if switched != word and switched.replace("'", "").isalnum() else None


def halves(word: str) -> list[tuple[str, str]]:
    """Cut a word wherever a space may be missing: «мектептертізімі»."""
    cuts = range(_SHORTEST_HALF, len(word) - _SHORTEST_HALF + 1)
    return [(word[:cut], word[cut:]) for cut in cuts]


def joined(words: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Join neighbours that may be one word: «бала бақша»."""
    return {left + right: (left, right) for left, right in pairwise(words) if len(left) > 1 and len(right) > 1}


def beginnings(word: str) -> list[str]:
    """Give the beginnings of a word, longest first, that may be its stem if its ending is misspelt."""
    folded = fold(word)
    shortest = max(_SHORTEST_STEM, (len(folded) + 1) // 2)
    return [folded[:length] for length in range(len(folded) - 1, shortest - 1, -1)]


def misspelt(word: str, similar: Iterable[str], known_beginnings: Sequence[str]) -> list[Alternative]:
    """Give the alternatives of a word that is unknown: stems like its own, known beginnings of it, what it begins.

    :param similar: stems of the index, nearest first
    :param known_beginnings: those of `beginnings` that are stems in the index, longest first
    """
    guesses = [Alternative((stem,), round(0.8 - 0.05 * rank, 2), is_stem=True) for rank, stem in enumerate(similar)]
    guesses += [Alternative((stem,), 0.6, is_stem=True) for stem in known_beginnings[:1]]
    if len(word) >= _SHORTEST_STEM and word not in STOP_WORDS:
        guesses.append(Alternative((fold(word),), 0.5, is_beginning=True))
    return guesses


def related(similar: Iterable[str], stem: str) -> list[Alternative]:
    """Give what comes near to a word where nothing fits: stems like its own, and words that begin as it does."""
    near = [Alternative((each,), 0.1, is_stem=True) for each in similar]
    if len(stem) > _SHORTEST_STEM:
        near.append(Alternative((stem[: max(_SHORTEST_STEM, len(stem) * 2 // 3)],), 0.05, is_beginning=True))
    return near


def shown_form(word: str, titles: Iterable[str]) -> str | None:
    """Find in titles of what was found the word that a misspelt one stands for, as it is written there."""
    folded = fold(word)
    candidates = list(dict.fromkeys(candidate for title in titles for candidate in _WORD.findall(title)))
    best = process.extractOne(folded, candidates, scorer=fuzz.ratio, processor=fold, score_cutoff=_LIKE_ENOUGH)
    return best[0].lower() if best else None
