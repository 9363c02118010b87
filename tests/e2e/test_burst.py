"""Hundreds of comments at once while the service dies and is started again: in the end every entry is there, once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from service.storage.store import Store
from service.storage.tables import entries
from testbed import processes, wordpress
from testbed.proxy import Proxy
from testbed.site import Site
from tests.e2e.conftest import Tirage, installed
from tests.e2e.ringing import SECRET, Visitor, connect

COMMENTS = 500
DEATHS = (150, 350)  # after so many comments
PATIENCE_SECONDS = 150.0


@pytest.fixture
def blog() -> Iterator[Site]:
    with wordpress.running(version="6.8", database="mariadb") as site:
        site.switch_off("flood_check")
        site.set_option("comment_previously_approved", 0)
        yield site


class Mortal:
    """Both processes of the service, which can be killed and started again."""

    def __init__(self, tirage: Tirage, port: int) -> None:
        self._tirage, self._port = tirage, port
        self._start()

    def _start(self) -> None:
        self._processes = [self._tirage.start_web(self._port), self._tirage.start_worker()]

    def die_and_rise(self) -> None:
        """As after a power cut, with a moment in which nobody answers."""
        for process in self._processes:
            process.kill()
            process.wait()
        time.sleep(1)
        self._start()


@contextmanager
def commenting(visitor: Visitor) -> Iterator[list[Future[int]]]:
    """Guests who comment, four at a time, while the block runs."""
    with ThreadPoolExecutor(4) as pool:
        yield [pool.submit(visitor.by_form, f"Guest{number}") for number in range(COMMENTS)]


def entered(tirage: Tirage) -> list[int]:
    """The comments that are entries, one for each row."""
    with closing(Store(tirage.env["DATABASE_URL"])) as store, store.read() as tx:
        return list(tx.execute(select(entries.c.comment_id).order_by(entries.c.comment_id)).scalars())


def waiting(site: Site) -> int:
    """The events that the plugin still has to deliver."""
    code = "return (int) $wpdb->get_var(\"SELECT COUNT(*) FROM {$wpdb->prefix}tirage_events WHERE state = 'waiting'\");"
    number: int = site.php(code)
    return number


def wait_until_delivered(site: Site) -> None:
    """What failed is sent again with growing pauses, at the end of whatever request comes by then."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while waiting(site):
        assert time.monotonic() < deadline, f"{waiting(site)} events still wait"
        requests.get(site.base_url, timeout=30)
        time.sleep(0.5)


def test_a_burst_of_comments_survives_a_service_that_dies_twice_and_fails_each_fifth_time(blog: Site, tmp_path: Path):
    port = processes.free_port()
    settings = {"WEBHOOK_SECRETS": SECRET, "POLL_SECONDS": "3600", "SLOW_POLL_SECONDS": "3600"}  # too slow to help
    with installed(tmp_path, blog.base_url, blog, **settings) as tirage, Proxy(f"http://127.0.0.1:{port}") as door:
        refused = [door.when(method="POST", every=10).fail(after=after) for after in (False, True)]
        connect(blog, door.url)
        service = Mortal(tirage, port)
        visitor = Visitor(blog, blog.create_post("Deux livres à gagner"))
        contest = tirage.open(visitor.post_id, datetime.now(UTC) + timedelta(days=1))
        tirage.wait_for(contest, lambda told: told["last_read_at"])
        with commenting(visitor) as comments:
            for number, _ in enumerate(as_completed(comments), start=1):
                if number in DEATHS:
                    service.die_and_rise()
        ids = sorted(comment.result() for comment in comments)
        wait_until_delivered(blog)
        tirage.wait_for(contest, lambda told: told["counts"]["eligible"] == COMMENTS)
        assert entered(tirage) == ids
        # How many calls there are depends on the machine: one carries whatever rang while another was on its way.
        assert all(rule.used > 1 for rule in refused), [rule.used for rule in refused]
