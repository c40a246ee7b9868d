"""From a person's text to Solr's parameters: words, synonyms, and what misspelt words may mean, asked of the index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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
        """Give the parameters that let one of several words be missing.

        Beside words that are known, what an unknown one may mean is a hint, and no reason to find something else.
        """
        doubtful = {word for word, meant in self.meant.items() if meant is None}
        known = set(self.query.all_words) - doubtful
        if doubtful and known:
            return _solr(write(self.query, self.reading, firm=known), "0", lang)
        return self._parameters(MUST_MATCH, lang)

    def near(self, lang: str) -> Parameters:
        """Give the parameters that find what comes near, where nothing else was found."""
        words = self.query.all_words
        singles = Query(tuple(Part((word,)) for word in words))
        similar = _similar(words)
        reading = Reading()
        for word in words:
            reading.add((word,), spelling.related(similar[word], kazakh.stem(word)))
            reading.add((word,), self.reading.alternatives.get((word,), []))
        return _solr(write(singles, reading), _ANY, lang)

    def ask_index(self) -> None:
        """Find out which words are known, and what the others may mean.

        :raises SearchError: Solr does not answer
        """
        words = self.query.words
        guesses = {word: spelling.Guesses.of(word) for word in words if not word.isdigit()}
        joined = spelling.joined(words)
        known, stems = _known(joined, guesses)
        one_word = {whole: halves for whole, halves in joined.items() if whole in known}
        for whole, halves in one_word.items():
            # «бала бақша»: each of the two finds the word that they are together.
            for half in halves:
                self.reading.add((half,), [Alternative((whole,))])
        settled = known.union(*one_word.values())
        unknown = {word: each for word, each in guesses.items() if word not in settled}
        if unknown:
            self._replace(unknown, known, stems)

    def _replace(self, unknown: Mapping[str, spelling.Guesses], known: set[str], stems: set[str]) -> None:
        pairs = lookup.together(pair for each in unknown.values() for pair in each.halves if known.issuperset(pair))
        similar = _similar(unknown)
        for word, guesses in unknown.items():
            self.reading.unknown.add(word)
            self.meant[word] = None
            if guesses.layout in known:
                self.meant[word] = guesses.layout
                alternatives = [Alternative((guesses.layout,))]
            elif halves := [pair for pair in guesses.halves if pair in pairs]:
                self.meant[word] = " ".join(halves[0])
                alternatives = [Alternative(pair) for pair in halves]
            else:
                beginnings = [each for each in guesses.beginnings if each in stems]
                alternatives = spelling.misspelt(word, similar[word], beginnings)
            self.reading.add((word,), alternatives)

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


def _known(joined: Iterable[str], guesses: Mapping[str, spelling.Guesses]) -> tuple[set[str], set[str]]:
    """Which of all these words stand in public things in any of their forms; and which beginnings are stems there."""
    words = {*joined, *guesses}
    for each in guesses.values():
        words.update([each.layout] if each.layout else [], *each.halves)
    forms = {word: (kazakh.fold(word), kazakh.stem(word), russian.stem(word)) for word in words}
    asked = [form for each in forms.values() for form in each]
    asked += [stem for each in guesses.values() for stem in each.beginnings]
    fields = lookup.terms(asked, "known_words", "known_kk", "known_ru")
    known = {word for word, each in forms.items() if any(map(set.__contains__, fields, each))}
    return known, fields[1]


def _similar(words: Iterable[str]) -> dict[str, list[str]]:
    """Which stems of the index come near to those of words, in Kazakh and in Russian."""
    stems = {word: dict.fromkeys((kazakh.stem(word), russian.stem(word))) for word in words}
    near = lookup.similar(stem for each in stems.values() for stem in each)
    return {
        word: list(dict.fromkeys(found for stem in each for found in spelling.near_enough(stem, near.get(stem, []))))
        for word, each in stems.items()
    }


def _solr(text: str, must_match: str, lang: str) -> Parameters:
    return {"q": text, "defType": "edismax", "qf": fields(lang, text), "mm": must_match, "tie": "0.2"}
