"""Russian words as Solr's field type `text_ru` sees them: Latin letters read as Russian ones, endings taken off."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer

from ckanext.opengov_kz.shared.kazakh import russian_letters

_CONSONANTS = "бвгджзклмнпрстфхцчшщ"
#: (what a stem ends in, what it ends in where the vowel has come or gone).
_FLEETING = (
    (re.compile(rf"([{_CONSONANTS}])([кцнлр])$"), (r"\1о\2", r"\1е\2")),
    (re.compile(rf"([{_CONSONANTS}])ь([{_CONSONANTS}])$"), (r"\1е\2",)),
    (re.compile(r"й([кц])$"), (r"е\1",)),
    (re.compile(rf"([{_CONSONANTS}])[ое]([кцнлр])$"), (r"\1\2",)),
    (re.compile(rf"([{_CONSONANTS}])е([{_CONSONANTS}])$"), (r"\1ь\2",)),
    (re.compile(r"([аеоу])е([кц])$"), (r"\1й\2",)),
)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Take the endings off one Russian word, by the Snowball algorithm that Lucene has too."""
    # A stemmer keeps its word in itself: one for each call, as threads call at the same time.
    return snowballstemmer.stemmer("russian").stemWord(russian_letters(word))


def fleeting(stem: str) -> list[str]:
    """Give the stems that a word may have in its other forms, where Russian puts a vowel in or takes it out.

    «овц» (овца) → «овоц», «овец»; «угол» (уголь) → «угл»; «койк» → «коек». The Snowball algorithm knows no such
    vowels. Most of what comes out is no word: the caller asks which ones are.
    """
    return [ending.sub(other, stem) for ending, others in _FLEETING if ending.search(stem) for other in others]
