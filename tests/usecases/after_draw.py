"""Contests that are drawn or announced, for the tests of what follows."""

from __future__ import annotations

from service.domain.contest import Phase
from service.domain.reports import CommentFacts
from service.domain.strikes import Strike, StrikeKind
from service.storage import contests, strikes
from service.usecases import announce, prizes, seal
from service.usecases.draw import draw
from tests.fakes import MODERATOR
from tests.usecases.conftest import World


def draw_comments(world: World, *, comments: int = 6, winners: int = 2) -> list[str]:
    """Draw a contest of so many comments; its order."""
    for number in range(100, 100 + comments):
        world.blog.add(comment_id=number)
    world.open(winners=winners)
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    draw(world.services, 1, actor="ada")
    return order(world)


def announce_comments(world: World, *, comments: int = 6, winners: int = 2) -> list[str]:
    """The same with its winner comment on the blog."""
    drawn = draw_comments(world, comments=comments, winners=winners)
    announce.announce(world.services, 1, actor="ada")
    world.run()
    assert world.contest().phase is Phase.ANNOUNCED
    return drawn


def order(world: World, *, draw: int = 1, pool: int = 1) -> list[str]:
    """A pool's order, the lowest ticket first."""
    with world.services.store.read() as tx:
        return [place.entry for place in strikes.order(tx, 1, draw, pool=pool)]


def strike(world: World, entry: str, kind: StrikeKind = StrikeKind.UNCLAIMED) -> Strike:
    """Take the prize of this holder in pool 1."""
    given = {"reason": "no answer", "actor": "worker"}
    with world.services.store.write() as tx:
        contest = contests.lock(tx, 1)
        return prizes.strike_in(tx, world.services, contest, pool=1, entry=entry, kind=kind, **given)


def disqualify(world: World, entry: str, *, pool: int | None = None) -> list[Strike]:
    """Disqualify who holds a prize."""
    return prizes.disqualify_winner(world.services, 1, entry, pool=pool, reason="no reader", actor="ada")


def held(world: World, *, draw: int = 1) -> list[str]:
    """Who holds the prizes now."""
    with world.services.store.read() as tx:
        return [holder.entry for holder in prizes.holders(tx, contests.get(tx, 1), draw)]


def ours(world: World) -> list[CommentFacts]:
    """What the moderator wrote on the post, oldest first."""
    pages = world.blog.comments(7)
    return [comment for page in pages for comment in page if comment.account_id == MODERATOR]


def name(entry: str) -> str:
    """What the author of a comment calls themselves in these tests."""
    return f"Reader {entry.removeprefix('comment:')}"
