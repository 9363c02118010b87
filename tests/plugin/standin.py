"""A stand-in for the service: takes doorbells and calls, checks signatures with another's library, and misbehaves."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from standardwebhooks.webhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class StandIn:
    """Answers doorbells with `status` after `delay` seconds, and calls by name with what `calls` holds for them."""

    def __init__(self) -> None:
        self.status = 202
        self.delay = 0.0
        self.deliveries: list[tuple[str, list[dict[str, Any]]]] = []  # id and events, as they came
        self.asked: list[tuple[str, dict[str, Any]]] = []  # name and data
        self.calls: dict[str, tuple[int, Any]] = {}
        self.forged: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reset(self) -> None:
        """As it was at first."""
        self.status, self.delay, self.calls = 202, 0.0, {}
        for seen in (self.deliveries, self.asked, self.forged, self.headers):
            seen.clear()

    def events(self) -> list[tuple[str, int, int]]:
        """All events that came: name, post, comment."""
        return [
            (event["event"], event.get("post", 0), event.get("comment", 0))
            for _, events in self.deliveries
            for event in events
        ]

    def wait(self, is_true: Callable[[], Any], seconds: float = 10.0) -> Any:
        """Wait until it is true, and give it."""
        deadline = time.monotonic() + seconds
        while not (found := is_true()):
            assert time.monotonic() < deadline, f"it didn't come: {self.deliveries} {self.asked} {self.forged}"
            time.sleep(0.02)
        return found

    def _take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        self.headers.append(headers)
        try:
            told = Webhook(SECRET).verify(body, headers)
        except Exception as error:
            self.forged.append(f"{path}: {error}")
            return 401, {"code": "signature_wrong", "detail": "Wrong.", "status": 401}
        if path == "/webhooks/wordpress":
            self.deliveries.append((headers["webhook-id"], told["events"]))
            return self.status, {"status": "accepted"}
        name = path.rpartition("/")[2]
        assert told["type"] == name
        self.asked.append((name, told["data"]))
        return self.calls.get(name, (404, {"code": "not_found", "detail": "No such call.", "status": 404}))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                time.sleep(outer.delay)
                status, told = outer._take(self.path, headers, body)
                answer = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler
