"""Web applications as gunicorn runs them in real life, each on a database of its own."""

from __future__ import annotations

import http.client
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from bench.worker import BenchFailed
from service.processes import gunicorn_command
from service.settings import Settings
from testbed import processes

SERVICE = "service.app:create_app()"
BARE = "bench.bare:create_app()"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PATIENCE_SECONDS = 30.0


@contextmanager
def serving(application: str, database_url: str) -> Iterator[int]:
    """An application behind gunicorn, with the command and the settings of the service; its port."""
    port = processes.free_port()
    env = {
        "DATABASE_URL": database_url,
        "BIND": f"127.0.0.1:{port}",
        "LOG_LEVEL": "warning",
        "WEBHOOK_SECRETS": SECRET,
    }
    command = gunicorn_command(Settings(bind=env["BIND"], log_level="warning", _env_file=None))
    command[command.index(SERVICE)] = application
    process = subprocess.Popen(command, env={**os.environ, **env})
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    began = monotonic()
    while process.poll() is None and monotonic() - began < PATIENCE_SECONDS:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise BenchFailed("gunicorn didn't start; its log stands above.")
