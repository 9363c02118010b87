"""The plugin on a real WordPress rings a real service, and each verdict is right within seconds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.domain.eligibility import Status
from testbed import processes, wordpress
from testbed.site import Site
from tests.e2e.conftest import Tirage, installed
from tests.e2e.moderating import WAYS
from tests.e2e.ringing import SECRET, Visitor, connect, enter, moderate, wait_for_verdict

BLOGS = [("6.1", "mariadb"), ("6.8", "sqlite")]  # each version and each database once: the other pairs tell nothing new


@pytest.fixture(scope="module", params=BLOGS, ids=["-".join(blog) for blog in BLOGS])
def blog(request) -> Iterator[Site]:
    """A blog of its own: other tests want theirs without the plugin."""
    version, database = request.param
    with wordpress.running(version=version, database=database) as site:
        site.switch_off("flood_check")
        site.set_option("comment_previously_approved", 0)
        yield site


def open_post(tirage: Tirage, site: Site) -> tuple[str, Visitor]:
    post_id = site.create_post("Deux livres à gagner")
    return tirage.open(post_id, datetime.now(UTC) + timedelta(days=1)), Visitor(site, post_id)


def test_whatever_happens_to_a_comment_is_judged_within_five_seconds(blog: Site, tmp_path: Path):
    port = processes.free_port()
    settings = {"WEBHOOK_SECRETS": SECRET, "POLL_SECONDS": "600"}  # too slow to help
    with installed(tmp_path, blog.base_url, blog, **settings) as tirage:
        connect(blog, f"http://127.0.0.1:{port}")
        tirage.start_web(port)
        contest, visitor = open_post(tirage, blog)
        tirage.start_worker()
        tirage.wait_for(contest, lambda told: told["last_read_at"])
        enter(tirage, contest, visitor, seconds=5)
        for name, way in WAYS.items():
            comment_id = visitor.by_form(f"Ada-{name}")
            wait_for_verdict(tirage, contest, comment_id, Status.ELIGIBLE, 5)
            moderate(tirage, contest, comment_id, way(blog), seconds=5)


def test_without_the_plugin_the_next_poll_does_it(tirage: Tirage, wordpress: Site):
    wordpress.switch_off("flood_check")
    wordpress.set_option("comment_previously_approved", 0)
    try:
        contest, visitor = open_post(tirage, wordpress)
        guests = [visitor.by_form(f"Guest{number}") for number in range(6)]
        tirage.start_worker()
        for comment_id in guests:
            wait_for_verdict(tirage, contest, comment_id, Status.ELIGIBLE, 30)
        for comment_id, wanted in visitor.all_at_once(guests).items():
            wait_for_verdict(tirage, contest, comment_id, wanted, 30)
    finally:
        wordpress.switch_off()
        wordpress.set_option("comment_previously_approved", 1)
