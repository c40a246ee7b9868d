"""One worker per table: a lock in Redis that lasts while the worker gives signs of life."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from ckan.lib.redis import connect_to_redis
from ckanext.harvest.queue import get_fetch_routing_key
from redis.exceptions import LockNotOwnedError

from ckanext.opengov_kz.harvesters import liveness
from ckanext.opengov_kz.harvesters.rules import Problem, Record, StageError

log = logging.getLogger(__name__)

#: Shorter than the 180 seconds after which ckanext-harvest queues an object again: the lock of a consumer that was
#: killed is then free when its object comes back.
_LOCK_SECONDS = 120


@contextmanager
def table_lock(harvest_object: Record) -> Iterator[Callable[[], None]]:
    """Holds the table of a harvest object; raises StageError while another worker has it.

    Yields a function that is called when the work has come further. Between the calls, also while PostgreSQL works for
    minutes on one statement, the heartbeat (liveness.py) renews the lock.
    """
    connection: Any = connect_to_redis()
    name = f"opengov:harvesting:{harvest_object.guid}"
    # Not of one thread: the heartbeat renews it from another.
    lock = connection.lock(name, timeout=_LOCK_SECONDS, blocking=False, thread_local=False)
    holder = f"opengov:harvesting:{harvest_object.guid}:object"
    if not lock.acquire():
        same = (connection.get(holder) or b"").decode() == harvest_object.id
        raise StageError(Problem("twice" if same else "already_running"))
    connection.set(holder, harvest_object.id)
    pending = f"{get_fetch_routing_key()}:{harvest_object.id}"

    def renew() -> None:
        with suppress(LockNotOwnedError):  # the next sign of progress takes it again, or ends the stage
            lock.reacquire()

    def beat() -> None:
        liveness.advance()
        try:
            lock.reacquire()
        except LockNotOwnedError as error:
            # Redis was emptied, or this process slept for minutes: go on, unless another has begun meanwhile.
            if not lock.acquire():
                raise StageError(Problem("already_running")) from error
            connection.set(holder, harvest_object.id)
        # ckanext-harvest compares this with datetime.now() and requeues what is older than three minutes.
        connection.set(pending, str(datetime.now()))  # noqa: DTZ005

    try:
        with liveness.renewing(renew):
            yield beat
    finally:
        try:
            lock.release()
        except LockNotOwnedError:
            log.warning("The lock of %s had expired before its stage ended", harvest_object.guid)
