"""Who is working on what, in Redis: signs of life, one worker per source, and what to do when either is missing.

ckanext-harvest queues an object again 180 seconds after a worker took it, whether it is still being loaded or not, and
knows nothing of workers that died. Here a thread beside the work renews that mark and a sign of life of our own while
the process lives, also during a long statement of the database; the round (rounds.py) queues again what has neither.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from typing import Any

from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_ALIVE_SECONDS = 30
_STOP_SECONDS = 600
_PREFIX = "opengov:harvesting"
#: Ends a process whose work hangs; its supervisor starts another.
_EXIT_HANGING = 75

#: A statement that PostgreSQL works on longer than this is taken for one that hangs.
LONGEST_STATEMENT_SECONDS = 2 * 3600

_advanced = time.monotonic()
_patience = 0.0
#: Called with each sign of life, from the heartbeat's thread.
_renewals: list[Callable[[], None]] = []


class StoppedError(BaseException):
    """A person stopped the harvest. No `Exception`: no stage may take it for a fault of its own."""


def advance() -> None:
    """Tells that the work of this process has come further, by a page or by some rows."""
    global _advanced  # noqa: PLW0603 - one piece of work per process
    _advanced = time.monotonic()


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Has the work not taken for one that hangs before so long: for one long statement, which tells no progress."""
    global _patience  # noqa: PLW0603 - one piece of work per process
    before, _patience = _patience, seconds
    try:
        yield
    finally:
        _patience = before
        advance()


@contextmanager
def renewing(renew: Callable[[], None]) -> Iterator[None]:
    """Has the heartbeat call `renew` each time, from its own thread."""
    _renewals.append(renew)
    try:
        yield
    finally:
        _renewals.remove(renew)


def living(ids: Iterable[str]) -> set[str]:
    """Which of these harvest objects or jobs a living worker is working on."""
    wanted = list(ids)
    if not wanted:
        return set()
    values = connect_to_redis().mget([_alive_key(one) for one in wanted])
    return {one for one, value in zip(wanted, values, strict=True) if value}  # type: ignore[arg-type]


def busy(source_ids: Iterable[str]) -> set[str]:
    """From which of these sources a worker is loading."""
    wanted = list(source_ids)
    if not wanted:
        return set()
    values = connect_to_redis().mget([_source_key(one) for one in wanted])
    return {one for one, value in zip(wanted, values, strict=True) if value}  # type: ignore[arg-type]


def stop(job_id: str) -> None:
    """Has the worker of a job end its work within seconds."""
    connect_to_redis().set(_stop_key(job_id), "1", ex=_STOP_SECONDS)


class Hold:
    """One worker's hold on a source; it lasts while it is renewed."""

    def __init__(self, source_id: str) -> None:
        self._key = _source_key(source_id)
        self._token = uuid.uuid4().hex
        self._redis: Any = connect_to_redis()

    def take(self) -> bool:
        """Takes hold of the source unless another worker has it."""
        return bool(self._redis.set(self._key, self._token, nx=True, ex=_ALIVE_SECONDS))

    def renew(self) -> None:
        """Holds on; also after Redis was emptied."""
        if self._redis.get(self._key) in (None, self._token.encode()):
            self._redis.set(self._key, self._token, ex=_ALIVE_SECONDS)

    def release(self) -> None:
        """Lets others have the source."""
        if self._redis.get(self._key) == self._token.encode():
            self._redis.delete(self._key)


@contextmanager
def heartbeat(identity: str, job_id: str, pending_key: str, hold: Hold | None = None) -> Iterator[None]:
    """Gives signs of life of a piece of work while it lasts, and ends it when it is stopped or hangs.

    :param identity: the id of a harvest object (fetch and import) or of a job (gather)
    :param pending_key: the mark of ckanext-harvest's queue, which must not grow old meanwhile
    """
    over = threading.Event()
    arguments = (over, identity, job_id, pending_key, hold, threading.get_ident())
    advance()
    _beat(identity, pending_key, hold)
    thread = threading.Thread(target=_keep_beating, args=arguments, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        connect_to_redis().delete(_alive_key(identity))


def listen_for_stops() -> None:
    """Has `StoppedError` raised in the main thread when its heartbeat says so; once per process, in its main thread."""
    signal.signal(signal.SIGUSR1, _raise_stopped)


def _keep_beating(
    over: threading.Event, identity: str, job_id: str, pending_key: str, hold: Hold | None, worker: int
) -> None:
    usual = toolkit.config["opengov.harvesting.hang_minutes"] * 60
    redis = connect_to_redis()
    told = False
    while not over.wait(toolkit.config["opengov.harvesting.beat_seconds"]):
        try:
            if not told and redis.exists(_stop_key(job_id)):
                told = True
                signal.pthread_kill(worker, signal.SIGUSR1)
            _beat(identity, pending_key, hold)
            for renew in tuple(_renewals):
                renew()
        except RedisError as error:
            log.warning("No sign of life of %s: %s", identity, error)
        limit = max(usual, _patience)
        if time.monotonic() - _advanced > limit:
            log.critical("The work on %s has not come further for %d s: this process ends", identity, limit)
            os._exit(_EXIT_HANGING)


def _beat(identity: str, pending_key: str, hold: Hold | None) -> None:
    redis = connect_to_redis()
    redis.set(_alive_key(identity), "1", ex=_ALIVE_SECONDS)
    # ckanext-harvest compares this with datetime.now() and queues again what is older than three minutes.
    redis.set(pending_key, str(datetime.now()))  # noqa: DTZ005
    if hold is not None:
        hold.renew()


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    raise StoppedError


def _alive_key(identity: str) -> str:
    return f"{_PREFIX}:alive:{identity}"


def _source_key(source_id: str) -> str:
    return f"{_PREFIX}:source:{source_id}"


def _stop_key(job_id: str) -> str:
    return f"{_PREFIX}:stop:{job_id}"
