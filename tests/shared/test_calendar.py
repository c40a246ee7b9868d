"""Working days of Kazakhstan: terms from the day after receipt, over weekends, holidays and days that were moved."""

from __future__ import annotations

import datetime as dt

import pytest

from ckanext.opengov_kz.shared.calendar import WorkCalendar, day_of, holiday_name

pytestmark = pytest.mark.fast

PLAIN = WorkCalendar()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("received", "days", "last"),
    [
        ("2026-02-02", 1, "2026-02-03"),
        ("2026-02-06", 1, "2026-02-09"),  # a Friday
        ("2026-02-07", 1, "2026-02-09"),  # received on a Saturday
        ("2026-03-18", 2, "2026-03-20"),
        ("2026-03-18", 3, "2026-03-26"),  # Nauryz of three days, two of them moved from the weekend
        ("2026-12-30", 3, "2027-01-06"),  # over the new year
        ("2026-12-15", 1, "2026-12-17"),  # Independence Day
        ("2025-12-31", 10, "2026-01-19"),
    ],
)
def test_a_term_ends_on_its_last_working_day(received: str, days: int, last: str) -> None:
    assert PLAIN.add_working_days(day(received), days) == day(last)


def test_each_day_of_a_term_can_be_shown() -> None:
    told = PLAIN.explain(day("2026-05-06"), 3)
    assert [(str(one.day), one.number, one.why) for one in told] == [
        ("2026-05-07", None, "holiday"),
        ("2026-05-08", 1, "working"),
        ("2026-05-09", None, "holiday"),
        ("2026-05-10", None, "weekend"),
        ("2026-05-11", None, "holiday"),
        ("2026-05-12", 2, "working"),
        ("2026-05-13", 3, "working"),
    ]
    assert told[0].name["ru"] == "День защитника Отечества"
    assert told[0].name["kk"] == "Отан қорғаушы күні"


def test_a_day_that_the_government_moves_stands_above_the_week_and_the_holidays() -> None:
    moved = WorkCalendar({day("2026-02-07"): True, day("2026-02-09"): False, day("2026-03-21"): True})
    assert moved.is_working(day("2026-02-07"))
    assert not moved.is_working(day("2026-02-09"))
    assert moved.is_working(day("2026-03-21"))
    assert moved.add_working_days(day("2026-02-06"), 2) == day("2026-02-10")
    assert [one.why for one in moved.explain(day("2026-02-06"), 2)] == [
        "made_working",
        "weekend",
        "made_free",
        "working",
    ]


def test_kurban_ait_is_a_day_off() -> None:
    assert not PLAIN.is_working(day("2025-06-06"))
    assert holiday_name(day("2025-06-06"))["ru"] == "Курбан айт"
    assert holiday_name(day("2026-05-27"))["ru"] == "Курбан айт (предположительно)"


def test_a_holiday_that_fell_on_a_weekend_is_named_as_moved() -> None:
    assert holiday_name(day("2026-03-24"))["ru"] == "Наурыз мейрамы (перенос)"
    assert holiday_name(day("2025-01-03"))["ru"] == "Выходной день (перенос с 05.01.2025)"
    assert holiday_name(day("2026-02-03")) == {}


@pytest.mark.parametrize("days", [0, -1, 5000])
def test_a_term_that_is_none_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        PLAIN.add_working_days(day("2026-02-02"), days)


def test_days_between_count_the_last_and_not_the_first() -> None:
    assert PLAIN.working_days_between(day("2026-02-02"), day("2026-02-06")) == 4
    assert PLAIN.working_days_between(day("2026-02-06"), day("2026-02-02")) == -4
    assert PLAIN.working_days_between(day("2026-02-02"), day("2026-02-02")) == 0


def test_a_moment_late_in_the_evening_of_utc_is_the_next_day_in_kazakhstan() -> None:
    assert day_of(dt.datetime(2026, 2, 2, 18, 59, tzinfo=dt.UTC)) == day("2026-02-02")
    assert day_of(dt.datetime(2026, 2, 2, 19, 1, tzinfo=dt.UTC)) == day("2026-02-03")
    assert day_of(dt.datetime(2026, 2, 2, 19, 1)) == day("2026-02-03")  # noqa: DTZ001 - as it is stored
