"""A stand-in for the Address Register: a real HTTP server that speaks the contract of ``client.py``.

For the demonstration and for measurements::

    python -m ckanext.opengov_kz.harvesters.address_register.simulator --port 5998 --buildings 10000 --change-every 300

For tests it is a context manager::

    with AddressRegisterSimulator(Register(500)) as agency:
        agency.fail("/api/v4/s_buildings", status=429, times=2, retry_after=1)
        harvest(agency.url)
        agency.change(share=0.01)
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from ckanext.opengov_kz.harvesters.address_register.client import TABLES, identifier
from ckanext.opengov_kz.harvesters.address_register.simulator_data import Item, Register, SimulatedTable, spoil
from ckanext.opengov_kz.harvesters.simulating import Answer, SimulatedAgency

_PATH = re.compile(r"/api/(v4|detailed)/(mapping/)?([a-z_]+)(?:/(?:data|v\d+))?")
_MAX_SIZE = 10_000
_DEFAULT_SIZE = 10
_BOUNDS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


class _Refused(Exception):  # noqa: N818 - an answer on its way out
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class AddressRegisterSimulator(SimulatedAgency):
    """The agency.

    - ``before``: called with the path before each answer, to change the register while it is paged;
    - ``error_text``: if set, all rows are answered with HTTP 200 and this error;
    - ``losing``: tables that leave out a row of every page, as the old portal did;
    - ``without_range``: refuse ``range`` on ``id``, so that only paging by ``from`` works.
    """

    def __init__(
        self, register: Register, *, api_key: str | None = None, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        """Open the port (0: any free one); with ``api_key``, rows are given to those alone who send it."""
        super().__init__(host=host, port=port)
        self.register = register
        self.api_key = api_key
        self.before: Callable[[str], None] | None = None
        self.error_text = ""
        self.losing: set[str] = set()
        self.without_range = False
        self._prepared: dict[tuple[str, str], Answer] = {}

    def change(self, share: float = 0.01, **more: Any) -> None:
        """One day of changes, see ``Register.change``."""
        with self._lock:
            self._prepared.clear()
            self.register.change(share, **more)

    def items(self, table: str) -> list[Item]:
        """List the rows of a table as they are now."""
        return list(self.register.tables[table].rows())

    def prepare(self, table: str, size: int) -> int:
        """Make the pages that a whole load by cursor asks for, so that serving them takes no time; their number."""
        path, last, number = f"/api/v4/{table}/data", None, 0
        while True:
            query = {"match_all": {}} if last is None else {"range": {"id": {"gte": last}}}
            source = json.dumps(
                {"size": size, "sort": [{"id": {"order": "asc"}}], "query": query}, separators=(",", ":")
            )
            answer = self._answer(path, {"source": source})
            newest = identifier(answer.body[-1]) if answer.body else None
            self._prepared[path, source] = Answer(answer.encoded())
            number += 1
            if newest == last:
                return number
            last = newest

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        """Answer a request in the contract's form."""
        if self.before:
            self.before(path)
        prepared = self._prepared.get((path, query.get("source", "")))
        if prepared:
            return prepared
        try:
            return self._answer(path, query)
        except _Refused as refusal:
            return Answer({"error": str(refusal)}, status=refusal.status)

    def _answer(self, path: str, query: dict[str, str]) -> Answer:
        match = _PATH.fullmatch(path)
        table = self.register.tables.get(match.group(3)) if match else None
        if match is None or table is None:
            raise _Refused(404, "no such table")
        door, mapping, name = match.groups()
        if mapping:
            example = next(table.rows(), {})
            fields = {key: {"type": _kind(value), "store": True} for key, value in example.items()}
            return Answer({name: {"mappings": {"v1": {"properties": fields}}}})
        source = _source(query)
        if door == "v4":
            if self.api_key is not None and query.get("apiKey") != self.api_key:
                raise _Refused(403, "bad key")
            if self.error_text:
                return Answer({"error": self.error_text})
            rows = self._rows(table, source)
            if name in self.losing and len(rows) > 1:
                del rows[len(rows) // 2]
            return Answer(rows)
        count = _count(table, source)
        rows = [{**row, "_id": str(row["id"]), "_index": name} for row in self._rows(table, source)]
        return Answer({"totalCount": count, "data": rows})

    def _rows(self, table: SimulatedTable, source: dict[str, Any]) -> list[Item]:
        ranges = _ranges(source.get("query") or {"match_all": {}})
        if self.without_range and any(key == "id" for key, *_ in ranges):
            raise _Refused(400, "range is not supported on id")
        start = int(source.get("from", 0))
        size = min(int(source.get("size", _DEFAULT_SIZE)), _MAX_SIZE)
        key, descending = _order(source.get("sort"))
        if key == "modified" and descending:
            found: Iterable[Item] = _fitting(table.newest_first(), ranges)
        else:
            found = _selected(table, ranges)
            if key == "modified" or descending:
                found = sorted(found, key=lambda item: (item.get(key) is None, item.get(key)), reverse=descending)
        return list(islice(found, start, start + size))


def _source(query: dict[str, str]) -> dict[str, Any]:
    try:
        source = json.loads(query.get("source") or "{}")
    except ValueError:
        raise _Refused(400, "source is not JSON") from None
    if not isinstance(source, dict):
        raise _Refused(400, "source is not an object")
    if unknown := set(source) - {"from", "size", "sort", "query", "_source"}:
        raise _Refused(400, f"{min(unknown)} is not supported")
    return source


def _ranges(query: Any) -> list[tuple[str, str, Any]]:
    """The bounds of a query, as (field, kind of bound, value)."""
    if not isinstance(query, dict) or len(query) != 1:
        raise _Refused(400, "query is not understood")
    kind, inner = next(iter(query.items()))
    if kind == "match_all":
        return []
    if kind == "range":
        return [(name, bound, value) for name, bounds in inner.items() for bound, value in bounds.items()]
    if kind == "bool" and set(inner) <= {"must", "filter"}:
        parts = [part for clause in inner.values() for part in (clause if isinstance(clause, list) else [clause])]
        return [bound for part in parts for bound in _ranges(part)]
    raise _Refused(400, f"{kind} is not supported")


def _selected(table: SimulatedTable, ranges: list[tuple[str, str, Any]]) -> Iterator[Item]:
    """Rows within the bounds in the order of their ids, found without looking at all of them."""
    first = max((int(value) for name, bound, value in ranges if name == "id" and bound.startswith("gt")), default=1)
    moments = [value for name, bound, value in ranges if name == "modified" and bound.startswith("gt")]
    if moments and first == 1:
        return _fitting(table.modified_since(max(moments)), ranges)
    if moments:
        return _fitting((row for row in table.modified_since(max(moments)) if row["id"] >= first), ranges)
    return _fitting(table.rows(first), ranges)


def _fitting(rows: Iterator[Item], ranges: list[tuple[str, str, Any]]) -> Iterator[Item]:
    for row in rows:
        if all(row.get(name) is not None and _BOUNDS[bound](row[name], value) for name, bound, value in ranges):
            yield row


def _count(table: SimulatedTable, source: dict[str, Any]) -> int:
    ranges = _ranges(source.get("query") or {"match_all": {}})
    return sum(1 for _row in _selected(table, ranges)) if ranges else table.total


def _order(sort: Any) -> tuple[str, bool]:
    if not sort:
        return "id", False
    key, how = next(iter(sort[0].items()))
    return key, (how if isinstance(how, str) else how.get("order", "asc")) == "desc"


def _kind(value: Any) -> str:
    return "boolean" if isinstance(value, bool) else "long" if isinstance(value, int) else "string"


def _parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m ckanext.opengov_kz.harvesters.address_register.simulator",
        description="A stand-in for the Address Register that speaks data.egov.kz's API over HTTP.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--buildings", type=int, default=10_000, help="five times as many rows in all")
    parser.add_argument("--change-every", type=float, metavar="SECONDS", help="let a day pass so often")
    parser.add_argument("--spoil", action="store_true", help="put one of each real defect into the register")
    parser.add_argument(
        "--prepare", action="append", default=[], metavar="TABLE=SIZE", help="make its pages beforehand"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted; the first line of output is the address."""
    options = _parse_arguments(arguments)
    register = Register(options.buildings)
    if options.spoil:
        spoil(register)
    with AddressRegisterSimulator(register, host=options.host, port=options.port) as agency:
        for entry in options.prepare:
            table, _equals, size = entry.partition("=")
            agency.prepare(table, int(size))
        print(agency.url, {name: register.tables[name].total for name in TABLES}, flush=True)  # noqa: T201
        try:
            while True:
                time.sleep(options.change_every or 3600)
                if options.change_every:
                    agency.change(0.001)
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
