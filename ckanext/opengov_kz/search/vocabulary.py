"""The words and stems of public things, kept in the memory of each process: whether a word is known, what comes near.

Asked of Solr for each search, this took longer than the search itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from ckan.plugins import toolkit
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ckanext.opengov_kz.search import lookup
from ckanext.opengov_kz.search.query import edits
from ckanext.opengov_kz.shared import kazakh, russian

_FIELDS = ("known_words", "known_kk", "known_ru")
_MOST_SIMILAR = 20


@dataclass(frozen=True)
class Vocabulary:
    """Terms as the index has them, the commonest first: words folded, stems of Kazakh and of Russian."""

    words: frozenset[str]
    kazakh: tuple[str, ...]
    russian: tuple[str, ...]

    def knows(self, word: str) -> bool:
        """Say whether a word stands in public things in any of its forms."""
        return (
            kazakh.fold(word) in self.words
            or kazakh.stem(word) in self.kazakh_stems
            or russian.stem(word) in self._russian_stems
            or bool(self.relatives(word))
        )

    def relatives(self, word: str) -> list[str]:
        """Give the stems of a Russian word's other forms, where a vowel comes or goes: «овца», «овец»."""
        return [stem for stem in russian.fleeting(russian.stem(word)) if stem in self._russian_stems]

    def similar(self, word: str, lang: str) -> list[str]:
        """Give the stems that come near to that of a word: one wrong letter, two if it is long.

        The nearest come first, and among them those of the reader's language.
        """
        both = [_near(kazakh.stem(word), self.kazakh), _near(russian.stem(word), self.russian)]
        near = chain(*(reversed(both) if lang == "ru" else both))
        return list(dict.fromkeys(stem for stem, _ in sorted(near, key=lambda found: found[1])))[:_MOST_SIMILAR]

    @cached_property
    def kazakh_stems(self) -> frozenset[str]:
        """The Kazakh stems, to be looked up."""
        return frozenset(self.kazakh)

    @cached_property
    def _russian_stems(self) -> frozenset[str]:
        return frozenset(self.russian)


def _near(stem: str, stems: Iterable[str]) -> list[tuple[str, int]]:
    if not (wrong := edits(stem)):
        return []
    # rapidfuzz types what a scorer gives as a float; a distance counts letters.
    scorer: Any = OSA.distance
    found = process.extract(stem, stems, scorer=scorer, score_cutoff=wrong, limit=_MOST_SIMILAR)
    return [(near, int(distance)) for near, distance, _ in found]


@dataclass
class _Kept:
    vocabulary: Vocabulary
    address: str
    version: int
    checked: float


_kept: _Kept | None = None
_reading = threading.Lock()


def current() -> Vocabulary:
    """Give the vocabulary of the index, read anew once the index has changed and ours is old enough.

    :raises SearchError: Solr does not answer
    """
    address, seconds = toolkit.config["solr_url"], toolkit.config["opengov.search.vocabulary_seconds"]
    kept = _kept
    if kept and kept.address == address:
        if time.monotonic() - kept.checked < seconds:
            return kept.vocabulary
        # While one thread reads, the others go on with what there is.
        if not _reading.acquire(blocking=not seconds):
            return kept.vocabulary
    else:
        _reading.acquire()
    try:
        return _read(address)
    finally:
        _reading.release()


def _read(address: str) -> Vocabulary:
    global _kept  # noqa: PLW0603 - one for the process
    version = lookup.index_version()
    if _kept and (_kept.address, _kept.version) == (address, version):
        _kept.checked = time.monotonic()
        return _kept.vocabulary
    words, *stems = lookup.all_terms(*_FIELDS)
    vocabulary = Vocabulary(frozenset(words), *(tuple(filter(str.isalpha, each)) for each in stems))
    _kept = _Kept(vocabulary, address, version, time.monotonic())
    return vocabulary
