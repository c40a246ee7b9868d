"""The guarded client against real servers on loopback and against hostile names."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from urllib3.util import parse_url

from ckanext.opengov_kz.shared import http
from ckanext.opengov_kz.shared.http import (
    GuardedClient,
    InvalidJson,
    RequestFailed,
    ResponseTooLarge,
    UrlRefused,
    check_url,
)

pytestmark = pytest.mark.fast

Route = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A server whose answers each test writes; ``seen`` holds (path, headers) of its requests."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle(self) -> None:
                # A client that refuses the rest of a body hangs up: that is what is tested.
                with suppress(OSError):
                    super().handle()

            def do_GET(self) -> None:
                site.seen.append((self.path, dict(self.headers)))
                site.routes[self.path.partition("?")[0]](self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
                """Keep the tests' output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host_port = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"http://{self.host_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    opened = Site()
    yield opened
    opened.close()


@pytest.fixture
def other_site() -> Iterator[Site]:
    opened = Site()
    yield opened
    opened.close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(site: Site, waits: list[float]) -> GuardedClient:
    return GuardedClient([site.host_port], timeout=(1, 1), sleep=waits.append)


def reply(body: bytes = b"{}", status: int = 200, **headers: str) -> Route:
    """Make a route; header names are written with underscores."""

    def route(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return route


def in_turn(*routes: Route) -> Route:
    """Answer by each route once, then by the last for ever."""
    left = list(routes)

    def route(handler: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return route


def resolver(*answers: str) -> Callable[..., list[Any]]:
    """Make a getaddrinfo whose answers change; the last is repeated."""
    left = list(answers)

    def getaddrinfo(_host: str, port: int, *_args: Any, **_kwargs: Any) -> list[Any]:
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found.split()]

    return getaddrinfo


# What may be asked


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "malformed"),
        ("example.com/data", "malformed"),
        ("javascript:alert(1)", "scheme"),
        ("http://", "malformed"),
        ("http://exa mple.com/", "malformed"),
        ("http://example.com\\@127.0.0.1/", "malformed"),
        ("http://example.com/\r\nHost: inner", "malformed"),
        ("http://[::1", "malformed"),
        ("http://8.8.8.8:99999/", "malformed"),
        ("http://8.8.8.8:0/", "malformed"),
        ("http://8.8.8.8/" + "x" * 5000, "malformed"),
        ("ftp://8.8.8.8/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://8.8.8.8/", "scheme"),
        ("http://user:secret@8.8.8.8/", "credentials"),
        ("http://user@8.8.8.8/", "credentials"),
    ],
)
def test_address_that_is_not_a_plain_web_address_is_refused(url: str, reason: str) -> None:
    with pytest.raises(UrlRefused) as refused:
        check_url(url)
    assert refused.value.reason_code == reason
    assert "secret" not in f"{refused.value} {refused.value.url}"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "localhost", "LOCALHOST",  # noqa: S104 - asked, not bound
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
        "192.0.0.192", "192.88.99.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "168.63.129.16", "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]",
        "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001::1]",
        "[2001:db8::1]",
    ],
)  # fmt: skip
def test_private_and_special_addresses_are_refused(host: str) -> None:
    url = f"http://{host}:8080/"
    with pytest.raises(UrlRefused) as checked:
        check_url(url)
    assert checked.value.reason_code == "private_address"
    with pytest.raises(UrlRefused) as asked:
        GuardedClient(timeout=(1, 1)).get(url)
    assert asked.value.reason_code == "private_address"


@pytest.mark.parametrize("url", ["http://8.8.8.8/", "https://[2606:4700::1111]:8443/x?y=1", "HTTPS://1.1.1.1"])
def test_public_addresses_pass(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    ("entry", "url", "passes"),
    [
        ("127.0.0.1", "http://127.0.0.1:5000/", True),
        ("127.0.0.1:5000", "http://127.0.0.1:5000/", True),
        ("127.0.0.1:5000", "http://127.0.0.1:5001/", False),
        ("127.0.0.1:80", "http://127.0.0.1/", True),
        ("127.0.0.1:5000", "http://localhost:5000/", False),
        ("LocalHost:5000", "http://localhost:5000/", True),
        ("[::1]:5000", "http://[::1]:5000/", True),
    ],
)
def test_configuration_opens_exactly_the_private_hosts_it_names(entry: str, url: str, *, passes: bool) -> None:
    if passes:
        check_url(url, [entry])
        return
    with pytest.raises(UrlRefused):
        check_url(url, [entry])


def test_unknown_name_has_a_reason_of_its_own(monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> None:
    def unknown(*_args: Any, **_kwargs: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(UrlRefused) as refused:
        check_url("http://no-such-body.gov.kz/")
    assert refused.value.reason_code == "unresolvable"
    with pytest.raises(RequestFailed) as failed:
        GuardedClient(retries=1, sleep=waits.append).get("http://no-such-body.gov.kz/")
    assert failed.value.code == "unresolvable"
    assert failed.value.attempts == 2


def test_name_with_an_endless_label_is_unresolvable_or_malformed() -> None:
    with pytest.raises(UrlRefused) as refused:
        check_url(f"http://{'a' * 70}.kz/")
    assert refused.value.reason_code in {"unresolvable", "malformed"}


# Names that lie


def test_name_that_turns_private_after_the_check_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"http://rebind.example:{site.host_port.split(':')[1]}/"
    monkeypatch.setattr(socket, "getaddrinfo", resolver("93.184.216.34", "127.0.0.1"))
    check_url(url)
    with pytest.raises(UrlRefused) as refused:
        GuardedClient(timeout=(1, 1)).get(url)
    assert refused.value.reason_code == "private_address"
    assert "127.0.0.1" not in f"{refused.value} {refused.value.url}"
    assert site.seen == []


def test_connection_goes_to_the_very_address_that_was_checked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[tuple[str, int]] = []

    def connect(_self: socket.socket, address: tuple[str, int]) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolver("93.184.216.34", "127.0.0.1"))
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(RequestFailed):
        GuardedClient(retries=0).get("http://rebind.example:8080/")
    assert connected == [("93.184.216.34", 8080)]
    assert site.seen == []


def test_one_private_address_among_public_ones_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver("93.184.216.34 10.0.0.1"))
    with pytest.raises(UrlRefused):
        check_url("http://mixed.example/")


# Redirects


def test_redirect_to_a_private_address_is_refused(site: Site, other_site: Site, client: GuardedClient) -> None:
    site.routes["/"] = reply(status=302, Location=f"{other_site.url}/inner?token=secret")
    with pytest.raises(UrlRefused) as refused:
        client.get(f"{site.url}/?key=mine")
    assert refused.value.reason_code == "private_address"
    assert refused.value.url == f"{site.url}/"
    assert other_site.seen == []


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("file:///etc/passwd", "scheme"),
        ("http://user:secret@8.8.8.8/", "credentials"),
        ("http://169.254.169.254/latest/meta-data/", "private_address"),
        ("http://[::1", "malformed"),
    ],
)
def test_redirect_is_held_to_the_same_rules(site: Site, client: GuardedClient, location: str, reason: str) -> None:
    site.routes["/"] = reply(status=301, Location=location)
    with pytest.raises(UrlRefused) as refused:
        client.get(f"{site.url}/")
    assert refused.value.reason_code == reason
    assert refused.value.url == f"{site.url}/"


def test_relative_redirect_is_followed_and_the_final_address_given(site: Site, client: GuardedClient) -> None:
    site.routes["/a/old"] = reply(status=308, Location="../new?page=2")
    site.routes["/new"] = reply(b"here")
    response = client.get(f"{site.url}/a/old")
    assert response.content == b"here"
    assert response.url == f"{site.url}/new?page=2"


def test_endless_redirects_stop_after_five(site: Site, client: GuardedClient) -> None:
    site.routes["/"] = reply(status=302, Location="/")
    with pytest.raises(RequestFailed) as failed:
        client.get(f"{site.url}/")
    assert failed.value.code == "too_many_redirects"
    assert len(site.seen) == 6


def test_headers_of_the_caller_do_not_travel_to_another_origin(site: Site, other_site: Site) -> None:
    site.routes["/"] = reply(status=302, Location="/same")
    site.routes["/same"] = reply(status=302, Location=f"{other_site.url}/")
    other_site.routes["/"] = reply()
    client = GuardedClient([site.host_port, other_site.host_port])
    client.get(f"{site.url}/", headers={"X-API-KEY": "secret"})
    assert [headers.get("X-API-KEY") for _, headers in site.seen] == ["secret", "secret"]
    assert [headers.get("X-API-KEY") for _, headers in other_site.seen] == [None]


def test_redirect_from_https_to_http_is_refused() -> None:
    with pytest.raises(UrlRefused) as refused:
        http._next(parse_url("https://8.8.8.8/"), "http://8.8.8.8/", "https://8.8.8.8/")
    assert refused.value.reason_code == "downgrade"


# Size and time


def test_body_longer_than_the_limit_is_refused_before_it_is_read(site: Site) -> None:
    site.routes["/"] = reply(b"", Content_Length="5000000")
    client = GuardedClient([site.host_port], max_bytes=1000)
    with pytest.raises(ResponseTooLarge) as refused:
        client.get(f"{site.url}/")
    assert refused.value.limit == 1000


def test_endless_body_without_a_length_is_cut_off(site: Site) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        while True:
            handler.wfile.write(b"x" * 65536)

    site.routes["/"] = endless
    with pytest.raises(ResponseTooLarge):
        GuardedClient([site.host_port], max_bytes=200_000).get(f"{site.url}/")


@pytest.mark.parametrize("layers", [1, 2])
def test_compressed_bomb_is_stopped_at_the_limit_without_filling_memory(site: Site, layers: int) -> None:
    body = bytes(100_000_000)
    for _ in range(layers):
        body = gzip.compress(body, 6)
    site.routes["/"] = reply(body, Content_Encoding=", ".join(["gzip"] * layers))
    tracemalloc.start()
    try:
        with pytest.raises(ResponseTooLarge):
            GuardedClient([site.host_port], max_bytes=1_000_000).get(f"{site.url}/")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000


def test_compressed_body_arrives_decompressed(site: Site, client: GuardedClient) -> None:
    text = "Қазақстан".encode() * 50_000
    site.routes["/"] = reply(gzip.compress(text), Content_Encoding="gzip")
    assert client.get(f"{site.url}/").content == text


def test_damaged_compression_is_a_failure_with_its_code(site: Site, client: GuardedClient) -> None:
    site.routes["/"] = reply(b"not gzip at all", Content_Encoding="gzip")
    with pytest.raises(RequestFailed) as failed:
        client.get(f"{site.url}/")
    assert failed.value.code == "undecodable"
    assert failed.value.attempts == 1


def test_silent_server_times_out_and_is_asked_again(site: Site, waits: list[float]) -> None:
    site.routes["/"] = in_turn(lambda _handler: time.sleep(0.5), reply(b"late"))
    client = GuardedClient([site.host_port], timeout=(1, 0.2), sleep=waits.append)
    assert client.get(f"{site.url}/").content == b"late"
    assert len(waits) == 1


def test_dripping_body_is_given_up_in_the_whole_time_allowed(site: Site) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b"x")
            time.sleep(0.02)

    site.routes["/"] = drip
    client = GuardedClient([site.host_port], timeout=(1, 1), max_seconds=0.3)
    started = time.monotonic()
    with pytest.raises(RequestFailed) as failed:
        client.get(f"{site.url}/")
    assert failed.value.code == "too_slow"
    assert time.monotonic() - started < 2


# Trying again


def test_server_errors_are_tried_again_with_doubling_waits(
    site: Site, client: GuardedClient, waits: list[float]
) -> None:
    site.routes["/"] = in_turn(reply(status=500), reply(status=503), reply(b"well"))
    assert client.get(f"{site.url}/").content == b"well"
    assert waits == [0.5, 1.0]


def test_attempts_are_bounded_and_told(site: Site, client: GuardedClient, waits: list[float]) -> None:
    site.routes["/"] = reply(status=502)
    with pytest.raises(RequestFailed) as failed:
        client.get(f"{site.url}/", {"token": "secret"})
    assert (failed.value.code, failed.value.status, failed.value.attempts) == ("status", 502, 4)
    assert failed.value.url == f"{site.url}/"
    assert "secret" not in str(failed.value)
    assert "127.0.0.1" not in str(failed.value)
    assert len(site.seen) == 4
    assert len(waits) == 3


@pytest.mark.parametrize(("retry_after", "wait"), [("7", 7.0), ("0", 0.0), ("86400", 60.0), ("soon", 0.5)])
def test_retry_after_is_obeyed_within_a_minute(
    site: Site, client: GuardedClient, waits: list[float], retry_after: str, wait: float
) -> None:
    site.routes["/"] = in_turn(reply(status=429, Retry_After=retry_after), reply())
    client.get(f"{site.url}/")
    assert waits == [wait]


def test_retry_after_may_be_a_date(site: Site, client: GuardedClient, waits: list[float]) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    site.routes["/"] = in_turn(reply(status=503, Retry_After=moment), reply())
    client.get(f"{site.url}/")
    assert 25 < waits[0] <= 30


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_refusals_of_the_agency_are_not_tried_again(site: Site, client: GuardedClient, status: int) -> None:
    site.routes["/"] = reply(status=status)
    with pytest.raises(RequestFailed) as failed:
        client.get(f"{site.url}/")
    assert (failed.value.status, failed.value.attempts) == (status, 1)


def test_forbidden_is_tried_again_for_those_who_ask(site: Site, waits: list[float]) -> None:
    site.routes["/"] = in_turn(reply(status=403), reply(b"well"))
    client = GuardedClient([site.host_port], retry_statuses=frozenset({403}), sleep=waits.append)
    assert client.get(f"{site.url}/").content == b"well"


@pytest.mark.parametrize("sent", [b"", b'{"half": '])
def test_body_that_stops_in_the_middle_is_tried_again(
    site: Site, client: GuardedClient, waits: list[float], sent: bytes
) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        reply(sent, Content_Length="100")(handler)
        handler.close_connection = True

    site.routes["/"] = in_turn(cut, reply(b"whole"))
    assert client.get(f"{site.url}/").content == b"whole"
    site.routes["/"] = cut
    with pytest.raises(RequestFailed) as failed:
        client.get(f"{site.url}/")
    assert failed.value.code == "incomplete"


def test_closed_port_is_a_failed_connection(site: Site, client: GuardedClient, waits: list[float]) -> None:
    site.close()
    with pytest.raises(RequestFailed) as failed:
        client.get(f"{site.url}/")
    assert failed.value.code == "connection"
    assert failed.value.attempts == 4


def test_broken_tls_is_told_and_not_tried_again(site: Site, client: GuardedClient) -> None:
    with pytest.raises(RequestFailed) as failed:
        client.get(f"https://{site.host_port}/")
    assert failed.value.code == "tls"
    assert failed.value.attempts == 1


# The request itself


def test_proxies_of_the_environment_are_not_used(
    site: Site, other_site: Site, client: GuardedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, other_site.url)
    site.routes["/"] = reply(b"direct")
    assert client.get(f"{site.url}/").content == b"direct"
    assert other_site.seen == []


def test_parameters_join_those_of_the_address_and_are_encoded(site: Site, client: GuardedClient) -> None:
    site.routes["/%D1%82%D1%96%D0%B7"] = reply()
    client.get(f"{site.url}/тіз?a=1#part", {"version": "NK RK 11&x", "page": 2})
    assert site.seen[0][0] == "/%D1%82%D1%96%D0%B7?a=1&version=NK+RK+11%26x&page=2"


def test_empty_answer_is_an_answer(site: Site, client: GuardedClient) -> None:
    site.routes["/"] = reply(b"", status=204)
    assert client.get(f"{site.url}/").content == b""


def test_connections_are_kept_between_requests(site: Site, client: GuardedClient, monkeypatch: Any) -> None:
    site.routes["/"] = reply()
    client.get(f"{site.url}/")
    monkeypatch.setattr(socket, "getaddrinfo", resolver("10.0.0.1"))
    assert client.get(f"{site.url}/").status == 200


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, null]}', {"a": [1, None]}),
        (b'\xef\xbb\xbf{"kk": "\xd0\x9a\xd3\xa9\xd0\xba"}', {"kk": "Көк"}),
    ],
)
def test_json_is_decoded_with_or_without_a_bom(site: Site, client: GuardedClient, body: bytes, value: Any) -> None:
    site.routes["/"] = reply(body)
    assert client.get_json(f"{site.url}/") == value
    assert site.seen[0][1]["Accept"] == "application/json"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"<html>", b"NaN", b'{"a": Infinity}', b"\xff\xfe", b"[" * 200_000, b"1" * 10_000]
)
def test_what_is_not_json_says_so_without_the_query(site: Site, client: GuardedClient, body: bytes) -> None:
    site.routes["/"] = reply(body)
    with pytest.raises(InvalidJson) as invalid:
        client.get_json(f"{site.url}/?token=secret")
    assert invalid.value.url == f"{site.url}/"
