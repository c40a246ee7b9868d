"""The full text of rows: what is stored of a row's words, and what a reader's words ask for.

Beside the words as CKAN's DataStore stores them (`simple`), a row that came through the corridor has those of its texts
with Kazakh letters once more without them. All else is asked for: a reader's word stands for itself, for itself without
Kazakh letters, for what begins with its long stem, and for the forms of a short one, in Kazakh and in Russian
(docs/decisions/0007-datastore-full-text.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from psycopg2.sql import SQL, Composable, Composed, Literal

from ckanext.opengov_kz.shared import kazakh, russian

_ONE_WORD = re.compile(rf"[^\W\d_](?:[\w{kazakh.APOSTROPHES}]*\w)?[{kazakh.APOSTROPHES}]?")
_CYRILLIC = re.compile(r"[а-яё]")
#: From so many letters on a stem is told apart from strangers by itself, whatever follows it.
_LONG_STEM = 5
_SHORTEST_RUSSIAN = 2
_MOST_WORDS = 30
_PLAIN = kazakh.RUSSIAN_FOLDING
_PLAINLY = str.maketrans(_PLAIN)
_KAZAKH_LETTERS = "".join(_PLAIN) + "".join(_PLAIN).upper()
#: Vowels of the endings, back and front, without Kazakh letters: -лар -ны, -лер -ні.
_HARMONY = (("а", "ы"), ("е", "и"))
_SOFTENED = {"к": "г", "п": "б"}
_RUSSIAN_ENDINGS = "а е и й о у ы ь ю я ам ах ами ей ем ом ой ов ев ия ие ии ию иям иях ый ий ая ое ые".split()  # noqa: SIM905
#: concat_ws takes a hundred arguments at the most.
_CONCAT = 50


def vector(language: str, everything: Composable, texts: Sequence[Composable]) -> Composed:
    """Give the SQL of a row's full text.

    :param language: of the words as CKAN stores them (`ckan.datastore.default_fts_lang`)
    :param everything: SQL of all values of the row in one text
    :param texts: SQL of each of its text columns
    """
    words = [everything, *(_plain(text) for text in texts)]
    return SQL("to_tsvector({}, {})").format(Literal(language), joined(words))


def joined(texts: Sequence[Composable]) -> Composable:
    """Give the SQL of texts with a space between them; NULL is left out."""
    groups = [
        SQL("concat_ws(' ', {})").format(SQL(", ").join(texts[start : start + _CONCAT]))
        for start in range(0, len(texts), _CONCAT)
    ]
    return groups[0] if len(groups) == 1 else SQL("concat_ws(' ', {})").format(SQL(", ").join(groups))


def alternatives(word: str) -> list[str]:
    """Give the lexemes that a word of a reader may stand for beside itself, for a tsquery of the language `simple`.

    :returns: quoted lexemes, ``:*`` behind what may go on; none for numbers, codes and several words in one
    """
    if not _ONE_WORD.fullmatch(word):
        return []
    spellings = (
        {_letters(word)} if _CYRILLIC.search(word.lower()) else {kazakh.fold(word), kazakh.russian_letters(word)}
    )
    lexemes: dict[str, str] = {}
    for spelling in spellings:
        lexemes[spelling] = ""
        for stem in {_stem(spelling, kazakh.stem(spelling)), _stem(spelling, russian.stem(spelling))}:
            lexemes |= _of_stem(stem)
    known = {lexeme: sign for lexeme, sign in lexemes.items() if _CYRILLIC.search(lexeme)}
    return ["'" + lexeme.replace("'", "''") + f"'{sign}" for lexeme, sign in known.items()]


def forms(stem: str) -> list[str]:
    """Give the forms of a short Kazakh stem, without Kazakh letters: one and many, his and hers, in all cases."""
    last = stem[-1]
    own = "л" if last in "аеиоуыэюяр" else "д" if last in "лмнзжбвгд" else "т"
    found = {stem}
    for (wide, narrow), plural, possessed in product(_HARMONY, (False, True), ("", "{}", "с{}")):
        base = stem + (f"{own}{wide}р" if plural else "") + possessed.format(narrow)
        if possessed:
            endings = ("", f"н{narrow}н", f"н{wide}", "н", f"нд{wide}", f"н{wide}н", "мен")
        else:
            hard = base[-1] not in "аеиоуыэюярлмнйзж"
            given, from_, with_ = ("к", "т", "пен") if hard else ("г", "д", "мен")
            endings = ("", *(f"{n}{narrow}{end}" for n in "ндт" for end in ("н", "")), f"{given}{wide}")
            endings += (f"{from_}{wide}", f"{from_}{wide}н", f"н{wide}н", with_, "бен")
        found.update(base + ending for ending in endings)
    return sorted(found)


def _of_stem(stem: str) -> dict[str, str]:
    both = {stem, stem[:-1] + _SOFTENED.get(stem[-1:], stem[-1:])}
    if len(stem) >= _LONG_STEM:
        return dict.fromkeys(both, ":*")
    return dict.fromkeys((form for each in both if len(each) > 1 for form in (*forms(each), *_russian_forms(each))), "")


def _russian_forms(stem: str) -> list[str]:
    return [stem + ending for ending in _RUSSIAN_ENDINGS] if len(stem) > _SHORTEST_RUSSIAN else []


def _letters(word: str) -> str:
    """A Cyrillic word as it is stored without Kazakh letters."""
    return word.lower().translate(_PLAINLY)


def _stem(spelling: str, stem: str) -> str:
    """The stem in the letters of the spelling: `kazakh.stem` writes ы as и."""
    return spelling[: len(stem)] if kazakh.fold(spelling[: len(stem)]) == kazakh.fold(stem) else stem


def column_query(typed: str) -> str:
    """A tsquery for one column, whose words are split anew for each search and stand as they are written."""
    return " & ".join(own for own, _ in _typed_words(typed, ":*"))


def full_text_query(typed: str, *, beginnings: bool = True) -> str:
    """A PostgreSQL tsquery for rows with all typed words, in any form.

    Every word is quoted, so that operators, quotes and colons of the reader have no meaning of their own; PostgreSQL
    splits what is inside as it did when it stored the text. Empty where nothing can be searched for.

    :param beginnings: each word is also the beginning of a longer one, as a person types who looks
    """
    words = []
    for own, bare in _typed_words(typed, ":*" if beginnings else ""):
        others = alternatives(bare.strip(".,;!?()«»\"'"))
        words.append(f"({' | '.join([own, *others])})" if others else own)
    return " & ".join(words)


def _typed_words(typed: str, sign: str) -> Iterator[tuple[str, str]]:
    """Yield each word as a quoted lexeme and as it was typed."""
    for word in re.sub(r"\bhttps?://", "", typed.replace("\0", " ")).split()[:_MOST_WORDS]:
        # A colon before a letter would be a bind parameter to SQLAlchemy; to PostgreSQL it parts words as a space does.
        bare = word.replace(":", " ").replace("\\", " ").strip()[:100]
        if any(letter.isalnum() for letter in bare):
            yield "'" + bare.replace("'", "''") + f"'{sign}", bare


def _plain(text: Composable) -> Composed:
    """SQL of a text without its Kazakh letters; NULL where it has none."""
    into = "".join(_PLAIN.values())
    return SQL("CASE WHEN {text} ~ {letters} THEN translate(lower({text}), {source}, {into}) END").format(
        text=text, letters=Literal(f"[{_KAZAKH_LETTERS}]"), source=Literal("".join(_PLAIN)), into=Literal(into)
    )
