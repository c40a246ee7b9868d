"""From a person's text to Solr's parameters: words, synonyms, and what misspelt words may mean."""

from __future__ import annotations

from collections.abc import Sequence
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
from ckanext.opengov_kz.search.vocabulary import Vocabulary
from ckanext.opengov_kz.shared import kazakh

Parameters = dict[str, str]
_ALL, _ANY = "100%", "1"
#: What a word in a form with another stem counts.
_RELATIVE = 0.8


@dataclass
class Understood:
    """A text as it was understood. `meant` gives for a word that is unknown what it surely is; else None."""

    query: Query
    reading: Reading
    vocabulary: Vocabulary
    lang: str
    meant: dict[str, str | None] = field(default_factory=dict)

    def strict(self) -> Parameters:
        """Give Solr's parameters that find what has every word."""
        return self._parameters(_ALL)

    def parameters(self) -> Parameters:
        """Give the parameters that let one of several words be missing.

        Beside words that are known, what an unknown one may mean is a hint, and no reason to find something else.
        """
        doubtful = {word for word, meant in self.meant.items() if meant is None}
        known = set(self.query.all_words) - doubtful
        if doubtful and known:
            return _solr(write(self.query, self.reading, firm=known), "0", self.lang)
        return self._parameters(MUST_MATCH)

    def near(self) -> Parameters:
        """Give the parameters that find what comes near, where nothing else was found."""
        words = self.query.all_words
        singles = Query(tuple(Part((word,)) for word in words))
        reading = Reading()
        for word in words:
            reading.add((word,), spelling.related(self.vocabulary.similar(word, self.lang), kazakh.stem(word)))
            reading.add((word,), self.reading.alternatives.get((word,), []))
        return _solr(write(singles, reading), _ANY, self.lang)

    def is_known(self) -> bool:
        """Say whether each word stands in public things, in any of its forms."""
        return all(word.isdigit() or self.vocabulary.knows(word) for word in self.query.words)

    def guess(self) -> None:
        """Find out what words that are unknown may mean.

        :raises SearchError: Solr does not answer
        """
        words = self.query.words
        joined = {whole: halves for whole, halves in spelling.joined(words).items() if self.vocabulary.knows(whole)}
        for whole, halves in joined.items():
            # «бала бақша»: each of the two finds the word that they are together.
            for half in halves:
                self.reading.add((half,), [Alternative((whole,))])
        settled = {half for halves in joined.values() for half in halves}
        unknown = [word for word in words if not (word.isdigit() or word in settled or self.vocabulary.knows(word))]
        guesses = {word: spelling.Guesses.of(word) for word in unknown}
        pairs = lookup.together(
            pair for each in guesses.values() for pair in each.halves if all(map(self.vocabulary.knows, pair))
        )
        for word, each in guesses.items():
            self._add_guesses(word, each, [pair for pair in each.halves if pair in pairs])

    def _add_guesses(self, word: str, guesses: spelling.Guesses, halves: Sequence[tuple[str, str]]) -> None:
        self.meant[word] = None
        if guesses.layout and self.vocabulary.knows(guesses.layout):
            self.meant[word] = guesses.layout
            alternatives = [Alternative((guesses.layout,))]
        elif halves:
            self.meant[word] = " ".join(halves[0])
            alternatives = [Alternative(pair) for pair in halves]
        else:
            beginnings = [each for each in guesses.beginnings if each in self.vocabulary.kazakh_stems]
            alternatives = spelling.misspelt(word, self.vocabulary.similar(word, self.lang), beginnings)
        self.reading.add((word,), alternatives)

    def _parameters(self, must_match: str) -> Parameters:
        # A single part is not kept together by its brackets: `mm` would count its alternatives.
        single = sum(not part.excluded for part in self.query.parts) == 1
        return _solr(write(self.query, self.reading), _ANY if single else must_match, self.lang)


def understand(text: str, vocabulary: Vocabulary, lang: str) -> Understood:
    """Read a text with the help of the synonyms, for a reader of a language."""
    query = read(text)
    words = query.words
    found = synonyms.alternatives(words, synonyms.table())
    together = grouped(query, {at: options[0][0] for at, options in found.items()})
    understood = Understood(together, Reading(), vocabulary, lang)
    for at, options in found.items():
        understood.reading.add(tuple(words[at : at + options[0][0]]), [synonym for _, synonym in options])
    for word in words:
        relatives = [Alternative((stem,), _RELATIVE, is_stem=True) for stem in vocabulary.relatives(word)]
        understood.reading.add((word,), relatives)
    return understood


def _solr(text: str, must_match: str, lang: str) -> Parameters:
    return {"q": text, "defType": "edismax", "qf": fields(lang, text), "mm": must_match, "tie": "0.2"}
