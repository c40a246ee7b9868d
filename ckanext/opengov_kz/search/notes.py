"""What the upkeep remembers between its runs, in CKAN's table of settings; and the lock that lets one run at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

#: The last comparison of database and index, and the last rebuild.
REPORT = "opengov_search_report"
REBUILD = "opengov_search_rebuild"
# The two numbers of a PostgreSQL advisory lock of ours; locks are a database's own.
_LOCK = {"kind": 0x6F67, "number": 0x7365}


class BusyError(Exception):
    """Another process looks after the index right now."""


def read(key: str) -> dict[str, Any] | None:
    """Give what was noted, None before the first time."""
    text = model.get_system_info(key)
    return json.loads(text) if text else None


def write(key: str, note: dict[str, Any]) -> None:
    """Note something; what the database session holds is committed."""
    model.set_system_info(key, json.dumps(note, ensure_ascii=False))


def now() -> str:
    """Give the time as naive UTC, as CKAN writes it."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of the upkeep; it falls with the process, however that ends.

    :raises BusyError: another process holds it
    """
    with _engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(sa.text("SELECT pg_try_advisory_lock(:kind, :number)"), _LOCK):
            raise BusyError
        try:
            yield
        finally:
            connection.execute(sa.text("SELECT pg_advisory_unlock(:kind, :number)"), _LOCK)


def busy() -> bool:
    """Say whether a process holds the lock."""
    question = """SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = :kind
        AND objid = :number AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""
    with _engine().connect() as connection:
        return bool(connection.scalar(sa.text(question), _LOCK))


def _engine() -> sa.Engine:
    engine = model.meta.engine
    assert engine is not None  # noqa: S101 - CKAN has no session without it
    return engine
