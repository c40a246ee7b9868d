"""Fixtures for all tests: the data compiled by others, a portal that is really served, a browser."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

# With `-n`, each worker of pytest-xdist has databases, a Redis number, a Solr core and folders of its own; set before
# CKAN reads its configuration. The fast tests have none of these.
if (_worker := os.environ.get("PYTEST_XDIST_WORKER")) and "OPENGOV_TEST_LANES" in os.environ:
    os.environ |= json.loads(os.environ["OPENGOV_TEST_LANES"])[int(_worker.removeprefix("gw"))]

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = Path(os.environ.get("OPENGOV_SHARED_DATA", ROOT.parent / "shared/data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; it is no part of the project, so a test that wants it skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real data in {SHARED_DATA}; set OPENGOV_SHARED_DATA to their folder")
    return SHARED_DATA


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def reset_db() -> Callable[[], None]:
    """Empties the tables for `clean_db`, and leaves them standing.

    CKAN's own fixture first drops everything and makes only its own tables anew, without those of the extensions;
    the launcher has made all of them before.
    """
    from ckan import model  # noqa: PLC0415 — the fast tests run without CKAN
    from ckan.tests import helpers  # noqa: PLC0415

    model.repo.tables_created_and_initialised = True
    return helpers.reset_db


@pytest.fixture(scope="session")
def loaded_plugins() -> None:
    """All plugins of `ckan.plugins`, loaded once.

    CKAN's own `with_plugins` loads and unloads them for every test, two seconds each time; our tests differ in
    options and never in plugins.
    """
    from ckan import plugins  # noqa: PLC0415

    plugins.load_all()


@pytest.fixture
def with_plugins(loaded_plugins: None, ckan_config: dict[str, Any]) -> None:
    """The portal's plugins, and the options that the test itself sets."""


@pytest.fixture(scope="session")
def served_app(loaded_plugins: None) -> Any:
    """The WSGI application, made once: building it for each test takes longer than most tests."""
    from ckan.common import config  # noqa: PLC0415
    from ckan.config.middleware import make_app  # noqa: PLC0415

    config["testing"] = True
    return make_app(config)


@pytest.fixture
def app(with_plugins: None, served_app: Any) -> Any:
    """A client of the portal, with a cookie jar of its own."""
    from ckan.tests.helpers import CKANTestApp  # noqa: PLC0415

    return CKANTestApp(served_app)


@pytest.fixture(scope="session")
def portal_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The portal served by gunicorn on the test databases, as people meet it; its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = tmp_path_factory.mktemp("portal") / "web.log"
    command = ["gunicorn", "deploy.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--threads", "8", "--timeout", "60"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"CKAN_SITE_URL": url}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(f"{url}/api/3/action/status_show", log)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url: str, log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=20):
                return
        except (URLError, OSError):
            time.sleep(0.3)
    pytest.fail(f"the portal did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Debian's Chromium, driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="dev-requirements.txt are not installed")
    # Chromium's own background requests would only be refused, or reach out from a test.
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", *quiet]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: object, portal_url: str) -> Iterator[object]:
    """An empty page of a person with an empty profile; the base address is the portal's."""
    context = browser.new_context(base_url=portal_url)  # type: ignore[attr-defined]
    yield context.new_page()
    context.close()
