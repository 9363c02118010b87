"""A doorbell rang: remember which comments, and have a worker look at their contest at once.

A doorbell is a hint and nothing more: what counts is read from the blog, so a lost, repeated or made-up one can't
change a result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from service.domain.contest import Phase
from service.storage import inbox
from service.usecases.services import Services

UNSEALED = tuple(phase for phase in Phase if not phase.is_sealed)
SEALED = tuple(phase for phase in Phase if phase.is_sealed)
REMEMBERED = timedelta(hours=1)  # an older delivery's signature is refused long before
MOST_FORGOTTEN = 5_000
ALIVE = timedelta(days=1)  # the plugin is taken to be there for so long after its last delivery


@dataclass(frozen=True, slots=True)
class Bell:
    """What rang: a comment on a post (None: on one of the contests), all of a post, or the whole blog (both None)."""

    post_id: int | None = None
    comment_id: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one request rings for; none of our plugin's comes without an id."""

    bells: Sequence[Bell]
    message_id: str | None = None


def ring(services: Services, deliveries: Sequence[Delivery]) -> list[bool]:
    """Store deliveries and what they ring for, in one transaction; False for each that was taken before.

    Bells for posts without an unsealed contest do nothing.
    """
    now = services.clock()
    with services.store.write() as tx:
        are_new = _take(tx, deliveries, now)
        bells = [
            bell for delivery, is_new in zip(deliveries, are_new, strict=True) if is_new for bell in delivery.bells
        ]
        inbox.ring(tx, _by_contest(tx, bells), now=now)
    return are_new


def _take(tx: Connection, deliveries: Sequence[Delivery], now: datetime) -> list[bool]:
    """Which deliveries are new. The same id twice at once is new the first time."""
    left = inbox.take_doorbells(tx, {one.message_id for one in deliveries if one.message_id is not None}, now=now)
    are_new = []
    for delivery in deliveries:
        are_new.append(delivery.message_id is None or delivery.message_id in left)
        left.discard(delivery.message_id or "")
    return are_new


def _by_contest(tx: Connection, bells: Sequence[Bell]) -> dict[int, set[int | None]]:
    post_ids = {bell.post_id for bell in bells if bell.post_id is not None}
    by_post = inbox.contests_by_post(tx, post_ids, UNSEALED) if post_ids else {}
    rung: dict[int, set[int | None]] = defaultdict(set)
    for bell in bells:
        for contest_id in _contests_of(tx, bell, by_post):
            rung[contest_id].add(bell.comment_id)
    return rung


def _contests_of(tx: Connection, bell: Bell, by_post: dict[int, int]) -> list[int]:
    if bell.post_id is not None:
        return [by_post[bell.post_id]] if bell.post_id in by_post else []
    if bell.comment_id is None:
        return inbox.contests_in(tx, UNSEALED)
    contest_id = inbox.contest_of_comment(tx, bell.comment_id, UNSEALED)
    return [] if contest_id is None else [contest_id]


def forget_old(services: Services) -> bool:
    """Forget deliveries that nobody can send again, and what rang too late for its contest; whether there is more.

    The newest doorbell stays: it tells that the plugin is there. A few thousand at a time, so that a doorbell doesn't
    have to wait for a million.
    """
    before = services.clock() - REMEMBERED
    with services.store.write() as tx:
        deliveries = inbox.forget_deliveries(tx, before=before, most=MOST_FORGOTTEN)
        rings = inbox.forget_rings(tx, SEALED, most=MOST_FORGOTTEN)
    return MOST_FORGOTTEN in (deliveries, rings)


def rings_lately(services: Services) -> bool:
    """Whether the plugin rang within the last day."""
    with services.store.read() as tx:
        last = inbox.last_doorbell_at(tx)
    return last is not None and services.clock() - last < ALIVE
