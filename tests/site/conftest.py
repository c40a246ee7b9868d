"""What tests of the site share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit

from tests.conftest import free_port
from tests.mail import Mailbox, serve
from tests.visitor import Visitor


@pytest.fixture
def mailbox(with_plugins: None, clean_queues: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server to which the portal sends, empty at first."""
    controller, made = serve(free_port())
    monkeypatch.setitem(toolkit.config, "smtp.server", f"127.0.0.1:{made.port}")
    yield made
    controller.stop()


@pytest.fixture
def visit(app: Any) -> Callable[..., Visitor]:
    """`visit()` opens a new browser; `visit(address)` one at that network address."""
    redis = connect_to_redis()
    for key in redis.scan_iter("opengov:limit:*"):
        redis.delete(key)
    return lambda address="198.51.100.7": Visitor(app, address)
