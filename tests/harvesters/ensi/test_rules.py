"""What a classifier's items mean in time and as a tree, with plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ckanext.opengov_kz.harvesters.ensi.mapping import Row
from ckanext.opengov_kz.harvesters.ensi.rules import Entry, Sorted, Step, rings, step

pytestmark = pytest.mark.fast

TODAY = date(2026, 11, 25)
DAY = date(2026, 12, 1)
OLD = Entry("1", None, "Ескі", "Старое", 1, date(2020, 1, 1), None, "active")


def row(code: str, name: str = "Атау", **more: Any) -> Row:
    given = {"code": code, "parent_code": None, "name_kk": name, "name_ru": name, "level": None}
    return {**given, "valid_from": None, "valid_to": None, "status": "active", **more}  # type: ignore[typeddict-item]


def test_the_period_in_force_is_chosen_and_the_others_are_kept() -> None:
    found = Sorted(TODAY)
    past = row("1", "Бұрын", valid_from="2020-01-01", valid_to="2024-01-01", status="closed")
    present = row("1", "Қазір", valid_from="2024-01-01", valid_to="2027-01-01")
    future = row("1", "Кейін", valid_from="2027-01-01")
    assert list(found.rows([past, present, future, None, row("2")])) == [None, present, row("2")]
    assert found.others == [past, future]
    assert not found.findings


def test_the_newest_period_is_chosen_where_none_is_in_force() -> None:
    found = Sorted(TODAY)
    first = row("1", valid_from="2020-01-01", valid_to="2021-01-01", status="closed")
    second = row("1", valid_from="2021-01-01", valid_to="2022-01-01", status="closed")
    assert list(found.rows([second, first])) == [second]
    assert found.others == [first]


def test_codes_that_come_twice_and_periods_that_overlap_are_told_and_kept() -> None:
    found = Sorted(TODAY)
    rows = [row("1"), row("1"), row("2", "А", valid_to="2025-01-01"), row("2", "Б", valid_from="2024-01-01"), row("3")]
    assert [entry and entry["code"] for entry in found.rows([*rows, row("1", "Тағы")])] == ["1", "2", "3"]
    assert found.findings == {"duplicate_code": 2, "overlapping_validity": 1}
    assert found.others == [rows[2], row("1", "Тағы")]


def test_rings_and_orphans_are_told() -> None:
    found = Sorted(TODAY)
    tree = {"1": None, "2": "1", "3": "4", "4": "5", "5": "3", "6": "5", "7": "0", "8": "8"}
    assert len(list(found.rows(row(code, parent_code=parent) for code, parent in tree.items()))) == 8
    assert found.rings() == [["3", "4", "5"], ["8"]]
    assert found.findings == {"cycle": 2, "orphan": 1}
    assert [(sample.reason, sample.code) for sample in found.samples] == [
        ("cycle", "3"),
        ("cycle", "8"),
        ("orphan", "7"),
    ]


def test_a_long_chain_is_no_ring() -> None:
    assert rings({str(number): str(number + 1) for number in range(100_000)}) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # A name that changed without a date counts from the version's date in force.
        ({"name_ru": "Новое"}, Step("changed", DAY, None, old_until=DAY)),
        # With a date of its own, from that.
        (
            {"name_ru": "Новое", "valid_from": date(2026, 3, 1)},
            Step("changed", date(2026, 3, 1), None, date(2026, 3, 1)),
        ),
        ({"valid_from": date(2026, 3, 1)}, Step("changed", date(2026, 3, 1), None, date(2026, 3, 1))),
        # An earlier date was always meant.
        ({"valid_from": date(2019, 1, 1)}, Step("changed", date(2019, 1, 1), None, corrects=True)),
        # Closing ends the state itself.
        (
            {"valid_to": date(2026, 11, 1), "status": "closed"},
            Step("closed", date(2020, 1, 1), date(2026, 11, 1), corrects=True),
        ),
        ({"status": "closed"}, Step("closed", date(2020, 1, 1), DAY, corrects=True)),
        # Renamed and closed before the version was in force: never in force under the new name only.
        (
            {"name_ru": "Новое", "valid_to": date(2026, 11, 1), "status": "closed"},
            Step("closed", date(2020, 1, 1), date(2026, 11, 1), corrects=True),
        ),
    ],
)
def test_a_change_is_placed_in_time(change: dict[str, Any], expected: Step) -> None:
    assert step(OLD, replace(OLD, **change), DAY, since=OLD.valid_from) == expected


def test_an_item_that_is_open_again_leaves_its_gap() -> None:
    closed = replace(OLD, valid_to=date(2024, 1, 1), status="closed")
    found = step(closed, OLD, DAY, since=OLD.valid_from, until=closed.valid_to)
    assert found == Step("reopened", DAY, None, old_until=date(2024, 1, 1))


def test_a_date_that_became_known_is_no_new_period() -> None:
    undated = replace(OLD, valid_from=None)
    assert step(undated, OLD, DAY) == Step("changed", OLD.valid_from, None, corrects=True)


def test_the_first_state_has_the_agencys_own_dates() -> None:
    assert step(None, OLD, DAY) == Step("added", OLD.valid_from, None)
