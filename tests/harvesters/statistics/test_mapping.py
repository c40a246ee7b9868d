"""Values of statistical databases as rows."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from ckanext.opengov_kz.harvesters.statistics import mapping
from ckanext.opengov_kz.harvesters.statistics.client import Indicator

pytestmark = pytest.mark.fast

INDICATOR = Indicator(
    "701", "1", {"kk": "Халық саны", "ru": "Численность"}, {"kk": "адам", "ru": "человек"}, "YEAR", "population"
)


def row(**item: Any) -> tuple[dict[str, Any], dict[str, int]]:
    found: Counter[str] = Counter()
    given = {"period": "2025", "kato": "710000000", "value": "1.5", "published": "2026-02-14"}
    return mapping.row(given | item, INDICATOR, found), dict(found)


@pytest.mark.parametrize(
    ("period", "start"),
    [
        ("2025", date(2025, 1, 1)),
        ("2025-H2", date(2025, 7, 1)),
        ("2025-Q4", date(2025, 10, 1)),
        ("2025Q1", date(2025, 1, 1)),
        ("2025-11", date(2025, 11, 1)),
        ("2025-W07", date(2025, 2, 10)),
        ("2025-11-05", date(2025, 11, 5)),
        ("2025-Q5", None),
        ("2025-13", None),
        ("0000", None),
        ("январь", None),
    ],
)
def test_the_first_day_of_a_period(period: str, start: date | None) -> None:
    assert mapping.period_start(period) == start


@pytest.mark.parametrize(
    ("given", "value", "note", "finding"),
    [
        ("1250.50", "1250.50", None, {}),
        (3, "3", None, {}),
        ("1 250,5", "1250.5", None, {"decimal_comma": 1}),
        ("1e3", "1000", None, {}),
        (None, None, None, {}),
        ("…", None, "…", {}),
        ("x", None, "x", {}),
        ("NaN", None, "NaN", {"bad_value": 1}),
        ("нет данных", None, "нет данных", {"bad_value": 1}),
    ],
)
def test_a_value_or_what_stands_in_its_place(given: Any, value: str | None, note: str | None, finding: Any) -> None:
    made, found = row(value=given)
    assert (made["value"], made["note"], found) == (value, note, finding)


def test_another_value_or_another_day_is_another_revision_and_the_same_is_not() -> None:
    first = row()[0]["revision"]
    assert row()[0]["revision"] == first
    assert len({first, row(value="1.6")[0]["revision"], row(published="2026-03-01")[0]["revision"]}) == 3


def test_what_is_odd_is_loaded_and_counted() -> None:
    assert row(kato="12")[1] == {"not_a_kato_code": 1}
    assert row(kato=None)[0]["kato"] == mapping.COUNTRY
    assert row(kato="710000000.0") == (row()[0], {"code_was_a_number": 1})
    assert row(published="вчера")[1] == {"bad_date": 1}
    assert row(period="когда-то")[1] == {"bad_period": 1}
    assert row(period=None) == ({}, {"missing_period": 1})


def test_a_passport_has_three_languages_and_the_unit() -> None:
    made = mapping.dataset(INDICATOR, "statistics", date(2026, 2, 14))
    assert made["frequency"] == "YEARLY"
    assert made["groups"] == [{"name": "population"}]
    assert "Өлшем бірлігі: адам." in made["notes_translated"]["kk"]
    assert set(made["notes_translated"]) == {"kk", "ru", "en"}
