"""Who holds the prizes of a draw, and passing one on: to the next of the same ranking, and to nobody else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from service.domain.contest import Contest, Phase, require_phase
from service.domain.errors import Conflict
from service.domain.log_chain import LogLine
from service.domain.strikes import NOBODY, Holder, Strike, StrikeKind, find_next
from service.domain.strikes import holders as holders_after
from service.storage import draws, log, strikes
from service.usecases.replies import request_reply
from service.usecases.services import Services

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
    left = sum(pool.prizes_left for pool in pools) + sum(strike.promoted == NOBODY for strike in struck)
    return History(number=number, holders=tuple(holders_after(pools, struck)), strikes=tuple(struck), prizes_left=left)


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
    number = draws.latest_number(tx, contest.id)
    pools, before = strikes.drawn_pools(tx, contest.id, number), strikes.of_draw(tx, contest.id, number)
    _require_holder(holders_after(pools, before), pool=pool, entry=entry)
    promoted = find_next(
        pools,
        before,
        strikes.rules(tx, contest.id, number),
        pool=pool,
        order=strikes.ranking(tx, contest.id, number, pool=pool),
        struck=entry,
        kind=kind,
    )
    strike = Strike(
        number=len(before) + 1,
        draw_number=number,
        pool=pool,
        entry=entry,
        promoted=promoted,
        kind=kind,
        reason=reason,
        actor=actor,
        at=services.clock(),
    )
    strikes.add(tx, contest.id, strike)
    _write_log(tx, contest, strike)
    if contest.phase is Phase.ANNOUNCED:  # before, the winner comment names who holds the prizes then
        request_reply(tx, services, contest, strike)
    return strike


def _require_holder(held: list[Holder], *, pool: int, entry: str) -> None:
    """Raises Conflict that says who holds the pool's prizes, unless this entry is among them."""
    here = [holder.entry for holder in held if holder.pool == pool]
    if entry in here:
        return
    who = f"they are held by {', '.join(here)}" if here else "nobody holds one"
    raise Conflict(f"{entry} holds no prize of pool {pool}: {who}.", code="no_prize")


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
