"""Choosing translations and writing names in ASCII."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ckanext.opengov_kz.shared.languages import (
    Picked,
    file_name,
    missing_languages,
    pick,
    slug,
    transliterate,
)

pytestmark = pytest.mark.fast

ALL = {"kk": "Халық саны", "ru": "Население", "en": "Population"}
CKAN_NAME = re.compile(r"[a-z0-9_-]{2,100}")


@pytest.mark.parametrize(
    ("translations", "lang", "expected"),
    [
        (ALL, "ru", Picked("Население", "ru", is_fallback=False)),
        (ALL, "kk_KZ", Picked("Халық саны", "kk", is_fallback=False)),
        (ALL, "ru-RU", Picked("Население", "ru", is_fallback=False)),
        (ALL, "de", Picked("Халық саны", "kk", is_fallback=True)),
        ({"kk": "Халық саны", "ru": "Население"}, "en", Picked("Халық саны", "kk", is_fallback=True)),
        ({"ru": "Население", "en": "Population"}, "kk", Picked("Население", "ru", is_fallback=True)),
        ({"kk": "", "ru": "  ", "en": "Population"}, "kk", Picked("Population", "en", is_fallback=True)),
        ({"kk": " Халық саны "}, "kk", Picked("Халық саны", "kk", is_fallback=False)),
        ({"kk": None, "ru": 5}, "ru", Picked("", "ru", is_fallback=False)),
        ({}, "kk", Picked("", "kk", is_fallback=False)),
        (None, "kk", Picked("", "kk", is_fallback=False)),
        ("Plain", "kk", Picked("Plain", "", is_fallback=False)),
    ],
)
def test_pick_prefers_the_reader_then_kk_ru_en(translations: Any, lang: str, expected: Picked) -> None:
    assert pick(translations, lang) == expected


@pytest.mark.parametrize(
    ("translations", "expected"),
    [
        (ALL, ()),
        ({"kk": "Халық саны"}, ("ru",)),
        ({"en": "Population"}, ("kk", "ru")),
        ({"kk": " ", "ru": "Население"}, ("kk",)),
        (None, ("kk", "ru")),
        ("Plain", ("kk", "ru")),
    ],
)
def test_missing_languages_are_the_required_ones_without_text(translations: Any, expected: tuple[str, ...]) -> None:
    assert missing_languages(translations) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Қазақстан қалалары", "Qazaqstan qalalary"),
        ("Әкімшілік-аумақтық", "Akimshilik-aumaqtyq"),
        ("әғқңөұүһі", "agqnouuhi"),
        ("ӘҒҚҢӨҰҮҺІ", "AGQNOUUHI"),
        ("Щучинск, объект, семья", "Shchuchinsk, obekt, semya"),
        ("ЖШС «Ёлка»", 'ZHSHS "Yolka"'),
        ("и\u0306од", "yod"),
        ("Café №5 – 2024", "Cafe No5 - 2024"),
        ("", ""),
    ],
)
def test_transliteration_is_readable_ascii(text: str, expected: str) -> None:
    assert transliterate(text) == expected


def test_every_letter_of_both_alphabets_becomes_ascii() -> None:
    letters = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
    for letter in letters + letters.upper():
        latin = transliterate(letter)
        assert latin.isascii()
        assert latin or letter.lower() in "ъь"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Қазақстан қалалары", "qazaqstan-qalalary"),
        ("  Бюджет — 2024 / I тоқсан!  ", "byudzhet-2024-i-toqsan"),
        ("ensi-KATO", "ensi-kato"),
        ("../../etc/passwd", "etc-passwd"),
        ("под_чёрк", "pod_chyork"),
    ],
)
def test_slug_reads_like_the_title(text: str, expected: str) -> None:
    assert slug(text) == expected


@pytest.mark.parametrize("text", ["", "!!!", "北京", "ь", "А", "new", "Search", "edit", "\ud800"])
def test_slug_without_enough_letters_is_stable_valid_and_its_own(text: str) -> None:
    name = slug(text)
    assert name == slug(text)
    assert CKAN_NAME.fullmatch(name)
    assert name not in {"new", "edit", "search"}
    assert name != slug(text + "?")


def test_long_slug_is_cut_at_a_word() -> None:
    name = slug("халық саны " * 20)
    assert CKAN_NAME.fullmatch(name)
    assert name.split("-")[-1] in {"khalyq", "sany"}


def test_endless_word_is_cut_to_the_limit() -> None:
    assert len(slug("ә" * 40_000)) == 100
    assert len(slug("щ" * 50, 20)) == 20


def test_slug_refuses_a_limit_without_room_for_the_hash() -> None:
    with pytest.raises(ValueError, match="at least 20"):
        slug("x", 10)


@pytest.mark.parametrize(
    ("text", "extension", "expected"),
    [
        ("Қазақстан қалалары", "csv", "qazaqstan-qalalary.csv"),
        ("Есеп", ".XLSX", "esep.xlsx"),
        ("Есеп", "tar.gz", "esep.tar.gz"),
        ("../../etc/passwd", "../sh", "etc-passwd.sh"),
        ("CON", "csv", "file-con.csv"),
        ("Есеп", "", "esep"),
        ("Есеп\r\nSet-Cookie: a", "csv", "esep-set-cookie-a.csv"),
    ],
)
def test_file_name_is_safe(text: str, extension: str, expected: str) -> None:
    assert file_name(text, extension) == expected


def test_file_name_never_passes_its_limit() -> None:
    assert len(file_name("щ" * 5000, "x" * 5000).encode()) <= 120
