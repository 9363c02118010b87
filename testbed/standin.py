"""A small web server in a thread that stands in for a service on the internet, and fails on demand.

class Weather(StandIn):
    def answer(self, asked): return Answer(body={"sun": True})

with Weather() as weather:
    weather.fail(Answer(503), times=2)     # instead of the next two answers
"""

import contextlib
import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request. `params` are those in the address, each with all its values; `host` is as the client named it."""

    method: str
    host: str
    path: str
    params: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def first(self, name: str, default: str = "") -> str:
        """The first value of a parameter."""
        return self.params.get(name, [default])[0]


@dataclass(frozen=True)
class Answer:
    """One answer: text and bytes go out as they are, anything else as JSON. `drip`: seconds between its bytes."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    drip: float = 0.0

    def raw(self) -> bytes:
        """The body's bytes."""
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass
class _Fault:
    answer: Answer
    path: str
    left: int


class StandIn(ABC):
    """Answers on a free port of the loopback address for as long as the with-block lasts."""

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self.answers: list[Answer] = []
        self.lock = threading.RLock()
        self._faults: list[_Fault] = []
        self._is_over = threading.Event()
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        assert self._server is not None, "it listens within its with-block only"
        return f"http://127.0.0.1:{self._server.server_port}"

    @abstractmethod
    def answer(self, asked: Asked) -> Answer:
        """What the service answers when nothing is wrong."""

    def fail(self, answer: Answer, *, path: str = "", times: int = 1) -> None:
        """Give this instead of the next answers to requests with that text in their path."""
        with self.lock:
            self._faults.append(_Fault(answer, path, times))

    def behave(self) -> None:
        """Forget the failures that are still to come, and what was asked and answered."""
        with self.lock:
            self._faults.clear()
            self.requests.clear()
            self.answers.clear()

    def count(self, path: str = "") -> int:
        """How many requests came with that text in their path."""
        with self.lock:
            return sum(path in asked.path for asked in self.requests)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        if self._server is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def _respond(self, asked: Asked) -> Answer:
        with self.lock:
            self.requests.append(asked)
            fault = next((fault for fault in self._faults if fault.path in asked.path), None)
            if fault is not None:
                fault.left -= 1
                if fault.left <= 0:
                    self._faults.remove(fault)
            answer = self.answer(asked) if fault is None else fault.answer
            self.answers.append(answer)
            return answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                parts = urlsplit(self.path)
                asked = Asked(
                    method=self.command,
                    host=self.headers.get("Host", ""),
                    path=parts.path,
                    params=parse_qs(parts.query, keep_blank_values=True),
                    headers=dict(self.headers.items()),
                    body=body,
                )
                with contextlib.suppress(ConnectionError):  # a client that waits no longer hangs up
                    self.send(stand_in._respond(asked))

            do_GET = do_POST = do_any

            def send(self, answer: Answer) -> None:
                raw = answer.raw()
                self.send_response(answer.status)
                named = {"Content-Type": "application/json", "Content-Length": str(len(raw)), **answer.headers}
                for name, value in named.items():
                    self.send_header(name, value)
                self.end_headers()
                if not answer.drip:
                    self.wfile.write(raw)
                    return
                for byte in raw:
                    if stand_in._is_over.wait(answer.drip):
                        return
                    self.wfile.write(bytes([byte]))

            def log_message(self, format: str, *args: object) -> None:
                """Stay silent."""

        return Handler
