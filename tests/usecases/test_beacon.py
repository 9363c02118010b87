"""A contest that waits for a round of the public beacon."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from service.beacons import bls
from service.domain.beacon import commit, time_of
from service.domain.contest import Phase, Randomness
from service.domain.errors import Blocked, Conflict
from service.domain.log_chain import find_break
from service.domain.receipt_checks import Beacons, verify
from service.storage import contests, draws, log
from service.storage.draws import Draw
from service.usecases import adopt, draw, seal
from service.usecases.adopt import Change
from service.usecases.ports import BeaconProblem
from service.usecases.redraw import redraw
from tests.factories import SECRET
from tests.usecases.conftest import World

UNREACHABLE = BeaconProblem("No mirror could be reached.", code="unreachable", retry_after=60.0)


def sealed_world(world: World) -> Draw:
    """A contest by the beacon with five entries, sealed ten seconds after its deadline."""
    for _ in range(5):
        world.blog.add()
    world.open(randomness=Randomness.DRAND)
    world.pass_deadline()
    return seal.seal(world.services, 1, actor="ada")


def beacons(world: World) -> Beacons:
    """The check of signatures with the tests' own chain."""
    return Beacons(
        chains=(world.beacon.chain,), is_valid=lambda chain, found: bls.is_valid(chain, found.round, found.signature)
    )


def latest(world: World) -> Draw:
    with world.services.store.read() as tx:
        return draws.latest(tx, 1)


def receipt_of(world: World) -> dict[str, Any]:
    told = latest(world).receipt
    assert told is not None
    return told


def pass_round(world: World, *, seconds: float = 0) -> None:
    """Move the clock to when the promised round comes out, and on."""
    promised = latest(world).beacon
    assert promised is not None
    world.clock.move_to(time_of(promised.chain, promised.round) + timedelta(seconds=seconds))


def test_a_seal_commits_to_the_first_round_a_minute_later(world):
    sealed = sealed_world(world)
    assert sealed.beacon == commit(world.beacon.chain, sealed.sealed_at)
    assert f"beacon {world.beacon.chain.hash} {sealed.beacon.round}" in sealed.sealed_text.split("\n")
    assert timedelta(seconds=60) <= time_of(world.beacon.chain, sealed.beacon.round) - sealed.sealed_at
    assert time_of(world.beacon.chain, sealed.beacon.round) - sealed.sealed_at < timedelta(seconds=63)


def test_the_worker_draws_when_the_round_is_out_and_not_before(world):
    sealed_world(world)
    world.beacon.asked.clear()
    assert world.run().phase is Phase.SEALED
    pass_round(world, seconds=-1)
    assert world.run().phase is Phase.SEALED
    assert world.beacon.asked == []
    pass_round(world)
    assert world.run().phase is Phase.DRAWN
    told = receipt_of(world)
    assert told["randomness"]["source"] == "drand"
    assert verify(told, beacons(world)) == []


def test_nothing_of_the_secret_is_told_where_the_beacon_decides(world):
    sealed_world(world)
    pass_round(world)
    world.run()
    assert SECRET not in str(receipt_of(world))


def test_a_command_to_draw_before_the_round_says_when(world):
    sealed_world(world)
    with pytest.raises(Blocked, match=r"comes out at 2026-11-27T16:01:1\dZ") as caught:
        draw.draw(world.services, 1, actor="ada")
    assert caught.value.code == "round_to_come"


def test_a_beacon_that_is_away_is_asked_again_and_the_contest_says_why_it_waits(world):
    sealed_world(world)
    pass_round(world)
    world.beacon.problem = UNREACHABLE
    contest = world.step()
    assert (contest.phase, contest.problem and contest.problem.code) == (Phase.SEALED, "beacon_unreachable")
    world.beacon.problem = None
    world.clock.forward(61)
    contest = world.run()
    assert (contest.phase, contest.problem) == (Phase.DRAWN, None)


def test_after_an_hour_the_moderator_is_told_what_to_do(world):
    sealed_world(world)
    world.beacon.problem = UNREACHABLE
    pass_round(world, seconds=3600)
    problem = world.step().problem
    assert problem is not None
    assert problem.code == "beacon_given_up"
    assert "tirage contest draw 1 --with-secret" in problem.message


def test_the_secret_stands_in_after_an_hour_and_the_receipt_says_so(world):
    sealed = sealed_world(world)
    world.beacon.problem = UNREACHABLE
    pass_round(world, seconds=3600)
    draw.draw(world.services, 1, actor="ada", secret_reason="The host blocks everything but the blog")
    told = receipt_of(world)
    assert sealed.beacon is not None
    assert told["randomness"]["secret"] == SECRET
    assert told["randomness"]["instead_of"] == {"chain": world.beacon.chain.hash, "round": sealed.beacon.round}
    assert verify(told, beacons(world)) == []
    assert latest(world).secret_reason == "The host blocks everything but the blog"
    with world.services.store.read() as tx:
        lines = log.lines(tx, 1)
    assert [line.action for line in lines][-2:] == ["use_secret", "draw"]
    assert find_break(lines) is None


@pytest.mark.parametrize("reason", [None, "our other chain is quicker"])
def test_a_chain_that_the_settings_name_after_the_seal_decides_nothing(world, reason):
    sealed_world(world)
    pass_round(world, seconds=7200)
    promised, world.beacon.chain = world.beacon.chain, replace(world.beacon.chain, name="ours")
    with pytest.raises(Blocked, match=promised.hash):
        draw.draw(world.services, 1, actor="ada", secret_reason=reason)
    problem = world.step().problem
    assert problem is not None
    assert problem.code == "beacon_other_chain"
    world.beacon.chain = promised
    world.clock.forward(61)
    assert world.run().phase is Phase.DRAWN
    assert verify(receipt_of(world), beacons(world)) == []


@pytest.mark.parametrize("seconds", [0, 3599])
def test_the_secret_does_not_stand_in_any_sooner(world, seconds):
    sealed_world(world)
    world.beacon.problem = UNREACHABLE
    pass_round(world, seconds=seconds)
    with pytest.raises(Conflict, match="The secret may stand in for it from"):
        draw.draw(world.services, 1, actor="ada", secret_reason="I am in a hurry")
    assert world.contest().phase is Phase.SEALED


def test_the_secret_does_not_stand_in_for_a_round_that_is_there(world):
    sealed_world(world)
    pass_round(world, seconds=7200)
    draw.draw(world.services, 1, actor="ada", secret_reason="I like the other winner better")
    assert receipt_of(world)["randomness"]["source"] == "drand"
    assert latest(world).secret_reason == ""


def test_a_slow_clock_is_found_before_the_seal(world):
    """The round that should come in a minute is out already: whoever knows it could still choose who is in."""
    world.blog.add()
    world.open(randomness=Randomness.DRAND)
    world.pass_deadline()
    promised = commit(world.beacon.chain, world.clock())
    world.beacon.fetch = lambda round_: world.beacon._drand.round(round_)
    with pytest.raises(Blocked, match="clock is slow") as caught:
        seal.seal(world.services, 1, actor="ada")
    assert caught.value.code == "clock"
    assert str(promised.round) in caught.value.message
    with world.services.store.read() as tx:
        assert draws.find_latest(tx, 1) is None


def test_an_automatic_contest_waits_for_its_round_and_announces(world):
    for _ in range(3):
        world.blog.add()
    world.open(auto=True, randomness=Randomness.DRAND)
    world.pass_deadline()
    assert world.run().phase is Phase.SEALED
    pass_round(world)
    assert world.run().phase is Phase.ANNOUNCED
    assert len(world.blog.texts()) == 1


@pytest.mark.parametrize(("is_away", "expected"), [(False, Randomness.DRAND), (True, Randomness.COMMIT_REVEAL)])
def test_the_beacon_is_the_default_where_it_can_be_reached(world, is_away, expected):
    world.beacon.problem = UNREACHABLE if is_away else None
    services = replace(world.services, randomness=None)
    plan = adopt.plan(services, "7", closes="2026-11-27T17:00:00+01:00")
    assert adopt.open_contest(services, plan, actor="ada").randomness is expected


def test_the_randomness_can_change_until_the_deadline_with_a_reason(world):
    world.open()
    changed = adopt.change_contest(
        world.services, 1, Change(randomness=Randomness.DRAND), actor="ada", reason="The beacon is public"
    )
    assert changed.randomness is Randomness.DRAND
    back = Change(randomness=Randomness.COMMIT_REVEAL)
    changed = adopt.change_contest(world.services, 1, back, actor="ada", reason="The beacon is away")
    assert changed.randomness is Randomness.COMMIT_REVEAL
    with world.services.store.read() as tx:
        assert [line.details["randomness"] for line in log.lines(tx, 1)[1:]] == [
            ["commit-reveal", "drand"],
            ["drand", "commit-reveal"],
        ]


BOTH_WAYS = pytest.mark.parametrize(
    ("promised", "other"),
    [(Randomness.DRAND, Randomness.COMMIT_REVEAL), (Randomness.COMMIT_REVEAL, Randomness.DRAND)],
)


def refuse(world: World, other: Randomness) -> None:
    """Another randomness is refused now, alone and with a later deadline."""
    for closes in (None, "2026-12-24T17:00:00+01:00"):
        with pytest.raises(Conflict, match="promised until its deadline") as caught:
            adopt.change_contest(
                world.services, 1, Change(randomness=other, closes=closes), actor="ada", reason="it would be quicker"
            )
        assert caught.value.code == "randomness_promised"


def put_off(world: World) -> None:
    later = Change(closes="2026-12-24T17:00:00+01:00")
    adopt.change_contest(world.services, 1, later, actor="ada", reason="some time more")


@BOTH_WAYS
def test_after_the_deadline_nothing_changes_between_the_beacon_and_the_secret_that_is_known_here(
    world, promised, other
):
    world.blog.add()
    contest = world.open(randomness=promised)
    world.clock.move_to(contest.closes_at)
    for phase in (Phase.OPEN, Phase.REVIEW):
        assert world.contest().phase is phase
        refuse(world, other)
        world.pass_deadline()
        world.run()
    assert world.contest().randomness is promised


@BOTH_WAYS
@pytest.mark.parametrize("is_closed", [False, True])
def test_a_deadline_that_is_put_off_once_it_is_over_does_not_reopen_the_choice(world, promised, other, is_closed):
    world.blog.add()
    world.open(randomness=promised)
    world.pass_deadline()
    if is_closed:
        assert world.run().phase is Phase.REVIEW
    put_off(world)
    refuse(world, other)
    same = Change(randomness=promised, winners=2)
    assert adopt.change_contest(world.services, 1, same, actor="ada", reason="two of them").winners == 2


def test_a_deadline_that_is_put_off_before_it_is_over_leaves_the_choice(world):
    world.open()
    put_off(world)
    wished = Change(randomness=Randomness.DRAND)
    changed = adopt.change_contest(world.services, 1, wished, actor="ada", reason="The beacon is public")
    assert changed.randomness is Randomness.DRAND


@BOTH_WAYS
def test_a_redraw_does_not_reopen_the_choice(world, promised, other):
    world.blog.add()
    world.open(randomness=promised)
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    if promised is Randomness.DRAND:
        pass_round(world)
    draw.draw(world.services, 1, actor="ada")
    redraw(world.services, 1, reason="the prize was a different one", actor="ada")
    refuse(world, other)
    put_off(world)
    refuse(world, other)


def test_the_head_of_the_log_is_sealed(world):
    sealed = sealed_world(world)
    with world.services.store.read() as tx:
        lines = log.lines(tx, 1)
        assert contests.get(tx, 1).phase is Phase.SEALED
    assert sealed.log is not None
    assert lines[sealed.log.lines - 1].hash == sealed.log.head
    assert [line.action for line in lines[sealed.log.lines :]] == ["seal"]
