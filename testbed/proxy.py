"""A reverse proxy in front of a blog that misbehaves on demand, over real sockets.

with Proxy(site.base_url) as proxy:
    gate = proxy.when(method="POST", path="/wp/v2/comments").hold_answer()
    ...                    # the client posts to proxy.url
    gate.wait()            # WordPress has stored the comment, the client knows nothing yet
    gate.release()
"""

import contextlib
import itertools
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from testbed.proxy_exchange import Exchange, Request, Upstream
from testbed.proxy_gates import Rule
from testbed.proxy_rules import Rules


class Proxy:
    """Passes every request on to `upstream`, except where a rule says otherwise.

    The upstream's address is replaced by the proxy's own in headers and texts, so a client that follows
    WordPress's links stays behind the proxy. Every request is kept in `requests`.
    """

    def __init__(self, upstream: str) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._requests: list[Request] = []
        self._server = self._listen(0)
        self._upstream = Upstream(upstream, self.url)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def requests(self) -> list[Request]:
        """What has come in so far, oldest first."""
        with self._lock:
            return list(self._requests)

    def count(self, *, method: str = "", path: str = "", body: str = "") -> int:
        """How many requests had that method, and these texts in their decoded path and their body."""
        return sum(request.matches(method=method, path=path, body=body) for request in self.requests)

    def when(
        self, *, method: str = "", path: str = "", body: str = "", times: int | None = None, every: int = 1
    ) -> Rules:
        """Begin a rule for matching requests: for the next `times` of them or for all, or for each `every`-th.

        `path` and `body` are texts to be found anywhere in the decoded path with its query, and in the body.
        Of several rules that match, the newest decides.
        """
        match = _match(method=method, path=path, body=body)
        return Rules(_each(every, match), times, self._add)

    def clear(self) -> None:
        """Forget all rules and release what they hold; the log of requests stays."""
        with self._lock:
            rules, self._rules = self._rules, []
        for rule in rules:
            rule.give_up()

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """For a with-block nobody listens: connections are refused."""
        port = self._server.server_port
        self._close_server()
        try:
            yield
        finally:
            self._server = self._listen(port)

    def close(self) -> None:
        """Release everything held and stop listening."""
        self.clear()
        self._close_server()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _listen(self, port: int) -> ThreadingHTTPServer:
        server = _Server(("127.0.0.1", port), _handler(self._handle))
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return server

    def _close_server(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _add(self, rule: Rule) -> None:
        with self._lock:
            self._rules.insert(0, rule)

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        request = _read(handler)
        with self._lock:
            self._requests.append(request)
            rule = next((rule for rule in self._rules if rule.takes(request)), None)
        exchange = Exchange(request, self._upstream, handler)
        try:
            rule.behave(exchange) if rule else exchange.pass_on()
        except OSError:  # the client or the blog went away in the middle: the client sees a cut connection
            exchange.cut()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report faults of the proxy or of a rule; a connection that was cut on purpose is none."""
        if not isinstance(sys.exception(), (OSError, ValueError)):
            super().handle_error(request, client_address)


def _handler(handle: Callable[[BaseHTTPRequestHandler], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_any(self) -> None:
            self.close_connection = True
            handle(self)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_any

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent: the requests are kept instead."""

    return Handler


def _read(handler: BaseHTTPRequestHandler) -> Request:
    body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    # Some clients send the whole address to what they take for a proxy.
    parts = urlsplit(handler.path)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return Request(method=handler.command, target=target, headers=dict(handler.headers.items()), body=body)


def _match(*, method: str, path: str, body: str) -> Callable[[Request], bool]:
    return lambda request: request.matches(method=method, path=unquote(path), body=body)


def _each(number: int, match: Callable[[Request], bool]) -> Callable[[Request], bool]:
    """The same for each so-many-th request that matches."""
    seen = itertools.count(1)
    return lambda request: match(request) and next(seen) % number == 0
