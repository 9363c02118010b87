"""Who holds the prizes after the draw, and how one passes on."""

from __future__ import annotations

from service.domain.strikes import Strike, StrikeKind
from service.storage import contests, log, strikes
from service.usecases import prizes, seal
from service.usecases.draw import draw
from tests.usecases.conftest import World


def drawn(world: World, *, comments: int = 6, winners: int = 2) -> list[str]:
    """Draw a contest of so many comments; its ranking."""
    for number in range(100, 100 + comments):
        world.blog.add(comment_id=number)
    world.open(winners=winners)
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    draw(world.services, 1, actor="ada")
    with world.services.store.read() as tx:
        return [place.entry for place in strikes.order(tx, 1, 1, pool=1)]


def strike(world: World, entry: str, kind: StrikeKind = StrikeKind.UNCLAIMED) -> Strike:
    """Take the prize of this holder in pool 1."""
    with world.services.store.write() as tx:
        contest = contests.lock(tx, 1)
        return prizes.strike_in(
            tx, world.services, contest, pool=1, entry=entry, kind=kind, reason="no answer", actor="worker"
        )


def held(world: World) -> list[str]:
    """Who holds the prizes now."""
    with world.services.store.read() as tx:
        return [holder.entry for holder in prizes.holders(tx, contests.get(tx, 1), 1)]


def test_the_next_of_the_ranking_takes_the_place_of_who_is_struck_and_nobody_else_moves(world: World) -> None:
    order = drawn(world)
    struck = strike(world, order[0])
    assert (struck.number, struck.promoted) == (1, order[2])
    assert held(world) == [order[2], order[1]]
    with world.services.store.read() as tx:
        contest = contests.get(tx, 1)
        first = prizes.holders(tx, contest, 1)[0]
        assert strikes.of_draw(tx, 1, 1) == [struck]
        line = log.lines(tx, 1)[-1]
    assert (first.place, first.strike, first.pool_name) == (1, 1, "comments")
    assert line.action == "unclaimed"
    assert line.details == {"draw": 1, "strike": 1, "pool": 1, "entry": order[0], "promoted": order[2]}
