"""Where everything of one checkout stands: folders, ports, passwords, and the environment of its processes."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .console import LaunchError

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 8500
_PORTS = range(1024, 65001)
#: The simulated agencies of the demonstration, each a program of deploy/supervisord.conf.
AGENCIES = ("ensi", "ar", "egov", "statistics")
#: What the databases and Solr cores of the tests end in. Two lanes: the whole suite keeps two cores busy.
TEST_SUFFIXES = ("_test", "_test2")
_LONGEST_RUN_PATH = 80
POSTGRES_USER = "postgres"
#: Names of the secrets, made once per checkout. Hexadecimal: they stand in URLs and in .ini files, where % means more.
SECRET_NAMES = ("postgres", "ckan", "datastore", "datastore_ro", "redis", "session", "admin", "editor", "officer")


@dataclass(frozen=True)
class Settings:
    """One checkout's own services. All ports follow `port`: OPENGOV_PORT moves the whole portal."""

    port: int

    @property
    def run(self) -> Path:
        """Everything that the commands make, apart from the virtual environment."""
        return ROOT / ".run"

    @property
    def logs(self) -> Path:
        return self.run / "log"

    @property
    def venv(self) -> Path:
        return ROOT / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    def tool(self, name: str) -> Path:
        """A program of the virtual environment."""
        return self.venv / "bin" / name

    @property
    def ports(self) -> dict[str, int]:
        """The port of each service, by its name."""
        names = ("web", "postgres", "redis", "solr", "mail", *AGENCIES)
        return {name: self.port + offset for offset, name in enumerate(names)}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def private(self) -> Path:
        """The folder of the database cluster and of the sockets.

        PostgreSQL refuses to run as root and then needs a folder that its own user can reach, which a checkout under
        /root is not; a socket's path may have 107 bytes at the most, which a deep checkout exceeds. Both move to
        /var/tmp in that case, into a folder named after the checkout, and `make clean` finds it there again.
        """
        reachable = len(str(self.run)) < _LONGEST_RUN_PATH and (os.geteuid() != 0 or _open_to_others(ROOT))
        if reachable:
            return self.run
        name = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
        return Path("/var/tmp") / f"opengov-kz-{name}"  # noqa: S108 - owned by root, opened to nobody

    @property
    def cluster(self) -> Path:
        return self.private / "postgres"

    @property
    def socket(self) -> Path:
        return self.private / "supervisor.sock"

    @property
    def solr_home(self) -> Path:
        return self.run / "solr"

    @cached_property
    def secrets(self) -> dict[str, str]:
        """The passwords, made at the first start and kept in `.run/secrets.json`, readable by the owner alone."""
        path = self.run / "secrets.json"
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        missing = [name for name in SECRET_NAMES if name not in known]
        if missing:
            known.update({name: secrets.token_hex(12) for name in missing})
            self.run.mkdir(exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self.run)
            with os.fdopen(handle, "w") as file:
                json.dump(known, file, indent=1)
            Path(temporary).replace(path)
        return known

    def database_url(self, database: str, user: str) -> str:
        """The address of a database for one of the roles ckan, datastore, datastore_ro or postgres."""
        role = POSTGRES_USER if user == "postgres" else f"opengov_{user}"
        return f"postgresql://{role}:{self.secrets[user]}@127.0.0.1:{self.ports['postgres']}/{database}"

    def environment(self, *, testing: bool = False, lane: int = 0) -> dict[str, str]:
        """The environment of every process of the portal; each lane of the tests has databases of its own.

        The same names serve in production (deploy/production.md), where the operator sets them.
        """
        suffix = TEST_SUFFIXES[lane] if testing else ""
        redis_number = lane + 1 if testing else 0
        site = self.run / f"site{suffix.replace('_', '-')}"
        # redis-py 8 gives up a blocking read after 5 s unless told otherwise: idle harvest consumers would die.
        redis = (
            f"redis://:{self.secrets['redis']}@127.0.0.1:{self.ports['redis']}/{redis_number}?socket_timeout=31536000"
        )
        return os.environ | {
            "CKAN_INI": str(ROOT / ("test.ini" if testing else "deploy/ckan.ini")),
            "CKAN_SECRET_KEY": self.secrets["session"],
            "CKAN_SITE_URL": self.url,
            "CKAN_SQLALCHEMY_URL": self.database_url(f"opengov{suffix}", "ckan"),
            "CKAN_DATASTORE_WRITE_URL": self.database_url(f"opengov_datastore{suffix}", "datastore"),
            "CKAN_DATASTORE_READ_URL": self.database_url(f"opengov_datastore{suffix}", "datastore_ro"),
            "CKAN_REDIS_URL": redis,
            "CKAN_SOLR_URL": f"http://127.0.0.1:{self.ports['solr']}/solr/ckan{suffix}",
            "CKAN_STORAGE_PATH": str(site),
            "CKAN_SMTP_SERVER": f"127.0.0.1:{self.ports['mail']}",
            "CKAN_SMTP_MAIL_FROM": "portal@opengov.example",
            "CKAN_CONTACT_EMAIL": "help@opengov.example",
            "CKAN_HTTP_ALLOWED_PRIVATE_HOSTS": " ".join(f"127.0.0.1:{self.ports[name]}" for name in AGENCIES),
            "OPENGOV_ROOT": str(ROOT),
            "OPENGOV_RUN": str(self.run),
            "OPENGOV_WEB_PORT": str(self.port),
            "OPENGOV_MAIL_PORT": str(self.ports["mail"]),
            "OPENGOV_ENSI_PORT": str(self.ports["ensi"]),
            "OPENGOV_AR_PORT": str(self.ports["ar"]),
            "OPENGOV_EGOV_PORT": str(self.ports["egov"]),
            "OPENGOV_STATISTICS_PORT": str(self.ports["statistics"]),
            "OPENGOV_ENSI_DATA": _ensi_data(),
            "PATH": f"{self.venv / 'bin'}:{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",
            "VIRTUAL_ENV": str(self.venv),
        }

    def remove(self) -> None:
        """Deletes everything that the commands made."""
        for folder in {self.run, self.private, self.venv, ROOT / "deploy/solr/target"}:
            shutil.rmtree(folder, ignore_errors=True)


def load() -> Settings:
    """The settings of this checkout, with OPENGOV_PORT honoured."""
    text = os.environ.get("OPENGOV_PORT", str(DEFAULT_PORT))
    if not text.isdigit() or int(text) not in _PORTS:
        raise LaunchError(
            f"OPENGOV_PORT is {text!r}", "Give a number from 1024 to 65000, for example OPENGOV_PORT=9500."
        )
    return Settings(port=int(text))


def _ensi_data() -> str:
    """What the simulated agency serves: the real KATO by path, or a generated one."""
    kato = os.environ.get("OPENGOV_KATO")
    if not kato:
        return "--generate KATO=2500"
    path = Path(kato).resolve()
    if not path.is_file():
        raise LaunchError(f"OPENGOV_KATO is {kato!r}, which is no file", "Give the path of a CSV file of KATO.")
    return f"--kato {path}"


def _open_to_others(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents))
