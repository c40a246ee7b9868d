"""Old runs of a source are forgotten; what its datasets came from is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from ckan import model
from ckanext.harvest.model import (
    HarvestGatherError,
    HarvestJob,
    HarvestObject,
    HarvestObjectError,
    HarvestObjectExtra,
    HarvestSource,
)
from sqlalchemy import event

from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator
from ckanext.opengov_kz.harvesters.pruning import prune
from tests.harvesters.conftest import call

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "with_request_context"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
]


@pytest.fixture
def source(
    make_source: Callable[..., dict[str, Any]], harvest: Callable[[str], dict[str, Any]], agency: EnsiSimulator
) -> dict[str, Any]:
    """One that was harvested once, before all the other runs."""
    made = make_source(agency.url)
    harvest(made["id"])
    return made


def add_runs(source_id: str, number: int) -> None:
    """Runs that failed, each with a table, a note and errors, newer than the one that brought the rows."""
    record = HarvestSource.get(source_id)
    for place in range(number):
        job: Any = HarvestJob(source=record, status="Finished")
        job.created = datetime.now() + timedelta(minutes=place + 1)  # noqa: DTZ005 - as ckanext-harvest does
        entry = HarvestObject(guid=f"{source_id}:KATO", job=job, state="ERROR", current=False)
        model.Session.add_all([job, entry])
        model.Session.flush()
        model.Session.add(HarvestObjectExtra(object=entry, key="report", value="{}"))
        model.Session.add(HarvestObjectError(object=entry, message="{}", stage="Import"))
        model.Session.add(HarvestGatherError(job=job, message="{}"))
    model.Session.commit()


def left() -> list[int]:
    kinds = (HarvestJob, HarvestObject, HarvestObjectError, HarvestGatherError)
    return [model.Session.query(kind).count() for kind in kinds]


def test_the_newest_runs_and_the_one_that_brought_the_rows_stay(source: dict[str, Any]) -> None:
    add_runs(source["id"], 12)
    assert left() == [13, 13, 12, 12]
    assert prune(5) == 7
    assert left() == [6, 6, 5, 5]
    assert prune(5) == 0
    origin = call("harvesting_dataset_origin_show", id="ensi-kato")
    assert origin["name"] == source["name"]
    assert origin["synchronised"]
    status = call("harvesting_source_status_show", id=source["id"])
    assert [job["counts"]["inserted"] for job in status["jobs"]][-1] == 40


def test_more_runs_take_no_more_statements(source: dict[str, Any]) -> None:
    counts = []
    for number in (5, 40):
        add_runs(source["id"], number)
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)  # noqa: B023 - taken off before the next round

        event.listen(model.meta.engine, "before_cursor_execute", note)
        prune(1)
        event.remove(model.meta.engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts[0] == counts[1]
