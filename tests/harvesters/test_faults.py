"""Harvests by real processes, and what happens when one is killed, Redis is emptied, or Solr is away.

The processes live through all tests here, so the database is emptied once, and each test has a table of its own.

After each the stored rows are compared with the agency's, one by one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.lib.search import clear_all
from ckan.plugins import toolkit
from ckanext.datastore.backend.postgres import get_read_engine, get_write_engine
from ckanext.harvest.model import HarvestObject
from sqlalchemy import text

from ckanext.opengov_kz.harvesters.ensi.harvester import EnsiHarvester
from ckanext.opengov_kz.harvesters.ensi.mapping import Rejected, to_row
from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator, Fault
from ckanext.opengov_kz.harvesters.ensi.simulator_data import generate
from tests.conftest import free_port
from tests.harvesters.conftest import call

pytestmark = [
    pytest.mark.usefixtures("with_plugins"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
]
Workers = list[subprocess.Popen[bytes]]
Make = Callable[..., "Harvested"]
MakeHarvested = Callable[[str], "Harvested"]
ROWS = 300


class Processes:
    """`ckan harvesting`'s processes; each takes many seconds to start, so all tests share them."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, command: str, **environment: str) -> subprocess.Popen[bytes]:
        """Starts one more."""
        env = os.environ | {"CKAN_HTTP_ALLOWED_PRIVATE_HOSTS": "127.0.0.1"} | environment
        with (self.logs / f"{command}-{len(self.started)}.log").open("wb") as log:
            process = subprocess.Popen(["ckan", "harvesting", command], env=env, stdout=log, stderr=subprocess.STDOUT)
        self.started.append(process)
        return process

    def end(self) -> None:
        """Ends all."""
        for process in self.started:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.started:
            process.wait(30)


@pytest.fixture(scope="module")
def body(reset_db: Callable[[], None], loaded_plugins: None) -> Iterator[str]:
    """The publisher of all sources here, in a portal that was empty."""
    reset_db()
    clear_all()
    connect_to_redis().flushdb()
    titles = {"kk": "Статистика бюросы", "ru": "Бюро статистики"}
    yield call("organization_create", name="statistics", title_translated=titles, kind="central")["id"]
    reset_db()
    clear_all()


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory, body: str) -> Iterator[Processes]:
    made = Processes(tmp_path_factory.mktemp("harvesting"))
    made.start("gather-consumer")
    made.start("run-periodically")
    yield made
    made.end()


@pytest.fixture
def workers(processes: Processes) -> Workers:
    """Two fetch consumers that live."""
    living = [one for one in processes.started[2:] if one.poll() is None]
    return [*living, *(processes.start("fetch-consumer") for _missing in range(2 - len(living)))]


@contextmanager
def standing_still(workers: Workers) -> Iterator[None]:
    """These workers take nothing meanwhile."""
    for worker in workers:
        worker.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGCONT)


@dataclass
class Harvested:
    """A source of one table, and the agency it comes from."""

    code: str
    agency: EnsiSimulator
    id: str

    def run(self) -> None:
        call("harvesting_source_run", id=self.id)

    def status(self) -> dict[str, Any]:
        return call("harvesting_source_status_show", id=self.id)

    def state(self) -> str:
        return self.status()["state"]

    def is_finished(self) -> bool:
        return self.state() == "finished"

    def table(self) -> str:
        return call("package_show", id=f"ensi-{self.code.lower()}")["resources"][0]["id"]

    def stored(self) -> dict[str, str | None]:
        """The names in the portal by code."""
        with get_read_engine().connect() as connection:
            rows = connection.execute(text(f'SELECT code, name_kk FROM "{self.table()}"')).all()
        found: dict[str, str | None] = {row.code: row.name_kk for row in rows}
        assert len(found) == len(rows)
        return found

    def expected(self) -> dict[str, str | None]:
        """The names at the agency by code."""
        rows = [to_row(item, self.code) for item in self.agency.items(self.code)]
        return {row["code"]: row["name_kk"] for row in rows if not isinstance(row, Rejected)}

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else can write to the table: an import stands still in its middle."""
        with get_write_engine().begin() as connection:
            connection.execute(text(f'LOCK TABLE "{self.table()}" IN SHARE ROW EXCLUSIVE MODE'))
            yield


@pytest.fixture
def make(body: str) -> Iterator[Callable[..., Harvested]]:
    """Makes a source with one table, or a slow one with more."""
    with ExitStack() as stack:

        def go(*codes: str) -> Harvested:
            agency = stack.enter_context(EnsiSimulator([generate(code, ROWS) for code in codes]))
            given = {"name": codes[0].lower(), "title": codes[0], "url": agency.url, "source_type": "ensi"}
            made = call("harvest_source_create", frequency="MANUAL", owner_org=body, config="", **given)
            return Harvested(codes[0], agency, made["id"])

        yield go


@pytest.fixture
def make_harvested(make: Callable[..., Harvested], workers: Workers) -> Callable[[str], Harvested]:
    """Makes a source whose table is in the portal, and has changed at the agency since."""

    def go(code: str) -> Harvested:
        made = make(code)
        made.run()
        wait_until(made.is_finished)
        made.agency.change(code, renamed=20, added=7)
        return made

    return go


def wait_until(is_so: Callable[[], object], seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        model.Session.remove()
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.5)
    model.Session.remove()


def is_importing() -> bool:
    """Whether the worker waits in the database for the table that a test holds."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
    with get_write_engine().connect() as connection:
        return bool(connection.scalar(text(waiting)))


def forget_the_dead() -> None:
    """What the marks of a process that is dead do by themselves within two minutes."""
    redis: Any = connect_to_redis()
    for kind in ("alive:*", "source:*", "*-*:*"):
        for key in redis.keys(f"opengov:harvesting:{kind}"):
            redis.delete(key)


def test_a_worker_killed_in_the_middle_of_an_import_leaves_a_job_that_ends_by_itself(
    make_harvested: MakeHarvested, workers: Workers
) -> None:
    source = make_harvested("AAA")
    victim, other = workers
    with standing_still([other]):
        with source.held():
            source.run()
            wait_until(is_importing)
            victim.kill()
            victim.wait(10)
        assert len(source.stored()) == ROWS, "nothing was half-written"
        forget_the_dead()
    wait_until(source.is_finished)
    assert source.stored() == source.expected()
    assert len(source.stored()) == ROWS + 7


def test_a_table_that_is_being_imported_is_loaded_by_nobody_else(make_harvested: MakeHarvested) -> None:
    source = make_harvested("III")
    with source.held():
        source.run()
        wait_until(is_importing)
        with pytest.raises(toolkit.ValidationError):
            source.run()
        load: Any = model.Session.query(HarvestObject).filter_by(harvest_source_id=source.id, current=False).all()
        running = next(each for each in load if each.state != "COMPLETE")
        # As if its message had come twice, to a consumer that asks no one.
        assert not EnsiHarvester().import_stage(running)
    wait_until(source.is_finished)
    assert source.stored() == source.expected()
    assert not source.status()["jobs"][0]["problems"]


def test_redis_emptied_in_the_middle_of_an_import_changes_nothing(make_harvested: MakeHarvested) -> None:
    source = make_harvested("BBB")
    with source.held():
        source.run()
        wait_until(is_importing)
        connect_to_redis().flushdb()
        # Long enough for the round to look for lost work several times: this is none.
        time.sleep(10)
    wait_until(source.is_finished)
    assert source.stored() == source.expected()
    loads = model.Session.query(HarvestObject).filter_by(harvest_source_id=source.id)
    load: Any = loads.order_by(HarvestObject.gathered.desc()).first()
    assert load.retry_times == 1, "nobody loaded it a second time"


def test_redis_emptied_while_tables_wait_brings_them_back(make: Make, workers: Workers) -> None:
    source = make("CCC")
    with standing_still(workers):
        source.run()
        wait_until(lambda: source.state() == "loading")
        connect_to_redis().flushdb()
    wait_until(source.is_finished)
    assert source.stored() == source.expected()


def test_while_solr_is_away_a_first_load_is_tried_again_until_it_is_whole(
    make: Make, workers: Workers, processes: Processes
) -> None:
    source = make("DDD")
    with standing_still(workers):
        without = processes.start("fetch-consumer", CKAN_SOLR_URL=f"http://127.0.0.1:{free_port()}/solr/ckan")
        source.run()
        # It ends as its work broke off; the supervisor would start it again.
        wait_until(lambda: without.poll() is not None)
        forget_the_dead()
    wait_until(lambda: source.state() != "loading")
    assert source.state() == "finished", source.status()["jobs"][0]["problems"]
    assert source.stored() == source.expected()


def test_a_source_that_takes_long_does_not_keep_another_waiting(make: Make, workers: Workers) -> None:
    slow, quick = make("EEE", "FFF"), make("GGG")
    slow.agency.add_fault(Fault("/api/classifiers/EEE/items", "slow", seconds=20, times=1))
    slow.run()
    wait_until(lambda: slow.state() == "loading")
    quick.run()
    wait_until(quick.is_finished)
    assert slow.state() == "loading"
    wait_until(slow.is_finished)


def test_a_harvest_that_a_person_stops_ends_within_seconds_and_the_worker_goes_on(
    make_harvested: MakeHarvested, workers: Workers
) -> None:
    source = make_harvested("HHH")
    source.agency.add_fault(Fault(1, "slow", seconds=25, times=1))
    before, asked = source.stored(), len(source.agency.requests)
    source.run()
    wait_until(lambda: any("/items" in request.path for request in source.agency.requests[asked:]))
    call("harvesting_source_stop", id=source.id)
    assert source.state() == "stopped"
    wait_until(lambda: not connect_to_redis().exists(f"opengov:harvesting:source:{source.id}"), 15)
    assert source.stored() == before
    assert [worker.poll() for worker in workers] == [None, None]
    source.run()
    wait_until(source.is_finished)
    assert source.stored() == source.expected()
