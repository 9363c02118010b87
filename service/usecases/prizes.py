"""Who holds the prizes of a draw, and passing one on: to the next of the same ranking, and to nobody else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from service.domain.contest import Contest, Phase, require_kept, require_phase
from service.domain.drawing import LONGEST_ENTRY, entry_id
from service.domain.errors import Conflict
from service.domain.log_chain import LogLine
from service.domain.pools import is_comment
from service.domain.strikes import NOBODY, Holder, PoolPrizes, Strike, StrikeKind, ever_held, find_next, prizes_left
from service.domain.strikes import holders as holders_after
from service.storage import contests, draws, log, posts, strikes
from service.usecases.add_posts import find_address
from service.usecases.freezing import public_name
from service.usecases.ports import Networks
from service.usecases.replies import request_reply
from service.usecases.review import check_reason
from service.usecases.services import Services

MOST_NAMED = 10
LONGEST_NUMBER = 19  # WordPress counts in 64 bits
_ACTIONS = {StrikeKind.DISQUALIFIED: "disqualify_winner", StrikeKind.UNCLAIMED: "unclaimed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What became of the prizes of a finished draw. `prizes_left`: those that nobody holds."""

    number: int
    holders: tuple[Holder, ...]
    strikes: tuple[Strike, ...]
    prizes_left: int


def holders(tx: Connection, contest: Contest, number: int) -> list[Holder]:
    """Who holds the prizes of a draw now, in the order of pools and places. Raises NotFound before it is drawn."""
    return holders_after(strikes.drawn_pools(tx, contest.id, number), strikes.of_draw(tx, contest.id, number))


def history(tx: Connection, contest: Contest, number: int) -> History:
    """Who holds the prizes of a draw now, and how they passed on. Raises NotFound before it is drawn."""
    pools, struck = strikes.drawn_pools(tx, contest.id, number), strikes.of_draw(tx, contest.id, number)
    return History(
        number=number,
        holders=tuple(holders_after(pools, struck)),
        strikes=tuple(struck),
        prizes_left=prizes_left(pools, struck),
    )


def disqualify_winner(
    services: Services, contest_id: int, entry: str, *, pool: int | None = None, reason: str, actor: str
) -> list[Strike]:
    """Strike a winner out for good: each prize that the entry holds passes on, or only that of one pool.

    `entry`: a comment's number, an entry's name, or a post's address; `pool`: its number. Raises BadInput, Conflict,
    NotFound.
    """
    reason = check_reason(reason)
    with services.store.write() as tx:
        contest = contests.lock(tx, contest_id)
        if contest.phase is Phase.ANNOUNCING:
            raise Conflict(
                f"Wait until the winner comment of contest {contest_id} is written: then a reply to it can follow.",
                code=f"phase_{contest.phase}",
            )
        require_phase(contest, Phase.DRAWN, Phase.ANNOUNCED, to="disqualify a winner")
        held = holders(tx, contest, draws.latest_number(tx, contest_id))
        name = find_entry(tx, services.networks, contest, entry, known={holder.entry for holder in held})
        theirs = _prizes(held, name, pool)
        given: dict[str, Any] = {"kind": StrikeKind.DISQUALIFIED, "reason": reason, "actor": actor}
        return [strike_in(tx, services, contest, pool=holder.pool, entry=name, **given) for holder in theirs]


def find_entry(tx: Connection, networks: Networks, contest: Contest, text: str, *, known: Collection[str] = ()) -> str:
    """The entry that somebody names: by a comment's number, its own name, or a post's address. Raises NotFound."""
    text = text.strip()
    if text in known:
        return text
    if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER:
        return entry_id(int(text))
    if is_comment(text):
        return text
    found = find_address(networks, text)
    return public_name(posts.one(tx, contest.id, found[1].reference if found else text).facts)


def strike_in(
    tx: Connection,
    services: Services,
    contest: Contest,
    *,
    pool: int,
    entry: str,
    kind: StrikeKind,
    reason: str,
    actor: str,
) -> Strike:
    """Take a prize of the newest draw from its holder and give it to the next, who the reply on the blog then names.

    In a write transaction that has locked the contest, which is drawn. Raises Conflict for who doesn't hold it.
    """
    require_phase(contest, Phase.DRAWN, Phase.ANNOUNCED, to="pass on a prize")
    require_kept(contest, to="pass on a prize")
    number = draws.latest_number(tx, contest.id)
    pools, before = strikes.drawn_pools(tx, contest.id, number), strikes.of_draw(tx, contest.id, number)
    _prizes(holders_after(pools, before), entry, pool)
    strike = Strike(
        number=len(before) + 1,
        draw_number=number,
        pool=pool,
        entry=entry,
        promoted=NOBODY,
        kind=kind,
        reason=reason,
        actor=actor,
        at=services.clock(),
    )
    strike = replace(strike, promoted=_next(tx, contest, pools, [*before, strike]))
    strikes.add(tx, contest.id, strike)
    _write_log(tx, contest, strike)
    if contest.phase is Phase.ANNOUNCED:  # before, the winner comment names who holds the prizes then
        request_reply(tx, services, contest, strike)
    return strike


def _next(tx: Connection, contest: Contest, pools: list[PoolPrizes], struck: list[Strike]) -> str:
    """Who gets the prize of the last of the strikes."""
    number, pool = struck[-1].draw_number, struck[-1].pool
    held = ever_held(pools, struck)
    disqualified = {strike.entry for strike in struck if strike.kind is StrikeKind.DISQUALIFIED}
    return find_next(
        held,
        disqualified,
        strikes.order(tx, contest.id, number, pool=pool),
        pool=pool,
        one_prize=strikes.is_one_prize(tx, contest.id, number),
        person_of=strikes.people(tx, contest.id, number, {entry for _, entry in held}),
    )


def _prizes(held: Sequence[Holder], entry: str, pool: int | None) -> list[Holder]:
    """The prizes that an entry holds, in one pool or any. Raises Conflict, which says who holds them, for none."""
    here = [holder for holder in held if pool in (None, holder.pool)]
    theirs = [holder for holder in here if holder.entry == entry]
    if theirs:
        return theirs
    names = [holder.entry for holder in here]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    who = f"they are held by {', '.join(names[:MOST_NAMED])}{more}" if names else "nobody holds one"
    where = "" if pool is None else f" of pool {pool}"
    raise Conflict(f"{entry[:LONGEST_ENTRY]} holds no prize{where}: {who}.", code="no_prize")


def _write_log(tx: Connection, contest: Contest, strike: Strike) -> None:
    details = {
        "draw": strike.draw_number,
        "strike": strike.number,
        "pool": strike.pool,
        "entry": strike.entry,
        "promoted": strike.promoted,
    }
    action = _ACTIONS[strike.kind]
    line = LogLine(at=strike.at, actor=strike.actor, action=action, reason=strike.reason, details=details)
    log.write(tx, contest.id, line)
