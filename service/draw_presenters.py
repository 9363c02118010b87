"""How draws look as JSON: who won, who holds the prizes now, how they passed on, and what was written on the blog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from service.domain.beacon import BeaconCommitment, time_of
from service.domain.contest import Contest
from service.domain.drawing import comment_id_of, rfc3339
from service.domain.pools import is_comment
from service.domain.strikes import Strike
from service.post_presenters import instant_json
from service.storage import draws, published
from service.storage.draws import Announcement, Draw
from service.usecases import prizes
from service.usecases.draw import PoolOutcome, outcomes_of
from service.usecases.winners import Entrant, entrants

Json = dict[str, Any]
Names = Mapping[str, Entrant]


def draw_json(tx: Connection, contest: Contest, draw: Draw) -> Json:
    """A draw; winners and alternates as they were drawn, holders as they are now. Empty while it is only sealed."""
    told: Json = {
        "number": draw.number,
        "sealed_at": rfc3339(draw.sealed_at),
        "digest": draw.digest,
        "beacon": promised_json(draw.beacon) if draw.beacon else None,
        "randomness": draw.receipt["randomness"]["source"] if draw.receipt else None,
        "drawn_at": instant_json(draw.drawn_at),
        "seed": None,
        "winners": [],
        "alternates": [],
        "prizes_left": None,
        "holders": [],
        "strikes": [],
        "replaced_at": instant_json(draw.replaced_at),
        "replaced_reason": draw.replaced_reason or None,
    }
    if draw.receipt is None:
        return told
    pools = outcomes_of(draw.receipt)
    named = entrants(tx, contest.id, {entry for pool in pools for entry in (*pool.winners, *pool.alternates)})
    return {
        **told,
        "seed": draw.receipt["draw"].get("seed") or draw.receipt["draw"]["pools"][0]["seed"],
        "winners": [_winner_json(entry, pool, named) for pool in pools for entry in pool.winners],
        "alternates": [_winner_json(entry, pool, named) for pool in pools for entry in pool.alternates],
        **_history_json(tx, contest, draw.number),
    }


def prizes_json(tx: Connection, contest: Contest) -> Json:
    """What became of the prizes of every finished draw, the newest first."""
    drawn = [draw for draw in published.all_draws(tx, contest.id) if draw.drawn_at]
    return {
        "draws": [
            {
                "number": draw.number,
                "replaced_at": instant_json(draw.replaced_at),
                "replaced_reason": draw.replaced_reason or None,
                **_history_json(tx, contest, draw.number),
            }
            for draw in reversed(drawn)
        ]
    }


def _history_json(tx: Connection, contest: Contest, number: int) -> Json:
    history = prizes.history(tx, contest, number)
    entries = {holder.entry for holder in history.holders}
    entries |= {entry for strike in history.strikes for entry in (strike.entry, strike.promoted) if entry}
    named = entrants(tx, contest.id, entries)
    replies = {reply.strike: reply for reply in draws.announcements_of(tx, contest.id) if reply.draw_number == number}
    return {
        "prizes_left": history.prizes_left,
        "holders": [
            {
                **_entrant_json(holder.entry, named),
                "pool": holder.pool_name,
                "prize": holder.prize,
                "place": holder.place,
                "strike": holder.strike or None,
            }
            for holder in history.holders
        ],
        "strikes": [_strike_json(strike, named, replies.get(strike.number)) for strike in history.strikes],
    }


def _strike_json(strike: Strike, named: Names, reply: Announcement | None) -> Json:
    return {
        "number": strike.number,
        "pool": strike.pool,
        "kind": strike.kind.value,
        "reason": strike.reason,
        "actor": strike.actor,
        "at": rfc3339(strike.at),
        "struck": _entrant_json(strike.entry, named),
        "promoted": _entrant_json(strike.promoted, named) if strike.promoted else None,
        "reply": announcement_json(reply) if reply else None,
    }


def _winner_json(entry: str, pool: PoolOutcome, named: Names) -> Json:
    return {**_entrant_json(entry, named), "pool": pool.name, "prize": pool.prize}


def _entrant_json(entry: str, named: Names) -> Json:
    return {
        "entry": entry,
        "comment_id": comment_id_of(entry) if is_comment(entry) else None,
        "author": named[entry].name or None,
        "url": named[entry].url or None,
    }


def promised_json(promised: BeaconCommitment) -> Json:
    """The beacon's round that a draw waits for, and when it comes out."""
    chain = promised.chain
    return {
        "chain": chain.name,
        "chain_hash": chain.hash,
        "round": promised.round,
        "out_at": rfc3339(time_of(chain, promised.round)),
    }


def announcement_json(announcement: Announcement) -> Json:
    """The winner comment or a reply to it, written (with its comment's id and address) or to be written."""
    return {
        "draw": announcement.draw_number,
        "text": announcement.text,
        "actor": announcement.actor,
        "comment_id": announcement.comment_id,
        "comment_url": announcement.comment_url,
        "posted_at": instant_json(announcement.posted_at),
    }
