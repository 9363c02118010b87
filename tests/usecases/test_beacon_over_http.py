"""A whole contest on a beacon that speaks drand's protocol, with mirrors that lie, hang and fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from service.beacons.drand import MIRRORS, DrandBeacon
from service.domain.beacon import time_of
from service.domain.contest import Phase, Randomness
from service.domain.receipt_checks import Beacons, verify
from service.networks.http import Http
from service.storage import draws
from testbed.drand import Drand, Fault
from tests.usecases.conftest import World


@pytest.fixture
def drand(world: World) -> Iterator[Drand]:
    """A chain by the world's clock, which the world's services fetch from over HTTP."""
    with Drand(period=3, clock=lambda: world.clock().timestamp()) as drand:
        http = Http(user_agent="Tirage", timeout=0.5, max_bytes=10_000, origins=drand.origins)
        world.services = replace(world.services, beacon=DrandBeacon(http, chain=drand.chain), randomness=None)
        yield drand


def seal_by_the_worker(world: World) -> int:
    """A contest by itself, sealed; the round that it waits for, which comes out now."""
    for _ in range(4):
        world.blog.add()
    assert world.open(auto=True).randomness is Randomness.DRAND
    world.pass_deadline()
    assert world.run().phase is Phase.SEALED
    with world.services.store.read() as tx:
        promised = draws.promised(tx, 1)
    assert promised is not None
    world.clock.move_to(time_of(promised.chain, promised.round))
    return promised.round


def test_one_honest_mirror_is_enough(world, drand):
    number = seal_by_the_worker(world)
    drand.misbehave(Fault.OTHER_ROUND, mirrors=MIRRORS[:1])
    drand.misbehave(Fault.HANGS, mirrors=MIRRORS[1:2])
    drand.misbehave(Fault.OTHER_KEY, mirrors=MIRRORS[2:3])
    assert world.run().phase is Phase.ANNOUNCED
    with world.services.store.read() as tx:
        told = draws.latest(tx, 1).receipt
    assert told is not None
    assert (told["randomness"]["round"], told["randomness"]["signature"]) == (number, drand.round(number).signature)
    beacon = world.services.beacon
    assert verify(told, Beacons(chains=(drand.chain,), is_valid=beacon.is_valid)) == []
    assert len(world.blog.texts()) == 1


@pytest.mark.parametrize("fault", [Fault.WRONG_SIGNATURE, Fault.FALSE_RANDOMNESS, Fault.STALE, Fault.BROKEN])
def test_where_no_mirror_is_right_nothing_is_drawn(world, drand, fault):
    seal_by_the_worker(world)
    drand.misbehave(fault)
    contest = world.run()
    assert contest.phase is Phase.SEALED
    assert contest.problem is not None
    assert contest.problem.code.startswith("beacon_")
    drand.behave()
    world.clock.forward(61)
    assert world.run().phase is Phase.ANNOUNCED
