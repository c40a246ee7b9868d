"""What tests of the catalogue share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest


@pytest.fixture
def in_english(test_request_context: Callable[..., AbstractContextManager[Any]]) -> Iterator[None]:
    """Runs the test inside a request whose reader reads English, so that messages can be compared."""
    with test_request_context(environ_overrides={"CKAN_LANG": "en"}):
        yield
