"""PostgreSQL really restarted, without a word of warning, in the middle of a merge of a harvest.

It is the server of all tests: this runs after the others. The rows are compared with the agency's, one by one.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.datastore.backend.postgres import get_read_engine, get_write_engine
from ckanext.harvest import queue
from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError

from ckanext.opengov_kz.harvesters.address_register import quality
from ckanext.opengov_kz.harvesters.address_register.simulator import AddressRegisterSimulator
from ckanext.opengov_kz.harvesters.address_register.simulator_data import Register
from deploy.launcher import settings
from tests.harvesters.address_register.conftest import configure, expected, stored, values
from tests.harvesters.conftest import call, drain

pytestmark = [
    pytest.mark.alone,
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "with_request_context", "empty_queues"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
]


@pytest.fixture
def agency() -> Iterator[AddressRegisterSimulator]:
    with AddressRegisterSimulator(Register(240)) as simulator:
        yield simulator


@pytest.fixture
def source(make_source: Callable[..., dict[str, Any]], agency: AddressRegisterSimulator) -> dict[str, Any]:
    made = make_source(agency.url, name="ar", title="АР", source_type="address_register")
    return configure(made, {"tables": ["s_buildings"]})


def postmaster() -> int:
    """The process of the server that the launcher's supervisor keeps running."""
    return int((settings.load().cluster / "postmaster.pid").read_text().split()[0])


def started() -> datetime | None:
    """When the server began; None while it does not answer."""
    try:
        with get_write_engine().connect() as connection:
            return connection.scalar(sa.text("SELECT pg_postmaster_start_time()"))
    except OperationalError:
        return None


def forget_connections() -> None:
    """Those of before the restart are dead; a new process would have none."""
    model.Session.remove()
    for engine in (model.meta.engine, get_read_engine(), get_write_engine()):
        assert engine is not None
        engine.dispose()


def strike(moment: datetime) -> None:
    """Once a merge waits for the table that the test holds: the server ends at once, as if the power had failed."""
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'")
    with get_read_engine().connect() as connection:
        while not connection.scalar(waiting):
            time.sleep(0.1)
    os.kill(postmaster(), signal.SIGQUIT)
    while (begun := started()) is None or begun <= moment:
        time.sleep(0.3)


def test_a_merge_is_lost_as_a_whole_and_the_next_run_brings_every_row(
    agency: AddressRegisterSimulator, source: dict[str, Any], harvest: Callable[[str], dict[str, Any]]
) -> None:
    harvest(source["id"])
    before = stored("s_buildings")
    agency.change(0.2, removed=0, added=3)
    table = quality.resource_of("s_buildings")
    call("harvesting_source_run", id=source["id"])
    drain(queue.get_gather_consumer(), queue.gather_callback)
    holder = get_write_engine().connect()
    holder.execute(sa.text(f'LOCK TABLE "{table}" IN SHARE ROW EXCLUSIVE MODE'))
    striker = threading.Thread(target=strike, args=(datetime.now(UTC),))
    striker.start()

    # The worker's own connection to the portal dies with the server too: then its process ends, and a new one comes.
    with pytest.raises((DBAPIError, PendingRollbackError)):
        drain(queue.get_fetch_consumer(), queue.fetch_callback)
    striker.join(60)
    forget_connections()

    assert stored("s_buildings") == before, "nothing was half-written"
    with get_write_engine().connect() as connection:
        left = connection.execute(sa.text("SELECT relname FROM pg_class WHERE relname LIKE '\\_merge\\_%'")).all()
    assert left == []
    call("harvesting_source_stop", id=source["id"])
    job = harvest(source["id"])["jobs"][0]
    assert not job["problems"]
    after = stored("s_buildings")
    assert values(after) == expected(agency, "s_buildings")
    assert len(after) == len(before) + 3
    assert {key: after[key]["_id"] for key in before} == {key: row["_id"] for key, row in before.items()}
    assert toolkit.get_action("datastore_search")({"ignore_auth": True}, {"resource_id": table})["total"] == len(after)
