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
from ckanext.opengov_kz.shared import kazakh, russian

Parameters = dict[str, str]
_ALL, _ANY = "100%", "1"


@dataclass
class Understood:
    """A text as it was understood. `meant` gives for a word that is unknown what it surely is; else None."""

    query: Query
    reading: Reading
    meant: dict[str, str | None] = field(default_factory=dict)

    def strict(self, lang: str) -> Parameters:
        """Give Solr's parameters that find what has every word, for a reader of a language."""
        return self._parameters(_ALL, lang)

    def parameters(self, lang: str) -> Parameters:
        """Give the parameters that let one of several words be missing."""
        return self._parameters(MUST_MATCH, lang)

    def near(self, lang: str) -> Parameters:
        """Give the parameters that find what comes near, where nothing else was found."""
        words = self.query.all_words
        singles = Query(tuple(Part((word,)) for word in words))
        reading = relaxed({word: _stems(word) for word in words})
        for word in words:
            reading.add((word,), self.reading.alternatives.get((word,), []))
        return _solr(write(singles, reading), _ANY, lang)

    def ask_index(self) -> None:
        """Find out which words are known, and what the others may mean.

        :raises SearchError: Solr does not answer
        """
        words = self.query.words
        joined = spelling.joined(words)
        asked = [word for word in dict.fromkeys(words) if not word.isdigit()]
        known = lookup.known([*asked, *joined])
        together = {whole: halves for whole, halves in joined.items() if whole in known}
        for whole, halves in together.items():
            # «бала бақша»: each of the two finds the word that they are together.
            for half in halves:
                self.reading.add((half,), [Alternative((whole,))])
        halves_of_known = set(_all(together.values()))
        self._guess([word for word in asked if word not in known and word not in halves_of_known])

    def _guess(self, unknown: list[str]) -> None:
        layouts = {word: other for word in unknown if (other := spelling.other_layout(word))}
        halves = {word: spelling.halves(word) for word in unknown}
        beginnings = {word: spelling.beginnings(word) for word in unknown}
        known = lookup.known(layouts.values(), _all(beginnings.values()), _all(halves.values()))
        for word in unknown:
            self.reading.unknown.add(word)
            self.meant[word] = None
            if layouts.get(word) in known:
                self.meant[word] = layouts[word]
                guesses = [Alternative((layouts[word],))]
            elif pairs := [pair for pair in halves[word] if pair in known]:
                self.meant[word] = " ".join(pairs[0])
                guesses = [Alternative(pair) for pair in pairs]
            else:
                guesses = spelling.misspelt(word, _stems(word), [stem for stem in beginnings[word] if stem in known])
            self.reading.add((word,), guesses)

    def _parameters(self, must_match: str, lang: str) -> Parameters:
        # A single part is not kept together by its brackets: `mm` would count its alternatives.
        single = sum(not part.excluded for part in self.query.parts) == 1
        return _solr(write(self.query, self.reading), _ANY if single else must_match, lang)


def understand(text: str) -> Understood:
    """Read a text with the help of the synonyms; the index is not asked yet."""
    query = read(text)
    words = query.words
    found = synonyms.alternatives(words, synonyms.table())
    understood = Understood(grouped(query, {at: options[0][0] for at, options in found.items()}), Reading())
    for at, options in found.items():
        understood.reading.add(tuple(words[at : at + options[0][0]]), [synonym for _, synonym in options])
    return understood


def _stems(word: str) -> list[str]:
    return [kazakh.stem(word), russian.stem(word)]


def _all(lists: Iterable[Iterable[Any]]) -> list[Any]:
    return [thing for things in lists for thing in things]


def _solr(text: str, must_match: str, lang: str) -> Parameters:
    return {"q": text, "defType": "edismax", "qf": fields(lang), "mm": must_match, "tie": "0.2"}
