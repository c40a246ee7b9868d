"""The guarded client: the only way out for requests that the portal makes.

Addresses of harvest sources, links and webhooks are typed in by people, so each request may be an
attempt to reach the portal's own network. The rules (OWASP, "Server-Side Request Forgery
Prevention"):

- http and https only, no credentials in the address;
- every address that a name resolves to must be public, unless the configuration names that host;
- the name is resolved once and the socket connects to the very address that was checked, so a name
  that answers differently the second time (DNS rebinding) gains nothing;
- redirects are followed by hand, each checked anew, never from https to http, and headers of the
  caller do not travel to another origin;
- proxies and credentials of the environment are not read;
- time and size are bounded always, the size after decompression.

Errors carry a code to be worded in the reader's language. Neither their text nor their ``url``
contains query strings, fragments, or the address that a redirect or a name led to.
"""

from __future__ import annotations

import json
import re
import socket
import time
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode, urljoin

from urllib3 import PoolManager, Timeout
from urllib3 import exceptions as wire
from urllib3.util import Url, parse_url

from ckanext.opengov_kz.shared.guard import Guard, PrivateAddress, pool_classes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from urllib3.response import BaseHTTPResponse

RefusalCode = Literal["malformed", "scheme", "credentials", "private_address", "unresolvable", "downgrade"]
FailureCode = Literal[
    "status",
    "timeout",
    "too_slow",
    "connection",
    "unresolvable",
    "tls",
    "incomplete",
    "undecodable",
    "too_many_redirects",
]

_PORTS = {"http": 80, "https": 443}
_MAX_URL = 4096
_MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024
_TOO_MANY_REQUESTS = 429
# Never longer between two attempts, whatever the back-off or the agency's Retry-After says.
_MAX_WAIT = 60.0
_RETRYABLE: frozenset[FailureCode] = frozenset({"timeout", "connection", "unresolvable", "incomplete"})
# The first kind that fits: to urllib3 an unknown name is a connection that was not made, and that is a time-out.
_FAILURES: tuple[tuple[type[wire.HTTPError], FailureCode], ...] = (
    (wire.NameResolutionError, "unresolvable"),
    (wire.NewConnectionError, "connection"),
    (wire.TimeoutError, "timeout"),
    (wire.SSLError, "tls"),
    (wire.DecodeError, "undecodable"),
)
# Spaces, controls and backslashes are read differently by different URL parsers.
_AMBIGUOUS = re.compile(r"[\x00-\x20\x7f\\]")


class HttpError(Exception):
    """A request that gave no answer; ``url`` is the address asked for, without its query."""

    def __init__(self, message: str, url: str) -> None:
        super().__init__(message)
        self.url = url


class UrlRefused(HttpError):  # noqa: N818 - a decision of ours, not a fault
    """The address must not be asked; ``reason_code`` says why."""

    def __init__(self, reason_code: RefusalCode, url: str) -> None:
        super().__init__(f"URL refused: {reason_code}", url)
        self.reason_code: RefusalCode = reason_code


class RequestFailed(HttpError):  # noqa: N818 - the name says what happened
    """The agency did not answer well, after ``attempts`` tries; ``status`` where there was one."""

    def __init__(self, code: FailureCode, url: str, status: int | None = None) -> None:
        super().__init__(f"Request failed: {code}" + (f" {status}" if status else ""), url)
        self.code: FailureCode = code
        self.status = status
        self.attempts = 1
        self.retry_after: float | None = None


class ResponseTooLarge(HttpError):  # noqa: N818
    """The body is longer than ``limit`` bytes, counted after decompression."""

    def __init__(self, url: str, limit: int) -> None:
        super().__init__(f"Response larger than {limit} bytes", url)
        self.limit = limit


class InvalidJson(HttpError):  # noqa: N818
    """The body is not JSON."""

    def __init__(self, url: str) -> None:
        super().__init__("Response is not valid JSON", url)


@dataclass(frozen=True, slots=True)
class Response:
    """A good answer (status 2xx), its body decompressed; ``url`` is where it finally came from."""

    status: int
    headers: Mapping[str, str]
    url: str
    content: bytes
    asked: str = ""
    """The address that was asked for, fit to be shown."""

    def json(self) -> Any:
        """Decode the body (UTF-8, with or without a BOM).

        :raises InvalidJson: also for an empty body, NaN, Infinity and nesting beyond what can be read.
        """
        try:
            return json.loads(self.content.decode("utf-8-sig"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise InvalidJson(self.asked) from error


def check_url(url: str, allowed_private: Iterable[str] = ()) -> None:
    """Check an address before it is saved, looking its name up now.

    The same rules hold again at each request, as what a name resolves to may change.

    :param allowed_private: ``host`` or ``host:port`` that may be private, as written in addresses.
    :raises UrlRefused: with ``unresolvable`` when the name is unknown.
    """
    guard = Guard(allowed_private)
    target = _parse(url)
    try:
        guard.addresses(target.host or "", _port(target))
    except (socket.gaierror, UnicodeError) as error:
        raise UrlRefused("unresolvable", _public(target)) from error
    except PrivateAddress as error:
        raise UrlRefused("private_address", _public(target)) from error


@dataclass
class GuardedClient:
    """GET under the rules of this module, with bounded retries; safe to share between threads.

    - ``allowed_private``: ``host`` or ``host:port`` that may be private, as written in addresses.
    - ``timeout``: seconds to connect and between two pieces of the answer.
    - ``max_seconds``: for the whole body, against an answer that drips.
    - ``max_bytes``: of the body after decompression.
    - ``retries``: further attempts after 429, 5xx, a lost connection or a time-out; the wait is
      ``backoff`` seconds, doubled each time, or the agency's Retry-After, at most a minute.
    - ``retry_statuses``: more statuses to try again, such as 403 where an agency means "later";
    - ``headers``: sent with every request, such as a key; like those of ``get``, never to another origin.
    """

    allowed_private: Iterable[str] = ()
    _: KW_ONLY
    timeout: tuple[float, float] = (5.0, 30.0)
    max_seconds: float = 120.0
    max_bytes: int = 64 * 1024 * 1024
    retries: int = 3
    backoff: float = 0.5
    retry_statuses: frozenset[int] = frozenset()
    user_agent: str = "ckanext-opengov-kz"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def __post_init__(self) -> None:
        """Open the pool; no connection is made yet."""
        connect, read = self.timeout
        self._pool = PoolManager(timeout=Timeout(connect=connect, read=read), retries=False)
        self._pool.pool_classes_by_scheme = pool_classes(Guard(self.allowed_private))

    def get(
        self,
        url: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Ask for ``url``, following redirects and trying again where that makes sense.

        :raises UrlRefused: the address, or one it redirects to, must not be asked.
        :raises RequestFailed: no answer with status 2xx after all attempts.
        :raises ResponseTooLarge: the body passes ``max_bytes``.
        """
        target = _parse(_with_params(url, params))
        attempt = 1
        while True:
            try:
                return self._follow(target, {**self.headers, **(headers or {})})
            except RequestFailed as error:
                error.attempts = attempt
                if attempt > self.retries or not self._is_retryable(error):
                    raise
                wait = error.retry_after
                if wait is None:
                    wait = self.backoff * 2 ** (attempt - 1)
                self.sleep(min(wait, _MAX_WAIT))
            attempt += 1

    def get_json(
        self,
        url: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Ask for ``url`` and decode its JSON.

        :raises InvalidJson: as ``Response.json``.
        :raises HttpError: as ``get``.
        """
        return self.get(url, params, {"Accept": "application/json", **(headers or {})}).json()

    def close(self) -> None:
        """Close idle connections; the client may still be used."""
        self._pool.clear()

    def _is_retryable(self, error: RequestFailed) -> bool:
        if error.status is None:
            return error.code in _RETRYABLE
        return (
            error.status >= 500  # noqa: PLR2004 - the class of server errors
            or error.status == _TOO_MANY_REQUESTS
            or error.status in self.retry_statuses
        )

    def _follow(self, start: Url, headers: Mapping[str, str]) -> Response:
        asked = _public(start)
        target = start
        for _hop in range(_MAX_REDIRECTS + 1):
            own = headers if _origin(target) == _origin(start) else {}
            answer = self._send(target, own, asked)
            try:
                if answer.status not in _REDIRECTS or "Location" not in answer.headers:
                    return self._response(answer, target, asked)
                target = _next(target, answer.headers["Location"], asked)
            finally:
                answer.close()
        raise RequestFailed("too_many_redirects", asked)

    def _send(self, target: Url, headers: Mapping[str, str], asked: str) -> BaseHTTPResponse:
        """One request, one hop; the body is not read yet."""
        sent = {"User-Agent": self.user_agent, "Accept-Encoding": "gzip, deflate", **headers}
        try:
            return self._pool.urlopen("GET", target.url, headers=sent, redirect=False, preload_content=False)
        except PrivateAddress as error:
            raise UrlRefused("private_address", asked) from error
        except wire.HTTPError as error:
            raise RequestFailed(_failure(error, "connection"), asked) from error

    def _response(self, answer: BaseHTTPResponse, target: Url, asked: str) -> Response:
        if not 200 <= answer.status < 300:  # noqa: PLR2004 - the class of successes
            failure = RequestFailed("status", asked, answer.status)
            failure.retry_after = _seconds(answer.headers.get("Retry-After"))
            raise failure
        try:
            content = self._read(answer, asked)
        except wire.HTTPError as error:
            raise RequestFailed(_failure(error, "incomplete"), asked) from error
        return Response(answer.status, answer.headers, target.url, content, asked)

    def _read(self, answer: BaseHTTPResponse, asked: str) -> bytes:
        declared = answer.headers.get("Content-Length", "")
        if declared.isdecimal() and int(declared) > self.max_bytes:
            raise ResponseTooLarge(asked, self.max_bytes)
        deadline = time.monotonic() + self.max_seconds
        content = bytearray()
        # read1 returns what has come, so that a drip cannot hide between two looks at the clock.
        while piece := answer.read1(_CHUNK, decode_content=True):
            content += piece
            if len(content) > self.max_bytes:
                raise ResponseTooLarge(asked, self.max_bytes)
            if time.monotonic() > deadline:
                raise RequestFailed("too_slow", asked)
        return bytes(content)


def _parse(url: str) -> Url:
    """Read an address with the parser that the connection itself uses.

    :raises UrlRefused: for all that can be seen without a name look-up.
    """
    if len(url) > _MAX_URL or _AMBIGUOUS.search(url):
        raise UrlRefused("malformed", "")
    try:
        target = parse_url(url)
    except wire.LocationParseError as error:
        raise UrlRefused("malformed", "") from error
    if target.scheme not in _PORTS:
        raise UrlRefused("scheme" if target.scheme else "malformed", "")
    if not target.host or target.port == 0:
        raise UrlRefused("malformed", "")
    if target.auth is not None:
        raise UrlRefused("credentials", _public(target))
    return target


def _next(current: Url, location: str, asked: str) -> Url:
    """Read where a redirect leads; whatever is wrong with it, ``asked`` alone is named."""
    try:
        target = _parse(urljoin(current.url, location))
    except (UrlRefused, ValueError) as error:
        reason = error.reason_code if isinstance(error, UrlRefused) else "malformed"
        raise UrlRefused(reason, asked) from error
    if current.scheme == "https" and target.scheme == "http":
        raise UrlRefused("downgrade", asked)
    return target


def _failure(error: wire.HTTPError, otherwise: FailureCode) -> FailureCode:
    for kind, code in _FAILURES:
        if isinstance(error, kind):
            return code
    return otherwise


def _with_params(url: str, params: Mapping[str, str | int] | None) -> str:
    if not params:
        return url
    before, mark, fragment = url.partition("#")
    joint = "&" if "?" in before else "?"
    return f"{before}{joint}{urlencode(params)}{mark}{fragment}"


def _public(target: Url) -> str:
    """Reduce an address to what may be shown and logged."""
    return target._replace(auth=None, query=None, fragment=None).url


def _port(target: Url) -> int:
    return target.port or _PORTS[target.scheme or ""]


def _origin(target: Url) -> tuple[str | None, str | None, int]:
    return target.scheme, target.host, _port(target)


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After (RFC 9110, 10.2.3): seconds or a date; None when absent or unreadable."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _refuse_constant(name: str) -> None:
    message = f"{name} is not JSON"
    raise ValueError(message)
