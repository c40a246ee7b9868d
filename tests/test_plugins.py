"""Each plugin loads with what it declares that it needs, and nothing else."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = {entry.name: entry.value for entry in entry_points(group="ckan.plugins") if entry.name.startswith("opengov_")}

SCRIPT = """
import os, sys
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
config = CKANConfigLoader(os.environ["CKAN_INI"]).get_config()
config["ckan.plugins"] = sys.argv[1]
client = make_app(config)._wsgi_app.test_client()
answer = client.get("/api/3/action/status_show")
assert answer.status_code == 200, answer.data
assert set(sys.argv[1].split()) <= set(answer.json["result"]["extensions"])
"""


def required(plugin: str) -> tuple[str, ...]:
    """What a plugin declares in its capability's ``__init__.py``."""
    package = OURS[plugin].split(":")[0].rpartition(".")[0]
    return importlib.import_module(package).REQUIRES


def closure(plugin: str) -> list[str]:
    """The plugin and all that it needs, in the order in which CKAN must load them: ours first."""
    found = [plugin]
    for name in found:
        if name in OURS:
            found += [other for other in required(name) if other not in found]
    return found


@pytest.mark.parametrize("plugin", sorted(OURS))
def test_plugin_loads_with_only_what_it_declares(plugin: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, " ".join(closure(plugin))],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ.copy(),
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
