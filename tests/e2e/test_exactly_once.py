"""One winner comment, whoever dies when and whatever WordPress answers."""

from __future__ import annotations

import os
import signal
import time

import pytest

AUTO = ("--auto", "--leave-out-held")
COMMENT = {"method": "POST", "path": "/wp/v2/comments"}


@pytest.fixture
def drawn(behind_proxy, contest_post):
    """A contest that is drawn, its winner comment not yet asked for."""
    contest = behind_proxy.open(contest_post.id, contest_post.closes_at)
    behind_proxy.cli("contest", "seal", contest, "--yes")
    behind_proxy.cli("contest", "draw", contest)
    return contest


def kill(worker):
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()


def test_announcing_three_times_writes_one_comment(behind_proxy, contest_post, drawn):
    ids = {behind_proxy.json("contest", "announce", drawn, "--yes")["comment_id"] for _ in range(3)}
    assert len(ids) == 1
    assert contest_post.winner_comments() == ["1"]


def test_a_worker_killed_while_wordpress_holds_back_the_answer(behind_proxy, proxy, contest_post):
    gate = proxy.when(**COMMENT, times=1).hold_answer()
    contest = behind_proxy.open(contest_post.id, contest_post.closes_at, *AUTO)
    worker = behind_proxy.start_worker()
    gate.wait()
    kill(worker)
    assert contest_post.winner_comments() == ["1"]
    gate.release()
    behind_proxy.start_worker()
    behind_proxy.wait_for_phase(contest, "announced")
    assert contest_post.winner_comments() == ["1"]


def test_a_worker_killed_before_wordpress_sees_the_comment(behind_proxy, proxy, contest_post):
    """The comment is on its way while a second worker is at it: it must wait, and find it."""
    gate = proxy.when(**COMMENT, times=1).hold_request()
    contest = behind_proxy.open(contest_post.id, contest_post.closes_at, *AUTO)
    worker = behind_proxy.start_worker()
    gate.wait()
    kill(worker)
    behind_proxy.start_worker()
    time.sleep(4)  # the second worker has the lease by now and looks
    assert contest_post.winner_comments() == []
    gate.release()
    behind_proxy.wait_for_phase(contest, "announced")
    assert contest_post.winner_comments() == ["1"]


def test_a_comment_that_never_arrived_is_sent_again(behind_proxy, proxy, contest_post):
    proxy.when(**COMMENT, times=1).cut()
    contest = behind_proxy.open(contest_post.id, contest_post.closes_at, *AUTO)
    behind_proxy.start_worker()
    behind_proxy.wait_for_phase(contest, "announced")
    assert proxy.count(**COMMENT) == 2
    assert contest_post.winner_comments() == ["1"]


def test_a_worker_killed_after_the_answer_and_before_it_is_stored(behind_proxy, proxy, contest_post):
    """The comment is read back after it was posted: there the worker dies."""
    contest = behind_proxy.open(contest_post.id, contest_post.closes_at, *AUTO)
    posted = proxy.when(**COMMENT, times=1).hold_answer()
    worker = behind_proxy.start_worker()
    posted.wait()
    read_back = proxy.when(method="GET", path="/wp/v2/comments", times=1).hold_answer()
    posted.release()
    read_back.wait()
    kill(worker)
    read_back.release()
    behind_proxy.start_worker()
    behind_proxy.wait_for_phase(contest, "announced")
    assert contest_post.winner_comments() == ["1"]


def test_a_500_after_the_comment_was_stored(behind_proxy, proxy, contest_post, drawn):
    proxy.when(**COMMENT, times=1).fail(500, after=True)
    told = behind_proxy.json("contest", "announce", drawn, "--yes")
    assert told["comment_id"]
    assert contest_post.winner_comments() == ["1"]


def test_an_answer_cut_in_the_middle(behind_proxy, proxy, contest_post, drawn):
    proxy.when(**COMMENT, times=1).cut_answer()
    behind_proxy.cli("contest", "announce", drawn, "--yes")
    assert contest_post.winner_comments() == ["1"]


def test_two_workers_on_one_contest(behind_proxy, contest_post):
    contest = behind_proxy.open(contest_post.id, contest_post.closes_at, *AUTO)
    for _ in range(2):
        behind_proxy.start_worker()
    behind_proxy.wait_for_phase(contest, "announced")
    assert contest_post.winner_comments() == ["1"]


def test_two_commands_at_once(behind_proxy, contest_post, drawn):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: behind_proxy.run("contest", "announce", drawn, "--yes"), range(2)))
    assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
    assert contest_post.winner_comments() == ["1"]
