"""Moments as the portal stores them: in UTC, without a zone, as CKAN does."""

from __future__ import annotations

import datetime as dt


def utc_now() -> dt.datetime:
    """Now, as it is stored."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def iso(moment: dt.datetime | None) -> str | None:
    """A stored moment with its zone, as text, to the second."""
    return moment.replace(tzinfo=dt.UTC).isoformat(timespec="seconds") if moment else None
