"""Searching for posts: page by page, paid for once, within the cap, and done when it saw past the deadline."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import presenters
from service.domain.contest import Search, XSearch
from service.domain.eligibility import State
from service.domain.errors import BadInput, Blocked
from service.domain.pools import Channel, Pool
from service.domain.posts import Message
from service.storage import contests, searches
from service.usecases import adopt, seal
from service.usecases.adopt import Change
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
    with pytest.raises(Blocked, match=r"x:search: fake.example doesn't answer.*--without-search"):
        seal.seal(world.services, 1, actor="ada", leave_out=True)
    assert seal.seal(world.services, 1, actor="ada", without_search=True).number == 1


def test_without_its_key_a_search_waits_and_everything_else_goes_on(world):
    searching(world, pages=1, size=1)
    world.networks.has_key = False
    world.blog.add(posts=world.network.add(5))
    world.run()
    assert state(world).problem["code"] == "key_missing"
    assert world.verdicts() == {"005": ("eligible", [])}
    with world.services.store.read() as tx:
        told = presenters.contest_json(tx, world.contest(), proof_url=world.services.proof_url, networks=world.networks)
    assert "X_BEARER_TOKEN" in told["posts"]["searches"][0]["problem"]["message"]


def test_pools_that_take_posts_are_not_saved_while_their_search_has_no_key(world):
    world.open_pools(Pool(name="comments"), search=ON_X)
    world.networks.has_key = False
    change = Change(pools=(Pool(name="posts", channel=Channel.POSTS),))
    with pytest.raises(BadInput, match="X_BEARER_TOKEN"):
        adopt.change_contest(world.services, 1, change, actor="ada", reason="more")
    assert not world.contest().wants_posts


def test_an_automatic_contest_tells_which_search_it_waits_for(world):
    searching(world, page_cost=100_000, search=Search(x=XSearch.RECENT, x_cap_cents=5))
    with world.services.store.write() as tx:
        contests.update(tx, 1, is_automatic=True)
    world.pass_deadline()
    world.clock.forward(120)
    world.run()
    problem = world.contest().problem
    assert problem.code == "searching"
    assert "0.05 US dollars" in problem.message


def test_a_higher_cap_counts_at_once(world):
    source = searching(world, pages=1, size=1, page_cost=100_000, search=Search(x=XSearch.RECENT, x_cap_cents=5))
    world.run()
    assert source.asked == []
    change = Change(search=Search(x=XSearch.RECENT, x_cap_cents=50))
    adopt.change_contest(world.services, 1, change, actor="ada", reason="worth it")
    world.run()
    assert (source.asked, state(world).problem) == ([0], None)


def test_another_message_is_searched_for_from_the_beginning(world):
    source = searching(world, pages=2, size=1)
    world.run()
    change = Change(message=Message(hashtags=("Livres",)))
    adopt.change_contest(world.services, 1, change, actor="ada", reason="a hashtag too")
    world.run()
    assert source.asked == [0, 1, 0, 1]


def test_a_run_that_spans_the_deadline_is_followed_by_one_more_at_once(world):
    source = searching(world, pages=1, size=1)
    world.clock.move_to(CLOSES_AT)
    world.clock.forward(59)
    page = source.page

    def slowly(plan, cursor):
        world.clock.forward(5)
        return page(plan, cursor)

    source.page = slowly
    world.run()
    assert state(world).covered_until >= CLOSES_AT + timedelta(seconds=60)


def test_a_comment_that_is_held_and_gives_no_post_holds_up_no_contest_of_posts(world):
    world.open_pools(Pool(name="posts", channel=Channel.POSTS))
    world.blog.add(state=State.HELD)
    world.pass_deadline()
    world.run()
    assert seal.seal(world.services, 1, actor="ada").number == 1


def test_a_held_comment_that_gives_a_post_is_one_thing_to_decide(world):
    world.blog.add(state=State.HELD, posts=world.network.add(1))
    world.open_pools()
    world.pass_deadline()
    world.run()
    with pytest.raises(Blocked, match=r"^1 comment is still held"):
        seal.seal(world.services, 1, actor="ada")
