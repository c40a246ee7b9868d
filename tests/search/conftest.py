"""What tests of the search share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ckan import model
from ckan.plugins import toolkit

from ckanext.opengov_kz.search import cores, notes
from tests.conftest import free_port
from tests.mail import Mailbox, serve


@pytest.fixture
def mailbox(with_plugins: None, clean_queues: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server to which the portal sends, empty at first."""
    controller, made = serve(free_port())
    monkeypatch.setitem(toolkit.config, "smtp.server", f"127.0.0.1:{made.port}")
    yield made
    controller.stop()


@pytest.fixture
def index(with_plugins: None, clean_db: None, clean_index: None, clean_queues: None) -> Iterator[None]:
    """An empty portal with an empty index, never rebuilt; nothing of a rebuild stays behind."""
    for key in (notes.REPORT, notes.REBUILD):
        model.delete_system_info(key)
    yield
    second = f"{cores.current()}_next"
    if cores.exists(second):
        cores.unload(second)
