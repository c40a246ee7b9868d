"""A stand-in for ENSI: a real HTTP server that speaks the contract of ``client.py``.

Serves the real KATO file by its path, generated classifiers of any size, and the faults that real
agencies have. For the demonstration and for measurements::

    python -m ckanext.opengov_kz.harvesters.ensi.simulator --port 5999 --generate KATO=2000

For tests it is a context manager::

    with EnsiSimulator([generate("KATO", 2000)]) as agency:
        agency.fail(3, status=500, times=2)      # page 3 of the items answers 500 twice
        harvest(agency.url)
        agency.change("KATO", renamed=5, closed=2, added=3)
"""

from __future__ import annotations

import argparse
import re
import signal
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ckanext.opengov_kz.harvesters.ensi import xml_form
from ckanext.opengov_kz.harvesters.ensi.client import MAX_PAGE_SIZE
from ckanext.opengov_kz.harvesters.ensi.simulator_data import (
    Item,
    SimulatedClassifier,
    changed,
    generate,
    read_kato,
)
from ckanext.opengov_kz.harvesters.ensi.simulator_faults import ITEMS_PATH, Fault, struck
from ckanext.opengov_kz.harvesters.simulating import Answer, SimulatedAgency

if TYPE_CHECKING:
    from collections.abc import Iterable

# So many past versions stay readable; older ones answer 410, as the contract allows.
_KEPT_VERSIONS = 3


@dataclass
class _Version:
    version: str
    items: list[Item]
    changed: set[str] = field(default_factory=set)


class _Refused(Exception):  # noqa: N818 - an HTTP status on its way out
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class XmlAnswer(Answer):
    """An answer in the form of XML."""

    def encoded(self) -> bytes:
        """The bytes of the body."""
        return self.body if isinstance(self.body, bytes) else xml_form.write(self.body)


class EnsiSimulator(SimulatedAgency):
    """The agency. ``requests`` lists what was served, oldest first; ``url`` has no final slash."""

    def __init__(
        self,
        classifiers: Iterable[SimulatedClassifier] = (),
        faults: Iterable[Fault] = (),
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        offers_changes: bool = False,
    ) -> None:
        """Open the port (0: any free one); nothing is answered before ``start``.

        ``offers_changes``: whether the list of classifiers offers the feed of changes.
        """
        super().__init__(host=host, port=port)
        self.offers_changes = offers_changes
        self._faults = list(faults)
        self._classifiers = {entry.code: entry for entry in classifiers}
        self._versions = {code: [_Version(entry.version, entry.items)] for code, entry in self._classifiers.items()}
        self._changes = 0

    def fail(self, where: int | str, status: int = 500, times: int = 1, **more: Any) -> None:
        """Answer ``status`` the next ``times`` times; ``where`` as in ``Fault``."""
        self.add_fault(Fault(where, status=status, times=times, **more))

    def change(
        self,
        code: str,
        *,
        renamed: int = 0,
        closed: int = 0,
        added: int = 0,
        replaced: int = 0,
        on: date | None = None,
    ) -> str:
        """Publish the next version of a classifier and return its name.

        A replaced item is closed, and stands again under the same code with another name from that
        day on. ``on`` is the date in force of the changes, today by default. Versions just past
        stay readable for those who are in the middle of them.
        """
        day = on or datetime.now(UTC).date()
        with self._lock:
            self._changes += 1
            versions = self._versions[code]
            items, codes = changed(
                versions[-1].items,
                renamed=renamed,
                closed=closed,
                added=added,
                replaced=replaced,
                on=day,
                seed=self._changes,
            )
            entry = self._classifiers[code]
            version = f"{entry.version.partition(' / ')[0]} / {self._changes}"
            self._classifiers[code] = replace(entry, version=version, items=items, valid_from=day.isoformat())
            versions.append(_Version(version, items, codes))
            del versions[: -_KEPT_VERSIONS - 1]
            return version

    def items(self, code: str) -> list[Item]:
        """List the items of the current version."""
        with self._lock:
            return list(self._versions[code][-1].items)

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        """Answer a request in JSON, or in XML where ``format`` says so."""
        try:
            found = self._found(path, query)
        except _Refused as refusal:
            return Answer(b"", refusal.status)
        if query.get("format") == "xml":
            return XmlAnswer(found, kind="application/xml; charset=utf-8")
        return Answer(found)

    def struck(self, answer: Answer, fault: Fault) -> Answer:
        """Spoil what the answer says, or its bytes."""
        return struck(answer, fault)

    def _found(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        size = min(_number(query, "size", MAX_PAGE_SIZE), MAX_PAGE_SIZE)
        page = _number(query, "page", 1)
        if path == "/api/classifiers":
            with self._lock:
                offer = {"changes": self.offers_changes}
                entries = [_summary(entry) | offer for entry in self._classifiers.values()]
            return _paged(entries, page, size)
        match = ITEMS_PATH.fullmatch(path)
        if match is None or match.group(1) not in self._versions:
            raise _Refused(404)
        code, feed = match.groups()
        with self._lock:
            versions = list(self._versions[code])
        if feed == "changes":
            if not self.offers_changes:
                raise _Refused(404)
            since = query.get("since", "")
            past = _position(versions, since)
            codes = set[str]().union(*(entry.changed for entry in versions[past + 1 :]))
            items = [entry for entry in versions[-1].items if entry["code"] in codes]
            head = {"classifier": code, "version": versions[-1].version, "since": since}
        else:
            wanted = query.get("version")
            current = versions[_position(versions, wanted)] if wanted else versions[-1]
            items = current.items
            head = {"classifier": code, "version": current.version}
        return head | _paged(items, page, size)


def _summary(entry: SimulatedClassifier) -> dict[str, Any]:
    return {
        "code": entry.code,
        "name_kaz": entry.name_kaz,
        "name_rus": entry.name_rus,
        "version": entry.version,
        "valid_from": entry.valid_from,
        "size": len(entry.items),
    }


def _paged(items: list[Any], page: int, size: int) -> dict[str, Any]:
    pages = max(1, -(-len(items) // size))
    if page > pages:
        raise _Refused(404)
    start = (page - 1) * size
    return {
        "page": page,
        "pages": pages,
        "total": len(items),
        "items": items[start : start + size],
    }


def _position(versions: list[_Version], version: str) -> int:
    for position, entry in enumerate(versions):
        if entry.version == version:
            return position
    raise _Refused(410)


def _digits(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def _number(query: dict[str, str], key: str, default: int) -> int:
    if key not in query:
        return default
    number = _digits(query[key])
    if not number:
        raise _Refused(400)
    return number


def _parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m ckanext.opengov_kz.harvesters.ensi.simulator",
        description="A stand-in for ENSI that speaks its assumed contract over HTTP.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--kato", type=Path, metavar="PATH", help="the real KATO file (CSV)")
    parser.add_argument(
        "--generate",
        action="append",
        default=[],
        metavar="CODE=N",
        help="a generated classifier of N items; may be repeated",
    )
    parser.add_argument(
        "--change-every",
        type=float,
        metavar="SECONDS",
        help="publish a new version of each classifier so often",
    )
    options = parser.parse_args(arguments)
    for entry in options.generate:
        if not re.fullmatch(r"[A-Za-z0-9._-]+=[0-9]+", entry):
            parser.error(f"--generate {entry}: CODE=N is expected")
    if options.kato and not options.kato.is_file():
        parser.error(f"--kato {options.kato}: no such file")
    return options


def _classifiers(options: argparse.Namespace) -> list[SimulatedClassifier]:
    found = [read_kato(options.kato)] if options.kato else []
    for entry in options.generate:
        code, _, size = entry.partition("=")
        found.append(generate(code, int(size)))
    return found or [generate("KATO", 2000)]


_HOUR = 3600


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted; the first line of output is the address."""
    options = _parse_arguments(arguments)
    classifiers = _classifiers(options)
    # Waited for, as an exception raised by the signal could come anywhere, also where Python drops it. Threads that
    # start after this leave the signals to be waited for as well.
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    with EnsiSimulator(classifiers, host=options.host, port=options.port, offers_changes=True) as agency:
        print(agency.url, flush=True)  # noqa: T201 - a command's output
        while signal.sigtimedwait(ends, options.change_every or _HOUR) is None:
            if options.change_every:
                for entry in classifiers:
                    agency.change(entry.code, renamed=5, closed=2, added=3, replaced=2)


if __name__ == "__main__":
    main()
