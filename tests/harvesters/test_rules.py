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
