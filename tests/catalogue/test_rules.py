"""Due dates, states, vocabularies, translations and the alphabet: plain values, no service."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ckanext.opengov_kz.catalogue import reference, rules

pytestmark = pytest.mark.fast

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("last", "frequency", "due"),
    [
        (date(2026, 3, 1), "DAILY", date(2026, 3, 2)),
        (date(2026, 2, 26), "WEEKLY", date(2026, 3, 5)),
        (date(2026, 1, 31), "MONTHLY", date(2026, 2, 28)),
        (date(2028, 1, 31), "MONTHLY", date(2028, 2, 29)),
        (date(2025, 11, 30), "QUARTERLY", date(2026, 2, 28)),
        (date(2025, 8, 31), "HALF_YEAR", date(2026, 2, 28)),
        (date(2028, 2, 29), "YEARLY", date(2029, 2, 28)),
        (date(2025, 12, 31), "MONTHLY", date(2026, 1, 31)),
        (date(2026, 3, 1), "AS_NEEDED", None),
        (None, "DAILY", None),
    ],
)
def test_next_update_is_one_period_later_and_stays_inside_the_month(
    last: date | None, frequency: str, due: date | None
) -> None:
    assert rules.next_update(last, frequency) == due


def test_an_unknown_frequency_is_refused() -> None:
    with pytest.raises(ValueError, match="FORTNIGHTLY"):
        rules.next_update(TODAY, "FORTNIGHTLY")


@pytest.mark.parametrize("frequency", [f for f in rules.FREQUENCIES if f != "AS_NEEDED"])
def test_the_due_day_itself_is_in_time_and_the_day_after_is_not(frequency: str) -> None:
    due = rules.next_update(TODAY, frequency)
    assert due is not None
    assert rules.update_state(TODAY, frequency, due) == "due_soon"
    assert rules.update_state(TODAY, frequency, due + timedelta(days=1)) == "overdue"


@pytest.mark.parametrize("frequency", [f for f in rules.FREQUENCIES if f != "AS_NEEDED"])
def test_data_updated_today_are_up_to_date(frequency: str) -> None:
    assert rules.update_state(TODAY, frequency, TODAY) == "up_to_date"


def test_data_updated_as_needed_are_never_overdue_and_data_never_updated_have_no_state() -> None:
    assert rules.update_state(date(1999, 1, 1), "AS_NEEDED", TODAY) == "as_needed"
    assert rules.update_state(None, "MONTHLY", TODAY) is None


def test_each_frequency_stands_in_the_eu_vocabulary() -> None:
    uris = {rules.eu_frequency(frequency) for frequency in rules.FREQUENCIES}
    assert len(uris) == len(rules.FREQUENCIES)
    assert rules.eu_frequency("HALF_YEAR") == "http://publications.europa.eu/resource/authority/frequency/ANNUAL_2"
    assert rules.eu_frequency("SOMETIMES") is None


def test_each_category_has_a_theme_of_the_eu_vocabulary() -> None:
    themes = [category["eu_theme"] for category in reference.load("categories")]
    assert all(rules.eu_theme(theme) for theme in themes)
    assert rules.eu_theme("XXXX") is None


def test_the_regions_of_kato_are_those_of_the_reference() -> None:
    assert {region["kato"][:2] for region in reference.load("regions")} == rules.KATO_OBLASTS


@pytest.mark.parametrize(
    "value",
    [
        {"kk": " Қала ", "ru": "Город", "en": "  "},
        '{"ru": "Город", "kk": "Қала"}',
        '{"kk": "Қала", "ru": "Город", "en": null}',
    ],
)
def test_translations_are_read_from_a_dict_or_json_without_blanks(value: object) -> None:
    assert rules.read_translations(value, {}) == {"kk": "Қала", "ru": "Город"}


def test_a_forms_inputs_win_over_the_stored_value() -> None:
    form = {"kk": "Жаңа", "ru": "", "en": ""}
    assert rules.read_translations({"kk": "Ескі", "ru": "Старый"}, form) == {"kk": "Жаңа"}


@pytest.mark.parametrize("value", ["text", "[1]", {"de": "Stadt"}, {"kk": 1}, ["kk"], {"kk": {"a": 1}}])
def test_what_is_not_texts_by_language_is_refused(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 the message is the offending value
        rules.read_translations(value, {})


def test_keywords_come_as_lists_or_with_commas_and_repeat_once() -> None:
    read = rules.read_translated_tags({"kk": ["қала", " қала", ""], "ru": "город,  село ,город"}, {})
    assert read == {"kk": ["қала"], "ru": ["город", "село"]}


@pytest.mark.parametrize("word", ["x", "a" * 101, "қала/ауыл", "<b>"])
def test_a_word_that_ckan_does_not_keep_is_no_keyword(word: str) -> None:
    assert not rules.is_tag(word)


@pytest.mark.parametrize("word", ["су", "COVID-19", "2.0", "жер телімі"])
def test_words_in_kazakh_with_digits_and_hyphens_are_keywords(word: str) -> None:
    assert rules.is_tag(word)


def test_a_language_is_missing_when_one_required_text_lacks_it() -> None:
    assert rules.translations_missing([{"kk": "а", "ru": "б"}, {"ru": "в"}]) == ["kk"]
    assert rules.translations_missing([{"kk": "а", "ru": "б"}]) == []
    assert rules.translations_missing([None]) == ["kk", "ru"]


@pytest.mark.parametrize("number", ["+7 7172 12 34 56", "8 (7172) 74-00-00", "+7 701 123 45 67 вн. 12"])
def test_phone_numbers_are_taken_as_people_write_them(number: str) -> None:
    assert rules.is_phone(number)


@pytest.mark.parametrize("number", ["abc", "12", "+7 <b>", "1234567890123456789012345"])
def test_what_cannot_be_dialled_is_no_phone_number(number: str) -> None:
    assert not rules.is_phone(number)


def test_kazakh_letters_stand_in_their_places_of_the_alphabet() -> None:
    words = ["Ұлытау", "Яблоко", "Қостанай", "Лисаков", "Абай", "Ғылым", "Дәрі", "әкім", "Жер", "Ілу"]
    ordered = ["Абай", "әкім", "Ғылым", "Дәрі", "Жер", "Қостанай", "Лисаков", "Ұлытау", "Ілу", "Яблоко"]
    assert sorted(words, key=rules.alphabet_key) == ordered
