"""kill -9 of the fetch worker in the middle of a table: another one goes on, nothing is lost or comes twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit
from ckanext.harvest import queue
from ckanext.harvest.model import HarvestObject

from ckanext.opengov_kz.harvesters.address_register.simulator import AddressRegisterSimulator
from tests.harvesters.address_register.conftest import configure, expected, stored, values
from tests.harvesters.conftest import call, drain

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "with_request_context", "empty_queues"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
]


def pass_the_time() -> None:
    """As if three minutes had passed: the dead worker's lock has expired, its sign of life is old."""
    connection: Any = connect_to_redis()
    for key in connection.scan_iter("opengov:harvesting:*"):
        connection.delete(key)
    entry = model.Session.query(HarvestObject).one()
    # As ckanext-harvest compares them, without a zone.
    long_ago = datetime.now() - timedelta(minutes=4)  # noqa: DTZ005
    connection.set(f"{queue.get_fetch_routing_key()}:{entry.id}", f"{long_ago:%Y-%m-%d %H:%M:%S.%f}")


def pages_asked(agency: AddressRegisterSimulator) -> list[str]:
    return [
        one.query["source"]
        for one in agency.requests
        if "/v4/s_pb" in one.path and '"sort":[{"id"' in one.query["source"]
    ]


def test_a_killed_worker_is_followed_by_one_that_goes_on(
    agency: AddressRegisterSimulator,
    source: dict[str, Any],
    tmp_path: Path,
    wait_until: Callable[[Callable[[], bool]], None],
) -> None:
    configure(source, {"tables": ["s_pb"], "rate": 2})
    call("harvesting_source_run", id=source["id"])
    drain(queue.get_gather_consumer(), queue.gather_callback)
    spool = Path(toolkit.config["ckan.storage_path"]) / "harvest-spool" / source["id"]
    env = os.environ | {"CKAN_HTTP_ALLOWED_PRIVATE_HOSTS": "127.0.0.1"}
    with (tmp_path / "fetch.log").open("wb") as log:
        worker = subprocess.Popen(
            ["ckan", "harvester", "fetch-consumer"], env=env, stdout=log, stderr=subprocess.STDOUT
        )
    agency.before = lambda _path: time.sleep(1)
    wait_until(lambda: len(list(spool.rglob("page-*.json"))) >= 1)
    worker.send_signal(signal.SIGKILL)
    worker.wait(20)
    agency.before = None
    kept = len(list(spool.rglob("page-*.json")))
    agency.requests.clear()
    pass_the_time()
    call("harvest_jobs_run", source_id=source["id"])

    drain(queue.get_fetch_consumer(), queue.fetch_callback)
    model.Session.remove()
    call("harvest_jobs_run", source_id=source["id"])

    status = call("harvesting_source_status_show", id=source["id"])
    assert status["state"] == "finished", status["jobs"][0]["problems"]
    assert values(stored("s_pb")) == expected(agency, "s_pb")
    first = json.loads(pages_asked(agency)[0])
    assert first["query"]["range"]["id"]["gte"] > 0, f"{kept} pages were on disk"
    assert not list(spool.rglob("page-*.json")), "what was loaded is removed"


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 120
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.2)

    return wait
