"""Connects to public addresses only, and to exactly the address that was checked.

A name is resolved once for a connection, every address of it is checked, and one of these is connected to: a name that
leads elsewhere a moment later (DNS rebinding) changes nothing. TLS still asks for the name.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from urllib3 import HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from service.usecases.ports import NetworkProblem
from wp_bridge.deadline import DeadlineAdapter

MOST_ADDRESSES = 4  # of one name that are tried
# Addresses that carry an IPv4 address, which is where they lead (NAT64, RFC 6052).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_IPV6_IN_USE = ipaddress.ip_network("2000::/3")
# Older Pythons call some of these global (https://www.iana.org/assignments/iana-ipv6-special-registry), and the
# tunnels 2001::/32 (Teredo) and 2002::/16 (6to4) lead on to an IPv4 address; no honest server is behind one.
_SPECIAL = [
    ipaddress.ip_network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
]

Resolve = Callable[[str], Sequence[str]]  # the addresses of a name; raises OSError
Connect = Callable[[tuple[str, int], float], socket.socket]  # to an IP address and port, within so many seconds


def is_public(address: str) -> bool:
    """Whether an IP address is one on the public internet, and nothing that could lead into a house."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # also "fe80::1%eth0": a zone belongs to a link here
        return False
    if ip in _NAT64:
        return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    if ip.version == 6 and ip not in _IPV6_IN_USE:
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _SPECIAL)


def resolve(host: str) -> list[str]:
    """The IP addresses of a name, in the order to try. Raises OSError."""
    found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def connect(address: tuple[str, int], seconds: float) -> socket.socket:
    """A TCP connection. Raises OSError."""
    return socket.create_connection(address, timeout=seconds)


@dataclass(frozen=True, slots=True)
class Dialler:
    """How names are resolved and addresses connected to; tests bring their own."""

    resolve: Resolve = resolve
    connect: Connect = connect

    def dial(self, host: str, port: int, seconds: float) -> socket.socket:
        """A connection to a public address of the host. Raises NetworkProblem ("host_refused"), OSError."""
        ends_at = time.monotonic() + seconds
        addresses = self._resolve_within(host, seconds)
        if not addresses:
            raise OSError("no address")
        if not all(map(is_public, addresses)):
            raise NetworkProblem(
                f"{host} leads to an address that is not on the public internet, so it isn't asked.",
                code="host_refused",
                host=host,
                permanent=True,
            )
        return self._connect_any(addresses[:MOST_ADDRESSES], port, ends_at)

    def _resolve_within(self, host: str, seconds: float) -> Sequence[str]:
        """Resolve in a thread of its own: nothing else ends a name server that keeps one waiting."""
        answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self.resolve(host))
            except (OSError, UnicodeError):  # UnicodeError: an empty or too long label
                answers.put(OSError("no address"))

        threading.Thread(target=ask, daemon=True).start()
        try:
            answer = answers.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(answer, OSError):
            raise answer
        return answer

    def _connect_any(self, addresses: Sequence[str], port: int, ends_at: float) -> socket.socket:
        trouble: OSError = TimeoutError()
        for place, address in enumerate(addresses):
            left = ends_at - time.monotonic()
            if left <= 0:
                break
            try:
                connection = self.connect((address, port), left / (len(addresses) - place))
            except OSError as error:
                trouble = error
                continue
            connection.settimeout(max(0.01, ends_at - time.monotonic()))  # the TLS handshake ends by then, too
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
        raise trouble


class PublicAdapter(DeadlineAdapter):
    """Makes the connections of a requests.Session go through a `Dialler`. Only for https."""

    def __init__(self, dialler: Dialler) -> None:
        self._dialler = dialler
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        usual = self.poolmanager.pool_classes_by_scheme["https"]
        self.poolmanager.pool_classes_by_scheme = {"https": _checked_pool(usual, self._dialler)}


def _checked_pool(usual: type[HTTPSConnectionPool], dialler: Dialler) -> type[HTTPSConnectionPool]:
    """The pool class with connections that dial: urllib3 has no other place to say how."""
    base: Any = usual.ConnectionCls

    class Connection(base):  # type: ignore[misc]  # which class it is, is only known when it runs
        def _new_conn(self) -> socket.socket:
            try:
                return dialler.dial(self.host, self.port, self.timeout)
            except TimeoutError as error:
                raise ConnectTimeoutError(self, "timed out") from error
            except OSError as error:
                raise NewConnectionError(self, "no connection") from error

    class Pool(usual):  # type: ignore[valid-type,misc]
        ConnectionCls = Connection

    return Pool
