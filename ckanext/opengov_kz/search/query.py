"""What a person typed, read as words and phrases, and written as a query for Solr's edismax. Pure.

Nothing that a person types reaches Solr as syntax: the text is taken apart into words, and the query is written anew.
Solr's own syntax stays for those who name a field (``organization:…``, ``*:*``), as CKAN's clients do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ckanext.opengov_kz.shared.kazakh import APOSTROPHES, one_script
from ckanext.opengov_kz.shared.languages import LANGUAGES

MAX_WORDS = 24
MAX_CHARACTERS = 1000
_MAX_WORD = 64
_WORD = re.compile(rf"[^\W_](?:[\w{APOSTROPHES}]*[^\W_]|[{APOSTROPHES}])*[{APOSTROPHES}]?")
_PART = re.compile(r"(?P<sign>(?<!\S)-)?(?:[\"«“„](?P<phrase>[^\"»”“]+)[\"»”“]|(?P<text>[^\s\"«»“”„]+))")
_FIELD = re.compile(r"(?<![\w:])[+\-(]*(?:\*|(?!https?:|ftp:|mailto:)[A-Za-z][A-Za-z_.0-9-]*):(?=[^\s:/]|/(?!/))")
_LOCAL_PARAMETERS = re.compile(r"\{!|_query_|_val_")
_LATIN = re.compile(r"[a-z]")
#: Words that say nothing of what is looked for.
_SAY_NOTHING = """
    и в во на по с со о об обо для из за к ко от до у при над под или не
    және мен бен пен бойынша туралы үшін немесе да де та те ма ме ба бе па пе
    the of and a an in for on to by at
"""
STOP_WORDS = frozenset(_SAY_NOTHING.split())
#: How much each field counts; the reader's own language a little more than the others.
_TITLE, _TEXT, _WORDS, _OWN = 6.0, 1.0, 4.0, 1.3
#: All of one or two words must be there, of more all but one, of many 70 %.
MUST_MATCH = "2<-1 5<70%"
_ONE_EDIT, _TWO_EDITS = 4, 7


@dataclass(frozen=True)
class Part:
    """A word, words that mean one thing together, or a phrase in its order; `excluded` with a minus before it."""

    words: tuple[str, ...]
    is_phrase: bool = False
    excluded: bool = False


@dataclass(frozen=True)
class Query:
    """What was read of a text; `was_cut` when it was longer than anybody reads."""

    parts: tuple[Part, ...]
    was_cut: bool = False

    @property
    def words(self) -> list[str]:
        """The words that are looked for one by one, not as a phrase."""
        return [word for part in self.parts if not part.is_phrase and not part.excluded for word in part.words]

    @property
    def all_words(self) -> list[str]:
        """The words that are looked for, each once, also those of phrases."""
        return list(dict.fromkeys(word for part in self.parts if not part.excluded for word in part.words))


@dataclass(frozen=True)
class Alternative:
    """Another way to find what a word means: words that must all be there; weight 1 is as good as the word itself.

    `is_stem` is written as the index has it, and is not stemmed again; `is_beginning` is the beginning of a word.
    """

    words: tuple[str, ...]
    weight: float = 1.0
    is_stem: bool = False
    is_beginning: bool = False


@dataclass
class Reading:
    """Alternatives of the words of a part."""

    alternatives: dict[tuple[str, ...], list[Alternative]] = field(default_factory=dict)

    def add(self, words: tuple[str, ...], alternatives: Iterable[Alternative]) -> None:
        """Put alternatives behind those that a part has."""
        self.alternatives.setdefault(words, []).extend(alternatives)


def is_fielded(text: str) -> bool:
    """Say whether a text is Solr's syntax with fields, which CKAN's own search understands."""
    return bool(_FIELD.search(text)) and not _LOCAL_PARAMETERS.search(text)


def read(text: str) -> Query:
    """Take a text apart; whatever it contains, words come out or nothing."""
    clean = _clean(text)
    parts: list[Part] = []
    count = 0
    for found in _PART.finditer(clean[:MAX_CHARACTERS]):
        words = _words(found["phrase"] or found["text"])[: MAX_WORDS - count]
        count += len(words)
        excluded = bool(found["sign"])
        if found["phrase"] and len(words) > 1:
            parts.append(Part(words, is_phrase=True, excluded=excluded))
        else:
            parts += [Part((word,), is_phrase=bool(found["phrase"]), excluded=excluded) for word in words]
    return Query(_without_stop_words(parts), was_cut=len(clean) > MAX_CHARACTERS or count >= MAX_WORDS)


def write(query: Query, reading: Reading, *, firm: Container[str] = ()) -> str:
    """Write the query for edismax, with the alternatives of each word beside it.

    CKAN joins words with AND, and then no `mm` could relax them: so there is an OR between them, and `mm` decides.

    :param firm: words that must be there, whatever else is
    """
    wanted = [part for part in query.parts if not part.excluded]
    must = [part for part in wanted if all(word in firm for word in part.words)]
    free = [part for part in wanted if part not in must]
    written = [f"+{_written(part, reading)}" for part in must]
    written += [" OR ".join(_written(part, reading) for part in free)] if free else []
    return " ".join([*written, *(_written(part, reading) for part in query.parts if part.excluded)])


def fields(lang: str, text: str) -> str:
    """Name the fields that are searched and their weights, for a reader of a language.

    English ones are left out where the query has no Latin letter: nothing could be found in them.
    """
    weights = {"words": _WORDS}
    for other in LANGUAGES:
        if other == "en" and not _LATIN.search(text):
            continue
        own = _OWN if other == lang else 1
        weights |= {f"title_{other}": _TITLE * own, f"text_{other}": _TEXT * own}
    return " ".join(f"{name}^{weight:g}" for name, weight in weights.items())


def _clean(text: str) -> str:
    """Compose letters, take out what cannot be seen, and write Latin lookalikes in Cyrillic words as Cyrillic."""
    composed = unicodedata.normalize("NFC", text[: MAX_CHARACTERS * 2])
    visible = "".join(" " if unicodedata.category(c) in {"Cc", "Zs", "Zl", "Zp"} else c for c in composed)
    # What is left of combining marks is stress («за́мок»); Cf are soft hyphens and directions.
    plain = "".join(c for c in visible if unicodedata.category(c) not in {"Cf", "Cs", "Mn", "Co", "Cn"})
    return one_script(plain).lower()


def _words(text: str) -> tuple[str, ...]:
    return tuple(word[:_MAX_WORD] for word in _WORD.findall(text))


def _without_stop_words(parts: Sequence[Part]) -> tuple[Part, ...]:
    telling = tuple(part for part in parts if part.is_phrase or part.words[0] not in STOP_WORDS)
    return telling if any(not part.excluded for part in telling) else tuple(parts)


def _written(part: Part, reading: Reading) -> str:
    if part.excluded or part.is_phrase:
        phrase = f'"{" ".join(part.words)}"'
        return f"-{phrase}" if part.excluded else phrase
    if len(part.words) > 1:
        own = [f"({' AND '.join(_written(Part((word,)), reading) for word in part.words)})"]
    else:
        own = [*part.words]
    written = [*own, *dict.fromkeys(map(_alternative, reading.alternatives.get(part.words, [])))]
    return written[0] if len(written) == 1 else f"({' OR '.join(written)})"


def _alternative(alternative: Alternative) -> str:
    text = " ".join(alternative.words)
    if alternative.is_beginning:
        text = f"words:{text}*"
    elif alternative.is_stem:
        # A fuzzy term of no edits is looked up as it stands.
        text += "~0"
    elif len(alternative.words) > 1:
        text = f'"{text}"~1'
    return text if alternative.weight == 1 else f"{text}^{alternative.weight:g}"


def grouped(query: Query, lengths: Mapping[int, int]) -> Query:
    """Put neighbouring words that mean one thing together into one part.

    :param lengths: position among `Query.words` → how many words from there belong together
    """
    parts: list[Part] = []
    position = skip = 0
    for part in query.parts:
        if part.is_phrase or part.excluded:
            parts.append(part)
            continue
        if skip:
            parts[-1] = Part((*parts[-1].words, *part.words))
            skip -= 1
        else:
            parts.append(part)
            skip = lengths.get(position, 1) - 1
        position += 1
    return Query(tuple(parts), query.was_cut)


def edits(stem: str) -> int:
    """How many letters of a misspelt stem may be wrong: none of up to three, one of up to six, else two."""
    return 0 if len(stem) < _ONE_EDIT else 1 if len(stem) < _TWO_EDITS else 2
