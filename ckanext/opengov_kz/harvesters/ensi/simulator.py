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
import json
import re
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from ckanext.opengov_kz.harvesters.ensi import xml_form
from ckanext.opengov_kz.harvesters.ensi.client import MAX_PAGE_SIZE
from ckanext.opengov_kz.harvesters.ensi.simulator_data import (
    Item,
    SimulatedClassifier,
    changed,
    generate,
    read_kato,
)
from ckanext.opengov_kz.harvesters.ensi.simulator_faults import ITEMS_PATH, Fault, distorted, distorted_xml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

# So many past versions stay readable; older ones answer 410, as the contract allows.
_KEPT_VERSIONS = 3


@dataclass(frozen=True, slots=True)
class Served:
    """One request as it was answered; ``query`` holds the last value of each parameter."""

    path: str
    query: dict[str, str]
    status: int


@dataclass
class _Version:
    version: str
    items: list[Item]
    changed: set[str] = field(default_factory=set)


class _Refused(Exception):  # noqa: N818 - an HTTP status on its way out
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class EnsiSimulator:
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
        self.offers_changes = offers_changes
        self.requests: list[Served] = []
        self._lock = threading.Lock()
        self._faults = list(faults)
        self._classifiers = {entry.code: entry for entry in classifiers}
        self._versions = {code: [_Version(entry.version, entry.items)] for code, entry in self._classifiers.items()}
        self._changes = 0
        self._server = _Server((host, port), self)
        self.host_port = f"{host}:{self._server.server_address[1]}"
        self.url = f"http://{self.host_port}"

    def __enter__(self) -> Self:
        """Start answering in a thread of its own."""
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop and free the port."""
        self._server.shutdown()
        self.close()

    def close(self) -> None:
        """Free the port of a simulator that is not answering."""
        self._server.server_close()

    def serve(self) -> None:
        """Answer requests until the simulator is closed."""
        self._server.serve_forever(poll_interval=0.05)

    def fail(
        self,
        where: int | str,
        status: int = 500,
        times: int = 1,
        retry_after: int | None = None,
    ) -> None:
        """Answer ``status`` the next ``times`` times; ``where`` as in ``Fault``."""
        self.add_fault(Fault(where, status=status, times=times, retry_after=retry_after))

    def add_fault(self, fault: Fault) -> None:
        """Plan a fault; the first that strikes a request decides."""
        with self._lock:
            self._faults.append(fault)

    def clear_faults(self) -> None:
        """Be well again."""
        with self._lock:
            self._faults.clear()

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

    def take_fault(self, path: str, page: int) -> Fault | None:
        """Find the fault for a request and count it."""
        with self._lock:
            fault = next((entry for entry in self._faults if entry.strikes(path, page)), None)
            if fault:
                fault.count()
            return replace(fault) if fault else None

    def answer(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        """Answer a request in the contract's form.

        :raises _Refused: with the HTTP status of the refusal.
        """
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

    def record(self, served: Served) -> None:
        """Remember a request."""
        with self._lock:
            self.requests.append(served)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A harvest that is stopped and started again must find the same port free.
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], agency: EnsiSimulator) -> None:
        super().__init__(address, _Handler)
        self.agency = agency


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def handle(self) -> None:
        # A reader that gave up waiting has hung up: that is what a slow answer is for.
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        agency = self.server.agency
        fault = agency.take_fault(parts.path, _digits(query.get("page")) or 1)
        status, body = 200, b""
        try:
            answer = agency.answer(parts.path, query)
        except _Refused as refusal:
            status = refusal.status
        else:
            is_xml = query.get("format") == "xml"
            body = _encoded(distorted(answer, fault) if fault else answer, is_xml=is_xml)
            body = distorted_xml(body, fault) if fault and is_xml else body
        if fault and fault.kind == "status":
            status, body = fault.status, b""
        elif fault and fault.kind == "redirect":
            status, body = 302, b""
        elif fault and fault.kind == "body":
            status, body = 200, fault.body
        agency.record(Served(parts.path, query, status))
        self._send(status, body, fault, "xml" if query.get("format") == "xml" else "json")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Keep quiet: ``requests`` holds what was served."""

    def _send(self, status: int, body: bytes, fault: Fault | None, form: str) -> None:
        if fault and fault.kind == "slow":
            time.sleep(fault.seconds)
        if fault and fault.kind == "broken_json":
            body = body[: len(body) // 2]
        self.send_response(status)
        self.send_header("Content-Type", f"application/{form}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if fault and fault.retry_after is not None:
            self.send_header("Retry-After", str(fault.retry_after))
        if fault and fault.kind == "redirect":
            self.send_header("Location", fault.location)
        self.end_headers()
        if fault and fault.kind == "cut_body":
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)


def _encoded(answer: dict[str, Any], *, is_xml: bool = False) -> bytes:
    return xml_form.write(answer) if is_xml else json.dumps(answer, ensure_ascii=False).encode()


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
