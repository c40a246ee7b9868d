"""The consumers as processes: idle for a while, then a harvest; redis-py 8 once ended them after 5 s."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ckan import model

from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator
from ckanext.opengov_kz.harvesters.ensi.simulator_data import generate
from tests.harvesters.conftest import call

#: The processes need some of it to start; redis-py ended a reading that waited for 5.
_IDLE_SECONDS = 20
_PROCESSES = (
    ("harvesting", "gather-consumer"),
    ("harvesting", "fetch-consumer"),
    ("harvesting", "run-periodically"),
)


@pytest.fixture
def consumers(tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    env = os.environ | {"CKAN_HTTP_ALLOWED_PRIVATE_HOSTS": "127.0.0.1"}
    started = []
    for words in _PROCESSES:
        with (tmp_path / f"{words[1]}.log").open("wb") as log:
            started.append(subprocess.Popen(["ckan", *words], env=env, stdout=log, stderr=subprocess.STDOUT))
    yield started
    for process in started:
        process.terminate()
        process.wait(20)


@pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "with_request_context", "empty_queues")
@pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"])
def test_consumers_that_were_idle_still_harvest(
    consumers: list[subprocess.Popen[bytes]], make_source: Callable[..., dict[str, Any]]
) -> None:
    time.sleep(_IDLE_SECONDS)
    assert [process.poll() for process in consumers] == [None, None, None]
    with EnsiSimulator([generate("KATO", 50)]) as agency:
        source = make_source(agency.url)
        call("harvesting_source_run", id=source["id"])
        deadline = time.monotonic() + 120
        state = ""
        while state != "finished" and time.monotonic() < deadline:
            time.sleep(1)
            model.Session.remove()
            state = call("harvesting_source_status_show", id=source["id"])["state"]
    assert state == "finished"
