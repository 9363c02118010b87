"""Background processes: started in a session of their own, known by pid and command line, ended exactly."""

import contextlib
import os
import shutil
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from testbed.shell import TestbedError


def spawn(command: Sequence[str], *, env: Mapping[str, str], log: Path) -> int:
    """Start a program in the background, its output going to `log`, and return its pid.

    It outlives this process. subprocess.Popen would complain when it is forgotten while the program runs.
    """
    program = shutil.which(command[0])
    if not program:
        raise TestbedError(f"The program {command[0]} is not installed.")
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    pid = os.posix_spawn(
        program,
        list(command),
        {**os.environ, **env},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    _await_command_line(pid)
    return pid


def is_running(pid: int, marker: str) -> bool:
    """Whether the process is still the one that was started: alive, with `marker` in its command line."""
    _reap(pid)
    return marker in command_line(pid)


def end(pid: int, marker: str, *, first: signal.Signals = signal.SIGTERM, patience_seconds: float = 10.0) -> None:
    """End a spawned process and its children and nothing else: the members of its session with `marker`.

    They get the signal `first`, and SIGKILL when they are still there after `patience_seconds`.
    """
    deadline = time.monotonic() + patience_seconds
    to_send = first
    while members := _members(pid, marker):
        for member in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(member, to_send)
        if time.monotonic() > deadline:
            to_send = signal.SIGKILL
        time.sleep(0.02)


def free_port() -> int:
    """A TCP port of the loopback address that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _members(session: int, marker: str) -> list[int]:
    _reap(session)
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if _session(pid) == session and marker in command_line(pid)]


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return -1


def command_line(pid: int) -> str:
    """The program's arguments; empty when it is gone or only waits to be reaped."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _await_command_line(pid: int) -> None:
    """Pass the moment in which the kernel has let go of us but shows no arguments of the new program yet."""
    deadline = time.monotonic() + 1.0
    while not command_line(pid) and time.monotonic() < deadline:
        time.sleep(0.001)


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
