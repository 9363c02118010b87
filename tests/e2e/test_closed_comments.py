"""Many blogs close comments at the deadline; WordPress then refuses even the moderator."""

from __future__ import annotations

import os
import signal

import pytest

from tests.e2e.conftest import write_post
from tests.e2e.test_exactly_once import AUTO, COMMENT


@pytest.fixture
def closed_post(wordpress):
    return write_post(wordpress, comment_status="closed")


def test_comments_are_opened_for_the_winner_comment_and_closed_again(behind_proxy, closed_post):
    contest = behind_proxy.open(closed_post.id, closed_post.closes_at, *AUTO)
    behind_proxy.start_worker()
    behind_proxy.wait_for_phase(contest, "announced")
    assert (closed_post.winner_comments(), closed_post.comment_status()) == (["1"], "closed")


def test_comments_are_closed_again_after_a_crash_in_between(behind_proxy, proxy, closed_post):
    gate = proxy.when(**COMMENT, times=1).hold_answer()
    contest = behind_proxy.open(closed_post.id, closed_post.closes_at, *AUTO)
    worker = behind_proxy.start_worker()
    gate.wait()
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    assert closed_post.comment_status() == "open"
    gate.release()
    behind_proxy.start_worker()
    behind_proxy.wait_for_phase(contest, "announced")
    assert (closed_post.winner_comments(), closed_post.comment_status()) == (["1"], "closed")


def test_a_failed_attempt_leaves_comments_closed(behind_proxy, proxy, closed_post):
    proxy.when(**COMMENT).fail(500)
    contest = behind_proxy.open(closed_post.id, closed_post.closes_at)
    behind_proxy.cli("contest", "seal", contest, "--yes")
    behind_proxy.cli("contest", "draw", contest)
    done = behind_proxy.run("contest", "announce", contest, "--yes")
    assert done.returncode == 3
    assert (closed_post.winner_comments(), closed_post.comment_status()) == ([], "closed")
    proxy.clear()
    behind_proxy.cli("contest", "announce", contest, "--yes")
    assert (closed_post.winner_comments(), closed_post.comment_status()) == (["1"], "closed")


def test_a_blog_that_closes_old_posts_by_itself_is_told_what_to_change(tirage, wordpress, contest_post):
    contest = tirage.open(contest_post.id, contest_post.closes_at)
    tirage.cli("contest", "seal", contest, "--yes")
    tirage.cli("contest", "draw", contest)
    wordpress.close_comments_after(1)
    try:
        done = tirage.run("contest", "announce", contest, "--yes")
    finally:
        wordpress.close_comments_after(0)
    assert done.returncode == 2
    assert "Discussion" in done.stderr
    assert contest_post.winner_comments() == []
