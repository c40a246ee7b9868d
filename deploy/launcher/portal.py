"""The portal above its services: databases, migrations, catalogues, content, and its programs."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from .console import LaunchError, run, say, step
from .packages import postgres_bin
from .services import Services, wait_for_page
from .settings import AGENCIES, ROOT, TEST_SUFFIXES, Settings

FIRST = ("web", "mail", *AGENCIES)
# An asterisk: all processes of a program that has several.
THEN = ("jobs", "exports", "harvest-gather", "harvest-fetch:*", "harvest-run")
_PACKAGE = ROOT / "ckanext/opengov_kz"


def compile_catalogues(settings: Settings) -> None:
    """The .mo files of both languages, where a .po is newer."""
    run(
        [settings.python, "-m", "deploy.i18n", "compile"],
        log=settings.logs / "i18n-compile.log",
        advice="A .po file is broken; the log names its line.",
        env=settings.environment(),
    )


def prepare(settings: Settings, services: Services, *, testing: bool) -> None:
    """Databases, tables and JavaScript catalogues, when something of theirs has changed."""
    stamp = settings.run / ("prepared-test" if testing else "prepared")
    files = ("requirements.txt", "deploy/ckan.ini", "deploy/launcher/settings.py")
    digest = _digest((_PACKAGE / "migration", _PACKAGE / "i18n"), [ROOT / name for name in files])
    if stamp.exists() and stamp.read_text() == digest:
        return
    with step("Preparing the test databases" if testing else "Preparing the databases and the catalogues"):
        services.wait_for_search()
        compile_catalogues(settings)
        for lane, suffix in enumerate(TEST_SUFFIXES if testing else ("",)):
            _create_databases(settings, suffix)
            ckan(settings, "db", "init", testing=testing, lane=lane)
            # The databases exist, the extensions' tables do not: CKAN migrates them with a command of its own.
            ckan(settings, "db", "upgrade", testing=testing, lane=lane)
            sql = ckan(settings, "datastore", "set-permissions", testing=testing, lane=lane)
            psql(settings, sql[sql.index("/*") :], database="postgres")
            # Into the lane's own storage folder: without it /api/i18n/kk is empty there.
            ckan(settings, "translation", "js", testing=testing, lane=lane)
    stamp.write_text(digest)


def fill(settings: Settings) -> None:
    """Accounts, publishers, categories, datasets and a harvest source: once."""
    stamp = settings.run / "filled"
    if stamp.exists():
        return
    with step("Filling the portal with demonstration content"):
        accounts = str(settings.run / "secrets.json")
        agencies = [f"{name}=http://127.0.0.1:{settings.ports[name]}" for name in AGENCIES]
        ckan(settings, "opengov", "demo", "--accounts", accounts, *agencies)
    stamp.touch()


def keep_index(settings: Settings, services: Services) -> None:
    """Rebuild the index when its documents were made for another configset than Solr has now."""
    stamp = settings.run / "indexed"
    name = services.schema_name()
    if (settings.run / "filled").exists() and not (stamp.exists() and stamp.read_text() == name):
        with step("Rebuilding the search index for its new configset"):
            services.wait_for_search()
            ckan(settings, "search", "rebuild", "--fresh")
    stamp.write_text(name)


def demo(settings: Settings, services: Services) -> None:
    """Runs the portal until Ctrl-C."""
    began = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Also where the shell started us in the background and had SIGINT ignored.
        signal.signal(number, _interrupt)
    with services.running((*FIRST, *THEN)):
        prepare(settings, services, testing=False)
        # The harvests of the demonstration need the agencies' simulators, the confirmations need the mail server.
        services.start_programs(("mail", *AGENCIES))
        keep_index(settings, services)
        fill(settings)
        with step("Starting the portal"):
            services.start_programs(("web",))
            services.wait_for_search()
            wait_for_page(f"{settings.url}/ru/", 90, settings.logs / "web.log")
        services.start_programs(THEN)
        _welcome(settings, time.monotonic() - began)
        _sleep_until_interrupted()


def ckan(settings: Settings, *words: str, testing: bool = False, lane: int = 0) -> str:
    """Runs one `ckan` subcommand to its end; its output."""
    return run(
        [settings.tool("ckan"), *words],
        log=settings.logs / f"ckan-{'-'.join(words[:2])}.log",
        advice="Read the log above; if the data may be broken, `make clean` begins anew.",
        env=settings.environment(testing=testing, lane=lane),
    )


def psql(settings: Settings, sql: str, database: str) -> None:
    """Runs SQL as the cluster's superuser."""
    run(
        [
            postgres_bin() / "psql",
            "--quiet",
            "--no-psqlrc",
            "--set=ON_ERROR_STOP=1",
            settings.database_url(database, "postgres"),
        ],
        log=settings.logs / "psql.log",
        advice="Read the log above; `make clean` begins anew.",
        stdin=sql,
    )


def _create_databases(settings: Settings, suffix: str) -> None:
    lines = []
    for role in ("ckan", "datastore", "datastore_ro"):
        name, password = f"opengov_{role}", settings.secrets[role]
        lines.append(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN"
            f" CREATE ROLE {name} LOGIN PASSWORD '{password}'; END IF; END $$;"
        )
    for database, owner in ((f"opengov{suffix}", "opengov_ckan"), (f"opengov_datastore{suffix}", "opengov_datastore")):
        lines.append(  # own names, no input
            f"SELECT 'CREATE DATABASE {database} OWNER {owner}'"  # noqa: S608
            f" WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec"
        )
    psql(settings, "\n".join(lines), database="postgres")


def _welcome(settings: Settings, seconds: float) -> None:
    word = settings.secrets
    say(
        f"""
The portal is up after {seconds:.0f} s.

  Address    {settings.url}/      (Kazakh; /ru/ and /en/ for Russian and English)
  Accounts   admin    {word["admin"]}   administrator of the portal
             editor   {word["editor"]}   editor of a publisher: reviews and publishes
             officer  {word["officer"]}   officer of the same publisher: writes drafts
  E-mail     every message that the portal sends is in {settings.run / "mail/box/new"}
  Logs       {settings.logs}

Four things to try
  1. Type «мектеп» or «школы» into the search on the home page, open a dataset, sort and filter its table, download it.
  2. Open {settings.url}/ru/harvest/ensi: the classifier KATO arrives by itself within a minute or two;
     {settings.url}/ru/harvest/ar: the Address Register, 50,000 rows, and a change every few minutes.
     {settings.url}/ru/harvest-health shows all four sources, also a portal that is moved over and statistics.
  3. Sign in as officer, write a draft of a dataset in Kazakh and Russian, send it for review, and publish it as editor.
  4. Open {settings.url}/ru/npa/draft-open-data-law: comment on an article, see what changed between its two versions.

Ctrl-C stops everything."""
    )


def _sleep_until_interrupted() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        say()


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _digest(folders: Iterable[Path], files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    found = [path for folder in folders for path in sorted(folder.rglob("*"))]
    for path in (*(path for path in found if path.suffix in {".py", ".po", ".pot"}), *files):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def tests(settings: Settings, services: Services, arguments: list[str]) -> int:
    """Runs pytest on databases of its own, also while the demonstration is up.

    The whole suite runs in lanes side by side, each with its databases, then alone what disturbs all of them; some
    tests named by `arguments` run one after the other.
    """
    lanes = [_difference(settings.environment(testing=True, lane=lane)) for lane in range(len(TEST_SUFFIXES))]
    env = settings.environment(testing=True) | {"OPENGOV_TEST_LANES": json.dumps(lanes)}
    whole = ["-n", str(len(lanes)), "--dist", "loadfile"]
    runs = [arguments] if arguments else [[*whole, "-m", "not alone", "tests"], ["-m", "alone", "tests"]]
    with services.running():
        prepare(settings, services, testing=True)
        services.wait_for_search()
        codes = [_pytest(settings, words, env) for words in runs]
    return max(codes)


def _pytest(settings: Settings, words: list[str], env: Mapping[str, str]) -> int:
    command = [settings.tool("pytest"), "--ckan-ini=test.ini", *words]
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def _difference(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if os.environ.get(name) != value}


def require_clean_environment(settings: Settings) -> None:
    """Refuses to remove anything while the demonstration runs."""
    leases = list((settings.run / "leases").glob("*")) if settings.run.exists() else []
    if any((Path("/proc") / lease.name).exists() for lease in leases):
        raise LaunchError("The portal is running", "Stop it with Ctrl-C in its terminal, then run `make clean` again.")
