"""Installs what is missing: Debian packages, the virtual environment, Solr from Maven Central."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from .console import LaunchError, run, say, step
from .settings import ROOT, Settings

#: Debian package → a file or command that proves it is there.
BASE_PACKAGES = {
    "postgresql": "postgres",
    "redis-server": "redis-server",
    "maven": "mvn",
    "gcc": "gcc",
    "libpq-dev": "pg_config",
    "libmagic1": "libmagic.so.1",
}
TEST_PACKAGES = {"chromium": "chromium", "fonts-dejavu-core": "/usr/share/fonts/truetype/dejavu"}
JAVA_PACKAGES = ("openjdk-21-jre-headless", "openjdk-17-jre-headless", "default-jre-headless")
_OLDEST_JAVA = 17


def ensure_packages(settings: Settings, *, testing: bool) -> None:
    """Debian packages that are missing, by apt-get, as root or with sudo."""
    wanted = BASE_PACKAGES | (TEST_PACKAGES if testing else {})
    missing = [package for package, proof in wanted.items() if not _present(proof)]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if not _python_can_build():
        missing += [f"python{version}-venv", f"python{version}-dev"]
    if not missing and _java_version() >= _OLDEST_JAVA:
        return
    apt = _apt()
    title = ", ".join(missing + ([] if _java_version() >= _OLDEST_JAVA else ["a Java runtime"]))
    with step(f"Installing Debian packages: {title}"):
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        advice = "Check the network and the package sources (apt-get update), then run the same command again."
        run([*apt, "update"], log=settings.logs / "apt-update.log", advice=advice, env=env)
        if _java_version() < _OLDEST_JAVA:
            missing.append(_java_package())
        # Debian starts a cluster of its own when postgresql is installed; it is left alone, ours is another one.
        run(
            [*apt, "install", "-y", "--no-install-recommends", *missing],
            log=settings.logs / "apt-install.log",
            advice=advice,
            env=env,
        )


def ensure_venv(settings: Settings, *, testing: bool) -> None:
    """The virtual environment with the locked versions, made anew only when they have changed."""
    files = [ROOT / "requirements.txt", ROOT / "pyproject.toml"]
    if testing:
        files.append(ROOT / "dev-requirements.txt")
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    stamp = settings.venv / ("stamp-dev" if testing else "stamp")
    if settings.python.exists() and stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    advice = f"Read the log; if the environment is broken, remove {settings.venv} and run the same command again."
    if not settings.python.exists():
        with step("Making the virtual environment .venv"):
            run([sys.executable, "-m", "venv", settings.venv], log=settings.logs / "venv.log", advice=advice)
    with step("Installing the Python packages in their locked versions"):
        requirements = [word for file in files if file.suffix == ".txt" for word in ("-r", file)]
        pip = [settings.python, "-m", "pip", "install", "--disable-pip-version-check"]
        run([*pip, *requirements], log=settings.logs / "pip.log", advice=advice)
        run(
            [*pip, "--no-deps", "--no-build-isolation", "-e", ROOT],
            log=settings.logs / "pip-own.log",
            advice=advice,
        )
    stamp.write_text(digest.hexdigest())


def ensure_solr(settings: Settings) -> None:
    """Solr as a web application in deploy/solr/target, built once by Maven."""
    target = ROOT / "deploy/solr/target"
    stamp = target / "stamp"
    digest = hashlib.sha256((ROOT / "deploy/solr/pom.xml").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    with step("Building Solr from Maven Central"):
        run(
            ["mvn", "-B", "-ntp", "-f", ROOT / "deploy/solr/pom.xml", "package"],
            log=settings.logs / "maven.log",
            advice="Check that Maven Central can be reached (a proxy belongs in ~/.m2/settings.xml), then run again.",
        )
        (target / "solr.war").unlink(missing_ok=True)
        stamp.write_text(digest)


def postgres_bin() -> Path:
    """The folder of the newest installed PostgreSQL server's programs."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("postgres")
    if found:
        return Path(found).resolve().parent
    raise LaunchError(
        "No PostgreSQL server is installed", "apt-get install postgresql, then run the same command again."
    )


def _present(proof: str) -> bool:
    if proof.startswith("/"):
        return Path(proof).exists()
    if ".so" in proof:
        listing = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=False)
        return proof in listing.stdout
    if proof == "postgres":
        return any(Path("/usr/lib/postgresql").glob("*/bin/postgres")) or shutil.which(proof) is not None
    return shutil.which(proof) is not None


def _python_can_build() -> bool:
    """Whether this Python can make environments and compile psycopg2, which has no ready-made package."""
    header = Path(sysconfig.get_path("include"), "Python.h")
    return importlib.util.find_spec("ensurepip") is not None and header.exists()


def _java_version() -> int:
    if not shutil.which("java"):
        return 0
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found.group(1)) if found else 0


def _java_package() -> str:
    for package in JAVA_PACKAGES:
        known = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True, check=False).stdout
        if "Candidate:" in known and "Candidate: (none)" not in known:
            return package
    raise LaunchError(
        "No Java runtime of version 17 or newer is in the package sources", "Install one, then run again."
    )


def _apt() -> list[str]:
    if not shutil.which("apt-get"):
        raise LaunchError(
            "Packages are missing and this system has no apt-get",
            f"Install the equivalents of: {', '.join(BASE_PACKAGES)} and Java 17, then run the same command again.",
        )
    if os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo"):
        say("  sudo may ask for your password")
        return ["sudo", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    raise LaunchError("Packages are missing and you are not root", "Run as root, or install sudo.")
