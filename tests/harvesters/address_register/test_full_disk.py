"""A disk that is full while pages are kept on it: said in words, nothing half-written, the next run goes on."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ckanext.opengov_kz.harvesters.address_register.simulator import AddressRegisterSimulator
from tests.harvesters.address_register.conftest import configure, expected, stored, told, values

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "with_request_context"),
    pytest.mark.ckan_config("opengov.http.allowed_private_hosts", ["127.0.0.1"]),
]


@pytest.fixture
def tiny_disk(tmp_path: Path, ckan_config: dict[str, Any]) -> Iterator[Path]:
    """The portal's storage on a file system of 512 kB."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", tmp_path], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system takes root")
    ckan_config["ckan.storage_path"] = str(tmp_path)
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def test_full_disk_is_told_and_the_run_after_it_was_cleared_brings_every_row(
    tiny_disk: Path,
    agency: AddressRegisterSimulator,
    source: dict[str, Any],
    harvest: Callable[[str], dict[str, Any]],
) -> None:
    configure(source, {"tables": ["s_buildings"]})
    filler = tiny_disk / "of-somebody-else"
    filler.write_bytes(b"x" * 400_000)

    job = harvest(source["id"])["jobs"][0]

    assert [problem["code"] for problem in job["problems"]] == ["disk_full"]
    assert told(job["problems"][0]).startswith("Мекеме жіберген деректерге дискіде орын қалмады")
    pages = list(tiny_disk.rglob("page-*.json"))
    assert pages, "what had fitted stays"
    assert not list(tiny_disk.rglob("*.part"))

    filler.unlink()
    agency.requests.clear()
    status = harvest(source["id"])

    assert not status["jobs"][0]["problems"]
    assert values(stored("s_buildings")) == expected(agency, "s_buildings")
    assert not list(tiny_disk.rglob("page-*.json"))
