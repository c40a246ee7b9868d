"""Which network addresses the portal may connect to, and sockets that obey.

The check and the connection use one look-up of the name: see ``shared/http.py`` for why.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3 import exceptions as wire
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from collections.abc import Iterable

# Ranges that ``is_global`` lets through and that are not the public internet.
_REFUSED_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # IETF protocol assignments; some clouds keep their metadata here
        "192.88.99.0/24",  # 6to4 relays
        "168.63.129.16/32",  # Azure's host agent, reachable from any of its machines
        "2001::/23",  # IETF protocol assignments, Teredo among them: an IPv4 address inside
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",  # documentation
    )
)
# Global unicast is the only part of IPv6 in use; NAT64 and IPv4-mapped addresses stand outside it.
_IPV6_PUBLIC = ipaddress.ip_network("2000::/3")

_SocketAddress = tuple[socket.AddressFamily, tuple[Any, ...]]


class PrivateAddress(Exception):  # noqa: N818
    """The host, or one of its addresses, must not be reached."""


class Guard:
    """Decides which addresses a host may have."""

    def __init__(self, allowed_private: Iterable[str]) -> None:
        self._allowed = frozenset(entry.strip().lower() for entry in allowed_private)

    def addresses(self, host: str, port: int) -> list[_SocketAddress]:
        """Resolve ``host`` once and return where a socket may connect.

        One private address among several refuses them all: an honest name has none.

        :raises socket.gaierror: the name is unknown.
        :raises PrivateAddress: the host may not be asked.
        """
        bare = host.strip("[]")
        found = socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM)
        if not self._is_allowed(host.lower().rstrip("."), port):
            for *_rest, address in found:
                if not _is_public(str(address[0])):
                    raise PrivateAddress
        return [(family, address) for family, _type, _proto, _name, address in found]

    def _is_allowed(self, host: str, port: int) -> bool:
        return host in self._allowed or f"{host}:{port}" in self._allowed


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _IPV6_PUBLIC:
        return False
    if ip.is_multicast or ip.is_reserved or not ip.is_global:
        return False
    return not any(ip in network for network in _REFUSED_NETWORKS)


def pool_classes(guard: Guard) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pools, whose sockets connect only to addresses that ``guard`` has checked."""

    class GuardedConnection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, self._dns_host, guard)

    class GuardedTlsConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, self._dns_host, guard)

    # urllib3's protocol declares a ClassVar that http.client's stubs declare otherwise.
    class GuardedPool(HTTPConnectionPool):
        ConnectionCls = GuardedConnection  # pyright: ignore[reportAssignmentType]

    class GuardedTlsPool(HTTPSConnectionPool):
        ConnectionCls = GuardedTlsConnection  # pyright: ignore[reportAssignmentType]

    return {"http": GuardedPool, "https": GuardedTlsPool}


def _connect(connection: HTTPConnection, host: str, guard: Guard) -> socket.socket:
    """Replace urllib3's own connecting, which would look the name up by itself."""
    try:
        addresses = guard.addresses(host, connection.port)
    except socket.gaierror as error:
        raise wire.NameResolutionError(host, connection, error) from error
    except UnicodeError as error:
        reason = socket.gaierror(socket.EAI_NONAME, "not a host name")
        raise wire.NameResolutionError(host, connection, reason) from error
    failure: OSError | None = None
    for family, address in addresses:
        opened = socket.socket(family, socket.SOCK_STREAM)
        try:
            for option in connection.socket_options or ():
                opened.setsockopt(*option)
            opened.settimeout(connection.timeout)
            opened.connect(address)
        except OSError as error:
            opened.close()
            failure = error
        else:
            sys.audit("http.client.connect", connection, connection.host, connection.port)
            return opened
    if isinstance(failure, TimeoutError):
        raise wire.ConnectTimeoutError(connection, "connect timed out") from failure
    raise wire.NewConnectionError(connection, "no address could be connected to") from failure
