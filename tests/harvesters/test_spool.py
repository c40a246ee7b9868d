"""Pages on disk: complete or not there, and each version for itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckanext.opengov_kz.harvesters.spool import Spool

pytestmark = pytest.mark.fast


def test_pages_come_back_in_their_order(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "source", "KATO", "v1")
    for number in (1, 2, 10):
        spool.write(number, [{"code": str(number)}])
    assert spool.pages() == 2, "page 3 is missing, so 10 does not count"
    assert [item["code"] for item in spool.items()] == ["1", "2"]


def test_a_harvest_goes_on_where_another_process_stopped(tmp_path: Path) -> None:
    Spool(tmp_path, "source", "KATO", "v1").write(1, [1, 2])
    again = Spool(tmp_path, "source", "KATO", "v1")
    assert (again.pages(), again.count(), again.is_complete) == (1, 2, False)
    again.finish()
    assert Spool(tmp_path, "source", "KATO", "v1").is_complete


def test_a_page_that_was_half_written_is_not_there(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "source", "KATO", "v1")
    (spool.folder / "page-0000001.part").write_text('[{"code": "7')
    assert spool.pages() == 0


def test_a_new_version_begins_anew_and_the_old_one_is_removed(tmp_path: Path) -> None:
    old = Spool(tmp_path, "source", "KATO", "v1")
    old.write(1, [1])
    new = Spool(tmp_path, "source", "KATO", "v2")
    assert new.pages() == 0
    assert not old.folder.exists()


@pytest.mark.parametrize("name", ["../../etc", "a/b", "..", "КАТО\0", "x" * 5000])
def test_names_that_the_agency_chose_never_leave_the_folder(tmp_path: Path, name: str) -> None:
    spool = Spool(tmp_path / "spool", "source", name, name)
    spool.write(1, [1])
    assert spool.folder.resolve().is_relative_to(tmp_path / "spool" / "source")
    assert [path.name for path in tmp_path.iterdir()] == ["spool"]
