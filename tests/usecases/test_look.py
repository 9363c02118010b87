"""Posts are looked at while the contest runs and once more after the deadline, and no silence costs anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.domain import receipt_checks
from service.domain.errors import Blocked, Conflict
from service.domain.pools import Channel, Pool
from service.domain.posts import Sight
from service.storage import posts, searches
from service.usecases import announce, draw, review, seal
from service.usecases.ports import NetworkProblem
from tests.factories import CLOSES_AT
from tests.fake_networks import DOWN, FakeNetwork

UNCHECKED = ("undecided", ["unchecked"])
IN: tuple[str, list[str]] = ("eligible", [])


def give(world, *numbers, **comment):
    """A comment with the addresses of posts."""
    references = " ".join(f"x:{world.network.key(number)}" for number in numbers)
    return world.blog.add(posts=references, **comment)


def close(world):
    world.pass_deadline()
    return world.run()


def test_a_posts_address_in_a_comment_makes_it_take_part(world):
    world.network.add(1)
    give(world, 1)
    world.open_pools()
    world.run()
    assert world.verdicts() == {"001": IN}
    assert world.posts()["001"].brought_by == "comment"


def test_after_the_deadline_every_post_is_looked_at_once_more(world):
    for number in (1, 2):
        world.network.add(number)
        give(world, number)
    world.open_pools()
    world.run()
    del world.network.posts[world.network.key(2)]
    close(world)
    assert world.verdicts() == {"001": IN, "002": UNCHECKED}
    world.clock.forward(61)
    world.run()
    assert world.verdicts() == {"001": IN, "002": ("ineligible", ["gone"])}
    assert world.posts()["001"].facts.looked_at > CLOSES_AT


def test_a_post_that_was_there_is_believed_gone_only_the_second_time(world):
    world.network.add(1)
    give(world, 1)
    world.open_pools()
    world.run()
    kept = world.network.posts.pop(world.network.key(1))
    close(world)
    world.network.posts[world.network.key(1)] = kept
    world.clock.forward(61)
    world.run()
    assert world.verdicts() == {"001": IN}


@pytest.mark.parametrize("lot", ["hidden", "unclear"])
def test_only_an_answer_puts_a_post_out(world, lot):
    getattr(world.network, lot).add(world.network.key(1))
    give(world, 1)
    world.open_pools()
    world.run()
    world.clock.forward(61)
    world.run()
    expected = ("ineligible", ["not_public"]) if lot == "hidden" else UNCHECKED
    assert world.verdicts() == {"001": expected}


def test_a_network_that_does_not_answer_is_asked_again_ever_more_seldom(world):
    world.network.add(1)
    give(world, 1)
    world.network.problems = [DOWN] * 3
    world.open_pools()
    world.run()
    pauses = []
    for _ in range(3):
        [known] = world.posts().values()
        pauses.append((known.check_at - world.clock()).total_seconds())
        assert known.verdict.status.value == "undecided"
        world.clock.move_to(known.check_at)
        world.run()
    assert pauses == [60, 120, 240]
    assert world.verdicts() == {"001": IN}


def test_a_pause_that_a_host_asks_for_is_kept_by_all_contests(world):
    world.network.add(1)
    world.network.add(2)
    give(world, 1)
    world.open_pools()
    world.blog.add_post(8)
    world.blog.add(8, posts=f"x:{world.network.key(2)}")
    world.network.problems = [NetworkProblem("Slowly.", code="rate_limited", host="fake.example", retry_after=300)]
    world.step()
    world.open(post_id=8)
    world.clock.forward(200)
    world.run()
    assert world.network.looks == []
    world.clock.forward(101)
    world.run()
    assert world.verdicts() == {"001": IN}


def test_a_short_pause_is_waited_out_at_once(world):
    world.network.add(1)
    give(world, 1)
    world.network.problems = [NetworkProblem("Slowly.", code="rate_limited", host="fake.example", retry_after=0.2)]
    world.open_pools()
    world.run()
    assert (world.slept, world.verdicts()) == ([0.2], {"001": IN})


def test_a_killed_worker_looks_at_nothing_twice_but_the_batch_in_hand(world):
    for number in range(1, 8):
        world.network.add(number)
    give(world, 1, 2, 3, 4, 5, 6, 7)
    world.open_pools()
    look_up, calls = world.network.look_up, []

    def die_at_third(addresses):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return look_up(addresses)

    world.network.look_up = die_at_third
    with pytest.raises(KeyboardInterrupt):
        world.run()
    world.network.look_up = look_up
    world.clock.forward(61)
    world.run()
    looked = [key for batch in world.network.looks for key in batch]
    assert sorted(looked) == sorted(world.network.posts)
    assert len(looked) == 7


def test_a_paid_key_is_not_used_beyond_the_cap(world):
    world.network.look_cost = 15_000
    free = FakeNetwork(world.clock)
    free.posts = world.network.posts
    world.networks.free_network = free
    for number in range(1, 6):
        world.network.add(number)
    give(world, 1, 2, 3, 4, 5)
    contest = world.open_pools()
    with world.services.store.write() as tx:
        searches.spend(tx, contest.id, "x:search", 5_000_000 - 70_000)
    world.run()
    assert [len(world.network.looks), len(free.looks)] == [2, 1]
    assert {status for status, _ in world.verdicts().values()} == {"eligible", "ineligible"}  # one person's
    with world.services.store.read() as tx:
        assert searches.spent(tx, contest.id) == 5_000_000 - 10_000


# The seal


def test_what_no_network_answered_for_is_never_left_out(world):
    world.network.add(1)
    give(world, 1)
    world.open_pools()
    world.run()
    world.network.problems = [DOWN] * 99
    close(world)
    with pytest.raises(Blocked, match="1 post is undecided") as caught:
        seal.seal(world.services, 1, actor="ada", leave_out=True)
    assert caught.value.code == "undecided_posts"
    known = review.readmit_post(world.services, 1, world.posts()["001"].facts.entry, reason="I saw it", actor="ada")
    assert known.verdict.status.value == "eligible"
    seal.seal(world.services, 1, actor="ada")
    with pytest.raises(Conflict):
        review.disqualify_post(world.services, 1, known.facts.entry, reason="late", actor="ada")


def test_a_moderators_strike_decides_an_undecided_post(world):
    world.network.unclear.add(world.network.key(1))
    give(world, 1)
    world.open_pools()
    close(world)
    review.disqualify_post(world.services, 1, f"x:{world.network.key(1)}", reason="nobody saw it", actor="ada")
    seal.seal(world.services, 1, actor="ada")
    assert world.verdicts() == {"001": ("ineligible", ["disqualified", "unchecked"])}


def test_two_people_who_give_one_post_are_shown_and_not_guessed(world):
    world.network.add(1)
    give(world, 1)
    liar = give(world, 1)
    world.open_pools()
    close(world)
    assert world.verdicts() == {"001": ("undecided", ["claimed_twice"])}
    review.disqualify(world.services, 1, liar.id, reason="not their post", actor="ada")
    assert world.verdicts() == {"001": IN}


def test_one_person_may_give_their_post_twice(world):
    world.network.add(1)
    give(world, 1, author_email="ana@example.org")
    give(world, 1, author_email="Ana+x@example.org")
    world.open_pools()
    close(world)
    assert world.verdicts() == {"001": IN}


@pytest.mark.parametrize(
    ("comment", "verdict"),
    [
        ({"state": "spam"}, ("ineligible", ["unclaimed"])),
        ({"state": "held"}, ("undecided", ["held"])),
        ({"account_id": 1}, ("ineligible", ["unclaimed"])),
    ],
)
def test_a_comment_that_does_not_count_gives_no_post(world, comment, verdict):
    from service.domain.eligibility import State

    if "state" in comment:
        comment = {"state": State(comment["state"])}
    world.network.add(1)
    give(world, 1, **comment)
    world.open_pools()
    world.run()
    assert world.verdicts() == {"001": verdict}


def test_without_a_pool_for_posts_no_network_is_asked(world):
    world.network.add(1)
    give(world, 1)
    world.open()
    close(world)
    assert (world.network.looks, world.posts()) == ([], {})


def test_both_pools_are_drawn_and_one_comment_names_both_winners(world):
    world.network.add(1)
    give(world, 1, author_name="Zoé")
    world.open_pools()
    close(world)
    seal.seal(world.services, 1, actor="ada")
    drawn = draw.draw(world.services, 1, actor="ada")
    assert drawn.receipt
    commenters, posters = drawn.receipt["draw"]["pools"]
    assert commenters["winners"] == ["comment:100"]
    assert (posters["winners"], posters["passed_over"]) == ([], [f"x:{world.network.key(1)}"])
    assert posters["prizes_left"] == 1
    posted = announce.announce(world.services, 1, actor="ada")
    assert "Zoé" in posted.text


def test_a_look_that_finds_another_name_for_a_known_post_keeps_one_entry(world):
    """An edited post has several ids, and all lead to the first."""
    first = world.network.add(1)
    world.network.posts[world.network.key(2)] = world.network.posts[world.network.key(1)]
    give(world, 1, author_email="ana@example.org")
    give(world, 2, author_email="ana@example.org")
    world.open_pools()
    world.run()
    [known] = world.posts().values()
    assert known.facts.references == (first, f"x:{world.network.key(2)}")
    assert known.facts.sight is Sight.SEEN


def test_a_rest_of_the_host_makes_no_other_post_believed_gone(world):
    """Two posts of one host: the first is called gone once, then the host rests; the second is still asked twice."""
    for number in (1, 2):
        world.network.add(number)
        give(world, number)
    world.open_pools()
    world.run()
    kept = dict(world.network.posts)
    del world.network.posts[world.network.key(1)]
    close(world)
    with world.services.store.write() as tx:
        until = world.clock() + timedelta(seconds=300)
        searches.rest(tx, "fake.example", until=until, code="rate_limited", message="Slowly.")
    world.clock.forward(61)
    world.run()
    world.network.posts.clear()
    world.clock.forward(300)
    with world.services.store.write() as tx:
        posts.postpone(tx, [known.id for known in world.posts().values()], until=world.clock())
    world.run()
    assert world.verdicts()["002"] == IN
    world.network.posts.update(kept)


def test_an_answer_that_can_t_be_read_holds_up_no_other_post(world):
    for number in range(1, 5):
        world.network.add(number)
        give(world, number)
    look_up = world.network.look_up

    def fail(addresses):
        if any(address.key == world.network.key(1) for address in addresses):
            raise ValueError("a strange answer")
        return look_up(addresses)

    world.network.look_up = fail
    world.open_pools()
    world.run()
    assert world.contest().problem is None
    assert [world.verdicts()[number] for number in ("001", "003", "004")] == [UNCHECKED, IN, IN]


def test_a_post_that_is_not_there_is_looked_at_again_while_the_contest_is_open(world):
    give(world, 1)
    world.open_pools()
    world.run()
    assert world.verdicts() == {"001": UNCHECKED}
    world.clock.forward(61)
    world.run()
    assert world.verdicts() == {"001": ("ineligible", ["gone"])}
    world.network.add(1)
    world.clock.forward(3_601)
    world.run()
    assert world.verdicts() == {"001": IN}


def test_a_post_that_nobody_saw_and_a_moderator_let_in_is_announced_by_its_address(world):
    give(world, 1)
    world.open_pools(Pool(name="posts", channel=Channel.POSTS))
    close(world)
    review.readmit_post(world.services, 1, f"x:{world.network.key(1)}", reason="I saw it", actor="ada")
    seal.seal(world.services, 1, actor="ada")
    drawn = draw.draw(world.services, 1, actor="ada")
    assert drawn.receipt
    assert receipt_checks.verify(drawn.receipt) == []
    text = announce.announce(world.services, 1, actor="ada").text
    assert world.network.key(1) in text
