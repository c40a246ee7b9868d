"""A stand-in for a portal of the data.egov.kz kind: a real HTTP server that speaks the contract of ``client.py``.

Serves the published lists of the real portal from the folder that is given, or a generated catalogue::

    python -m ckanext.opengov_kz.harvesters.data_egov_kz.simulator --port 5998 --generate 200
    python -m ckanext.opengov_kz.harvesters.data_egov_kz.simulator --port 5998 --lists FOLDER --defects

``OPENGOV_DATA_EGOV_KZ_LISTS`` names the folder as ``--lists`` does. For tests it is a context manager::

    with DataEgovKzSimulator(generate(30)) as portal:
        portal.fail("/api/detailed/dataset_3", status=503, times=2)
        portal.spoil(4, "html_description")
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import re
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from ckanext.opengov_kz.harvesters.data_egov_kz.simulator_data import (
    DEFECTS,
    FIELDS,
    DefectKind,
    Entry,
    generate,
    read_portal,
    rows,
    spoil,
)
from ckanext.opengov_kz.harvesters.simulating import Answer, SimulatedAgency

#: The environment's word for the folder of lists.
LISTS_VARIABLE = "OPENGOV_DATA_EGOV_KZ_LISTS"

_DETAILED = re.compile(r"/api/detailed/([^/]+)/(v\d+)")
_META = re.compile(r"/meta/([^/]+)/(v\d+)")
_PROXY = re.compile(r"/proxy/([^/]+)")
_MOST_EXPORTED = 100
_PAGE = """<!doctype html><html lang="ru"><head><title>{title}</title></head><body>
<h1>{title}</h1>{links}<script>var currentVersion='{current}';</script></body></html>"""


class DataEgovKzSimulator(SimulatedAgency):
    """The portal; its ``entries`` may be changed while it answers.

    ``without_detailed`` lists the apiUri whose rows can be had by ``/datasets/exportjson`` alone.
    """

    def __init__(self, entries: Iterable[Entry] = (), *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Open the port (0: any free one)."""
        super().__init__(host=host, port=port)
        self.entries = list(entries)
        self.without_detailed: set[str] = set()

    def spoil(self, place: int, kind: DefectKind) -> Entry:
        """Give the dataset at a place of the catalogue a defect."""
        with self._lock:
            return spoil(self.entries, place, kind)

    def entry(self, uri: str) -> Entry | None:
        """The dataset of that name."""
        return next((entry for entry in self.entries if entry.api_uri == uri), None)

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        """Answer a request in the contract's form."""
        if path == "/datasets/getdatasetsrecount":
            return Answer({"totalCount": len(self.entries)})
        if path == "/datasets/getdatasetsre":
            return self._catalogue(query)
        if path == "/datasets/view":
            return self._view(query.get("index", ""))
        if path == "/datasets/exportjson":
            return self._exported(query)
        for pattern, respond in ((_DETAILED, self._detailed), (_META, self._meta)):
            if match := pattern.fullmatch(path):
                return respond(match[1], match[2], query)
        if match := _PROXY.fullmatch(path):
            return self._file(match[1])
        return _ABSENT

    def _catalogue(self, query: dict[str, str]) -> Answer:
        page, count = int(query.get("page", "1")), int(query.get("count", "10"))
        start = (page - 1) * count
        return Answer({"datasets": [entry.item for entry in self.entries[start : start + count]]})

    def _view(self, uri: str) -> Answer:
        entry = self.entry(uri)
        if entry is None:
            return _ABSENT
        links = "".join(f'<a class="version" href="?version={name}">{name}</a>' for name in entry.versions)
        current = entry.versions[0] if entry.versions else ""
        page = _PAGE.format(title=entry.item["nameRu"], links=links, current=current)
        return Answer(page.encode(), kind="text/html; charset=utf-8")

    def _meta(self, uri: str, version: str, _query: dict[str, str]) -> Answer:
        entry = self.entry(uri)
        if entry is None or version not in entry.sizes:
            return _ABSENT
        return Answer({"nameRu": entry.item["nameRu"], "fields": FIELDS})

    def _detailed(self, uri: str, version: str, query: dict[str, str]) -> Answer:
        entry = self.entry(uri)
        if entry is None or version not in entry.sizes or uri in self.without_detailed:
            return Answer({"error": "no such index"}, status=404)
        source = json.loads(query.get("source") or "{}")
        size, start = entry.sizes[version], int(source.get("from", 0))
        found = list(islice(rows(uri, version, size), start, start + int(source.get("size", 10))))
        return Answer({"totalCount": size, "data": found})

    def _exported(self, query: dict[str, str]) -> Answer:
        uri, version = query.get("index", ""), query.get("version", "")
        entry = self.entry(uri)
        if entry is None or version not in entry.sizes:
            return _ABSENT
        start = int(query.get("from", "0"))
        stop = start + min(int(query.get("count", "10")), _MOST_EXPORTED)
        found = islice(rows(uri, version, entry.sizes[version]), start, stop)
        return Answer([{key: value for key, value in row.items() if key[0] != "_"} for row in found])

    def _file(self, uri: str) -> Answer:
        entry = self.entry(uri)
        if entry is None or not entry.is_file:
            return _ABSENT
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(FIELDS)
        for row in rows(uri, "file", 20):
            writer.writerow([row[name] for name in FIELDS])
        name = {"Content-Disposition": f'attachment; filename="{uri}.csv"'}
        return Answer(text.getvalue().encode(), kind="text/csv; charset=utf-8", headers=name)


_ABSENT = Answer({"error": "not found"}, status=404)


def _entries(options: argparse.Namespace) -> list[Entry]:
    folder = options.lists or os.environ.get(LISTS_VARIABLE)
    entries: list[Any] = (
        read_portal(Path(folder), versions=options.versions)
        if folder
        else generate(options.generate, versions=options.versions or 2)
    )
    for place, kind in enumerate(DEFECTS if options.defects else (), start=1):
        spoil(entries, place * 2, kind)
    return entries


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted; the first line of output is the address."""
    parser = argparse.ArgumentParser(
        prog="python -m ckanext.opengov_kz.harvesters.data_egov_kz.simulator",
        description="A stand-in for a portal of the data.egov.kz kind.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--lists", metavar="FOLDER", help=f"the published lists; also {LISTS_VARIABLE}")
    parser.add_argument("--generate", type=int, default=60, metavar="N", help="a generated catalogue of N datasets")
    parser.add_argument("--versions", type=int, metavar="N", help="at most so many versions of each dataset")
    parser.add_argument("--defects", action="store_true", help="give each defect to one dataset")
    options = parser.parse_args(arguments)
    portal = DataEgovKzSimulator(_entries(options), host=options.host, port=options.port)
    with portal:
        print(portal.url, flush=True)  # noqa: T201 - a command's output
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
