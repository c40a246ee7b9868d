"""PostgreSQL, Redis and Solr of this checkout alone, under supervisord; the system's own services are left alone."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from .console import LaunchError, run, say, step
from .packages import postgres_bin
from .settings import POSTGRES_USER, ROOT, TEST_SUFFIXES, Settings

BACKENDS = ("solr", "postgres", "redis")
CORES = ("ckan", *(f"ckan{suffix}" for suffix in TEST_SUFFIXES))
_START_SECONDS = 60
#: Solr takes ten seconds on an idle machine and has taken more than sixty on a busy one.
_SOLR_START_SECONDS = 180
_TELL_SECONDS = 5


class Services:
    """The backends of one checkout, shared by a demonstration and a test run that go on at the same time.

    Each user of the services leaves a lease, a file named after its process; the last one to go stops them all.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @contextmanager
    def running(self, programs: Sequence[str] = ()) -> Iterator[None]:
        """Starts the backends that do not run yet; stops everything when nobody else uses it.

        `programs` are what the caller starts above them: they are stopped in any case, and two callers of the same
        checkout cannot have any at the same time.
        """
        lease = self.settings.run / "leases" / str(os.getpid())
        lease.parent.mkdir(parents=True, exist_ok=True)
        if programs and any(other.read_text() for other in self._leases()):
            raise LaunchError(
                "The portal of this checkout is already running, or still stopping",
                f"Open {self.settings.url}, or stop it with Ctrl-C in its terminal and wait for its last line.",
            )
        lease.write_text(" ".join(programs))
        try:
            self._start()
            yield
        finally:
            if any(other != lease for other in self._leases()):
                self._control("stop", *programs)
            else:
                self.stop()
            lease.unlink(missing_ok=True)

    def start_programs(self, programs: Sequence[str]) -> None:
        """Starts programs of deploy/supervisord.conf, all at once, and waits for none of them.

        supervisorctl itself watches each for a second before it turns to the next.
        """
        for program in programs:
            subprocess.Popen(self._words("start", program), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait_for_search(self) -> None:
        """Waits for Solr, the slowest to start; what does not search need not wait for it."""
        solr = f"http://127.0.0.1:{self.settings.ports['solr']}/solr/ckan/admin/ping"
        wait_for_page(solr, _SOLR_START_SECONDS, self.settings.logs / "solr.log")

    def stop(self) -> None:
        """Stops supervisord with all its programs, and waits for the end."""
        if not self._supervised():
            return
        with step("Stopping the services"):
            self._control("shutdown")
            _wait(lambda: not self._supervised(), 40, "supervisord did not stop", "See .run/log/supervisord.log.")

    def _start(self) -> None:
        if not self._supervised():
            self._refuse_taken_ports()
            self._prepare_cluster()
            self._prepare_solr()
            with step("Starting PostgreSQL, Redis and Solr"):
                self._start_supervisord()
                self.start_programs(BACKENDS)
        self._wait_for_ports()

    def _wait_for_ports(self) -> None:
        for name in ("postgres", "redis"):
            port = self.settings.ports[name]
            _wait(
                lambda port=port: _answers(port),
                _START_SECONDS,
                f"{name} did not start",
                f"Read {self.settings.logs / f'{name}.log'}.",
            )

    def _leases(self) -> list[Path]:
        """The leases of processes that still live."""
        return [lease for lease in (self.settings.run / "leases").glob("*") if _alive(int(lease.name))]

    def _refuse_taken_ports(self) -> None:
        taken = {name: port for name, port in self.settings.ports.items() if _answers(port)}
        if taken:
            named = ", ".join(f"{port} ({name})" for name, port in taken.items())
            raise LaunchError(
                f"These ports are in use by other programs: {named}",
                "Choose another block of nine ports: OPENGOV_PORT=9500 make demo. A portal of this checkout that was"
                " killed may still run; `make clean` stops it too.",
            )

    def _prepare_cluster(self) -> None:
        settings = self.settings
        settings.private.mkdir(exist_ok=True)
        if (settings.cluster / "PG_VERSION").exists():
            return
        with step("Creating a private PostgreSQL cluster"):
            shutil.rmtree(settings.cluster, ignore_errors=True)
            settings.cluster.mkdir(parents=True)
            password = settings.private / "postgres-password"
            password.write_text(settings.secrets["postgres"])
            prefix: list[str] = []
            if os.geteuid() == 0:
                for path in (settings.cluster, password):
                    shutil.chown(path, POSTGRES_USER)
                prefix = ["runuser", "-u", POSTGRES_USER, "--"]
            # ICU: Kazakh letters sort where a Kazakh reader looks for them.
            run(
                [
                    *prefix,
                    postgres_bin() / "initdb",
                    f"--pgdata={settings.cluster}",
                    f"--username={POSTGRES_USER}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--locale-provider=icu",
                    "--icu-locale=kk",
                    "--text-search-config=simple",
                ],
                log=settings.logs / "initdb.log",
                advice="Read the log; `make clean` begins anew.",
            )
            password.unlink()

    def _prepare_solr(self) -> None:
        """One core for the portal and one for the tests, both with the configset of the extension."""
        home = self.settings.solr_home
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "deploy/solr/solr.xml", home)
        run(
            [self.settings.python, "-m", "ckanext.opengov_kz.search.configset", home / "configsets/opengov/conf"],
            log=self.settings.logs / "configset.log",
            advice="Read the log above.",
        )
        prepare_cores(home)

    def schema_name(self) -> str:
        """Name the schema that Solr has: it changes with every change of the configset."""
        schema = (self.settings.solr_home / "configsets/opengov/conf/schema.xml").read_text(encoding="utf-8")
        found = re.search(r'<schema[^>]* name="([^"]+)"', schema)
        return found.group(1) if found else ""

    def _start_supervisord(self) -> None:
        settings = self.settings
        settings.logs.mkdir(parents=True, exist_ok=True)
        env = settings.environment() | {
            "OPENGOV_LOGS": str(settings.logs),
            "OPENGOV_SUPERVISOR_SOCKET": str(settings.socket),
            "OPENGOV_POSTGRES_BIN": str(postgres_bin()),
            "OPENGOV_POSTGRES_DATA": str(settings.cluster),
            "OPENGOV_POSTGRES_PORT": str(settings.ports["postgres"]),
            "OPENGOV_POSTGRES_USER": POSTGRES_USER if os.geteuid() == 0 else _own_name(),
            "OPENGOV_REDIS_PORT": str(settings.ports["redis"]),
            "OPENGOV_REDIS_PASSWORD": settings.secrets["redis"],
            "OPENGOV_SOLR_PORT": str(settings.ports["solr"]),
            "OPENGOV_SOLR_HOME": str(settings.solr_home),
        }
        (settings.run / "redis").mkdir(exist_ok=True)
        (settings.run / "mail").mkdir(exist_ok=True)
        run(
            [settings.tool("supervisord"), "-c", ROOT / "deploy/supervisord.conf"],
            log=settings.logs / "supervisord-start.log",
            advice="Read the log above.",
            env=env,
        )
        _wait(self._supervised, 10, "supervisord did not start", f"Read {settings.logs / 'supervisord.log'}.")

    def _supervised(self) -> bool:
        if not self.settings.socket.exists():
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.settings.socket))
            except OSError:
                return False
        return True

    def _control(self, *words: str) -> None:
        subprocess.run(self._words(*words), capture_output=True, check=False)

    def _words(self, *words: str) -> list[str]:
        return [str(self.settings.tool("supervisorctl")), "-s", f"unix://{self.settings.socket}", *words]


def prepare_cores(home: Path) -> None:
    """The cores that Solr loads when it starts, where it does not have them.

    A rebuild exchanges two cores: then the name of a core, in its properties, is another than that of its folder.
    """
    named = {_core_name(path): path for path in home.glob("*/core.properties")}
    for core in CORES:
        # One without a configset is from before the extension had its own.
        if core not in named or "configSet" not in named[core].read_text():
            properties = named.get(core, home / core / "core.properties")
            properties.parent.mkdir(exist_ok=True)
            properties.write_text(f"name={core}\nconfigSet=opengov\n")


def _core_name(properties: Path) -> str:
    found = re.search(r"^name=(.+)$", properties.read_text(), re.MULTILINE)
    return found.group(1).strip() if found else properties.parent.name


def wait_for_page(url: str, seconds: float, log: Path) -> None:
    """Waits until the address answers with a page."""

    def there() -> bool:
        try:
            with urlopen(url, timeout=20) as answer:
                return answer.status == HTTPStatus.OK
        except (URLError, OSError):
            return False

    _wait(there, seconds, f"{url} does not answer", f"Read {log}.")


def _wait(condition: Callable[[], bool], seconds: float, reason: str, advice: str) -> None:
    began = told = time.monotonic()
    while not condition():
        now = time.monotonic()
        if now - began > seconds:
            raise LaunchError(f"{reason} within {seconds:.0f} s", advice)
        if now - told > _TELL_SECONDS:
            say(f"  … {now - began:.0f} s")
            told = now
        time.sleep(0.1)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _own_name() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name
