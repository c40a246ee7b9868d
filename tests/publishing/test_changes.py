"""What changed between two loads: as an answer, a page, a file and a feed."""

from __future__ import annotations

import csv
import uuid
from datetime import date
from io import StringIO
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
from ckan.plugins import toolkit
from ckanext.datastore.backend.postgres import get_read_engine, get_write_engine

from ckanext.opengov_kz.publishing.rows import merge_rows
from tests.publishing.conftest import _trusted, fill, make_dataset

TODAY = date(2026, 1, 31)


@pytest.fixture
def own(dataset: dict[str, Any]) -> dict[str, Any]:
    """A dataset with an empty table of its own."""
    made = make_dataset(private=False)
    resource_id = made["resources"][0]["id"]
    fields = [
        {"id": "code", "type": "text"},
        {"id": "name", "type": "text", "info": {"label_en": "Name of the place"}},
        {"id": "people", "type": "numeric"},
    ]
    create = {"resource_id": resource_id, "fields": fields, "primary_key": ["code"], "force": True}
    toolkit.get_action("datastore_create")(_trusted(), create)
    return made | {"resource_id": resource_id}


def load(own: dict[str, Any], *rows: tuple[Any, ...], **options: Any) -> str:
    names = ["code", "name", "people"]
    given: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in rows]
    return merge_rows(
        own["resource_id"], given, **({"key": ["code"], "mode": "snapshot", "today": TODAY} | options)
    ).run_id


def changes(own: dict[str, Any], **asked: Any) -> dict[str, Any]:
    call = {"resource_id": own["resource_id"], "limit": 100, **asked}
    return toolkit.get_action("publishing_change_list")({"ignore_auth": True}, call)


def short(answer: dict[str, Any]) -> list[tuple[Any, ...]]:
    return sorted((c["kind"], c["key"]["code"], tuple(c["columns"])) for c in answer["changes"])


def test_one_load_and_several_loads_together(own: dict[str, Any]) -> None:
    first = load(own, ("1", "Абай", "1.50"), ("2", "Ақтау", 2), ("3", "Арал", 3))
    assert [run["id"] for run in changes(own, run_id=first)["missing"]] == [first]
    second = load(own, ("1", "Абай", "1.75"), ("2", "Ақтау", 2), ("4", "Атырау", 4))
    assert changes(own, run_id=second)["counts"] == {"added": 1, "changed": 1, "closed": 1}
    assert short(changes(own, run_id=second)) == [
        ("added", "4", ("code", "name", "people")),
        ("changed", "1", ("people",)),
        ("closed", "3", ("code", "name", "people")),
    ]
    change = next(c for c in changes(own, run_id=second)["changes"] if c["kind"] == "changed")
    assert (str(change["before"]["people"]), str(change["after"]["people"])) == ("1.50", "1.75")
    third = load(own, ("1", "Абай", "1.50"), ("2", "Ақтау қ.", 2), ("3", "Арал", 3))
    since = changes(own, run_id=first)["runs"][0]["began"]
    together = changes(own, since=since)
    # What was changed and changed back, added and taken away, and taken away and added again, is no difference.
    assert short(together) == [("changed", "2", ("name",))]
    assert [run["id"] for run in together["runs"]] == [second, third]
    assert together["missing"] == []
    unchanged = load(own, ("1", "Абай", "1.50"), ("2", "Ақтау қ.", 2), ("3", "Арал", 3))
    assert changes(own, run_id=unchanged)["changes"] == []


def test_a_failed_merge_lists_nothing(own: dict[str, Any]) -> None:
    load(own, ("1", "Абай", 1))
    with get_write_engine().begin() as connection:
        connection.execute(sa.text(f'ALTER TABLE "{own["resource_id"]}" ADD CHECK (people < 100)'))
    with pytest.raises(Exception, match="database"):
        load(own, ("1", "Абай", 1000))
    with get_write_engine().begin() as connection:
        table = connection.execute(sa.text("SELECT to_regclass('_opengov_publishing_change')")).scalar_one()
        count = sa.text("SELECT count(*) FROM _opengov_publishing_change WHERE resource_id = :r")
        assert not table or connection.execute(count, {"r": own["resource_id"]}).scalar_one() == 0


@pytest.mark.ckan_config("opengov.publishing.changes_kept", 3)
def test_the_list_is_bounded_by_whole_loads(own: dict[str, Any]) -> None:
    load(own, ("1", "a", 1))
    runs = [load(own, ("1", "a", n), ("2", "b", n)) for n in (2, 3)]
    too_many = load(own, *((str(n), "c", n) for n in range(10)))
    missing = {run["id"] for run in changes(own)["missing"]}
    assert runs[0] in missing
    assert too_many in missing
    assert runs[1] not in missing


def test_nobody_reads_the_list_past_the_portal(own: dict[str, Any]) -> None:
    load(own, ("1", "a", 1))
    load(own, ("1", "a", 2))
    reader = get_read_engine().url.username
    with get_write_engine().begin() as connection:
        # As `ckan datastore set-permissions` does with all tables, after each upgrade.
        connection.execute(sa.text(f'GRANT SELECT ON _opengov_publishing_change TO "{reader}"'))
        assert connection.execute(sa.text("SELECT count(*) FROM _opengov_publishing_change")).scalar()
    with get_read_engine().connect() as connection:
        assert not connection.execute(sa.text("SELECT count(*) FROM _opengov_publishing_change")).scalar()
    with get_write_engine().begin() as connection:
        names = connection.execute(sa.text("SELECT name FROM _table_metadata")).scalars()
        assert not [name for name in names if name.startswith("_opengov")]


@pytest.fixture
def address(own: dict[str, Any]) -> str:
    load(own, ("1", "<script>alert(1)</script>", 1), ("2", "Ақтау", 2))
    load(own, ("1", "=1+1", 1), ("3", "Арал", 3))
    return f"/en/dataset/{own['name']}/resource/{own['resource_id']}"


def test_page_shows_what_differs(app: Any, address: str) -> None:
    page = app.get(f"{address}/changes").body
    assert "Rows added: 1, changed: 1, closed: 1." in page
    assert "Name of the place" in page
    assert "&lt;script&gt;alert" in page
    assert "The list is not complete" in page
    later = app.get(f"{address}/changes", query_string={"since": "2099-01-01"}).body
    assert "Nothing changed." in later


@pytest.mark.parametrize("asked", [{"since": "yesterday"}, {"until": "2026-13-01"}, {"since": "' OR 1=1 --"}])
def test_what_is_no_date_is_said(app: Any, address: str, asked: dict[str, str]) -> None:
    assert "is not a date" in app.get(f"{address}/changes", query_string=asked).body
    app.get(f"{address}/changes.csv", query_string=asked, status=400)


def test_file_has_a_line_for_each_value(app: Any, address: str) -> None:
    lines = list(csv.reader(StringIO(app.get(f"{address}/changes.csv").body.lstrip("\ufeff"))))
    assert lines[0] == ["What happened", "Row", "Column", "Before", "After"]
    assert ["changed", "1", "name", "<script>alert(1)</script>", "'=1+1"] in lines
    assert ["added", "3", "name", "", "Арал"] in lines
    assert ["closed", "2", "name", "Ақтау", ""] in lines


def test_feed_has_an_entry_for_each_load(app: Any, address: str) -> None:
    feed = ET.fromstring(app.get(f"{address}/changes.atom").body.encode())  # noqa: S314 - our own
    atom = "{http://www.w3.org/2005/Atom}"
    titles = [entry.findtext(f"{atom}title") for entry in feed.iter(f"{atom}entry")]
    assert titles == ["1 rows added, 1 changed, 1 closed", "2 rows added, 0 changed, 0 closed"]


def test_pages_of_what_is_not_there_are_not_found(app: Any, own: dict[str, Any]) -> None:
    for end in ("loads", "changes", "changes.csv", "changes.atom", f"loads/{uuid.uuid4()}"):
        app.get(f"/dataset/{own['name']}/resource/{uuid.uuid4()}/{end}", status=404)


def test_pages_of_a_private_dataset_are_not_found(app: Any, dataset: dict[str, Any]) -> None:
    private = make_dataset(private=True)
    resource_id = private["resources"][0]["id"]
    fill(resource_id)
    run = merge_rows(resource_id, [], key=["code"], mode="delta", today=TODAY).run_id
    for end in ("loads", "changes", "changes.csv", "changes.atom", f"loads/{run}", f"loads/{run}/rejected.csv"):
        app.get(f"/dataset/{private['name']}/resource/{resource_id}/{end}", status=404)


def test_a_body_deletes_the_list_where_a_value_must_disappear_at_once(app: Any, own: dict[str, Any]) -> None:
    load(own, ("1", "880101300123", 1), ("2", "Ақтау", 2))
    load(own, ("1", "Абай", 1), ("2", "Ақтау", 2))
    page = f"/en/dataset/{own['name']}/resource/{own['resource_id']}/changes"
    assert "880101300123" in app.get(page).body
    answer = toolkit.get_action("publishing_changes_forget")(_trusted(), {"resource_id": own["resource_id"]})
    assert answer == {"forgotten": 1}
    assert "880101300123" not in app.get(page).body
    assert changes(own)["runs"], "that the rows were loaded is still known"
    with pytest.raises(toolkit.NotAuthorized):
        toolkit.get_action("publishing_changes_forget")({"user": ""}, {"resource_id": own["resource_id"]})
