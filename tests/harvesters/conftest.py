"""A portal with a publisher and a source, and the queues' own callbacks to run a harvest through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import helpers
from ckanext.harvest import queue


def call(action: str, **data: Any) -> Any:
    """Calls an action as the portal itself."""
    context = {"user": toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}
    return helpers.call_action(action, context=context, **data)


@pytest.fixture
def empty_queues() -> Iterator[None]:
    """No message of an earlier test waits in Redis."""
    queue.purge_queues()
    yield
    queue.purge_queues()


@pytest.fixture
def publisher() -> dict[str, Any]:
    """The body that owns the source."""
    return call(
        "organization_create",
        name="statistics",
        title_translated={"kk": "Статистика бюросы", "ru": "Бюро статистики"},
        kind="central",
    )


@pytest.fixture
def make_source(publisher: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """Makes a harvest source of ENSI with the given address."""

    def make(url: str, **more: Any) -> dict[str, Any]:
        given = {
            "name": "ensi",
            "title": "ЕНСИ",
            "url": url,
            "source_type": "ensi",
            "frequency": "MANUAL",
            "owner_org": publisher["id"],
            "config": "",
        }
        return call("harvest_source_create", **(given | more))

    return make


@pytest.fixture
def harvest(empty_queues: None) -> Callable[[str], dict[str, Any]]:
    """Runs a harvest through the real queues, as the two consumers do; the source's status afterwards."""

    def run(source_id: str) -> dict[str, Any]:
        call("harvesting_source_run", id=source_id)
        drain(queue.get_gather_consumer(), queue.gather_callback)
        drain(queue.get_fetch_consumer(), queue.fetch_callback)
        call("harvest_jobs_run", source_id=source_id)
        model.Session.remove()
        return call("harvesting_source_status_show", id=source_id)

    return run


def drain(consumer: Any, callback: Callable[..., Any]) -> None:
    """Gives a consumer all messages that wait."""
    while True:
        method, channel, body = consumer.basic_get(queue=None)
        if body is None:
            return
        callback(channel, method, None, body)
