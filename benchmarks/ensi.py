"""How fast a classifier of ENSI is harvested end to end, in JSON and in XML.

The baseline is the corridor alone, which reads the very same rows from a file. The simulator is a process of its own
and makes its pages as they are asked for, as a real agency does.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.harvest import ROWS, agency, from_file, timed
from benchmarks.result import Result
from ckanext.opengov_kz.harvesters.ensi.client import FORMS, EnsiClient
from ckanext.opengov_kz.harvesters.ensi.mapping import KEY, RowMapper, dictionary
from ckanext.opengov_kz.harvesters.ensi.simulator_data import generate
from ckanext.opengov_kz.harvesters.spool import Spool
from ckanext.opengov_kz.shared.http import GuardedClient

CODE = "OKED"


def run() -> list[Result]:
    """The first load of so many items."""
    folder = Path(tempfile.mkdtemp())
    try:
        rows = folder / "rows.jsonl"
        with rows.open("w", encoding="utf-8") as file:
            for row in RowMapper(CODE).rows(generate(CODE, ROWS).items):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        baseline = timed("corridor from a file", from_file(rows), dictionary(), KEY)
        with agency("ensi", "--generate", f"{CODE}={ROWS}") as url:
            ours = {form: _harvested(url, form, folder / form) for form in FORMS}
    finally:
        shutil.rmtree(folder)
    return [Result(f"ENSI in {form}: harvest of {ROWS:,} items over HTTP", ours[form], baseline) for form in FORMS]


def _harvested(url: str, form: Any, folder: Path) -> float:
    began = time.monotonic()
    client = EnsiClient(url, GuardedClient(allowed_private=["127.0.0.1"]), page_size=1000, form=form)
    (classifier,) = client.classifiers()
    spool = Spool(folder, "source", CODE, classifier.version)
    for page in client.pages(CODE, 1, version=classifier.version, received=0):
        spool.write(page.number, list(page.items))
    spool.finish()
    print(f"fetching in {form}: {time.monotonic() - began:.1f} s")
    return time.monotonic() - began + timed(f"import of {form}", _rows(spool), dictionary(), KEY)


def _rows(spool: Spool) -> Iterator[Any]:
    yield from RowMapper(CODE).rows(spool.items())
