"""The simulator itself: what it serves, how it changes, how it is started."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest

from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator, main
from ckanext.opengov_kz.harvesters.ensi.simulator_data import generate, read_kato
from ckanext.opengov_kz.harvesters.ensi.simulator_faults import Fault
from ckanext.opengov_kz.shared.http import GuardedClient, RequestFailed
from ckanext.opengov_kz.shared.identifiers import KATO_LEVELS, kato_level

pytestmark = pytest.mark.fast

ROOT = Path(__file__).resolve().parents[3]


def client_of(agency: EnsiSimulator) -> GuardedClient:
    return GuardedClient([agency.host_port], retries=0)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 7, 100, 2000, 20_000])
def test_generated_kato_is_a_tree_of_exactly_that_size(size: int) -> None:
    items = generate("KATO", size).items
    by_code = {entry["code"]: entry for entry in items}
    assert len(items) == len(by_code) == size
    assert list(by_code) == sorted(by_code)
    for code, entry in by_code.items():
        level = KATO_LEVELS.index(kato_level(code))
        parent = entry["parent_code"]
        assert (parent is None) == (level == 0)
        if parent is not None:
            assert KATO_LEVELS.index(kato_level(by_code[parent]["code"])) == level - 1


def test_generated_names_are_kazakh_and_russian() -> None:
    entry = next(entry for entry in generate("KATO", 2000).items if kato_level(entry["code"]) == "settlement")
    assert entry["name_kaz"].endswith(" а.")
    assert entry["name_rus"].startswith("с.")
    assert not set(entry["name_rus"]) & set("әғқңөұүһі")


def test_same_arguments_generate_the_same() -> None:
    assert generate("KATO", 500) == generate("KATO", 500)
    assert generate("OKED", 500) == generate("OKED", 500)


@pytest.mark.parametrize("size", [0, 1, 250])
def test_other_classifiers_have_groups(size: int) -> None:
    items = generate("OKED", size).items
    codes = {entry["code"] for entry in items}
    assert len(codes) == size
    assert all(entry["parent_code"] is None or entry["parent_code"] in codes for entry in items)


def test_negative_size_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        generate("KATO", -1)


def test_kato_file_is_read_with_its_bom_and_parents_that_exist(tmp_path: Path) -> None:
    path = tmp_path / "kato.csv"
    path.write_text(
        "\ufeffkato,kato_version,level,type_code,name_ru,name_kk\n"
        "711110000,V1,sub_district,1,район Алматы,Алматы ауданы\n"
        "710000000,V1,oblast,1,г.Астана,Астана қ.\n",
        encoding="utf-8",
    )
    classifier = read_kato(path)
    assert classifier.version == "V1"
    assert [(entry["code"], entry["parent_code"]) for entry in classifier.items] == [
        ("710000000", None),
        ("711110000", "710000000"),
    ]
    path.write_text("kato,kato_version,level,type_code,name_ru,name_kk\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no rows"):
        read_kato(path)


def test_next_version_has_so_many_renamed_closed_and_added() -> None:
    agency = EnsiSimulator([generate("KATO", 2000)])
    before = {entry["code"]: entry for entry in agency.items("KATO")}
    version = agency.change("KATO", renamed=5, closed=4, added=3, on=date(2026, 11, 22))
    after = {entry["code"]: entry for entry in agency.items("KATO")}
    agency.close()
    assert version != "1"
    assert list(after) == sorted(after)
    assert before.keys() <= after.keys()
    added = [after[code] for code in after.keys() - before.keys()]
    changed = [code for code, entry in before.items() if after[code] != entry]
    closed = [after[code] for code in changed if after[code]["status"] == "CLOSED"]
    renamed = [code for code in changed if after[code]["name_kaz"] != before[code]["name_kaz"]]
    assert (len(added), len(changed), len(closed), len(renamed)) == (3, 9, 4, 5)
    assert {entry["valid_to"] for entry in closed} == {"2026-11-22"}
    assert {entry["valid_from"] for entry in added} == {"2026-11-22"}
    assert all(entry["parent_code"] in after for entry in added)
    assert not {entry["code"] for entry in closed} & {entry["parent_code"] for entry in after.values()}


def test_changing_more_than_there_is_changes_what_there_is() -> None:
    agency = EnsiSimulator([generate("KATO", 4)])
    agency.change("KATO", renamed=1, closed=50, added=50)
    items = agency.items("KATO")
    agency.close()
    assert len(items) == 4
    assert sum(entry["status"] == "CLOSED" for entry in items) == 0


def test_many_versions_in_a_row_keep_every_code_once() -> None:
    agency = EnsiSimulator([generate("KATO", 300)])
    for _ in range(30):
        agency.change("KATO", renamed=5, closed=2, added=3)
    codes = [entry["code"] for entry in agency.items("KATO")]
    agency.close()
    assert len(codes) == len(set(codes)) == 300 + 30 * 3


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 404),
        ("/api/classifiers/NONE/items", 404),
        ("/api/classifiers/KATO/items?page=2", 404),
        ("/api/classifiers/KATO/items?page=0", 400),
        ("/api/classifiers/KATO/items?page=x", 400),
        ("/api/classifiers?size=-5", 400),
        ("/api/classifiers/KATO/items?version=none", 410),
        ("/api/classifiers/KATO/changes", 404),
    ],
)
def test_bad_requests_are_refused_by_status(path: str, status: int) -> None:
    with EnsiSimulator([generate("KATO", 10)]) as agency, pytest.raises(RequestFailed) as failed:
        client_of(agency).get(agency.url + path)
    assert failed.value.status == status


def test_page_is_never_longer_than_a_thousand() -> None:
    with EnsiSimulator([generate("KATO", 1500)]) as agency:
        answer = client_of(agency).get_json(f"{agency.url}/api/classifiers/KATO/items", {"size": 999_999_999})
    assert (len(answer["items"]), answer["pages"]) == (1000, 2)


def test_requests_are_recorded_and_faults_strike_so_many_times() -> None:
    with EnsiSimulator([generate("KATO", 10)], [Fault("/api/classifiers", status=503, retry_after=0)]) as agency:
        client = client_of(agency)
        with pytest.raises(RequestFailed) as failed:
            client.get(f"{agency.url}/api/classifiers", {"size": 5})
        client.get(f"{agency.url}/api/classifiers")
        agency.fail("/api", times=-1)
        agency.clear_faults()
        client.get(f"{agency.url}/api/classifiers")
    assert failed.value.retry_after == 0
    assert [(served.path, served.query, served.status) for served in agency.requests] == [
        ("/api/classifiers", {"size": "5"}, 503),
        ("/api/classifiers", {}, 200),
        ("/api/classifiers", {}, 200),
    ]


def test_command_prints_its_address_serves_and_publishes_new_versions() -> None:
    command = [
        sys.executable, "-m", "ckanext.opengov_kz.harvesters.ensi.simulator",
        "--port", "0", "--generate", "KATO=30", "--generate", "OKED=5", "--change-every", "0.1",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        watchdog = threading.Timer(10, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            client = GuardedClient(["127.0.0.1"])
            while True:
                first, second = client.get_json(f"{url}/api/classifiers")["items"]
                if first["version"] != "1":
                    break
            process.send_signal(signal.SIGINT)
            assert process.wait(5) == 0
        finally:
            watchdog.cancel()
            process.kill()
    assert (first["code"], second["code"]) == ("KATO", "OKED")


@pytest.mark.parametrize("arguments", [["--generate", "KATO"], ["--generate", "../x=5"], ["--kato", "/no/such.csv"]])
def test_command_refuses_arguments_that_make_no_sense(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
