"""Bodies that never end, sent to the real web server: refused early, at the cost of neither memory nor others."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from testbed import processes
from tests.e2e.conftest import Tirage
from tests.e2e.ringing import SECRET

GIGABYTE = 2**30
PIECE = b"x" * 2**20
DOORS = {
    "/webhooks/wordpress": 413,
    "/webhooks/wp-webhooks": 413,
    "/webhooks/hookpress/guessed": 404,
    "/plugin/v1/ping": 413,
    "/api/v1/contests": 401,
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A service that listens there; no blog is asked for anything here."""
    port, folder = processes.free_port(), tmp_path_factory.mktemp("flood")
    env = {"TIRAGE_TEST_FOLDER": str(folder), "SECRETS_DIR": str(folder), "WEBHOOK_SECRETS": SECRET}
    tirage = Tirage({**env, "DATABASE_URL": f"sqlite:///{folder}/tirage.sqlite3", "PATH": "/usr/bin:/bin"})
    tirage.cli("db", "upgrade")
    web = tirage.start_web(port)
    yield port
    web.kill()
    web.wait()


def pour(port: int, path: str, *, is_chunked: bool) -> tuple[int, int]:
    """Send a gigabyte until the server has enough: the status of its answer, and how many bytes it let come."""
    length = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {GIGABYTE}"
    signed = f"webhook-id: msg_1\r\nwebhook-timestamp: {int(time.time())}\r\nwebhook-signature: v1,AAAA"
    head = f"POST {path} HTTP/1.1\r\nHost: tirage.example\r\nContent-Type: application/json\r\n{signed}\r\n{length}"
    piece = b"%x\r\n%b\r\n" % (len(PIECE), PIECE) if is_chunked else PIECE
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(f"{head}\r\n\r\n".encode())
        try:
            while sent < GIGABYTE:
                client.sendall(piece)
                sent += len(PIECE)
        except OSError:
            pass  # it hung up
        return int(client.recv(100).split()[1]), sent


def megabytes(port: int) -> float:
    """What the service's process holds in memory."""
    statm = [Path(f"/proc/{pid}/statm").read_text() for pid in serving(port)]
    return sum(int(text.split()[1]) for text in statm) * 4096 / 2**20


def serving(port: int) -> list[str]:
    """The processes whose command line names the port."""
    lines = {path.parent.name: path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()}
    return [pid for pid, line in lines.items() if f"--bind=127.0.0.1:{port}".encode() in line]


@pytest.mark.parametrize("is_chunked", [False, True], ids=["with a length", "without"])
@pytest.mark.parametrize(("path", "status"), DOORS.items())
def test_a_gigabyte_is_refused_before_it_has_come(port: int, path: str, status: int, is_chunked: bool):
    before = megabytes(port)
    answer, sent = pour(port, path, is_chunked=is_chunked)
    assert answer == status
    assert sent < 64 * 2**20
    assert megabytes(port) < before + 20
    assert requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
