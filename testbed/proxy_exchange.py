"""One request through the proxy: what came in, what the blog answered, and the client's socket."""

import contextlib
import http.client
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import quote, unquote, urlsplit

_HOP_HEADERS = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length"}
)


@dataclass
class Request:
    """A request as the client sent it; `status` is the blog's answer, None until it reached the blog."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    status: int | None = None

    @property
    def path(self) -> str:
        """Path and query, decoded."""
        return unquote(self.target)

    def matches(self, *, method: str = "", path: str = "", body: str = "") -> bool:
        return (not method or method == self.method) and path in self.path and body.encode() in self.body


@dataclass(frozen=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


class Upstream:
    """The blog behind the proxy; knows both addresses and exchanges one for the other."""

    def __init__(self, address: str, own: str) -> None:
        self._host = urlsplit(address).netloc
        pairs = [(address.rstrip("/"), own)]
        pairs += [(old.replace("/", r"\/"), new.replace("/", r"\/")) for old, new in pairs]
        pairs += [(quote(old, safe=""), quote(new, safe="")) for old, new in pairs[:1]]
        self._pairs = pairs

    def ask(self, request: Request) -> Answer:
        """Send the request to the blog and return its answer, speaking of the proxy's address."""
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_HEADERS}
        # The blog has to recognise its own name, and the answer must come in a form that can be searched.
        headers |= {"Host": self._host, "Accept-Encoding": "identity", "Connection": "close"}
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            headers["Content-Length"] = str(len(request.body))
        connection = http.client.HTTPConnection(self._host, timeout=300)
        with contextlib.closing(connection):
            connection.request(request.method, request.target, body=request.body or None, headers=_unique(headers))
            response = connection.getresponse()
            body = response.read()
        request.status = response.status
        return Answer(response.status, self._headers(response), self._body(response, body))

    def _headers(self, response: http.client.HTTPResponse) -> list[tuple[str, str]]:
        kept = [(name, value) for name, value in response.getheaders() if name.lower() not in _HOP_HEADERS]
        return [(name, self._rename(value.encode("latin-1")).decode("latin-1")) for name, value in kept]

    def _body(self, response: http.client.HTTPResponse, body: bytes) -> bytes:
        kind = response.headers.get_content_type()
        is_text = kind.startswith("text/") or kind.endswith(("json", "xml", "javascript"))
        return self._rename(body) if is_text else body

    def _rename(self, text: bytes) -> bytes:
        for old, new in self._pairs:
            text = text.replace(old.encode(), new.encode())
        return text


class Exchange:
    """What a rule can do with one request."""

    def __init__(self, request: Request, upstream: Upstream, handler: BaseHTTPRequestHandler) -> None:
        self.request = request
        self._upstream = upstream
        self._handler = handler

    def ask_blog(self) -> Answer:
        """Let the request through and return the blog's answer, not yet sent to the client."""
        return self._upstream.ask(self.request)

    def pass_on(self) -> None:
        """Let request and answer through."""
        self.send(self.ask_blog())

    def send(self, answer: Answer) -> None:
        """Answer the client."""
        self.begin(answer, length=len(answer.body))
        if self.request.method != "HEAD":
            self.write(answer.body)

    def begin(self, answer: Answer, *, length: int | None) -> None:
        """Send status and headers, announcing `length` bytes."""
        self._handler.send_response_only(answer.status)
        for name, value in answer.headers:
            self._handler.send_header(name, value)
        if length is not None:
            self._handler.send_header("Content-Length", str(length))
        self._handler.send_header("Connection", "close")
        self._handler.end_headers()

    def write(self, data: bytes) -> None:
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def cut(self) -> None:
        """Break the connection off with a reset, as a crashing host does."""
        with contextlib.suppress(OSError):
            self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # The handler keeps file objects on the socket: only closing these as well sends the reset now.
            self._handler.wfile.close()
            self._handler.rfile.close()
            self._handler.connection.close()


def _unique(headers: Mapping[str, str]) -> dict[str, str]:
    """Let the later of two names win that differ only in case."""
    return {name.title(): value for name, value in headers.items()}
