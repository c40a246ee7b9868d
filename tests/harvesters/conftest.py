"""A portal with a publisher and a source, and the queues' own callbacks to run a harvest through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ckan import model
from ckan.lib import jobs
from ckan.plugins import toolkit
from ckan.tests import helpers
from ckan.tests.helpers import CKANTestApp
from ckanext.harvest import queue

from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator
from ckanext.opengov_kz.harvesters.ensi.simulator_data import generate
from tests.conftest import free_port
from tests.mail import Mailbox, serve


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


@pytest.fixture
def no_plans(clean_queues: None, empty_queues: None) -> None:
    """Nothing is planned in rq, and no queue has anything."""
    registry = jobs.get_queue().scheduled_job_registry
    for name in registry.get_job_ids():
        registry.remove(name, delete_job=True)


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server to which the portal sends, empty at first."""
    controller, made = serve(free_port())
    monkeypatch.setitem(toolkit.config, "smtp.server", f"127.0.0.1:{made.port}")
    yield made
    controller.stop()


@pytest.fixture
def agency() -> Iterator[EnsiSimulator]:
    with EnsiSimulator([generate("KATO", 40)]) as running:
        yield running


@pytest.fixture
def a_round(app: CKANTestApp) -> Callable[[], None]:
    """What `ckan harvesting run-periodically` does each time."""

    def go() -> None:
        with app.flask_app.test_request_context():
            call("harvest_jobs_run")
        model.Session.remove()

    return go


@pytest.fixture
def as_person(app: CKANTestApp) -> Callable[..., Any]:
    """Calls an action as somebody, with their permissions."""

    def act(user: dict[str, Any] | None, action: str, **data: Any) -> Any:
        with app.flask_app.test_request_context():
            return helpers.call_action(action, {"user": user["name"] if user else "", "ignore_auth": False}, **data)

    return act


def drain(consumer: Any, callback: Callable[..., Any]) -> None:
    """Gives a consumer all messages that wait."""
    while True:
        method, channel, body = consumer.basic_get(queue=None)
        if body is None:
            return
        callback(channel, method, None, body)
