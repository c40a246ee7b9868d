"""kill -9 of a worker of the Address Register in each stage: another goes on, nothing is lost or comes twice.

After each the stored rows are compared with the agency's, one by one.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit
from ckanext.datastore.backend.postgres import get_write_engine
from ckanext.harvest import queue
from ckanext.harvest.model import HarvestObject

from ckanext.opengov_kz.harvesters import rounds
from ckanext.opengov_kz.harvesters.address_register import quality
from ckanext.opengov_kz.harvesters.address_register.simulator import AddressRegisterSimulator
from tests.harvesters.address_register.conftest import configure, expected, stored, values
from tests.harvesters.conftest import call, drain

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "with_request_context", "empty_queues"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
]
StartWorker = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[StartWorker]:
    """Starts one of ckanext-harvest's own consumers."""
    started: list[subprocess.Popen[bytes]] = []

    def start(command: str) -> subprocess.Popen[bytes]:
        env = os.environ | {"CKAN_HTTP_ALLOWED_PRIVATE_HOSTS": "127.0.0.1"}
        with (tmp_path / f"{command}.log").open("wb") as log:
            started.append(
                subprocess.Popen(["ckan", "harvester", command], env=env, stdout=log, stderr=subprocess.STDOUT)
            )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait(20)


def kill(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.wait(20)


def wait_until(condition: Callable[[], Any], pause: float = 0.1) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        model.Session.remove()
        assert time.monotonic() < deadline
        time.sleep(pause)
    model.Session.remove()


def pass_the_time() -> None:
    """As if three minutes had passed: the dead worker's lock has expired, its sign of life is old."""
    connection: Any = connect_to_redis()
    for key in connection.scan_iter("opengov:harvesting:*"):
        connection.delete(key)
    # As ckanext-harvest compares them, without a zone.
    long_ago = datetime.now() - timedelta(minutes=4)  # noqa: DTZ005
    for entry in model.Session.query(HarvestObject).filter(HarvestObject.state != "COMPLETE"):
        connection.set(f"{queue.get_fetch_routing_key()}:{entry.id}", f"{long_ago:%Y-%m-%d %H:%M:%S.%f}")
    model.Session.remove()


def go_on(source: dict[str, Any]) -> dict[str, Any]:
    """The rounds find what nobody works on, and other workers take it; the source's status afterwards."""
    pass_the_time()
    for later in (0, 60, 120):
        rounds.queue_lost_again(time.time() + later)
    call("harvest_jobs_run", source_id=source["id"])
    drain(queue.get_gather_consumer(), queue.gather_callback)
    drain(queue.get_fetch_consumer(), queue.fetch_callback)
    model.Session.remove()
    call("harvest_jobs_run", source_id=source["id"])
    return call("harvesting_source_status_show", id=source["id"])


def datasets() -> list[str]:
    found = model.Session.query(model.Package.name).filter_by(type="dataset", state="active")
    return sorted(name for (name,) in found)


def pages_asked(agency: AddressRegisterSimulator) -> list[str]:
    return [
        one.query["source"]
        for one in agency.requests
        if "/v4/s_pb" in one.path and '"sort":[{"id"' in one.query["source"]
    ]


@contextmanager
def held(table: str) -> Iterator[None]:
    """Nobody else can write to a table: a merge stands still in its middle."""
    with get_write_engine().begin() as connection:
        name = quality.resource_of(table)
        connection.execute(sa.text(f'LOCK TABLE "{name}" IN SHARE ROW EXCLUSIVE MODE'))
        yield


def is_merging() -> bool:
    """Whether a worker waits in the database for the table that a test holds."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
    with get_write_engine().connect() as connection:
        return bool(connection.scalar(sa.text(waiting)))


def test_killed_while_it_asks_which_tables_there_are(
    agency: AddressRegisterSimulator, source: dict[str, Any], start_worker: StartWorker
) -> None:
    configure(source, {"tables": ["s_ats", "s_buildings"]})
    agency.before = lambda _path: time.sleep(3)
    call("harvesting_source_run", id=source["id"])
    worker = start_worker("gather-consumer")
    wait_until(lambda: agency.requests)
    kill(worker)
    agency.before = None
    assert datasets() == []

    status = go_on(source)

    assert status["state"] == "finished", status["jobs"][0]["problems"]
    assert model.Session.query(HarvestObject).filter_by(current=True).count() == 2
    for table in ("s_ats", "s_buildings"):
        assert values(stored(table)) == expected(agency, table)
    assert len(datasets()) == 2


def test_killed_while_it_fetches_pages(
    agency: AddressRegisterSimulator, source: dict[str, Any], start_worker: StartWorker
) -> None:
    configure(source, {"tables": ["s_pb"], "rate": 2})
    call("harvesting_source_run", id=source["id"])
    drain(queue.get_gather_consumer(), queue.gather_callback)
    spool = Path(toolkit.config["ckan.storage_path"]) / "harvest-spool" / source["id"]
    worker = start_worker("fetch-consumer")
    agency.before = lambda _path: time.sleep(1)
    wait_until(lambda: list(spool.rglob("page-*.json")))
    kill(worker)
    agency.before = None
    kept = len(list(spool.rglob("page-*.json")))
    agency.requests.clear()

    status = go_on(source)

    assert status["state"] == "finished", status["jobs"][0]["problems"]
    assert values(stored("s_pb")) == expected(agency, "s_pb")
    first = json.loads(pages_asked(agency)[0])
    assert first["query"]["range"]["id"]["gte"] > 0, f"{kept} pages were on disk"
    assert not list(spool.rglob("page-*.json")), "what was loaded is removed"


def test_killed_between_the_passport_and_the_rows(
    agency: AddressRegisterSimulator, source: dict[str, Any], start_worker: StartWorker
) -> None:
    configure(source, {"tables": ["s_buildings"]})
    call("harvesting_source_run", id=source["id"])
    drain(queue.get_gather_consumer(), queue.gather_callback)
    worker = start_worker("fetch-consumer")
    wait_until(lambda: model.Session.query(model.Package).filter_by(type="dataset").count(), pause=0.01)
    kill(worker)
    resource = quality.resource_of("s_buildings")
    assert resource is None or stored("s_buildings") == {}, "it was killed before it had stored a row"

    status = go_on(source)

    assert status["state"] == "finished", status["jobs"][0]["problems"]
    assert values(stored("s_buildings")) == expected(agency, "s_buildings")
    (made,) = [call("package_show", id=name) for name in datasets()]
    assert len(made["resources"]) == 1


def test_killed_in_the_middle_of_a_merge(
    agency: AddressRegisterSimulator,
    source: dict[str, Any],
    harvest: Callable[[str], dict[str, Any]],
    start_worker: StartWorker,
) -> None:
    configure(source, {"tables": ["s_buildings"]})
    harvest(source["id"])
    before = stored("s_buildings")
    agency.change(0.2, removed=0, added=3)
    call("harvesting_source_run", id=source["id"])
    drain(queue.get_gather_consumer(), queue.gather_callback)
    with held("s_buildings"):
        worker = start_worker("fetch-consumer")
        wait_until(is_merging)
        kill(worker)
    assert stored("s_buildings") == before, "nothing was half-written"

    status = go_on(source)

    assert status["state"] == "finished", status["jobs"][0]["problems"]
    after = stored("s_buildings")
    assert values(after) == expected(agency, "s_buildings")
    assert len(after) == len(before) + 3
    assert {key: after[key]["_id"] for key in before} == {key: row["_id"] for key, row in before.items()}
