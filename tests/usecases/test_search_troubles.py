"""Searches that can't go on: what is told of them, and what lets them go on at once."""

from __future__ import annotations

import pytest

from service import presenters
from service.domain.contest import Phase, Rules
from service.domain.pools import Pool
from service.storage import contests
from service.usecases import adopt, seal
from service.usecases.adopt import Change
from service.usecases.ports import NetworkProblem
from service.usecases.search import search_posts
from tests.factories import CLOSES_AT
from tests.usecases.test_search import searching, state


def test_a_key_that_was_put_back_is_used_at_once(world):
    source = searching(world, pages=1, size=1)
    world.networks.has_key = False
    world.run()
    world.networks.has_key = True
    world.clock.forward(60)
    world.run()
    assert (source.asked, state(world).problem) == ([0], None)


def test_a_search_without_its_key_is_told_before_anything_was_searched(world):
    searching(world, pages=1, size=1)
    world.networks.has_key = False
    with world.services.store.read() as tx:
        told = presenters.contest_json(tx, world.contest(), proof_url=world.services.proof_url, networks=world.networks)
    (search,) = told["posts"]["searches"]
    assert (search["source"], search["problem"]["code"]) == ("x:search", "key_missing")


def test_a_finished_search_needs_its_key_no_more(world):
    searching(world, pages=1, size=1)
    world.clock.move_to(CLOSES_AT)
    world.clock.forward(70)
    world.run()
    world.networks.has_key = False
    world.clock.forward(60)
    assert seal.seal(world.services, 1, actor="ada").number == 1


@pytest.mark.parametrize("code", ["credits_depleted", "usage_capped", "key_refused", "unreachable", "bad_answer"])
def test_asked_to_look_a_search_is_tried_at_once_though_it_failed_lately(world, code):
    source = searching(world, pages=1, size=1)
    asked = 86_400 if code in ("credits_depleted", "usage_capped") else None
    source.problems = [NetworkProblem("No.", code=code, host="x", retry_after=asked, permanent=True)]
    world.run()
    with world.services.hold(1) as lease:
        search_posts(world.services, lease, seconds=5, at_once=True)
    assert (source.asked, state(world).problem) == ([0], None)


def test_asked_to_look_a_network_that_asked_for_a_pause_has_it(world):
    source = searching(world, pages=1, size=1)
    source.problems = [NetworkProblem("Too much.", code="rate_limited", host="x", retry_after=900)]
    world.run()
    with world.services.hold(1) as lease:
        search_posts(world.services, lease, seconds=5, at_once=True)
    assert source.asked == []


def test_an_automatic_contest_that_leaves_out_what_is_held_waits_for_its_searches_all_the_same(world):
    source = searching(world, pages=1, size=1)
    with world.services.store.write() as tx:
        contests.update(tx, 1, is_automatic=True, rules=Rules(leave_out_held=True))
    world.pass_deadline()
    world.clock.forward(60)
    source.problems = [NetworkProblem("No credits.", code="credits_depleted", host="x", permanent=True)]
    world.run()
    assert (world.contest().phase, world.contest().problem.code) == (Phase.REVIEW, "searching")
    world.clock.forward(3_600)
    world.run()
    assert world.contest().phase is Phase.ANNOUNCED


def test_a_contest_whose_pools_take_no_posts_searches_nothing(world):
    source = searching(world, pages=1, size=1)
    change = Change(pools=(Pool(name="comments"),))
    adopt.change_contest(world.services, 1, change, actor="ada", reason="comments alone")
    with world.services.hold(1) as lease:
        assert search_posts(world.services, lease, seconds=5, at_once=True) is None
    assert source.asked == []
