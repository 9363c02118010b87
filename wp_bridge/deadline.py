"""A deadline that holds while waiting on a socket.

A read time-out only bounds the silence between two bytes, so a server that drips a byte a second, in the
headers or in the body, would hold a reader for hours. Here a timer shuts the socket down at the deadline,
which ends the read.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

_current = threading.local()  # a request is made in one thread from beginning to end


class Deadline:
    """The end of what the current thread does with the network: `with Deadline(30) as deadline: …`."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._fire)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        _current.deadline = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        _current.deadline = None
        self._timer.cancel()
        self.guard(None)  # the socket may live on in the pool: a late timer must not touch it

    def guard(self, connection: socket.socket | None) -> None:
        """End this connection, and no other, when the time is up."""
        with self._lock:
            self._socket = connection
        if connection is not None and self.is_over():
            self._fire()  # the timer went off before there was a connection to end

    def seconds_left(self) -> float:
        """What remains; at least a little, since 0 would mean "no time-out" to a socket."""
        return max(0.01, self._ends_at - time.monotonic())

    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._ends_at

    def allows(self, pause: float) -> bool:
        """Whether there is time left after a pause of so many seconds."""
        return time.monotonic() + pause < self._ends_at

    def _fire(self) -> None:
        with self._lock:
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    # Not SSLSocket.shutdown: it takes the TLS state away under the thread that reads.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _guard(connection: Any) -> None:
    deadline: Deadline | None = getattr(_current, "deadline", None)
    if deadline is not None:
        deadline.guard(connection)


class _Connection(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3 does the same to http.client
        _guard(self.sock)
        return super().getresponse()


class _SecureConnection(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3 does the same to http.client
        _guard(self.sock)
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class DeadlineAdapter(HTTPAdapter):
    """Makes the connections of a requests.Session obey the thread's `Deadline`."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _use_our_pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(proxy, **kwargs)
        _use_our_pools(manager)
        return manager


def _use_our_pools(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
