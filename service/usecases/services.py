"""What every use case is given: the database, the blog, the clock and a few settings."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

from sqlalchemy.exc import DBAPIError

from service.domain.contest import Randomness
from service.domain.errors import LeaseLost
from service.storage import contests
from service.storage.contests import Lease
from service.storage.store import Store
from service.usecases.ports import (
    Beacon,
    Blog,
    Clock,
    Mailer,
    MakeSecret,
    Networks,
    NoBeacon,
    NoMailer,
    NoNetworks,
    OpenBlog,
    Vault,
)


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def random_secret() -> str:
    """256 bits from the operating system, as 64 hexadecimal digits."""
    return secrets.token_hex(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long things are waited for, in seconds."""

    poll: float = 60.0  # between two readings of an open contest, unless reading takes long
    slow_poll: float = 600.0  # the same while the plugin's doorbells ring: only a safety net
    lease: float = 60.0  # a worker that says nothing for so long is taken for dead
    lease_wait: float = 90.0  # how long a command waits for the worker to finish its step
    settle: float = 90.0  # after this a comment that was sent without an answer can't arrive any more
    look: float = 10.0  # at the blog, while its administrator waits for a test; the plugin waits 20 for us
    closing_margin: float = 2.0  # a comment of the closing second may take so long to be stored
    search: float = 900.0  # between two searches for posts
    search_lag: float = 60.0  # a network may take so long until its search shows a post
    looks: float = 20.0  # looking at posts in one step of the worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything from outside that a use case may need."""

    store: Store
    blog: Blog
    public_url: str
    clock: Clock = utc_now
    make_secret: MakeSecret = random_secret
    timing: Timing = field(default_factory=Timing)
    vault: Vault
    open_blog: OpenBlog
    networks: Networks = field(default_factory=NoNetworks)
    beacon: Beacon = field(default_factory=NoBeacon)
    mailer: Mailer = field(default_factory=NoMailer)
    randomness: Randomness | None = None  # of new contests; None: the beacon where it can be reached
    personal_data_days: int = 90  # after the draw, until everything personal is deleted
    sleep: Callable[[float], None] = sleep
    is_blog_fixed: bool = True  # by the settings, so that nothing else can name another

    def proof_url(self, slug: str, number: int) -> str:
        """The public page of a draw: also the key by which its winner comment is found again."""
        return f"{self.public_url.rstrip('/')}/contests/{slug}/draws/{number}"

    def claim_url(self, token: str) -> str:
        """The private page where a winner claims their prize."""
        return f"{self.public_url.rstrip('/')}/claims/{token}"

    def promotion_url(self, slug: str, number: int, strike: int) -> str:
        """The public page of a prize of a draw that passed on: also the key of the reply that tells of it."""
        return f"{self.public_url.rstrip('/')}/contests/{slug}/promotions/{number}-{strike}"

    @contextmanager
    def hold(self, contest_id: int) -> Iterator[Lease]:
        """Lease a contest as a worker does, and ring it afterwards. Raises LeaseLost when another won't let go."""
        lease = self._wait_for_lease(contest_id)
        try:
            with self.keep(lease):
                yield lease
        finally:
            with self.store.write() as tx:
                contests.release(tx, lease, due_at=self.clock())

    @contextmanager
    def keep(self, lease: Lease) -> Iterator[None]:
        """Renew a lease while the block runs, however slow the blog is; it lapses when this process dies or freezes."""
        stop = threading.Event()
        heartbeat = threading.Thread(target=self._renew_until, args=(lease, stop), daemon=True)
        heartbeat.start()
        try:
            yield
        finally:
            stop.set()
            heartbeat.join()

    def _renew_until(self, lease: Lease, stop: threading.Event) -> None:
        while not stop.wait(self.timing.lease / 3):
            try:
                with self.store.write() as tx:
                    contests.renew(tx, lease, now=self.clock(), seconds=self.timing.lease)
            except LeaseLost:
                return  # whoever holds it now is stopped by nobody; our next write is refused
            except DBAPIError:
                continue  # the database is away: the step itself will tell

    def _wait_for_lease(self, contest_id: int) -> Lease:
        deadline = monotonic() + self.timing.lease_wait
        while True:
            with self.store.write() as tx:
                lease = contests.take(
                    tx, contest_id, now=self.clock(), seconds=self.timing.lease, token=secrets.token_hex(16)
                )
            if lease is not None:
                return lease
            if monotonic() > deadline:
                raise LeaseLost(f"Contest {contest_id} is being worked on by another process; try again in a minute.")
            sleep(0.2)


def later(now: datetime, seconds: float) -> datetime:
    """The instant that many seconds on."""
    return now + timedelta(seconds=seconds)
