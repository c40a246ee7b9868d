"""Each check of the passport's fields: what it takes, what it refuses and in which words."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from ckan.plugins import toolkit

from ckanext.opengov_kz.catalogue.logic import validators
from tests.catalogue.records import dataset, refusal

pytestmark = pytest.mark.usefixtures("with_plugins", "in_english")


def today() -> date:
    return datetime.now(toolkit.h.get_display_timezone()).date()


@pytest.mark.parametrize(
    "value", ["2026-01-31", "2026-01-31T10:00:00", date(2026, 1, 31), datetime(2026, 1, 31, 5, tzinfo=UTC)]
)
def test_a_date_is_read_as_its_day(value: object) -> None:
    assert validators.catalogue_date(value) == "2026-01-31"


@pytest.mark.parametrize("value", ["31.01.2026", "2026-02-30", "soon", "2026", 5])
def test_what_is_no_date_is_refused_with_the_way_to_write_it(value: object) -> None:
    with pytest.raises(toolkit.Invalid, match="write it as 2025-12-31"):
        validators.catalogue_date(value)


def test_today_is_not_the_future_and_tomorrow_is() -> None:
    assert validators.catalogue_not_future(today().isoformat())
    with pytest.raises(toolkit.Invalid, match="in the future"):
        validators.catalogue_not_future((today() + timedelta(days=1)).isoformat())


# Where the classifier has been harvested, the code would have to stand in it.
@pytest.mark.usefixtures("clean_db")
@pytest.mark.parametrize("code", ["710000000", "751110000", " 100000000 "])
def test_a_kato_code_of_a_known_region_is_taken(code: str) -> None:
    assert validators.catalogue_kato(code) == code.strip()


@pytest.mark.parametrize("code", ["990000000", "001000000", "200000000"])
def test_a_kato_code_of_no_region_is_unknown(code: str) -> None:
    with pytest.raises(toolkit.Invalid, match=f"Unknown KATO code: {code}"):
        validators.catalogue_kato(code)


@pytest.mark.parametrize("code", ["71", "7100000000", "71000000x", "７10000000"])
def test_what_has_not_nine_digits_is_no_kato_code(code: str) -> None:
    with pytest.raises(toolkit.Invalid, match="nine digits"):
        validators.catalogue_kato(code)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("17034000348", "twelve digits"),
        ("170340003485", "control digit"),
        ("170390003484", "fifth digit"),
        ("ABCDEFGHIJKL", "twelve digits"),
    ],
)
def test_a_wrong_bin_is_told_what_is_wrong(number: str, words: str) -> None:
    with pytest.raises(toolkit.Invalid, match=words):
        validators.catalogue_bin(number)


def test_a_bin_may_be_written_with_spaces() -> None:
    assert validators.catalogue_bin("1703 4000 3484") == "170340003484"


@pytest.mark.parametrize("name", ["../../x", "a b", "<svg>", "A", ""])
def test_an_icon_cannot_be_anything_but_a_name(name: str) -> None:
    with pytest.raises(toolkit.Invalid):
        validators.catalogue_icon(name)


@pytest.mark.parametrize("value", ["not json", [1, 2], {"kk": ["list"]}, 5, {"de": "Titel"}])
def test_a_title_of_another_shape_is_refused_and_nothing_breaks(value: Any) -> None:
    with pytest.raises(toolkit.ValidationError) as refused:
        dataset(title_translated=value)
    assert "give an object with a text for each language" in refusal(refused)["title_translated"][0]


def test_a_title_has_at_most_300_letters_in_each_language() -> None:
    dataset(title_translated={"kk": "қ" * 300, "ru": "г" * 300})
    with pytest.raises(toolkit.ValidationError) as refused:
        dataset(title_translated={"kk": "қ" * 301, "ru": "г"})
    assert "in Kazakh is longer than 300" in refusal(refused)["title_translated-kk"][0]


def test_a_keyword_that_ckan_refuses_is_named() -> None:
    with pytest.raises(toolkit.ValidationError) as refused:
        dataset(tags_translated={"kk": ["қала/ауыл"], "ru": ["город"]})
    assert "“қала/ауыл” can't be a keyword" in refusal(refused)["tags_translated"][0]


def test_translations_are_stored_as_json_and_read_as_they_are() -> None:
    stored = json.dumps({"kk": "Қала"})
    assert validators.catalogue_translations_output(stored) == {"kk": "Қала"}
    assert validators.catalogue_translations_output("broken {") == "broken {"
