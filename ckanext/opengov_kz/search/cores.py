"""Solr's cores: made, swapped and unloaded over its own HTTP interface, beside the core that `solr_url` names."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pysolr
import requests
from ckan.lib.search.common import make_connection
from ckan.plugins import toolkit

_SECONDS = 60


class CoreError(Exception):
    """Solr refused what was asked of a core, or does not answer; the message is Solr's own."""


def current() -> str:
    """Name the core, or the collection, that `solr_url` points to."""
    return urlsplit(toolkit.config["solr_url"]).path.rstrip("/").rpartition("/")[2]


def beside(core: str) -> str:
    """Give the address of another core of the same Solr, in the form of `solr_url`."""
    return toolkit.config["solr_url"].rstrip("/").rpartition("/")[0] + f"/{core}"


def schema_name(core: str | None = None, seconds: float = _SECONDS) -> str:
    """Ask a core, the portal's own by default, for the name of its schema: the version of its configset.

    :raises CoreError: Solr does not answer
    """
    return _get(_base(core) + "/schema/name", seconds=seconds)["name"]


def exists(core: str) -> bool:
    """Say whether a core of this name is loaded."""
    return bool(_admin(action="STATUS", core=core)["status"].get(core))


def folder(core: str) -> Path:
    """Say where a core lies on Solr's machine."""
    return Path(_admin(action="STATUS", core=core)["status"][core]["instanceDir"])


def create(core: str, configset: str, *, folder: str | None = None) -> None:
    """Load an empty core of a configset that stands in Solr's configset folder.

    :param folder: where it lies among Solr's cores, unless in one of its own name
    """
    _admin(action="CREATE", name=core, configSet=configset, instanceDir=folder or core)


def reload(core: str) -> None:
    """Let a core read its configset again."""
    _admin(action="RELOAD", core=core)


def swap(core: str, other: str) -> None:
    """Exchange the names of two cores, in one moment."""
    _admin(action="SWAP", core=core, other=other)


def unload(core: str) -> None:
    """Drop a core with its index and its folder."""
    _admin(action="UNLOAD", core=core, deleteInstanceDir="true", deleteDataDir="true", deleteIndex="true")


def connection(core: str) -> pysolr.Solr:
    """Give a connection to another core of the same Solr."""
    return pysolr.Solr(_base(core), timeout=_SECONDS)


def _admin(**parameters: str) -> dict[str, Any]:
    return _get(_base("admin/cores"), parameters)


def _base(core: str | None) -> str:
    url = make_connection().url.rstrip("/")
    return f"{url.rpartition('/')[0]}/{core}" if core else url


def _get(url: str, parameters: dict[str, str] | None = None, seconds: float = _SECONDS) -> dict[str, Any]:
    try:
        # Solr is the portal's own part, at an address of its configuration, and not guarded against.
        answer = requests.get(url, {"wt": "json"} | (parameters or {}), timeout=seconds)
        body = answer.json()
    except requests.RequestException as error:
        raise CoreError(str(error)) from error
    if not answer.ok:
        raise CoreError(body.get("error", {}).get("msg", f"HTTP {answer.status_code}"))
    return body
