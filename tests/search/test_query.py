"""A person's text is taken apart into words, and written anew: nothing of it reaches Solr as syntax."""

from __future__ import annotations

import re

import pytest

from ckanext.opengov_kz.search import query, spelling, synonyms
from ckanext.opengov_kz.search.query import Alternative, Reading

pytestmark = pytest.mark.fast


def words(text: str) -> list[str]:
    return query.read(text).words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Мектептердің  ТІЗІМІ", ["мектептердің", "тізімі"]),
        ("школы и детские сады на карте", ["школы", "детские", "сады", "карте"]),
        ("№ 319-III", ["319", "iii"]),
        ("COVID-19", ["covid", "19"]),
        ("Qazaqstan qalalary'nyn'", ["qazaqstan", "qalalary'nyn'"]),
        ("шко\u0301ла", ["школа"]),
        ("шко\u00adла", ["школа"]),
        ("мектeп", ["мектеп"]),  # a Latin «e» among Cyrillic letters
        ("и\u0306од", ["йод"]),
        ("и на по", ["и", "на", "по"]),
        ("{!func}popularity", ["func", "popularity"]),
        ('title:"школы" OR (*:*', ["title", "школы", "or"]),
        ("\x00\x07школа\x1b[31m", ["школа", "31m"]),
        ("", []),
        ('!!! "" () {} -', []),
    ],
)
def test_words_are_read_out_of_anything(text: str, expected: list[str]) -> None:
    read = query.read(text)
    assert [word for part in read.parts for word in part.words] == expected


def test_quotes_keep_words_together_and_a_minus_takes_one_out() -> None:
    read = query.read("«ауа сапасы» қала -өнеркәсіп")
    assert query.write(read, Reading()) == '"ауа сапасы" OR қала -өнеркәсіп'.replace("-өнеркәсіп", '-"өнеркәсіп"')


def test_ten_thousand_characters_are_cut_and_told() -> None:
    long = query.read("мектеп " * 2000)
    assert len(long.words) == query.MAX_WORDS
    assert long.was_cut
    assert query.read("ы" * 10_000).was_cut
    assert not query.read("қысқа сұрау").was_cut


@pytest.mark.parametrize(
    "text",
    [
        "{!xmlparser v='<!DOCTYPE a>'}",
        "a) OR (b",
        '"',
        '"a',
        "\\",
        "a\\",
        "/.*/",
        "a~2^9",
        "[* TO *]",
        "_query_:x",
        "a && b || !c",
    ],
)
def test_nothing_typed_is_syntax(text: str) -> None:
    written = query.write(query.read(text), Reading())
    assert re.fullmatch(r"[\w\s']*", written.replace(" OR ", " ")), written


@pytest.mark.parametrize(
    "text", ["*:*", "organization:akimat", "+frequency:DAILY school", 'title:"a b"', "(groups:x OR groups:y)"]
)
def test_named_fields_are_left_to_ckan(text: str) -> None:
    assert query.is_fielded(text)


@pytest.mark.parametrize(
    "text", ["школа", "время: 10:30", "https://data.egov.kz/a", "{!term f=name}x:y", "уақыты:таңертең", "12:30"]
)
def test_a_colon_alone_names_no_field(text: str) -> None:
    assert not query.is_fielded(text)


def test_words_get_company() -> None:
    reading = Reading()
    reading.add(("мектпе",), [Alternative(("мектп",), 0.8, is_stem=True)])
    reading.add(("қр",), [Alternative(("қазақстан", "республикасы"), 0.7)])
    written = query.write(query.read("мектпе ҚР"), reading)
    assert written == '(мектпе OR мектп~0^0.8) OR (қр OR "қазақстан республикасы"~1^0.7)'


def test_the_readers_language_counts_more() -> None:
    weights = dict(field.split("^") for field in query.fields("ru", "school").split())
    assert float(weights["title_ru"]) > float(weights["title_kk"]) > float(weights["text_kk"])


@pytest.mark.parametrize(
    ("typed", "meant"), [("fgntrf", "аптека"), ("ifh;jk", None), ("ысрщщд", "school"), ("аптека", None), ("123", None)]
)
def test_a_word_typed_on_the_other_keyboard(typed: str, meant: str | None) -> None:
    other = spelling.other_layout(typed)
    assert other == meant or (meant is None and other not in {"аптека", "school"})


def test_missing_and_superfluous_spaces() -> None:
    assert ("мектептер", "тізімі") in spelling.halves("мектептертізімі")
    assert spelling.joined(["бала", "бақша"]) == {"балабақша": ("бала", "бақша")}


def test_a_misspelt_word_is_shown_as_it_stands_in_a_title() -> None:
    titles = ["Астана қаласының мектептері", "Школы города Астаны"]
    assert spelling.shown_form("мектптер", titles) == "мектептері"
    assert spelling.shown_form("зебра", titles) is None


TABLE = synonyms.parse(
    ["# сөздер", "МЖӘ, ГЧП, мемлекеттік-жекешелік әріптестік", "ведомство => министерство", "", "қате жол =>", ",,,"]
)


def test_synonyms_work_both_ways_and_for_several_words() -> None:
    (length, first), *_ = synonyms.alternatives(["мжә", "туралы"], TABLE)[0]
    assert (length, first.words) == (1, ("гчп",))
    found = synonyms.alternatives(["мемлекеттік", "жекешелік", "әріптестіктің"], TABLE)
    assert [(length, alternative.words) for length, alternative in found[0]] == [(3, ("мжә",)), (3, ("гчп",))]


def test_an_arrow_works_one_way() -> None:
    assert [alternative.words for _, alternative in synonyms.alternatives(["ведомства"], TABLE)[0]] == [
        ("министерство",)
    ]
    assert synonyms.alternatives(["министерство"], TABLE) == {}


def test_our_own_synonyms_are_read_whole() -> None:
    lines = (synonyms.OWN_FILE).read_text(encoding="utf-8").splitlines()
    table = synonyms.parse(lines)
    for pair in ("ҚР РК", "МЖӘ ГЧП", "акимат әкімдік", "ХҚКО ЦОН", "ҚҚС НДС"):
        typed, meant = pair.lower().split()
        assert (meant,) in [alternative.words for _, alternative in synonyms.alternatives([typed], table)[0]], pair
