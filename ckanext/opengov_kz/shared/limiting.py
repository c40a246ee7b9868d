"""How often one thing may happen in a time, counted in Redis."""

from __future__ import annotations

import hashlib
from typing import Any


def wait_seconds(redis: Any, name: str, most: int, seconds: int) -> int:
    """Counts one attempt.

    :param redis: a connection
    :param name: what is counted together; it is kept as a digest only, as it may name a person or an address
    :returns: 0 where the attempt is allowed, else in how many seconds the next one will be
    """
    key = "opengov:limit:" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    with redis.pipeline() as pipeline:
        pipeline.set(key, 0, ex=seconds, nx=True)
        pipeline.incr(key)
        pipeline.ttl(key)
        _made, count, left = pipeline.execute()
    return max(left, 1) if count > most else 0
