"""The real worker, as a process of its own, and how much memory it took at most."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from time import perf_counter, sleep

from bench import blog
from service.domain.contest import Contest, Phase
from service.storage import contests
from service.usecases.services import Services
from testbed.wordpress import Site

PATIENCE_SECONDS = 3_600.0
COMMAND = [sys.executable, "-m", "service.cli", "worker"]
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


class BenchFailed(Exception):
    """What was to be measured didn't happen."""


def peak_megabytes(site: Site, database: Path, services: Services, contest: Contest) -> tuple[float, float]:
    """Let `tirage worker` read an open contest once, or take one that is over to the winner comment.

    Returns its peak of resident memory in megabytes (10⁶ bytes) and the seconds it took.
    """
    wanted = Phase.ANNOUNCED if contest.is_automatic else Phase.OPEN
    began = perf_counter()
    process = subprocess.Popen(COMMAND, env={**os.environ, **blog.environment(site, database)})
    try:
        while not _is_done(services, contest, wanted):
            if process.poll() is not None or perf_counter() - began > PATIENCE_SECONDS:
                raise BenchFailed("The worker didn't get through; its log stands above.")
            sleep(0.1)
        return _peak(process.pid), perf_counter() - began
    finally:
        process.terminate()
        process.wait()


def _is_done(services: Services, contest: Contest, wanted: Phase) -> bool:
    with services.store.read() as tx:
        now = contests.get(tx, contest.id)
    if now.problem is not None:
        raise BenchFailed(f"The worker waits: {now.problem.message}")
    return now.phase is wanted and now.last_read_at is not None


def _peak(pid: int) -> float:
    """Linux's high-water mark of the process: unlike ru_maxrss it leaves out what its parent had before the exec."""
    found = _PEAK.search(Path(f"/proc/{pid}/status").read_text("ascii", "replace"))
    if found is None:
        raise BenchFailed("Peak memory is read from Linux's /proc; this machine has none.")
    return int(found[1]) * 1024 / 1e6
