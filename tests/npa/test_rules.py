"""The way of a draft act: what may come after what, when it closes, and what an archive's act breaks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest

from ckanext.opengov_kz.npa import rules
from ckanext.opengov_kz.npa.rules import Act
from ckanext.opengov_kz.shared.calendar import WorkCalendar

pytestmark = pytest.mark.fast

TODAY = dt.date(2026, 2, 16)
OPEN = Act("discussion", published=dt.date(2026, 2, 2), closes=TODAY, has_text=True)


def test_the_usual_way_is_open_step_by_step() -> None:
    way: tuple[rules.Stage, ...] = ("draft", "discussion", "consideration", "report", "adopted", "archive")
    for stage, target in pairwise(way):
        act = replace(OPEN, stage=stage, closes=TODAY - dt.timedelta(days=1), reported=TODAY)
        assert rules.refusal(act, target, TODAY) is None, target


@pytest.mark.parametrize(
    ("stage", "target", "code"),
    [
        ("draft", "adopted", "report"),
        ("discussion", "adopted", "report"),
        ("consideration", "adopted", "report"),
        ("draft", "report", "order"),
        ("discussion", "draft", "order"),
        ("adopted", "withdrawn", "order"),
        ("archive", "discussion", "order"),
        ("withdrawn", "discussion", "order"),
    ],
)
def test_no_stage_is_passed_over_and_none_comes_back(stage: rules.Stage, target: rules.Stage, code: str) -> None:
    assert rules.refusal(replace(OPEN, stage=stage), target, TODAY) == code


def test_without_a_text_there_is_no_discussion() -> None:
    assert rules.refusal(Act("draft"), "discussion", TODAY) == "text"


def test_a_discussion_is_never_closed_before_its_last_day_has_passed() -> None:
    assert rules.refusal(OPEN, "consideration", TODAY) == "early"
    assert rules.refusal(OPEN, "consideration", TODAY + dt.timedelta(days=1)) is None


def test_it_is_withdrawn_at_any_time_with_a_reason_alone() -> None:
    for stage in ("discussion", "consideration", "report"):
        act = replace(OPEN, stage=stage)
        assert rules.refusal(act, "withdrawn", TODAY) == "reason"
        assert rules.refusal(act, "withdrawn", TODAY, "Заң күшін жойды") is None


def test_the_report_waits_for_all_answers_or_says_why_not() -> None:
    act = replace(OPEN, stage="consideration", closes=TODAY - dt.timedelta(days=1), unanswered=3)
    assert rules.refusal(act, "report", TODAY) == "unanswered"
    assert rules.refusal(replace(act, unanswered_reason="Қайталанған пікірлер"), "report", TODAY) is None


def test_days_are_counted_from_the_day_after_publication_over_holidays() -> None:
    closes = rules.closing_day(dt.date(2026, 3, 18), 10, WorkCalendar())
    assert closes == dt.date(2026, 4, 6)
    act = replace(OPEN, published=dt.date(2026, 3, 18), closes=closes)
    assert rules.days_left(act, closes) == 1
    assert rules.days_left(act, closes + dt.timedelta(days=1)) is None
    assert rules.days_left(act, closes - dt.timedelta(days=3)) == 4


def test_an_extension_makes_longer_and_says_why() -> None:
    later = TODAY + dt.timedelta(days=5)
    assert rules.extension_refusal(OPEN, later, TODAY, "Көп пікір түсті") is None
    assert rules.extension_refusal(OPEN, later, TODAY, " ") == "reason"
    assert rules.extension_refusal(OPEN, TODAY, TODAY, "Себеп") == "shorter"
    assert rules.extension_refusal(OPEN, later, later, "Себеп") == "stage"


def test_it_is_sent_for_agreement_not_before_people_could_read_it() -> None:
    assert rules.sending_refusal(Act("draft"), TODAY, TODAY) == "unpublished"
    assert rules.sending_refusal(OPEN, dt.date(2026, 2, 1), TODAY) == "early"
    assert rules.sending_refusal(OPEN, TODAY + dt.timedelta(days=1), TODAY) == "future"
    assert rules.sending_refusal(OPEN, dt.date(2026, 2, 2), TODAY) is None


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"sent_for_agreement": dt.date(2026, 2, 1)}, ["sent_before_publication"]),
        ({"adopted": dt.date(2026, 3, 20), "reported": dt.date(2026, 3, 1)}, []),
        ({"adopted": dt.date(2026, 2, 10), "reported": dt.date(2026, 2, 9)}, ["adopted_before_closing"]),
        ({"adopted": dt.date(2026, 3, 20)}, ["adopted_without_report"]),
        (
            {"published": None, "closes": None, "adopted": dt.date(2026, 3, 20)},
            ["adopted_without_discussion", "adopted_without_report"],
        ),
    ],
)
def test_what_an_act_of_an_archive_breaks(change: dict[str, dt.date | None], found: list[str]) -> None:
    assert rules.breaches(replace(OPEN, **change)) == found  # type: ignore[arg-type]
