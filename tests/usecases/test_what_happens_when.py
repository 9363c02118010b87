"""What docs/draw.md promises for the moments in which things cross each other."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from service.domain.contest import Contest, Phase
from service.domain.drawing import sealed_pools
from service.domain.eligibility import Code, State
from service.domain.receipt_checks import verify
from service.storage import draws, listing, log
from service.storage.draws import Draw
from service.usecases import adopt, announce, draw, privacy, seal
from service.usecases.adopt import Change
from tests.factories import CLOSES_AT
from tests.usecases.conftest import World


def latest(world: World) -> Draw:
    with world.services.store.read() as tx:
        return draws.latest(tx, 1)


def sealed_entries(world: World) -> list[str]:
    return sealed_pools(latest(world).sealed_text)[0]


def verdict_codes(world: World, comment_id: int) -> list[Code]:
    with world.services.store.read() as tx:
        return [reason.code for reason in listing.one(tx, 1, comment_id).verdict.reasons]


def drawn(world: World, *, comments: int = 4) -> dict[str, Any]:
    """The receipt of a contest that is drawn."""
    for _ in range(comments):
        world.blog.add()
    world.open()
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    told = draw.draw(world.services, 1, actor="ada").receipt
    assert told is not None
    return told


def winner_of(told: dict[str, Any]) -> int:
    """The number of the winning comment."""
    entry: str = told["draw"]["pools"][0]["winners"][0]
    return int(entry.removeprefix("comment:"))


def test_what_arrives_while_the_list_is_sealed_is_late_or_not_in_it(world):
    """A comment of the last second shows while the last reading runs, and one comes after it."""
    world.blog.add(comment_id=100)
    world.open()
    world.pass_deadline()
    read = world.blog.count

    def count_while_others_write(post_id: int) -> Any:
        world.blog.add(comment_id=150, submitted_at=CLOSES_AT + timedelta(seconds=11))
        world.blog.count = read
        return read(post_id)

    world.blog.add(comment_id=101, submitted_at=CLOSES_AT)
    world.blog.count = count_while_others_write
    world.run()
    seal.seal(world.services, 1, actor="ada")
    world.blog.add(comment_id=151, submitted_at=CLOSES_AT + timedelta(seconds=12))
    assert sealed_entries(world) == ["comment:100", "comment:101"]
    assert verdict_codes(world, 150) == [Code.LATE]
    told = draw.draw(world.services, 1, actor="ada").receipt
    assert verify(told) == []


def test_a_deadline_put_off_during_the_review_opens_the_contest_again(world):
    world.blog.add(comment_id=100)
    world.blog.add(comment_id=101, submitted_at=CLOSES_AT + timedelta(minutes=30))
    world.open()
    world.pass_deadline()
    assert world.run().phase is Phase.REVIEW
    assert verdict_codes(world, 101) == [Code.LATE]
    contest: Contest = adopt.change_contest(
        world.services, 1, Change(closes="2026-11-27T18:00:00+01:00"), actor="ada", reason="the post was offline"
    )
    assert contest.phase is Phase.OPEN
    world.clock.move_to(CLOSES_AT + timedelta(hours=1, seconds=10))
    assert world.run().phase is Phase.REVIEW
    seal.seal(world.services, 1, actor="ada")
    assert sealed_entries(world) == ["comment:100", "comment:101"]
    assert latest(world).rules["closes_at"] == "2026-11-27T17:00:00Z"
    with world.services.store.read() as tx:
        changes = [line for line in log.lines(tx, 1) if line.action == "change"]
    assert [line.reason for line in changes] == ["the post was offline"]
    head = latest(world).log
    assert head is not None
    assert head.lines >= changes[0].number


def test_a_comment_deleted_after_the_seal_keeps_its_ticket(world):
    told = drawn(world)
    winner = winner_of(told)
    world.blog.delete(winner)
    world.run()
    announce.announce(world.services, 1, actor="ada")
    assert winner_of(latest(world).receipt or {}) == winner
    assert f"Reader {winner}" in world.blog.texts()[0]
    assert verify(json.loads(json.dumps(latest(world).receipt))) == []


def test_a_comment_binned_between_seal_and_draw_is_drawn_as_it_was_sealed(world):
    for _ in range(3):
        world.blog.add()
    world.open(winners=3)
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    world.blog.edit(101, state=State.TRASH)
    told = draw.draw(world.services, 1, actor="ada").receipt
    assert told is not None
    assert sorted(told["draw"]["pools"][0]["winners"]) == ["comment:100", "comment:101", "comment:102"]


def test_the_outcome_stays_when_the_winner_is_erased(world):
    told = drawn(world)
    winner = winner_of(told)
    privacy.erase(world.services, f"reader{winner}@example.org", actor="ada")
    announce.announce(world.services, 1, actor="ada")
    assert latest(world).receipt == told
    assert verify(json.loads(json.dumps(told))) == []
    assert f"Reader {winner}" not in world.blog.texts()[0]
    assert "Anonyme" in world.blog.texts()[0]
