"""How often things are read, without knowing who reads: one number per thing and day, and nothing else is kept.

The counters are in Redis, a hash for each day, and forget themselves. What the index has is rounded, so that it changes
seldom (docs/decisions/0008-popularity.md).
"""

from __future__ import annotations

import logging
import math
import re
from collections import Counter
from datetime import date, datetime, timedelta

import redis
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit

log = logging.getLogger(__name__)

#: Reads of so many days count.
DAYS = 28
_KEY = "opengov:search:reads:{site}:{day}"
_PROGRAMS = re.compile(r"bot|crawl|spider|slurp|preview|monitor|curl|wget|python|java|headless", re.IGNORECASE)


def today() -> date:
    """The day by the portal's own clock."""
    return datetime.now(toolkit.h.get_display_timezone()).date()


def is_person(agent: str) -> bool:
    """Say whether a request comes from a person's browser, as far as its name tells."""
    return bool(agent) and not _PROGRAMS.search(agent)


def count(thing: str, day: date) -> None:
    """Count one read; a Redis that does not answer costs the number, not the page."""
    key = _key(day)
    try:
        pipeline = connect_to_redis().pipeline()
        pipeline.hincrby(key, thing, 1)
        pipeline.expire(key, timedelta(days=DAYS + 1))
        pipeline.execute()
    except redis.RedisError as error:
        log.warning("A read was not counted: %s", error)


def reads(day: date) -> dict[str, int]:
    """Sum the reads of all things up to a day; only what was read at all."""
    pipeline = connect_to_redis().pipeline()
    for back in range(DAYS):
        pipeline.hgetall(_key(day - timedelta(days=back)))
    total: Counter[str] = Counter()
    for counted in pipeline.execute():
        total.update({thing.decode(): int(number) for thing, number in counted.items()})
    return dict(total)


def of(thing: str, day: date) -> int:
    """Give the popularity of one thing; 0 while Redis does not answer."""
    try:
        pipeline = connect_to_redis().pipeline()
        for back in range(DAYS):
            pipeline.hget(_key(day - timedelta(days=back)), thing)
        return level(sum(int(number) for number in pipeline.execute() if number))
    except redis.RedisError as error:
        log.warning("Reads were not counted together: %s", error)
        return 0


def level(number: int) -> int:
    """Round a number of reads: three steps for each doubling, so that more is always as much or higher."""
    return round(3 * math.log2(1 + number))


def _key(day: date) -> str:
    return _KEY.format(site=toolkit.config["ckan.site_id"], day=day.isoformat())
