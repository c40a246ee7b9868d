"""What stand-ins for agencies' systems share: a real HTTP server, what it served, and the faults of transport.

A simulator derives from `SimulatedAgency` and says what it answers::

    with MyAgency() as agency:
        agency.fail("/api/rows", status=503, times=2)
        harvest(agency.url)
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

FaultKind = Literal["status", "cut_body", "cut_json", "empty", "no_content", "slow"]

#: A fault that strikes as long as it is not cleared.
ALWAYS = -1


@dataclass
class Fault:
    """What goes wrong, where and how often.

    - ``where``: the beginning of the paths that it strikes;
    - ``kind``: ``status`` (an error status), ``cut_body`` (the connection breaks off), ``cut_json`` (half of the JSON,
      as if it were all), ``empty`` (HTTP 200 without a body), ``no_content`` (HTTP 204), ``slow``;
    - ``times``: how many requests it strikes, ``ALWAYS`` for all; ``after``: how many it lets pass before;
    - ``status`` and ``retry_after`` (seconds) for ``status``, ``seconds`` for ``slow``.
    """

    where: str
    kind: FaultKind = "status"
    times: int = 1
    after: int = 0
    status: int = 500
    retry_after: int | None = None
    seconds: float = 0.0

    def concerns(self, path: str, query: Mapping[str, str]) -> bool:  # noqa: ARG002 - for those who look at it
        """Say whether the fault is of this request."""
        return path.startswith(self.where)

    def strikes(self, path: str, query: Mapping[str, str]) -> bool:
        """Say whether this request is struck, and count it."""
        if self.times == 0 or not self.concerns(path, query):
            return False
        if self.after:
            self.after -= 1
            return False
        if self.times != ALWAYS:
            self.times -= 1
        return True


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent: JSON is made of a dict or a list, bytes are sent as they are."""

    body: Any
    status: int = 200
    kind: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The bytes of the body."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Served:
    """One request as it was answered; ``query`` holds the last value of each parameter."""

    path: str
    query: dict[str, str]
    status: int


class SimulatedAgency:
    """The agency. ``requests`` lists what was served, oldest first; ``url`` has no final slash."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Open the port (0: any free one); nothing is answered before the simulator is entered or serves."""
        self.requests: list[Served] = []
        self._lock = threading.Lock()
        self._faults: list[Any] = []
        self._server = _Server((host, port), self)
        self.host_port = f"{host}:{self._server.server_address[1]}"
        self.url = f"http://{self.host_port}"

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        """Answer a request in the contract's form; called by several threads at once."""
        raise NotImplementedError

    def struck(self, answer: Answer, fault: Any) -> Answer:
        """Spoil an answer as a fault says."""
        return _struck(answer, fault)

    def __enter__(self) -> Self:
        """Start answering in a thread of its own."""
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop and free the port."""
        self._server.shutdown()
        self.close()

    def close(self) -> None:
        """Free the port of a simulator that is not answering."""
        self._server.server_close()

    def serve(self) -> None:
        """Answer requests until the simulator is left."""
        self._server.serve_forever(poll_interval=0.05)

    def fail(self, where: str, status: int = 500, times: int = 1, **more: Any) -> None:
        """Answer ``status`` the next ``times`` times; the rest as in ``Fault``."""
        self.add_fault(Fault(where, status=status, times=times, **more))

    def add_fault(self, fault: Any) -> None:
        """Plan a fault; the first that strikes a request decides."""
        with self._lock:
            self._faults.append(fault)

    def clear_faults(self) -> None:
        """Be well again."""
        with self._lock:
            self._faults.clear()

    def take_fault(self, path: str, query: Mapping[str, str]) -> Any:
        """Find the fault for a request and count it; None if all is well."""
        with self._lock:
            return next((replace(fault) for fault in self._faults if fault.strikes(path, query)), None)

    def record(self, served: Served) -> None:
        """Remember a request."""
        with self._lock:
            self.requests.append(served)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A harvest that is stopped and started again must find the same port free.
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], agency: SimulatedAgency) -> None:
        super().__init__(address, _Handler)
        self.agency = agency


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Otherwise each answer waits 40 ms: the head and the body are two packets, and the first is acknowledged late.
    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        # A reader that gave up waiting has hung up: that is what a slow answer is for.
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        query = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if "X-API-KEY" in self.headers:
            query["apiKey"] = self.headers["X-API-KEY"]
        fault = self.server.agency.take_fault(path, query)
        answer = self.server.agency.answer(path, query)
        if fault:
            answer = self.server.agency.struck(answer, fault)
        self.server.agency.record(Served(path, query, answer.status))
        if fault and fault.kind == "slow":
            time.sleep(fault.seconds)
        self._send(answer, fault)

    def _send(self, answer: Answer, fault: Any) -> None:
        body = b"" if answer.status == 204 else answer.encoded()  # noqa: PLR2004 - No Content
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:  # noqa: PLR2004
            self.send_header("Content-Length", str(len(body)))
        if fault and fault.retry_after is not None:
            self.send_header("Retry-After", str(fault.retry_after))
        self.end_headers()
        if fault and fault.kind == "cut_body":
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Keep quiet: ``requests`` holds what was served."""


def _struck(answer: Answer, fault: Fault) -> Answer:
    if fault.kind == "status":
        return Answer(b"", status=fault.status)
    if fault.kind == "no_content":
        return Answer(b"", status=204)
    if fault.kind == "empty":
        return replace(answer, body=b"")
    if fault.kind == "cut_json":
        whole = answer.encoded()
        return replace(answer, body=whole[: len(whole) // 2])
    return answer
