"""What the discussion reacts to, as one table of signals."""

from __future__ import annotations

import datetime as dt
import logging

from ckan.types import SignalMapping

from ckanext.opengov_kz.worktime.days import worktime_changed

from . import comments, subjects

log = logging.getLogger(__name__)


def get_subscriptions() -> SignalMapping:
    """Signal → who reacts."""
    return {worktime_changed: [move_terms]}


def move_terms(day: dt.date) -> None:
    """The calendar changed: the terms of what waits for a reply follow it."""
    log.info("The calendar changed at %s: %d terms moved", day, comments.move_terms(subjects.types()))
