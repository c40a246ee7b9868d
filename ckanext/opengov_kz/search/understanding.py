"""From a person's text to Solr's parameters: words, synonyms, and what misspelt words may mean, asked of the index."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ckanext.opengov_kz.search import lookup, spelling, synonyms
from ckanext.opengov_kz.search.query import (
    MUST_MATCH,
    Alternative,
    Part,
    Query,
    Reading,
    fields,
    grouped,
    read,
    relaxed,
    write,
)

_NEAR_MATCH = "1"


@dataclass
class Understood:
    """A text as it was understood. `meant` gives for a word that is unknown what it surely is; else None."""

    query: Query
    reading: Reading
    meant: dict[str, str | None] = field(default_factory=dict)

    def parameters(self, lang: str) -> dict[str, str]:
        """Give Solr's parameters for a reader of a language."""
        # A single part is not kept together by its brackets: `mm` would count its alternatives.
        single = sum(not part.excluded for part in self.query.parts) == 1
        return _parameters(write(self.query, self.reading), "1" if single else MUST_MATCH, lang)

    def near(self, lang: str) -> dict[str, str]:
        """Give the parameters that find what comes near, where nothing else was found."""
        words = self.query.all_words
        singles = Query(tuple(Part((word,)) for word in words))
        reading = relaxed(lookup.stems(words))
        for word in words:
            reading.add((word,), self.reading.alternatives.get((word,), []))
        return _parameters(write(singles, reading), _NEAR_MATCH, lang)


def understand(text: str) -> Understood:
    """Read a text with the help of the synonyms and of the index.

    :raises SearchError: Solr does not answer
    """
    query = read(text)
    words = query.words
    found = synonyms.alternatives(words, synonyms.table())
    understood = Understood(grouped(query, {at: options[0][0] for at, options in found.items()}), Reading())
    for at, options in found.items():
        understood.reading.add(tuple(words[at : at + options[0][0]]), [synonym for _, synonym in options])
    _ask_index(words, understood)
    return understood


def _ask_index(words: list[str], understood: Understood) -> None:
    joined = spelling.joined(words)
    asked = [word for word in words if not word.isdigit()]
    known = lookup.known([*asked, *joined])
    for whole, (left, right) in joined.items():
        if whole in known:
            # «бала бақша»: each of the two finds the word that they are together.
            for half in (left, right):
                understood.reading.add((half,), [Alternative((whole,))])
    unknown = [word for word in dict.fromkeys(asked) if word not in known]
    joined_halves = {half for whole, pair in joined.items() if whole in known for half in pair}
    _guess([word for word in unknown if word not in joined_halves], understood)


def _guess(unknown: list[str], understood: Understood) -> None:
    if not unknown:
        return
    layouts = {word: other for word in unknown if (other := spelling.other_layout(word))}
    halves = {word: spelling.halves(word) for word in unknown}
    beginnings = {word: spelling.beginnings(word) for word in unknown}
    known = lookup.known(layouts.values(), _all(beginnings.values()), _all(halves.values()))
    stems = lookup.stems(unknown)
    for word in unknown:
        understood.reading.unknown.add(word)
        understood.meant[word] = None
        guesses = spelling.misspelt(word, stems[word], [stem for stem in beginnings[word] if stem in known])
        if layouts.get(word) in known:
            understood.meant[word] = layouts[word]
            guesses = [Alternative((layouts[word],))]
        elif pairs := [pair for pair in halves[word] if pair in known]:
            understood.meant[word] = " ".join(pairs[0])
            guesses = [Alternative(pair) for pair in pairs]
        understood.reading.add((word,), guesses)


def _all(lists: Iterable[Iterable[Any]]) -> list[Any]:
    return [thing for things in lists for thing in things]


def _parameters(text: str, must_match: str, lang: str) -> dict[str, str]:
    return {"q": text, "defType": "edismax", "qf": fields(lang), "mm": must_match, "tie": "0.2"}
