"""The worker: takes the most overdue contest under a lease, moves it forward one step, and looks again."""

from __future__ import annotations

import secrets
import threading
from time import monotonic

import structlog

from service.storage import contests
from service.usecases.advance import advance
from service.usecases.doorbell import forget_old
from service.usecases.services import Services
from service.usecases.terms import look_again

IDLE_SECONDS = 1.0
BROKEN_SECONDS = 5.0
TIDY_SECONDS = 60.0

log = structlog.get_logger()


def work(services: Services, stop: threading.Event) -> None:
    """Work until told to stop; the step in hand is finished first."""
    log.info("worker_started")
    tidy_at, is_new = monotonic() + TIDY_SECONDS, True
    while not stop.is_set():
        try:
            if is_new:
                look_again(services)
                is_new = False
            worked = work_once(services)
            if monotonic() >= tidy_at:
                tidy_at = monotonic() + TIDY_SECONDS
                if forget_old(services):
                    tidy_at = monotonic()
        except Exception:
            log.exception("worker_failed")  # the database is away: nothing to do but wait for it
            stop.wait(BROKEN_SECONDS)
            continue
        if not worked:
            stop.wait(IDLE_SECONDS)
    log.info("worker_stopped")


def work_once(services: Services) -> bool:
    """Advance the most overdue contest one step; False when nothing is due."""
    with services.store.read() as tx:  # an idle worker takes no write lock
        if not contests.is_due(tx, now=services.clock()):
            return False
    with services.store.write() as tx:
        lease = contests.take_due(tx, now=services.clock(), seconds=services.timing.lease, token=secrets.token_hex(16))
    if lease is None:
        return False
    advance(services, lease)
    return True
