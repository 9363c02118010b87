"""A blog in trouble: the contest waits, says why, loses nothing, and goes on by itself."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

TROUBLES = {
    "slow": (lambda when: when.delay(30), "blog_unreachable"),
    "busy": (lambda when: when.too_many_requests(retry_after="2"), "blog_busy"),
    "half": (lambda when: when.half_json(), "blog_unreachable"),
    "login": (lambda when: when.login_page(), "blog_unreachable"),
    "error": (lambda when: when.error_page(), "blog_unreachable"),
    "broken": (lambda when: when.fail(500), "blog_unreachable"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_contest_waits_and_goes_on_by_itself(behind_proxy, proxy, contest_post, trouble):
    misbehave, code = TROUBLES[trouble]
    contest = behind_proxy.open(contest_post.id, contest_post.closes_at)
    behind_proxy.cli("contest", "collect", contest)
    before = behind_proxy.json("contest", "entries", contest)
    misbehave(proxy.when(path="/wp/v2/comments"))
    behind_proxy.start_worker()
    told = behind_proxy.wait_for(contest, lambda told: told["problem"])
    assert told["problem"]["code"] == code
    assert len(told["problem"]["message"]) > 20
    assert behind_proxy.json("contest", "entries", contest) == before
    proxy.clear()
    told = behind_proxy.wait_for_phase(contest, "review")
    behind_proxy.wait_for(contest, lambda told: told["problem"] is None)
    assert behind_proxy.json("contest", "entries", contest) == before


def test_a_blog_that_is_down(behind_proxy, proxy, contest_post):
    contest = behind_proxy.open(contest_post.id, contest_post.closes_at)
    with proxy.down():
        behind_proxy.start_worker()
        told = behind_proxy.wait_for(contest, lambda told: told["problem"])
        assert told["problem"]["code"] == "blog_unreachable"
        done = behind_proxy.run("contest", "collect", contest)
        assert done.returncode == 3
        assert "Traceback" not in done.stderr
    behind_proxy.wait_for_phase(contest, "review")


def test_a_comment_that_the_blog_counts_and_does_not_show_stops_the_contest(behind_proxy, proxy, contest_post):
    """A plugin that hides a comment from the API: the seal says what is missing and does not go on."""
    contest = behind_proxy.open(contest_post.id, contest_post.closes_at)
    proxy.when(method="GET", path="/wp/v2/comments").change(without_soizic)
    done = behind_proxy.run("contest", "seal", contest, "--yes")
    assert done.returncode == 3
    assert "WordPress counts" in done.stderr
    assert behind_proxy.json("contest", "show", contest)["phase"] == "closing"
    proxy.clear()
    behind_proxy.cli("contest", "seal", contest, "--yes")


def without_soizic(answer):
    """The blog's answer without the comments of one reader."""
    found = json.loads(answer.body)
    if isinstance(found, list):
        found = [comment for comment in found if comment.get("author_name") != "Soizic"]
    return replace(answer, body=json.dumps(found).encode())
