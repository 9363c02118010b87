"""The processes of the service: gunicorn for the web, one worker, and `run`, which keeps both or neither."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from types import FrameType

import structlog

from service.settings import Settings
from service.usecases.keys import check_keys
from service.usecases.services import Services
from service.worker import work

STOP_SECONDS = 60.0

log = structlog.get_logger()


def gunicorn_command(settings: Settings) -> list[str]:
    """How gunicorn is started: one process with threads, so that a slow blog holds up nobody else.

    It never logs on the level `debug`: those lines hold each request's address, and whoever has a claim's can take it.
    """
    log_level = "info" if settings.log_level == "debug" else settings.log_level
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "service.app:create_app()",
        f"--bind={settings.bind}",
        "--worker-class=gthread",
        f"--threads={settings.web_threads}",
        f"--log-level={log_level}",
        "--graceful-timeout=30",
        "--timeout=120",
        "--no-control-socket",
    ]


def worker_command() -> list[str]:
    """How the worker is started."""
    return [sys.executable, "-m", "service.cli", "worker"]


def run_worker(services: Services) -> None:
    """Work until SIGTERM or SIGINT; the step in hand is finished first."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    _tell_of_keys(services)
    work(services, stop)


def _tell_of_keys(services: Services) -> None:
    """A network that refuses its key holds up nobody who takes part otherwise: it is told, and shown by contests."""
    for check in check_keys(services.networks):
        if check.failure:
            print(f"tirage: {check.failure}", file=sys.stderr)
            log.warning("network_check_failed", network=check.network.value, refused=check.is_refused)


def run_all(commands: Mapping[str, list[str]]) -> int:
    """Run the commands until one ends or a signal comes, then stop the others; the exit code to end with.

    0 after a signal; 1 when a process ended by itself, which is told on stderr.
    """
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda caught, _frame: told.append(caught))
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            running[name] = subprocess.Popen(command)
        while not told and all(process.poll() is None for process in running.values()):
            time.sleep(0.2)
        ended = {name: process.returncode for name, process in running.items() if process.returncode is not None}
    finally:
        _stop(running)
    for name, code in ended.items() if not told else ():
        print(
            f"tirage: the {name} process ended by itself (exit code {code}); everything is stopped.",
            file=sys.stderr,
        )
    return 0 if told else 1


def _stop(running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
