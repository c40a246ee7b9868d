"""How often acts are read: counted in Redis, so that reading a page writes nothing; added up once a day."""

from __future__ import annotations

import logging
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from redis.exceptions import RedisError

from .model import Act

log = logging.getLogger(__name__)
_KEY = "opengov:npa:views"


def count(package_id: str) -> None:
    """One more reader. Without Redis nobody is counted, and everybody reads."""
    try:
        connect_to_redis().hincrby(_KEY, package_id, 1)
    except RedisError as error:
        log.warning("A view is not counted: %s", error)


def pending(package_id: str) -> int:
    """Readers who are not added up yet."""
    try:
        return int(connect_to_redis().hget(_KEY, package_id) or 0)
    except RedisError:
        return 0


def add_up() -> int:
    """Moves the counts into the table; of how many acts. What is counted meanwhile stays for the next time."""
    redis: Any = connect_to_redis()
    counted = redis.hgetall(_KEY)
    for key, number in counted.items():
        package_id = key.decode()
        model.Session.execute(sa.update(Act).where(Act.package_id == package_id).values(views=Act.views + int(number)))
        redis.hincrby(_KEY, package_id, -int(number))
    model.Session.commit()
    return len(counted)
