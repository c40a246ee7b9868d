"""What a word that is nowhere in the index may have been meant to be. Pure.

The index is asked which of the guesses it knows (`lookup.py`); the misspelt stem itself is looked up with a letter or
two wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from ckanext.opengov_kz.search.query import STOP_WORDS, Alternative, edits
from ckanext.opengov_kz.shared.kazakh import fold

_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_RUSSIAN = str.maketrans(_LATIN_KEYS, _RUSSIAN_KEYS)
_TO_LATIN = str.maketrans(_RUSSIAN_KEYS, _LATIN_KEYS)
_SHORTEST_HALF = 3
_SHORTEST_STEM = 4
_LIKE_ENOUGH = 0.7
_WORD = re.compile(r"[^\W_]+(?:['’ʼ-][^\W_]+)*")


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


def misspelt(word: str, stems: Iterable[str], known_beginnings: Sequence[str]) -> list[Alternative]:
    """Give the alternatives of a word that is unknown: its stems with wrong letters, known beginnings of it.

    :param known_beginnings: those of `beginnings` that are stems in the index, longest first
    """
    guesses = [Alternative((stem,), 0.8, edits(stem), is_stem=True) for stem in dict.fromkeys(stems) if edits(stem)]
    guesses += [Alternative((stem,), 0.6, is_stem=True) for stem in known_beginnings[:1]]
    if len(word) >= _SHORTEST_STEM and word not in STOP_WORDS:
        guesses.append(Alternative((fold(word),), 0.5, is_beginning=True))
    return guesses


def shown_form(word: str, titles: Iterable[str]) -> str | None:
    """Find in titles of what was found the word that a misspelt one stands for, as it is written there."""
    folded = fold(word)
    rated = [
        (SequenceMatcher(None, folded, fold(candidate)).ratio(), candidate)
        for title in titles
        for candidate in _WORD.findall(title)
    ]
    ratio, best = max(rated, default=(0.0, ""), key=lambda pair: pair[0])
    return best.lower() if ratio >= _LIKE_ENOUGH else None
