"""Steps of the tests of sources that run by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ckan import model
from ckan.lib import jobs
from ckan.tests import factories
from ckanext.harvest import queue
from ckanext.harvest.model import HarvestJob, HarvestSource

from ckanext.opengov_kz.harvesters import consumers
from tests.harvesters.conftest import call, drain
from tests.mail import Mailbox

MakeSource = Callable[..., dict[str, Any]]
Round = Callable[[], None]
AsPerson = Callable[..., Any]
PASSWORD = "a-long-enough-password"
NOW = datetime.now(UTC).replace(microsecond=0)


def run_queues() -> None:
    """Both consumers, until nothing waits."""
    drain(queue.get_gather_consumer(), queue.gather_callback)
    while consumers.fetch_next({}):
        pass


def work_off_jobs(mailbox: Mailbox) -> None:
    mailbox.deliver()
    model.Session.remove()


def planned() -> dict[str, datetime]:
    registry = jobs.get_queue().scheduled_job_registry
    names = [name for name in registry.get_job_ids() if name.startswith("opengov-harvest-")]
    return {name: registry.get_scheduled_time(name) for name in names}


def runs() -> int:
    model.Session.remove()
    return model.Session.query(HarvestJob).count()


def set_next_run(source_id: str, moment: datetime) -> None:
    source: Any = HarvestSource.get(source_id)
    source.next_run = moment.replace(tzinfo=None)
    model.Session.commit()


def person(publisher: dict[str, Any], role: str, language: str) -> dict[str, Any]:
    user = factories.User(password=PASSWORD, plugin_extras={"opengov": {"language": language}})
    call("organization_member_create", id=publisher["id"], username=user["name"], role=role)
    return user


def mails_to(mailbox: Mailbox, user: dict[str, Any]) -> list[str]:
    return [str(mail["Subject"]) for mail in mailbox.deliver() if user["email"] in str(mail["To"])]
