"""Prepared downloads in trouble: readers in the middle, killed runs, full disks, many changes at once."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ckan.lib import jobs
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp
from ckanext.datastore.backend.postgres import get_write_engine
from rq import SimpleWorker
from rq.job import JobStatus

from ckanext.opengov_kz.publishing import exports, exports_queue
from ckanext.opengov_kz.publishing.exports import FORMATS, ExportError, export_table
from ckanext.opengov_kz.publishing.exports_arrow import ExportAbout
from ckanext.opengov_kz.publishing.exports_store import ExportStore
from ckanext.opengov_kz.publishing.rows import merge_rows
from tests.publishing.conftest import MakeTable
from tests.visitor import Visitor

TODAY = date(2026, 1, 31)
ABOUT = ExportAbout({"kk": "Ауылдар"}, {}, "", "http://example.kz", "2026-01-31T00:00:00+00:00")


def write(table: str, store: ExportStore, formats: list[str] | None = None) -> dict[str, Any]:
    return export_table(table, lambda _taken: ABOUT, formats or list(FORMATS), store)


def contents(store: ExportStore, table: str) -> dict[str, str]:
    """The hash of each file that the manifest names, as the disk has it."""
    manifest = store.manifest(table)
    assert manifest
    paths = {file["name"]: store.find(table, file["name"])[0] for file in manifest["files"]}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths.items()}


def promised(manifest: dict[str, Any]) -> dict[str, str]:
    return {file["name"]: file["sha256"] for file in manifest["files"]}


def entries(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def store(tmp_path: Path) -> ExportStore:
    return ExportStore(tmp_path / "prepared")


@pytest.fixture
def table(make_table: MakeTable) -> str:
    """A table of 20,000 rows whose text hardly packs."""
    name = make_table({"n": "int", "noise": "text"}, ["n"])
    with get_write_engine().begin() as connection:
        connection.execute(sa.text(f'INSERT INTO "{name}" (n, noise) {_noise(1, 20_000)}'))
    return name


def _noise(first: int, last: int) -> str:
    text = "md5(cast({} as text))"
    return f"SELECT n, {text.format('n')} || {text.format('-n')} FROM generate_series({first}, {last}) n"


def test_reader_in_the_middle_keeps_the_old_file(table: str, store: ExportStore, tmp_path: Path) -> None:
    first = write(table, store)
    path = store.find(table, "table.csv")[0]
    with path.open("rb") as reader:
        begun = reader.read(1000)
        merge_rows(table, [{"n": -1, "noise": "new"}], key=["n"], mode="delta", today=TODAY)
        second = write(table, store)
        assert hashlib.sha256(begun + reader.read()).hexdigest() == promised(first)["table.csv"]
    assert not path.exists()
    assert contents(store, table) == promised(second) != promised(first)
    assert second["rows"] == first["rows"] + 1
    assert len(entries(tmp_path / "prepared")) == len(FORMATS) + 1


def test_readers_meet_whole_sets_only_while_they_are_replaced(table: str, store: ExportStore) -> None:
    write(table, store, ["csv", "xml"])
    wrong: list[str] = []
    read = 0
    stop = threading.Event()

    def reader() -> None:
        nonlocal read
        while not stop.is_set():
            try:
                path, entry = store.find(table, "table.csv")
                content = path.read_bytes()
            except FileNotFoundError:
                continue  # what the page does, too: it asks again
            read += 1
            if hashlib.sha256(content).hexdigest() != entry["sha256"]:
                wrong.append(path.name)

    threads = [threading.Thread(target=reader) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(5):
        merge_rows(table, [{"n": -number, "noise": "new"}], key=["n"], mode="delta", today=TODAY)
        write(table, store, ["csv", "xml"])
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert read > 5


def test_all_formats_are_of_one_state_while_rows_change(table: str, store: ExportStore) -> None:
    stop = threading.Event()
    engine = get_write_engine()

    def writer() -> None:
        number = 30_000
        while not stop.is_set():
            number += 1
            with engine.begin() as connection:
                connection.execute(sa.text(f"INSERT INTO \"{table}\" (n, noise) VALUES ({number}, 'x')"))

    thread = threading.Thread(target=writer)
    thread.start()
    try:
        manifest = write(table, store, ["csv", "jsonl", "xml"])
    finally:
        stop.set()
        thread.join()
    rows = manifest["rows"]
    assert store.find(table, "table.csv")[0].read_bytes().count(b"\n") == rows + 1
    assert store.find(table, "table.jsonl")[0].read_bytes().count(b"\n") == rows
    assert store.find(table, "table.xml")[0].read_bytes().count(b"<row>") == rows


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system takes root")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("name", list(FORMATS))
def test_full_disk_leaves_the_old_files_and_nothing_else(table: str, tiny_disk: Path, name: str) -> None:
    store = ExportStore(tiny_disk / "prepared")
    with get_write_engine().begin() as connection:
        connection.execute(sa.text(f'DELETE FROM "{table}" WHERE n > 10'))
    manifest = write(table, store)
    before = entries(tiny_disk)
    with get_write_engine().begin() as connection:
        rows = 30_000 if name in {"csv", "jsonl"} else 25_000
        connection.execute(sa.text(f'INSERT INTO "{table}" (n, noise) {_noise(11, rows)}'))
    with pytest.raises(ExportError) as caught:
        write(table, store, [name])
    assert caught.value.code == "disk_full"
    assert contents(store, table) == promised(manifest)
    assert entries(tiny_disk) == before


def test_folder_that_cannot_be_written_is_told(table: str, tmp_path: Path) -> None:
    (tmp_path / "prepared").write_text("a file, no folder")
    with pytest.raises(ExportError) as caught:
        write(table, ExportStore(tmp_path / "prepared"))
    assert caught.value.code == "storage"


def test_second_run_for_a_table_is_refused_and_harms_nothing(table: str, store: ExportStore) -> None:
    def about(_taken: str) -> ExportAbout:
        with pytest.raises(ExportError) as caught:
            write(table, store)
        assert caught.value.code == "busy"
        return ABOUT

    manifest = export_table(table, about, list(FORMATS), store)
    assert contents(store, table) == promised(manifest)


def test_resource_without_a_table_is_told(with_plugins: None, store: ExportStore) -> None:
    with pytest.raises(ExportError) as caught:
        write("00000000-0000-0000-0000-000000000000", store)
    assert caught.value.code == "no_table"


# With the queue and the pages.


@pytest.fixture
def resource(dataset: dict[str, Any], ckan_config: dict[str, Any], tmp_path: Path) -> str:
    """The resource of the dataset; its files go to a folder of their own, and nothing waits in the queue."""
    ckan_config["opengov.publishing.export_folder"] = str(tmp_path / "prepared")
    queue = jobs.get_queue("exports")
    queue.empty()
    for name in queue.scheduled_job_registry.get_job_ids():
        queue.scheduled_job_registry.remove(name, delete_job=True)
    return dataset["resources"][0]["id"]


def change(resource: str, number: int) -> None:
    merge_rows(resource, [{"code": "0001", "year": number}], key=["code"], mode="delta", today=TODAY)


def work() -> None:
    queue = jobs.get_queue("exports")
    SimpleWorker([queue], connection=queue.connection).work(burst=True)


def test_many_changes_make_one_run_and_a_change_during_it_one_more(resource: str) -> None:
    queue = jobs.get_queue("exports")
    for number in range(3):
        change(resource, 1000 + number)
    assert len(queue) == 1
    job = queue.jobs[0]
    queue.remove(job)
    job.set_status(JobStatus.STARTED)
    for number in range(3):
        change(resource, 2000 + number)
    assert len(queue) == 1
    work()
    assert len(queue) == 0
    assert exports_queue.is_current(resource)
    path = exports.store().find(resource, "table.csv")[0]
    assert ",2002," in path.read_text().splitlines()[1]


def test_merge_that_changes_nothing_asks_for_no_run(resource: str) -> None:
    change(resource, 1500)
    jobs.get_queue("exports").empty()
    change(resource, 1500)
    assert len(jobs.get_queue("exports")) == 0


def test_large_table_waits_for_further_changes(resource: str, ckan_config: dict[str, Any]) -> None:
    exports_queue.prepare(resource)
    ckan_config["opengov.publishing.export_at_once_rows"] = 100
    queue = jobs.get_queue("exports")
    for number in range(3):
        change(resource, 3000 + number)
    assert (len(queue), queue.scheduled_job_registry.count) == (0, 1)
    assert not toolkit.get_action("publishing_export_start")(_trusted(), {"resource_id": resource})["queued"]


def test_rows_of_the_datastores_own_api_are_prepared_too(resource: str) -> None:
    record = {"code": "0001", "year": 1234}
    upsert = {"resource_id": resource, "records": [record], "method": "upsert", "force": True}
    toolkit.get_action("datastore_upsert")(_trusted(), upsert)
    assert len(jobs.get_queue("exports")) == 1


def test_new_words_of_the_dictionary_come_into_the_files(resource: str) -> None:
    exports_queue.prepare(resource)
    fields = toolkit.get_action("datastore_info")(_trusted(), {"id": resource})["fields"]
    fields = [{"id": f["id"], "type": f["type"], "info": f.get("info", {})} for f in fields]
    old = dict(fields[0]["info"])
    fields[0]["info"] = old | {"label_ru": "Шифр"}
    create = toolkit.get_action("datastore_create")
    create(_trusted(), {"resource_id": resource, "fields": fields, "force": True})
    work()
    manifest = exports.store().manifest(resource)
    assert manifest
    assert manifest["columns"][0]["label_ru"] == "Шифр"
    fields[0]["info"] = old
    create(_trusted(), {"resource_id": resource, "fields": fields, "force": True})


def test_round_removes_what_is_gone_and_queues_what_is_old(resource: str, tmp_path: Path) -> None:
    # A merge notes its state at once; the counters of the DataStore's own writes come seconds later.
    change(resource, 1600)
    jobs.get_queue("exports").empty()
    exports_queue.prepare(resource)
    gone = tmp_path / "prepared" / "00000000-0000-0000-0000-000000000000" / "left-over"
    gone.mkdir(parents=True)
    assert exports_queue.clean()["removed"] == ["00000000-0000-0000-0000-000000000000"]
    assert not gone.parent.exists()
    assert resource not in exports_queue.clean()["queued"]
    change(resource, 1700)
    jobs.get_queue("exports").empty()
    assert resource in exports_queue.clean()["queued"]


def test_night_after_night_is_planned_once(with_plugins: None) -> None:
    assert exports_queue.plan() == exports_queue.plan()
    planned = [
        name
        for name in jobs.get_queue("exports").scheduled_job_registry.get_job_ids()
        if name.startswith("opengov-exports-clean-")
    ]
    assert len(planned) == len(set(planned)) >= 1


def test_person_sees_why_there_are_no_new_files(
    app: CKANTestApp, resource: str, dataset: dict[str, Any], tiny_disk: Path, ckan_config: dict[str, Any]
) -> None:
    ckan_config["opengov.publishing.export_folder"] = str(tiny_disk)
    exports_queue.prepare(resource)
    (tiny_disk / "filler").write_bytes(b"x" * (os.statvfs(tiny_disk).f_bavail * os.statvfs(tiny_disk).f_bsize))
    with pytest.raises(ExportError):
        exports_queue.prepare(resource)
    address = f"/ru/dataset/{dataset['name']}/resource/{resource}"
    token = factories.SysadminWithToken()["token"]
    shown = app.get(
        f"/api/3/action/publishing_export_show?resource_id={resource}", headers={"Authorization": token}
    ).get_json()["result"]
    assert shown["last_run"]["state"] == "failed"
    assert shown["last_run"]["message"]
    assert shown["manifest"]["rows"] == 122
    assert app.get(f"{address}/export/table.csv").status_code == 200
    assert "место" not in app.get(address).get_data(as_text=True)


def test_who_may_change_the_resource_has_its_files_prepared_by_a_button(
    app: CKANTestApp, resource: str, dataset: dict[str, Any]
) -> None:
    password = "correct horse battery"
    person = factories.Sysadmin(password=password)
    visitor = Visitor(app)
    address = f"/ru/dataset/{dataset['name']}/resource/{resource}"
    assert "Подготовить файлы заново" not in visitor.get(address).get_data(as_text=True)
    assert visitor.send(f"{address}/export", page="/ru/user/login").status_code == 404
    assert len(jobs.get_queue("exports")) == 0
    visitor.sign_in(person["name"], password)
    assert "Подготовить файлы заново" in visitor.get(address).get_data(as_text=True)
    assert visitor.post(f"{address}/export").status_code == 400
    assert visitor.send(f"{address}/export", page=address).status_code == 302
    assert len(jobs.get_queue("exports")) == 1
    assert "Готовятся новые файлы" in visitor.get(address).get_data(as_text=True)


def test_killed_run_leaves_the_old_files_and_the_next_one_clears_up(
    dataset: dict[str, Any], ckan_config: dict[str, Any]
) -> None:
    resource = dataset["resources"][0]["id"]
    store = exports.store()
    before = exports_queue.prepare(resource)
    folder = Path(ckan_config["ckan.storage_path"]) / "prepared-downloads" / resource
    many = ({"code": f"k{number}", "name": "Ауыл " * 20} for number in range(60_000))
    merge_rows(resource, many, key=["code"], mode="delta", today=TODAY)
    try:
        process = subprocess.Popen(["ckan", "publishing", "export", resource])
        _wait_until(
            lambda: any(path.name == "table.xml" for path in folder.rglob("*") if before["version"] not in path.parts)
        )
        process.kill()
        process.wait()
        assert store.manifest(resource) == before
        assert contents(store, resource) == promised(before)
        assert len(list(folder.iterdir())) == 3
        _wait_until(lambda: _lock_is_free(resource))
        after = exports_queue.prepare(resource)
        assert after["rows"] == before["rows"] + 60_000
        assert {path.name for path in folder.iterdir()} == {"manifest.json", after["version"]}
    finally:
        gone = ({"code": f"k{number}", "_deleted": True} for number in range(60_000))
        merge_rows(resource, gone, key=["code"], mode="delta", today=TODAY)
        exports_queue.remove(resource)


def _lock_is_free(resource: str) -> bool:
    """Whether the database has noticed that the killed process is gone."""
    with get_write_engine().connect() as connection:
        held = connection.execute(sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).scalar()
    return not held


def _wait_until(condition: Any) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _trusted() -> Any:
    return {"ignore_auth": True, "user": toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}
