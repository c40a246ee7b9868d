"""Kazakh words in their forms and spellings come out as one; their neighbours do not."""

from __future__ import annotations

import pytest

from ckanext.opengov_kz.shared import kazakh

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    "forms",
    [
        "қала қалалар қаланың қаладан қалаларымыздың қалалық кала qala qalanyń qalalardyń",
        "мектеп мектебі мектептер мектептердің мектептен mektep mektebi mektepter",
        "дәріхана дәріханалар дәріханалардың дарихана дариханалар dárihana därihanalardyñ darihana",
        "көлік көлігі көліктің колик коликтин kólik kölikter",
        "кітап кітабы кітаптар кітаптың китап kitap kitaby",
        "статистика статистикасы статистиканың статистикалық",
        "облыс облысы облыстың облыстар облысында oblys oblysy",
        "кеңес кеңесі кеңестің кенес keńes keñes",
        "халық халқы халықтың халык halyq halyqtyń",
        "орын орны орындар орындардың",
        "су сулар судың суды",
    ],
)
def test_the_forms_of_a_word_share_their_stem(forms: str) -> None:
    assert len({kazakh.stem(word) for word in forms.split()}) == 1, {w: kazakh.stem(w) for w in forms.split()}


@pytest.mark.parametrize(
    ("word", "stranger"),
    [
        ("қала", "қаламгер"),
        ("қала", "қалам"),
        ("жол", "жолдас"),
        ("су", "суық"),
        ("ат", "атом"),
        ("ет", "етік"),
        ("бал", "бала"),
        ("бала", "балық"),
        ("кен", "кент"),
        ("ас", "астана"),
        ("апта", "ап"),
        ("алты", "ал"),
    ],
)
def test_a_short_word_is_not_a_longer_stranger(word: str, stranger: str) -> None:
    assert kazakh.stem(word) != kazakh.stem(stranger)


def test_folding_reads_every_spelling_alike() -> None:
    assert kazakh.fold("Әлеуметтік ҚОРҒАУ") == kazakh.fold("алеуметтик коргау") == kazakh.fold("Áleýmettik qorǵaý")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("shkola", "школа"), ("byudzhet", "бюджет"), ("школа", "школа"), ("Ёлка", "елка"), ("moshchnost", "мощност")],
)
def test_russian_in_latin_letters(typed: str, meant: str) -> None:
    assert kazakh.russian_letters(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Hалог", "Налог"), ("мектeп", "мектеп"), ("CO2", "CO2"), ("COVID", "COVID"), ("xалық", "халық")],
)
def test_latin_lookalikes_in_cyrillic_words_are_cyrillic(typed: str, meant: str) -> None:
    assert kazakh.one_script(typed) == meant


@pytest.mark.parametrize("word", ["", "-", "123", "a", "ы", "'", "ъ", "日本", "x" * 5000])
def test_no_word_is_too_odd(word: str) -> None:
    assert isinstance(kazakh.stem(word), str)
