"""The history of loads: what is written down of each, who sees what, who is told."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories

from ckanext.opengov_kz.publishing import runs
from ckanext.opengov_kz.publishing.report import MergeReport
from ckanext.opengov_kz.publishing.rows import MergeBusy, MergeError, MergeHeld, merge_rows
from ckanext.opengov_kz.publishing.runs import Recorder
from tests.conftest import free_port
from tests.mail import Mailbox, serve, text
from tests.publishing.conftest import fill, make_dataset
from tests.visitor import Visitor

MakeTable = Callable[..., str]
PASSWORD = "correct horse"
TODAY = date(2026, 1, 31)


def merge(table: str, rows: Any, **options: Any) -> MergeReport:
    return merge_rows(table, rows, **({"key": ["code"], "mode": "snapshot", "today": TODAY} | options))


def history(resource_id: str) -> list[dict[str, Any]]:
    model.Session.expire_all()
    return runs.listed(resource_id, 100, 0)[1]


def test_every_merge_is_written_down_with_its_outcome(make_table: MakeTable) -> None:
    table = make_table({"code": "text", "people": "int"}, key=["code"])
    report = merge(table, [{"code": str(n), "people": n} for n in range(200)], author="aigul")
    with pytest.raises(MergeHeld):
        merge(table, [])
    with pytest.raises(MergeError):
        merge(table, [], key=["nothing"])
    with pytest.raises(ZeroDivisionError):
        merge(table, (1 / 0 for _ in range(1)))
    merge(table, [{"code": "1", "people": 5}, {"code": "x", "people": "?"}], mode="delta")
    found = [(r["state"], r["code"], r["read"], r["inserted"], r["updated"], r["rejected"]) for r in history(table)]
    assert found == [
        ("done", "", 2, 0, 1, 1),
        ("failed", "source", 0, 0, 0, 0),
        ("failed", "key_columns", 0, 0, 0, 0),
        ("held", "closed_limit", 0, 0, 0, 0),
        ("done", "", 200, 200, 0, 0),
    ]
    first = history(table)[-1]
    assert (first["id"], first["author"], first["changes_kept"]) == (report.run_id, "aigul", False)
    assert first["seconds"]["total"] > 0
    assert first["began"] < first["ended"]
    rejected = runs.rejected(history(table)[0]["id"], 10, 0)
    assert rejected == (1, [{"number": 2, "column": "people", "value": "?", "reason": "type"}])


def test_a_call_with_any_id_leaves_no_trace(with_plugins: None) -> None:
    with pytest.raises(MergeError):
        merge("no-such-table", [])
    assert history("no-such-table") == []


@pytest.mark.ckan_config("opengov.publishing.rejected_rows_kept", 3)
@pytest.mark.ckan_config("opengov.publishing.runs_kept", 2)
def test_history_is_bounded(make_table: MakeTable) -> None:
    table = make_table({"code": "text"}, key=["code"])
    for _ in range(4):
        merge(table, [{"code": "1"}] * 10)
    found = history(table)
    assert [run["rejected"] for run in found] == [9, 9]
    assert [runs.rejected(run["id"], 10, 0)[0] for run in found] == [3, 3]


def test_a_run_whose_process_died_is_ended_by_the_next_one(make_table: MakeTable) -> None:
    table = make_table({"code": "text"}, key=["code"])
    dead = Recorder(table, "snapshot", MergeReport())
    dead.start({})
    assert history(table)[0]["state"] == "running"
    merge(table, [{"code": "1"}])
    assert [(run["state"], run["code"]) for run in history(table)] == [("done", ""), ("failed", "interrupted")]


def test_a_run_that_died_after_its_commit_is_known_as_done(make_table: MakeTable) -> None:
    table = make_table({"code": "text"}, key=["code"])
    report = merge(table, [{"code": "1"}, {"code": "2"}])
    run = model.Session.get(runs.Run, report.run_id)
    assert run is not None
    run.state, run.inserted = "running", 0
    model.Session.commit()
    merge(table, [{"code": "1"}, {"code": "2"}])
    assert [(r["state"], r["inserted"], r["unchanged"]) for r in history(table)] == [("done", 0, 2), ("done", 2, 0)]


def test_a_busy_table_is_a_failed_run(make_table: MakeTable) -> None:
    table = make_table({"code": "text"}, key=["code"])

    def rows() -> Any:
        with pytest.raises(MergeBusy):
            merge(table, [], wait_seconds=0)
        yield {"code": "1"}

    merge(table, rows())
    assert sorted((r["state"], r["code"]) for r in history(table)) == [("done", ""), ("failed", "busy")]


@pytest.fixture
def mailbox(with_plugins: None, clean_queues: None, ckan_config: Any) -> Iterator[Mailbox]:
    controller, made = serve(free_port())
    ckan_config["smtp.server"] = f"127.0.0.1:{made.port}"
    yield made
    controller.stop()


@pytest.fixture
def held(dataset: dict[str, Any]) -> dict[str, Any]:
    """A dataset of its own whose load is held back twice, for a body with an officer."""
    own = make_dataset(private=False)
    resource_id = own["resources"][0]["id"]
    fill(resource_id)
    officer = factories.User(name=f"officer-{uuid.uuid4().hex[:8]}", password=PASSWORD)
    context: Any = {"ignore_auth": True}
    member = {"id": own["owner_org"], "username": officer["name"], "role": "member"}
    toolkit.get_action("organization_member_create")(context | {"user": officer["name"]}, member)
    return own | {"resource_id": resource_id, "officer": officer}


def test_the_body_is_told_once_that_a_load_was_held(app: Any, held: dict[str, Any], mailbox: Mailbox) -> None:
    for _ in range(2):
        with pytest.raises(MergeHeld):
            merge(held["resource_id"], [])
    mails = [mail for mail in mailbox.deliver() if held["officer"]["email"] in str(mail["To"])]
    assert len(mails) == 1
    latest, first, *_ = history(held["resource_id"])
    assert latest["state"] == first["state"] == "held"
    assert f"/loads/{first['id']}" in text(mails[0])
    page = app.get(f"/en/dataset/{held['name']}/resource/{held['resource_id']}/loads/{first['id']}")
    assert "Nothing was changed" in page.body


def test_reader_sees_the_history_and_the_officer_also_what_did_not_fit(
    app: Any, dataset: dict[str, Any], held: dict[str, Any]
) -> None:
    resource_id, officer = held["resource_id"], held["officer"]
    evil = '=HYPERLINK("http://evil.example")'
    merge(resource_id, [{"code": "new", "year": evil}, {"code": "newer"}], mode="delta", author=officer["name"])
    run = history(resource_id)[0]
    address = f"/en/dataset/{held['name']}/resource/{resource_id}/loads"
    assert run["id"] in app.get(address).body
    page = app.get(f"{address}/{run['id']}").body
    assert "evil.example" not in page
    assert officer["name"] not in page
    assert app.get(f"{address}/{run['id']}/rejected.csv", status=404)
    visitor = Visitor(app)
    assert visitor.sign_in(officer["name"], PASSWORD).status_code == 302
    assert "evil.example" in visitor.get(f"{address}/{run['id']}").get_data(as_text=True)
    file = visitor.get(f"{address}/{run['id']}/rejected.csv").get_data(as_text=True)
    assert list(csv.reader(StringIO(file.lstrip("\ufeff"))))[1][:3] == ["1", "year", f"'{evil}"]
    call: Any = {"user": officer["name"], "ignore_auth": False}
    told = toolkit.get_action("publishing_reject_list")(call, {"resource_id": resource_id, "run_id": run["id"]})
    assert [(row["number"], row["value"]) for row in told["rows"]] == [(1, evil)]


def test_a_load_of_another_resource_is_not_found(app: Any, dataset: dict[str, Any], held: dict[str, Any]) -> None:
    run = history(held["resource_id"])[0]
    other = f"/dataset/{dataset['name']}/resource/{dataset['resources'][0]['id']}/loads/{run['id']}"
    app.get(other, status=404)


def test_what_cannot_be_stored_is_written_down_all_the_same(make_table: MakeTable) -> None:
    table = make_table({"code": "text"}, key=["code"])
    report = merge(table, [{"code": "1", "a\0b\ud800": "\0"}])
    assert (report.rejected, runs.rejected(report.run_id, 1, 0)[1][0]["column"]) == (1, "a\N{REPLACEMENT CHARACTER}b?")
    with pytest.raises(MergeError):
        merge(table, [], key=["a\0b\ud800"])
    assert history(table)[0]["detail"] == "a\N{REPLACEMENT CHARACTER}b?"
