"""Words that mean the same, from a file that an administrator edits: Solr's synonym format, read anew when it changes.

They are looked up when a query comes in, not when things are indexed: a change needs no new index, and synonyms of
several words work.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import product
from pathlib import Path

from ckan.plugins import toolkit

from ckanext.opengov_kz.search.query import Alternative, read
from ckanext.opengov_kz.shared import kazakh, russian

log = logging.getLogger(__name__)

OWN_FILE = Path(__file__).with_name("synonyms.txt")
_WEIGHT = 0.7
_MOST_WORDS = 6

#: The stems of a phrase → phrases that mean the same.
Table = Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]


def table() -> Table:
    """Read the administrator's file, or ours; what was read before serves until the file changes.

    A file that cannot be read is told in the log, and the search goes on without synonyms.
    """
    path = Path(toolkit.config["opengov.search.synonyms_file"] or OWN_FILE)
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError) as error:
        log.warning("The synonyms of the search were not read from %s: %s", path, error)
        return {}


def parse(lines: Iterable[str]) -> Table:
    """Read Solr's synonym format: groups of equals, «left => right», comments from «#»."""
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for line in lines:
        left, arrow, right = line.partition("#")[0].partition("=>")
        sources = [phrase for text in left.split(",") if (phrase := _words(text))]
        targets = [phrase for text in right.split(",") if (phrase := _words(text))] if arrow else sources
        for source, stemmed in product(sources, (kazakh.stem, russian.stem)):
            known = found.setdefault(tuple(map(stemmed, source)), [])
            known += [target for target in targets if target != source and target not in known]
    return {key: tuple(values) for key, values in found.items() if values}


def alternatives(words: Sequence[str], known: Table) -> dict[int, list[tuple[int, Alternative]]]:
    """Find the synonyms of words and of phrases among neighbouring words.

    :returns: position of the first word → (how many words it replaces, the synonym)
    """
    readings = [[stemmed(word) for word in words] for stemmed in (kazakh.stem, russian.stem)]
    found: dict[int, list[tuple[int, Alternative]]] = {}
    position = 0
    while position < len(words):
        for length in range(min(_MOST_WORDS, len(words) - position), 0, -1):
            keys = [tuple(stems[position : position + length]) for stems in readings]
            targets = next((known[key] for key in keys if key in known), ())
            if targets:
                found[position] = [(length, Alternative(target, _WEIGHT)) for target in targets]
                position += length - 1
                break
        position += 1
    return found


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for part in read(text).parts for word in part.words)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Table:  # noqa: ARG001 - a new time of change is a new table
    with path.open(encoding="utf-8") as lines:
        return parse(lines)
