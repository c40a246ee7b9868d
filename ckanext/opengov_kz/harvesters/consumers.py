"""The two consumers of ckanext-harvest's queues: its own callbacks, with signs of life, and sources taking turns.

ckanext-harvest's fetch consumer takes what comes first, so that the tables of one large source occupy every worker.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from ckan import model
from ckan.lib.redis import connect_to_redis
from ckanext.harvest import queue
from ckanext.harvest.model import HarvestGatherError, HarvestJob, HarvestObject, HarvestObjectExtra
from sqlalchemy import select

from ckanext.opengov_kz.harvesters import liveness, rules
from ckanext.opengov_kz.harvesters.rules import Problem, Record

log = logging.getLogger(__name__)

_PAUSE_SECONDS = 1
_SERVED = "opengov:harvesting:served"


def gather_forever() -> None:
    """Works off the queue of jobs."""
    liveness.listen_for_stops()
    consumer: Any = queue.get_gather_consumer()
    for method, _header, body in consumer.consume(queue=queue.get_gather_queue_name()):
        gather(consumer, method, body)


def gather(consumer: Any, method: Any, body: str) -> None:
    """Does what one message of the queue of jobs asks for."""
    job_id = json.loads(body)["harvest_job_id"]
    pending = f"{queue.get_gather_routing_key()}:{job_id}"
    try:
        with _Noting(_note_at_job, job_id), liveness.heartbeat(job_id, job_id, pending):
            queue.gather_callback(consumer, method, None, body)
    except liveness.StoppedError:
        log.info("The harvest %s was stopped", job_id)
    finally:
        model.Session.remove()


def fetch_forever() -> None:
    """Works off the queue of tables; any number of processes may do so."""
    liveness.listen_for_stops()
    sources: dict[str, str] = {}
    while True:
        if not fetch_next(sources):
            time.sleep(_PAUSE_SECONDS)


def fetch_next(sources: dict[str, str]) -> bool:
    """Loads one table whose source is free, if any waits; whether one was loaded.

    :param sources: harvest object → source, as far as known; is kept up to date
    """
    redis: Any = connect_to_redis()
    key = queue.get_fetch_routing_key()
    bodies = [body.decode() for body in redis.lrange(key, 0, -1)]
    if not bodies:
        sources.clear()
        return False
    _learn(bodies, sources)
    waiting = [(body, sources[_identity(body)]) for body in bodies if _identity(body) in sources]
    served = {source.decode(): float(when) for source, when in redis.hgetall(_SERVED).items()}
    for body in bodies:
        if _identity(body) not in sources:
            redis.lrem(key, 0, body)
            log.info("The harvest object %s is gone", _identity(body))
    chosen = rules.next_message(waiting, liveness.busy({source for _body, source in waiting}), served)
    if chosen is None:
        return False
    body, source = chosen
    hold = liveness.Hold(source)
    if not hold.take():
        return False
    try:
        # Another worker may have taken it while we looked.
        if not redis.lrem(key, 1, body):
            return False
        redis.hset(_SERVED, source, time.time())
        _load(body, hold)
    finally:
        hold.release()
    return True


def _load(body: str, hold: liveness.Hold) -> None:
    consumer: Any = queue.get_fetch_consumer()
    object_id = _identity(body)
    harvest_object: Record = HarvestObject.get(object_id)
    job_id = harvest_object.harvest_job_id if harvest_object else ""
    pending = consumer.persistance_key(body)
    try:
        with _Noting(_note_at_table, object_id), liveness.heartbeat(object_id, job_id, pending, hold):
            queue.fetch_callback(consumer, queue.FakeMethod(body), None, body)
    except liveness.StoppedError:
        log.info("The loading of %s was stopped", object_id)
        consumer.basic_ack(body)
    finally:
        model.Session.remove()


class _Noting(AbstractContextManager["_Noting"]):
    """Notes at a record which error ended the work on it. The error goes on and ends the process, as it does upstream.

    The round queues the work again, so often as ckanext-harvest allows; if that does not help, the page says why.
    """

    def __init__(self, note: Callable[[str, str], None], identity: str) -> None:
        self._note = note
        self._identity = identity

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is not None:
            model.Session.rollback()
        if kind is not None and issubclass(kind, Exception):
            self._note(self._identity, kind.__name__)


def _note_at_job(job_id: str, error: str) -> None:
    job = HarvestJob.get(job_id)
    if job is not None:
        HarvestGatherError.create(message=Problem("broke_off", {"error": error}).as_message(), job=job)


def _note_at_table(object_id: str, error: str) -> None:
    kept = {"harvest_object_id": object_id, "key": "broke_off"}
    note: Any = model.Session.query(HarvestObjectExtra).filter_by(**kept).first() or HarvestObjectExtra(**kept)
    note.value = json.dumps({"error": error})
    model.Session.add(note)
    model.Session.commit()


def _learn(bodies: list[str], sources: dict[str, str]) -> None:
    unknown = [one for one in map(_identity, bodies) if one not in sources]
    if unknown:
        query = select(HarvestObject.id, HarvestObject.harvest_source_id).where(HarvestObject.id.in_(unknown))
        sources.update({row.id: row.harvest_source_id for row in model.Session.execute(query)})
        model.Session.remove()


def _identity(body: str) -> str:
    return str(json.loads(body)["harvest_object_id"])
