"""`python3 -m deploy.launcher COMMAND`: what the Makefile calls."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from . import packages, portal
from . import settings as settings_module
from .console import LaunchError, fail, step
from .services import Services
from .settings import ROOT, Settings


def main() -> int:
    """Runs one command; the exit code of the process."""
    parser = argparse.ArgumentParser(prog="deploy.launcher")
    commands = ("demo", "setup", "test", "test-fast", "lint", "format", "bench", "i18n", "clean")
    parser.add_argument("command", choices=commands)
    known, arguments = parser.parse_known_args()
    os.chdir(ROOT)
    try:
        return _run(known.command, arguments, settings_module.load())
    except LaunchError as failure:
        return fail(failure)
    except KeyboardInterrupt:
        return 130


def _run(command: str, arguments: list[str], settings: Settings) -> int:
    services = Services(settings)
    if command == "clean":
        portal.require_clean_environment(settings)
        services.stop()
        with step("Removing .run, .venv and the built Solr"):
            settings.remove()
        return 0
    developing = command not in {"demo", "setup"}
    packages.ensure_packages(settings, testing=command == "test")
    packages.ensure_venv(settings, testing=developing)
    if command in {"demo", "test", "setup", "bench"}:
        packages.ensure_solr(settings)
    match command:
        case "demo":
            portal.demo(settings, services)
        case "test":
            return portal.tests(settings, services, arguments)
        case "bench":
            with services.running():
                portal.prepare(settings, services, testing=True)
                services.wait_for_search()
                return _call(settings, [settings.python, "-m", "benchmarks", *arguments], testing=True)
        case "test-fast":
            # Without CKAN's own pytest plugin, which connects to the database before the first test.
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
            lanes = ["-p", "xdist.plugin", "-n", "2", "--dist", "worksteal"]
            return _call(settings, [settings.tool("pytest"), *lanes, "-m", "fast", *(arguments or ["tests"])])
        case "lint":
            return _call(settings, [settings.tool("pre-commit"), "run", "--all-files"])
        case "format":
            return _call(settings, [settings.tool("ruff"), "format", "."])
        case "i18n":
            return _call(settings, [settings.python, "-m", "deploy.i18n", "all"])
    return 0


def _call(settings: Settings, command: list[str | Path], *, testing: bool = False) -> int:
    return subprocess.run(command, cwd=ROOT, env=settings.environment(testing=testing), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
