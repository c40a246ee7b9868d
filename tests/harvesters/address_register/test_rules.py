"""Whole or by what was modified, with plain values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ckanext.opengov_kz.harvesters.address_register import rules
from ckanext.opengov_kz.harvesters.address_register.rules import State

pytestmark = pytest.mark.fast

TODAY = date(2026, 1, 31)
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
STATE = State("2026-01-30 10:00:00", "2026-01-28", 2)


def plan(state: State = STATE, newest: str | None = "2026-01-31 09:00:00", **more: Any) -> rules.Plan:
    given = {"today": TODAY, "full_every_days": 7, "overlap_minutes": 60, "exists": True}
    return rules.plan(state, newest, **(given | more))


def test_an_increment_begins_before_what_was_seen() -> None:
    assert plan() == rules.Plan("increment", "2026-01-30 09:00:00", "data/2 ≥ 2026-01-30 09:00:00")


@pytest.mark.parametrize(
    "found",
    [
        plan(State()),
        plan(exists=False),
        plan(newest=None),
        plan(newest="2026-01-29 00:00:00"),
        plan(full_every_days=3),
        plan(State(None, "2026-01-30", 1)),
    ],
    ids=["first", "dataset gone", "no dates", "backup restored", "due", "nothing seen"],
)
def test_a_table_is_loaded_whole(found: rules.Plan) -> None:
    assert (found.kind, found.since) == ("full", None)


def test_the_state_after_a_load() -> None:
    assert rules.after_load(STATE, "full", "m", TODAY) == State("m", "2026-01-31", 3)
    assert rules.after_load(STATE, "increment", "m", TODAY) == State("m", "2026-01-28", 2)
    assert rules.after_load(STATE, "increment", None, TODAY) == State(STATE.mark, "2026-01-28", 2)


def test_the_quality_of_a_large_table_is_looked_at_once_a_day() -> None:
    last = {"basis": {"s_pb": "a"}, "at": (NOW - timedelta(hours=2)).isoformat()}
    large, small = rules.LARGE_TABLE + 1, rules.LARGE_TABLE
    assert rules.quality_is_due(None, {}, kind="increment", rows=large, now=NOW)
    assert not rules.quality_is_due(last, {"s_pb": "a"}, kind="full", rows=small, now=NOW)
    assert rules.quality_is_due(last, {"s_pb": "b"}, kind="increment", rows=small, now=NOW)
    assert rules.quality_is_due(last, {"s_pb": "b"}, kind="full", rows=large, now=NOW)
    assert not rules.quality_is_due(last, {"s_pb": "b"}, kind="increment", rows=large, now=NOW)
    assert rules.quality_is_due(last, {"s_pb": "b"}, kind="increment", rows=large, now=NOW + timedelta(days=1))
