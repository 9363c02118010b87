"""Small web servers that are no WordPress."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answers:
    """A server's one answer to everything, and what it was asked."""

    body: bytes | str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    def credentials_seen(self) -> bool:
        return any("Authorization" in headers or b"<methodCall>" in body for _, _, headers, body in self.requests)


@contextlib.contextmanager
def serve(answers: Answers) -> Iterator[Answers]:
    """Answer on a free port for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answers.requests.append((self.command, self.path, dict(self.headers.items()), body))
            content = answers.body.encode() if isinstance(answers.body, str) else answers.body
            self.send_response(answers.status)
            for name, value in {"Content-Length": str(len(content)), **answers.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_POST = do_any

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    answers.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield answers
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
