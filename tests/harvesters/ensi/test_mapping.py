"""ENSI's items as rows, its classifiers as passports."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ckanext.opengov_kz.harvesters.ensi.client import Classifier
from ckanext.opengov_kz.harvesters.ensi.mapping import (
    KEY,
    Finding,
    Rejected,
    RowMapper,
    dataset_name,
    dictionary,
    to_dataset,
    to_resource,
    to_row,
)
from ckanext.opengov_kz.harvesters.ensi.passports import KNOWN
from ckanext.opengov_kz.shared.languages import LANGUAGES, missing_languages

pytestmark = pytest.mark.fast

TODAY = date(2026, 11, 22)
ITEM = {
    "code": "751210000",
    "parent_code": "750000000",
    "name_kaz": "Алатау ауданы",
    "name_rus": "Алатауский район",
    "valid_from": "2020-01-01",
    "valid_to": None,
    "status": "ACTIVE",
}
KATO = Classifier("KATO", "КАТО", "КАТО", "NK RK 11-2025", "2026-07-17", 15594)


def row_of(change: dict[str, Any], classifier: str = "KATO") -> tuple[dict[str, Any], list[str]]:
    findings: list[Finding] = []
    row = to_row(ITEM | change, classifier, findings)
    assert not isinstance(row, Rejected)
    return dict(row), [finding.reason for finding in findings]


def test_good_item_becomes_a_row_without_findings() -> None:
    assert row_of({}) == (
        {
            "code": "751210000",
            "parent_code": "750000000",
            "name_kk": "Алатау ауданы",
            "name_ru": "Алатауский район",
            "level": 3,
            "valid_from": "2020-01-01",
            "valid_to": None,
            "status": "active",
        },
        [],
    )


@pytest.mark.parametrize("code", [None, "", "   ", "\u00a0", True, [], {}, 1.5])
def test_item_without_a_key_is_rejected_with_the_item(code: Any) -> None:
    rejected = to_row(ITEM | {"code": code})
    assert rejected == Rejected("missing_code", ITEM | {"code": code})


@pytest.mark.parametrize("item", [None, "text", 5, [], [["code", "1"]]])
def test_what_is_no_item_is_rejected(item: Any) -> None:
    assert to_row(item) == Rejected("not_an_object", item)


def test_item_with_the_key_alone_is_loaded() -> None:
    findings: list[Finding] = []
    row = to_row({"code": "A"}, "OKED", findings)
    assert row == {
        "code": "A",
        "parent_code": None,
        "name_kk": None,
        "name_ru": None,
        "level": 1,
        "valid_from": None,
        "valid_to": None,
        "status": "active",
    }
    assert findings == [Finding("missing_name", "A", "name_kk"), Finding("missing_name", "A", "name_ru")]


@pytest.mark.parametrize("code", [751210000, 751210000.0, "751210000.0"])
def test_code_that_a_spreadsheet_made_a_number_is_restored_and_told(code: Any) -> None:
    row, findings = row_of({"code": code})
    assert row["code"] == "751210000"
    assert findings == ["code_was_a_number"]


def test_code_with_a_point_is_left_alone_outside_kato() -> None:
    assert row_of({"code": "1.0"}, "OKED")[0]["code"] == "1.0"


def test_spaces_are_trimmed_and_letters_kept() -> None:
    row, findings = row_of({"name_kaz": "  КӨШЕCI \u00a0 Абай\t", "name_rus": "Hалог  на землю"})
    assert row["name_kk"] == "КӨШЕCI Абай"
    assert row["name_ru"] == "Hалог на землю"
    assert findings == ["latin_lookalike", "latin_lookalike"]


@pytest.mark.parametrize("name", ["IT паркі", "Парк ABC-2", "ЖШС «Ёлка» №5", "Қазақстан Республикасы І"])
def test_whole_latin_words_and_the_alphabets_letters_are_no_findings(name: str) -> None:
    assert row_of({"name_kaz": name})[1] == []


@pytest.mark.parametrize("name", ["Ќабырғатал", "Нўрғазы", "Сарыбайїлкен"])
def test_letters_of_other_alphabets_are_told(name: str) -> None:
    row, findings = row_of({"name_kaz": name})
    assert row["name_kk"] == name
    assert findings == ["foreign_letter"]


@pytest.mark.parametrize(
    ("value", "expected", "findings"),
    [
        ("2024-02-29", "2024-02-29", []),
        ("2024-02-29T23:59:59+05:00", "2024-02-29", []),
        ("2024-02-29 00:00:00", "2024-02-29", []),
        ("2024-02-29T00:00:00Z", "2024-02-29", []),
        ("29.02.2024", "2024-02-29", []),
        ("29.02.2024 10:00", "2024-02-29", []),
        ("", None, []),
        ("  ", None, []),
        (None, None, []),
        ("9999-12-31", None, []),
        ("31.12.9999", None, []),
        ("2023-02-29", None, ["bad_date"]),
        ("soon", None, ["bad_date"]),
        (1700000000, None, ["bad_date"]),
    ],
)
def test_dates_become_iso_or_a_finding(value: Any, expected: str | None, findings: list[str]) -> None:
    row, found = row_of({"valid_from": value})
    assert row["valid_from"] == expected
    assert found == findings


def test_end_before_the_beginning_is_told_and_kept() -> None:
    row, findings = row_of({"valid_from": "2024-01-02", "valid_to": "2024-01-01", "status": "CLOSED"})
    assert (row["valid_from"], row["valid_to"]) == ("2024-01-02", "2024-01-01")
    assert findings == ["dates_reversed"]


@pytest.mark.parametrize(
    ("status", "valid_to", "expected", "findings"),
    [
        ("ACTIVE", None, "active", []),
        ("Closed", "2024-01-01", "closed", []),
        ("REPLACED", "2024-01-01", "closed", []),
        (1, None, "active", []),
        ("0", "2024-01-01", "closed", []),
        (True, None, "active", []),
        (False, None, "closed", []),
        (None, None, "active", []),
        ("", "2024-01-01", "closed", []),
        ("Suspended", None, "suspended", ["unknown_status"]),
    ],
)
def test_status_is_one_word_whatever_the_agency_writes(
    status: Any, valid_to: str | None, expected: str, findings: list[str]
) -> None:
    change = {"status": status, "valid_from": None, "valid_to": valid_to}
    row, found = row_of(change)
    assert row["status"] == expected
    assert found == findings


@pytest.mark.parametrize(
    ("classifier", "code", "given", "level"),
    [
        ("KATO", "100000000", None, 1),
        ("kato", "103230100", None, 4),
        ("OKED", "A", None, 1),
        ("OKED", "01", None, 2),
        ("OKED", "01.11.1", None, 5),
        ("MKEIS", "796", None, None),
        ("MKEIS", "796", 2, 2),
        ("MKEIS", "796", "3", 3),
        ("KATO", "100000000", 0, 1),
        ("KATO", "100000000", True, 1),
    ],
)
def test_level_comes_from_the_item_or_from_the_code(classifier: str, code: str, given: Any, level: int | None) -> None:
    assert row_of({"code": code, "level": given}, classifier)[0]["level"] == level


def test_code_that_is_not_katos_is_loaded_without_a_level_and_told() -> None:
    row, findings = row_of({"code": "KZ-75"})
    assert row["level"] is None
    assert findings == ["not_a_kato_code"]


def test_mapper_counts_all_and_keeps_samples_within_bounds() -> None:
    mapper = RowMapper("KATO")
    bad = [{"name_kaz": f"{number}"} for number in range(150)]
    rows = list(mapper.rows([ITEM, *bad, ITEM | {"name_kaz": ""}, "text"]))
    assert [row["code"] for row in rows] == ["751210000", "751210000"]
    assert mapper.mapped == 2
    assert mapper.rejections == {"missing_code": 150, "not_an_object": 1}
    assert len(mapper.rejected_samples) == 100
    assert mapper.finding_samples == [Finding("missing_name", "751210000", "name_kk")]


def test_passport_of_a_known_classifier_is_complete_in_three_languages() -> None:
    passport = to_dataset(KATO, "byuro-natsionalnoy-statistiki", TODAY)
    assert passport["name"] == "ensi-kato"
    assert passport["owner_org"] == "byuro-natsionalnoy-statistiki"
    assert passport["title_translated"]["kk"] == "Әкімшілік-аумақтық объектілер жіктеуіші (ӘАОЖ)"
    assert passport["frequency"] == "AS_NEEDED"
    assert passport["last_update"] == "2026-11-22"
    assert passport["license_id"] == "kz-open"
    for field in ("title_translated", "notes_translated", "legal_basis_translated", "source_system_translated"):
        assert set(passport[field]) == set(LANGUAGES)
        assert all(passport[field].values())


@pytest.mark.parametrize("code", KNOWN)
def test_every_known_classifier_has_all_languages(code: str) -> None:
    known = KNOWN[code]
    for translations in (known.title, known.notes, known.tags):
        assert set(translations) == set(LANGUAGES)


def test_unknown_classifier_takes_the_agencys_names() -> None:
    passport = to_dataset(Classifier("GO.2", "Мемлекеттік органдар", "Государственные органы", "3"), "b", TODAY)
    assert passport["name"] == "ensi-go-2"
    assert passport["title_translated"] == {"kk": "Мемлекеттік органдар", "ru": "Государственные органы"}
    assert missing_languages(passport["notes_translated"]) == ()


def test_classifier_without_a_name_in_one_language_says_what_is_missing() -> None:
    passport = to_dataset(Classifier("X1", "", "Справочник", "3"), "b", TODAY)
    assert missing_languages(passport["title_translated"]) == ("kk",)
    nameless = to_dataset(Classifier("X1", "", "", "3"), "b", TODAY)
    assert nameless["title_translated"] == {"kk": "X1", "ru": "X1"}


def test_passports_do_not_share_what_can_be_changed() -> None:
    to_dataset(KATO, "b", TODAY)["title_translated"]["kk"] = "changed"
    assert to_dataset(KATO, "b", TODAY)["title_translated"]["kk"] != "changed"


def test_tags_fit_ckan() -> None:
    for code in [*KNOWN, "X1"]:
        for tags in to_dataset(Classifier(code, "а", "а", "1"), "b", TODAY)["tags_translated"].values():
            assert len(tags) == len(set(tags))
            assert all(2 <= len(tag) <= 100 for tag in tags)


def test_resource_names_the_version_in_each_language() -> None:
    resource = to_resource(KATO)
    assert set(resource["name_translated"]) == set(LANGUAGES)
    assert all("NK RK 11-2025" in name for name in resource["name_translated"].values())


def test_version_with_braces_is_plain_text() -> None:
    resource = to_resource(Classifier("X1", "а", "а", "{0.__class__}"))
    assert "{0.__class__}" in resource["name_translated"]["kk"]


def test_dictionary_describes_exactly_the_columns_of_a_row() -> None:
    columns = dictionary()
    row = to_row(ITEM, "KATO")
    assert not isinstance(row, Rejected)
    assert [column["id"] for column in columns] == list(row)
    assert set(KEY) <= set(row)
    for column in columns:
        assert column["type"] in {"text", "int", "date"}
        for lang in LANGUAGES:
            assert column["info"][f"label_{lang}"]
            assert column["info"][f"notes_{lang}"]


def test_dataset_names_of_different_classifiers_differ() -> None:
    assert len({dataset_name(code) for code in ("KATO", "OKED", "KATO-2", "KATO_2")}) == 4
