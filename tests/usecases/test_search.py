"""Searching for posts: page by page, paid for once, within the cap, and done when it saw past the deadline."""

from __future__ import annotations

import pytest

from service.domain.contest import Search, XSearch
from service.domain.errors import Blocked
from service.storage import searches
from service.usecases import seal
from service.usecases.ports import NetworkProblem
from tests.factories import CLOSES_AT, make_evidence
from tests.fake_networks import DOWN, FakeSource

ON_X = Search(x=XSearch.RECENT)


def searching(world, *, pages=10, size=100, page_cost=0, search=ON_X):
    numbers = iter(range(1, pages * size + 1))
    found = [[make_evidence(next(numbers)) for _ in range(size)] for _ in range(pages)]
    for page in found:
        for evidence in page:
            world.network.posts[evidence.entry.removeprefix("x:")] = evidence
    world.networks.source = FakeSource(found, page_cost=page_cost)
    world.open_pools(search=search)
    return world.networks.source


def state(world):
    with world.services.store.read() as tx:
        return searches.of_contest(tx, 1)["x:search"]


def test_a_thousand_posts_with_a_crash_in_the_middle_are_each_there_once(world):
    source = searching(world)
    source.die_at = 5
    with pytest.raises(KeyboardInterrupt):
        world.run()
    world.clock.forward(61)
    world.run()
    assert source.asked == [0, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9]
    with world.services.store.read() as tx:
        from service.storage import posts

        assert len(posts.facts(tx, 1)) == 1000
    assert state(world).found == 1000


def test_what_a_search_found_needs_no_comment_and_is_in_while_it_is_seen(world):
    searching(world, pages=1, size=2)
    world.run()
    assert world.verdicts() == {"001": ("eligible", []), "002": ("eligible", [])}


def test_a_search_stops_at_the_cap_and_says_so(world):
    source = searching(world, page_cost=100_000, search=Search(x=XSearch.RECENT, x_cap_cents=35))
    world.run()
    assert source.asked == [0, 1, 2]
    assert (state(world).spent, state(world).problem["code"]) == (300_000, "cap_reached")
    assert "0.35 US dollars" in state(world).problem["message"]


@pytest.mark.parametrize(("retry_after", "pause"), [(900, 900), (None, 120)])
def test_trouble_is_kept_and_tried_again_later(world, retry_after, pause):
    source = searching(world, pages=1, size=1)
    source.problems = [NetworkProblem("No credits.", code="credits_depleted", host="x", retry_after=retry_after)]
    world.run()
    assert state(world).problem == {"code": "credits_depleted", "message": "No credits.", "tries": 1}
    assert (state(world).next_at - world.clock()).total_seconds() == pause
    world.clock.forward(pause)
    world.run()
    assert (state(world).problem, state(world).found) == (None, 1)


def test_a_search_is_finished_when_a_run_began_after_the_deadline(world):
    source = searching(world, pages=1, size=1)
    world.run()
    world.clock.forward(900)
    world.run()
    runs = len(source.asked)
    world.clock.move_to(CLOSES_AT)
    world.clock.forward(70)
    world.run()
    assert state(world).covered_until > CLOSES_AT
    world.clock.forward(9_000)
    world.run()
    assert len(source.asked) == runs + 1


def test_a_seal_waits_for_an_unfinished_search_unless_told_not_to(world):
    source = searching(world, pages=1, size=1)
    world.run()
    world.pass_deadline()
    source.problems = [DOWN] * 9
    world.clock.forward(60)
    world.run()
    with pytest.raises(Blocked, match="search for posts isn't finished"):
        seal.seal(world.services, 1, actor="ada")
    assert seal.seal(world.services, 1, actor="ada", leave_out=True).number == 1
