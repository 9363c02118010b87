"""Running other programs: progress on stderr, a clear error when one fails, a second try for downloads."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


class TestbedError(Exception):
    """Something a test neighbour needs is missing or failed; the message is one sentence for a person."""

    __test__ = False  # its name begins with Test, and pytest would try to collect it


def say(message: str) -> None:
    """Print one progress line on stderr."""
    print(message, file=sys.stderr, flush=True)


def is_root() -> bool:
    return os.geteuid() == 0


def run(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    tries: int = 1,
) -> str:
    """Run a program to its end and return what it printed on stdout.

    With `tries` above one, a failure is tried again after a short pause: for downloads.
    Raises TestbedError with the program's own last words.
    """
    for attempt in range(1, tries + 1):
        done = _finish(command, cwd=cwd, env=env, stdin=stdin)
        if done.returncode == 0:
            return done.stdout
        if attempt < tries:
            time.sleep(2.0 * attempt)
    raise TestbedError(f"{command[0]} failed with code {done.returncode}: {_last_words(done)}")


def _finish(
    command: Sequence[str], *, cwd: Path | None, env: Mapping[str, str] | None, stdin: str | None
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            list(command),
            cwd=cwd,
            env={**os.environ, **(env or {})},
            input=stdin if stdin is not None else "",
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as failed:
        raise TestbedError(f"The program {command[0]} can't be run: {failed.strerror}.") from failed


def _last_words(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return " | ".join(lines[-6:])[-1500:]
