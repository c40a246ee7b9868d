"""Sources that run by themselves: schedules and signs of life."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ckan import model
from ckan.lib import jobs
from ckan.lib.redis import connect_to_redis
from ckanext.harvest import queue
from ckanext.harvest.model import HarvestObject

from ckanext.opengov_kz.harvesters import liveness, rounds, scheduling
from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator
from tests.harvesters.conftest import call, drain
from tests.harvesters.sources import NOW, MakeSource, Round, planned, run_queues, runs, set_next_run, work_off_jobs
from tests.mail import Mailbox

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "no_plans"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
    pytest.mark.ckan_config("opengov.harvesting.request_attempts", 1),
]


def test_a_source_starts_by_itself_and_its_next_run_is_planned_once(
    make_source: MakeSource, agency: EnsiSimulator, mailbox: Mailbox, a_round: Round
) -> None:
    source = make_source(agency.url, frequency="HOURLY")
    assert call("harvest_source_show", id=source["id"])["frequency"] == "HOURLY"
    a_round()
    work_off_jobs(mailbox)
    assert runs() == 1
    run_queues()
    a_round()
    status = call("harvesting_source_status_show", id=source["id"])
    assert status["state"] == "finished"
    due = datetime.fromisoformat(status["next_run"])
    assert timedelta(minutes=58) < due - datetime.now(UTC) <= timedelta(hours=1)
    # However many processes plan it, it is one run.
    for _process in range(3):
        scheduling.plan_all(datetime.now(UTC))
    assert list(planned().values()) == [due]
    a_round()
    work_off_jobs(mailbox)
    assert runs() == 1, "it is not due again"


def test_a_run_that_is_due_happens_once_and_keeps_its_time_of_day(
    make_source: MakeSource, agency: EnsiSimulator, mailbox: Mailbox
) -> None:
    source = make_source(agency.url, frequency="DAILY")
    due = NOW - timedelta(days=3, hours=2)
    set_next_run(source["id"], due)
    for _process in range(3):
        scheduling.plan_all(datetime.now(UTC))
    work_off_jobs(mailbox)
    work_off_jobs(mailbox)
    assert runs() == 1
    following = call("harvesting_source_status_show", id=source["id"])["next_run"]
    assert datetime.fromisoformat(following) == due + timedelta(days=4)


def test_a_plan_of_a_schedule_that_was_changed_does_nothing(
    make_source: MakeSource, agency: EnsiSimulator, mailbox: Mailbox
) -> None:
    source = make_source(agency.url, frequency="DAILY")
    set_next_run(source["id"], NOW)
    scheduling.plan_all(datetime.now(UTC))
    call("harvest_source_patch", id=source["id"], frequency="MANUAL")
    assert call("harvest_source_show", id=source["id"])["frequency"] == "MANUAL"
    work_off_jobs(mailbox)
    assert runs() == 0
    call("harvest_source_patch", id=source["id"], frequency="HOURLY")
    assert call("harvest_source_show", id=source["id"])["frequency"] == "HOURLY"
    call("harvest_source_patch", id=source["id"], title="Other")
    assert call("harvest_source_show", id=source["id"])["frequency"] == "HOURLY"


def test_plans_and_queues_come_back_after_redis_was_emptied(
    make_source: MakeSource, agency: EnsiSimulator, mailbox: Mailbox, a_round: Round
) -> None:
    source = make_source(agency.url, frequency="DAILY")
    set_next_run(source["id"], NOW + timedelta(hours=5))
    a_round()
    assert len(planned()) == 1
    call("harvesting_source_run", id=source["id"])
    jobs.get_queue().connection.flushdb()
    assert planned() == {}
    a_round()
    rounds.queue_lost_again(datetime.now(UTC).timestamp() + 60)
    run_queues()
    a_round()
    assert len(planned()) == 1
    status = call("harvesting_source_status_show", id=source["id"])
    assert (status["state"], status["jobs"][0]["counts"]["inserted"]) == ("finished", 40)


def test_a_worker_whose_work_hangs_ends_itself(ckan_config: dict[str, Any]) -> None:
    ckan_config["opengov.harvesting.hang_minutes"] = 0
    child = os.fork()
    if child == 0:
        with liveness.heartbeat("an-object", "a-job", "a-mark"):
            time.sleep(30)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 75


def test_work_that_lives_is_not_queued_again_however_long_it_takes(
    make_source: MakeSource, agency: EnsiSimulator
) -> None:
    call("harvesting_source_run", id=make_source(agency.url)["id"])
    drain(queue.get_gather_consumer(), queue.gather_callback)
    entry: Any = model.Session.query(HarvestObject).one()
    entry.state = "IMPORT"
    model.Session.commit()
    redis: Any = connect_to_redis()
    waiting = queue.get_fetch_routing_key()
    redis.delete(waiting)
    now = time.time()
    with liveness.heartbeat(entry.id, entry.harvest_job_id, f"{waiting}:{entry.id}"):
        for later in (0, 60, 6000):
            rounds.queue_lost_again(now + later)
            queue.resubmit_jobs()
        assert redis.llen(waiting) == 0
    rounds.queue_lost_again(now + 6010)
    assert redis.llen(waiting) == 0, "it may be a moment between two signs"
    rounds.queue_lost_again(now + 6030)
    rounds.queue_lost_again(now + 6060)
    assert redis.llen(waiting) == 1, "queued again, once"
