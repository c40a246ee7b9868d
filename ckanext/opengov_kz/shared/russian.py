"""Russian words as Solr's field type `text_ru` sees them: Latin letters read as Russian ones, endings taken off."""

from __future__ import annotations

from functools import lru_cache

import snowballstemmer

from ckanext.opengov_kz.shared.kazakh import russian_letters


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Take the endings off one Russian word, by the Snowball algorithm that Lucene has too."""
    # A stemmer keeps its word in itself: one for each call, as threads call at the same time.
    return snowballstemmer.stemmer("russian").stemWord(russian_letters(word))
