"""What a harvest's records mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ckanext.opengov_kz.harvesters import rules

pytestmark = pytest.mark.fast
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def job(**facts: Any) -> dict[str, Any]:
    return {"status": "Running", "gather_started": NOW, "gather_finished": NOW, "gather_errors": 0} | facts


def objects(*states: str) -> list[dict[str, str]]:
    return [{"state": state} for state in states]


@pytest.mark.parametrize(
    ("facts", "states", "expected"),
    [
        ({"status": "New", "gather_started": None, "gather_finished": None}, (), "waiting"),
        ({"gather_started": None, "gather_finished": None}, (), "waiting"),
        ({"gather_finished": None}, (), "gathering"),
        ({"status": "Finished", "gather_started": None, "gather_finished": None}, (), "stopped"),
        ({"status": "Finished", "gather_finished": None}, (), "stopped"),
        ({}, ("WAITING", "COMPLETE"), "loading"),
        ({}, ("FETCH",), "loading"),
        ({}, ("COMPLETE", "COMPLETE"), "finished"),
        ({"status": "Finished"}, ("COMPLETE",), "finished"),
        ({"status": "Finished"}, ("COMPLETE", "ERROR"), "finished_with_errors"),
        ({"status": "Finished"}, ("ERROR", "ERROR"), "failed"),
        ({"status": "Finished", "gather_errors": 1}, (), "failed"),
        ({"status": "Finished", "gather_errors": 1}, ("COMPLETE",), "finished_with_errors"),
    ],
)
def test_state_of_a_job(facts: dict[str, Any], states: tuple[str, ...], expected: str) -> None:
    assert rules.state(job(**facts), objects(*states)) == expected


def test_a_source_without_jobs_has_never_run() -> None:
    assert rules.state(None) == "never"


def test_a_problem_survives_being_stored_and_read() -> None:
    stored = rules.Problem("missing_key", {"key": "items", "page": 3}).as_message()
    assert rules.problem(stored) == rules.Problem("missing_key", {"key": "items", "page": 3})


@pytest.mark.parametrize("text", ["Job x timeout (5 minutes)", "[1, 2]", '{"page": 3}', '{"code": 7}'])
def test_a_message_of_ckanext_harvest_is_shown_as_it_is(text: str) -> None:
    assert rules.problem(text) == rules.Problem("other", {"text": text})


def test_duration_counts_to_now_while_it_goes_on() -> None:
    began = NOW - timedelta(seconds=90)
    assert rules.duration(began, None, NOW) == 90
    assert rules.duration(began, began + timedelta(seconds=12), NOW) == 12
    assert rules.duration(None, None, NOW) is None


@pytest.mark.parametrize(("done", "total", "expected"), [(0, 0, 0), (1, 3, 33), (3, 3, 100), (4, 3, 100)])
def test_percent_never_divides_by_zero_nor_passes_a_hundred(done: int, total: int, expected: int) -> None:
    assert rules.percent(done, total) == expected


def test_counts_of_a_job_are_the_sum_of_its_tables() -> None:
    totals = rules.total_counts([{"read": 10, "inserted": 4, "unchanged": 6}, {"read": 2, "rejected": 2}, {}])
    assert totals == {"read": 12, "inserted": 4, "updated": 0, "unchanged": 6, "closed": 0, "rejected": 2}


def test_a_run_that_only_read_has_changed_nothing() -> None:
    assert not rules.has_changed({"read": 5, "unchanged": 5, "rejected": 0})
    assert rules.has_changed({"read": 5, "closed": 1})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("frequency", "due", "expected"),
    [
        ("HOURLY", "2026-11-22T11:30", "2026-11-22T12:30"),
        ("HOURLY", "2026-11-22T12:00", "2026-11-22T13:00"),
        # The portal stood still for days: one run, at the time of day that it always had.
        ("DAILY", "2026-11-18T03:00", "2026-11-23T03:00"),
        ("WEEKLY", "2026-11-20T03:00", "2026-11-27T03:00"),
        ("BIWEEKLY", "2026-11-20T03:00", "2026-12-04T03:00"),
        ("MONTHLY", "2026-10-22T03:00", "2026-12-22T03:00"),
        ("MONTHLY", "2026-10-31T03:00", "2026-11-30T03:00"),
        ("MONTHLY", "2026-11-22T11:59", "2026-12-22T11:59"),
        ("ALWAYS", "2026-11-22T11:58", "2026-11-22T12:03"),
    ],
)
def test_a_source_runs_next_a_whole_number_of_periods_later(frequency: str, due: str, expected: str) -> None:
    assert rules.next_run(frequency, at(due), NOW) == at(expected)


def test_a_source_with_a_schedule_runs_at_once_at_first_and_one_without_never() -> None:
    assert rules.next_run("HOURLY", None, NOW) == NOW
    assert rules.next_run("MANUAL", None, NOW) is None
    assert rules.next_run("MANUAL", NOW, NOW) is None


@pytest.mark.parametrize(
    ("frequency", "age", "expected"),
    [
        ("HOURLY", timedelta(minutes=74), False),
        ("HOURLY", timedelta(minutes=76), True),
        ("DAILY", timedelta(hours=29), False),
        ("DAILY", timedelta(hours=31), True),
        ("MONTHLY", timedelta(days=33), False),
        ("MONTHLY", timedelta(days=35), True),
        ("MANUAL", timedelta(days=3000), False),
    ],
)
def test_data_are_late_when_a_period_and_some_patience_have_passed(
    frequency: str, age: timedelta, expected: bool
) -> None:
    assert rules.is_late(frequency, NOW - age, None, NOW) is expected
    assert rules.is_late(frequency, None, NOW - age, NOW) is expected, "never yet: since its approval"


def test_an_owner_is_told_once_that_a_source_fails_and_once_that_it_works_again() -> None:
    told = []
    was_failing = False
    for succeeded in (True, False, None, False, False, True, None, True):
        told.append(rules.news(was_failing=was_failing, succeeded=succeeded))
        was_failing = was_failing if succeeded is None else not succeeded
    assert told == [None, "failing", None, None, None, "recovered", None, None]


def test_a_failure_that_was_made_good_before_its_mail_went_out_is_no_news() -> None:
    assert rules.owed("failing", "recovered") == ""
    assert rules.owed("", "recovered") == "recovered"
    assert rules.owed("failing", None) == "failing"


def test_workers_take_one_table_of_a_source_at_a_time_and_sources_by_turns() -> None:
    waiting = [("a1", "A"), ("a2", "A"), ("b1", "B"), ("c1", "C")]
    assert rules.next_message(waiting, set(), {}) == ("a1", "A")
    assert rules.next_message(waiting, {"A"}, {}) == ("b1", "B")
    assert rules.next_message(waiting, set(), {"A": 7.0, "B": 8.0}) == ("c1", "C")
    assert rules.next_message(waiting, {"C"}, {"A": 8.0, "B": 7.0}) == ("b1", "B")
    assert rules.next_message(waiting, {"A", "B", "C"}, {}) is None


def test_work_is_lost_only_when_nobody_had_it_for_a_while() -> None:
    lost, suspects = rules.lost(["a", "b"], {"b"}, {}, 100.0, 15.0)
    assert (lost, suspects) == ([], {"a": 100.0})
    assert rules.lost(["a", "b"], {"b"}, suspects, 114.0, 15.0)[0] == []
    assert rules.lost(["a", "b"], {"b"}, suspects, 115.0, 15.0)[0] == ["a"]
    assert rules.lost(["a", "b"], {"a", "b"}, suspects, 115.0, 15.0) == ([], {}), "it was taken up meanwhile"


def test_progress_in_rows_and_the_time_left_come_from_the_pace_of_this_run() -> None:
    began = (NOW - timedelta(seconds=60)).isoformat()
    resumed = {"began": began, "rows": 20_000, "pages": 20, "done": 60, "of": 100}
    assert rules.rows_so_far(resumed) == (60_000, 100_000)
    assert rules.seconds_left(resumed, NOW) == 120, "20 pages a minute, and 40 remain"
    importing = {"unit": "rows", "began": began, "done": 30_000, "of": 40_000}
    assert rules.rows_so_far(importing) == (30_000, 40_000)
    assert rules.seconds_left(importing, NOW) == 20
    assert rules.rows_so_far({"done": 0, "of": 0}) is None
    assert rules.seconds_left({"done": 0, "of": 0}, NOW) is None


def test_errors_are_counted_by_kind_with_different_examples() -> None:
    one, two = ({"code": "missing_key", "details": {"page": page}} for page in (1, 2))
    other = {"code": "refused", "details": {}}
    assert rules.by_kind([other, one, one, two]) == [
        {"code": "missing_key", "count": 3, "examples": [one, two]},
        {"code": "refused", "count": 1, "examples": [other]},
    ]


def test_bars_reach_from_the_floor_to_the_top_and_never_out_of_the_picture() -> None:
    drawn = rules.bars([0, 1, 1000, None], 400, 80)
    assert [bar["height"] for bar in drawn] == [0, 2, 80, 0]
    assert all(bar["y"] + bar["height"] == 80 for bar in drawn)
    assert drawn[-1]["x"] + drawn[-1]["width"] <= 400
    assert rules.bars([], 400, 80) == []


def test_a_source_needs_approval_again_when_it_has_become_another_one() -> None:
    seen = {"url": "https://a.kz", "source_type": "ensi", "owner_org": "1"}
    assert not rules.needs_approval(seen, {"title": "New title", **seen})
    for name in seen:
        assert rules.needs_approval(seen, {**seen, name: "x"}), name


def test_a_run_that_a_person_stopped_is_neither_a_success_nor_a_failure() -> None:
    state = rules.state(job(status="Finished", is_stopped=True), objects("COMPLETE", "ERROR"))
    assert state == "stopped"
    assert rules.has_succeeded(state) is None
