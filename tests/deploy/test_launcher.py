"""The one-machine launcher: its settings, and what it says when something fails."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.launcher import console, settings
from deploy.launcher.console import LaunchError
from deploy.launcher.services import Services, prepare_cores
from deploy.launcher.settings import Settings

pytestmark = pytest.mark.fast


@dataclass(frozen=True)
class ElsewhereSettings(Settings):
    """The settings of a checkout whose `.run` is another folder."""

    folder: Path = Path()

    @property
    def run(self) -> Path:
        return self.folder


def test_ports_follow_one_number() -> None:
    ports = Settings(port=9000).ports
    assert ports["web"] == 9000
    assert sorted(ports.values()) == list(range(9000, 9009))


@pytest.mark.parametrize("text", ["80", "70000", "http", "", "-5"])
def test_a_port_that_cannot_be_used_is_refused_with_advice(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("OPENGOV_PORT", text)
    with pytest.raises(LaunchError) as refusal:
        settings.load()
    assert "OPENGOV_PORT=" in refusal.value.advice


def test_passwords_are_made_once_kept_and_readable_by_the_owner_alone(tmp_path: Path) -> None:
    first = ElsewhereSettings(port=9000, folder=tmp_path).secrets
    again = ElsewhereSettings(port=9000, folder=tmp_path).secrets
    assert first == again
    assert len(set(first.values())) == len(settings.SECRET_NAMES)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_tests_and_demonstration_share_servers_but_no_data(tmp_path: Path) -> None:
    checkout = ElsewhereSettings(port=9000, folder=tmp_path)
    demo, testing = checkout.environment(), checkout.environment(testing=True)
    for name in (
        "CKAN_SQLALCHEMY_URL",
        "CKAN_DATASTORE_WRITE_URL",
        "CKAN_DATASTORE_READ_URL",
        "CKAN_REDIS_URL",
        "CKAN_SOLR_URL",
        "CKAN_STORAGE_PATH",
    ):
        assert demo[name] != testing[name], name


def test_idle_consumers_are_not_cut_off_by_redis(tmp_path: Path) -> None:
    url = ElsewhereSettings(port=9000, folder=tmp_path).environment()["CKAN_REDIS_URL"]
    assert url.endswith("?socket_timeout=31536000")


def test_a_kato_file_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENGOV_KATO", "/no/such/kato.csv")
    with pytest.raises(LaunchError, match=r"/no/such/kato\.csv"):
        ElsewhereSettings(port=9000, folder=tmp_path).environment()


def test_a_failed_step_shows_its_last_lines_and_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = "print('connecting'); print('no route to host'); raise SystemExit(3)"
    with pytest.raises(LaunchError) as failure:
        console.run([sys.executable, "-c", script], log=tmp_path / "step.log", advice="Check the network.")
    assert console.fail(failure.value) == 1
    told = capsys.readouterr().err
    assert "no route to host" in told
    assert "code 3" in told
    assert "Check the network." in told


def test_a_second_demonstration_of_one_checkout_is_refused(tmp_path: Path) -> None:
    lease = tmp_path / "leases" / str(os.getppid())
    lease.parent.mkdir()
    lease.write_text("web")
    services = Services(ElsewhereSettings(port=9000, folder=tmp_path))
    with pytest.raises(LaunchError, match="already running"), services.running(("web",)):
        pytest.fail("it started")
    assert [path.name for path in lease.parent.iterdir()] == [str(os.getppid())]


def test_cores_stay_where_a_rebuild_has_put_them(tmp_path: Path) -> None:
    prepare_cores(tmp_path)
    # As Solr leaves it: the second core has taken the name, the first one's folder is gone.
    (tmp_path / "ckan").rename(tmp_path / "ckan_next")
    prepare_cores(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ckan_next", "ckan_test", "ckan_test2"]
    assert "name=ckan\n" in (tmp_path / "ckan_next/core.properties").read_text()
