"""What a draw's proof page tells, and the PDF of it: every step from the sealed list to who holds the prizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from service.domain.beacon import BeaconCommitment
from service.domain.contest import Contest, Randomness
from service.domain.receipt import random_value
from service.domain.receipt_outline import Place
from service.storage import published, tickets
from service.storage.published import DrawnPool, Outcome, Sealed
from service.usecases.prizes import history
from service.web.beacon_words import Round, round_of
from service.web.paging import PAGE_SIZE, Paging, read_paging
from service.web.winners import PassedOn, Winner, passed_on, winners_of

MOST_IN_LINES = 20  # tickets that the lines for a shell print of each pool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPage:
    """A draw that is public, with everything that it follows from.

    `places`: one page of the order of one pool; `first`: of each pool, the first places; `round`: the beacon's, where
    the draw committed to one. `winners` hold the prizes now; of a replaced draw nobody does.
    """

    contest: Contest
    draw: Sealed
    outcome: Outcome
    round: Round | None
    winners: tuple[Winner, ...]
    prizes_left: int
    passed_on: tuple[PassedOn, ...]
    paging: Paging
    places: tuple[Place, ...]
    first: tuple[tuple[Place, ...], ...]

    @property
    def closes_at(self) -> datetime:
        """The deadline as the seal froze it."""
        text = str(self.outcome.rules["closes_at"])
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)

    @property
    def is_drand(self) -> bool:
        """Whether a beacon's round decided; else the secret did."""
        return bool(self.outcome.randomness["source"] == Randomness.DRAND)

    @property
    def randomness(self) -> str:
        """What the seeds were made with."""
        return random_value(self.outcome.randomness)

    @property
    def pool(self) -> DrawnPool:
        """The pool whose order is shown."""
        return self.outcome.pools[self.paging.pool - 1]

    def holds(self, pool: DrawnPool, entry: str) -> bool:
        """Whether an entry holds a prize of a pool now."""
        return any((winner.pool, winner.entry) == (pool.name, entry) for winner in self.winners)

    @property
    def is_only(self) -> bool:
        """Whether there is one pool alone."""
        return len(self.outcome.pools) == 1


def proof_page(
    tx: Connection,
    contest: Contest,
    draw: Sealed,
    *,
    now: datetime,
    asked: Mapping[str, str],
    most_first: int = MOST_IN_LINES,
) -> ProofPage:
    """A public draw with its proof; `asked` says which page of the order, `most_first` how many first places."""
    outcome = published.outcome(tx, contest.id, draw.number)
    held = history(tx, contest, draw.number)
    if draw.replaced_at:
        held = replace(held, holders=())
    paging = read_paging(asked, [pool.number_of_tickets for pool in outcome.pools])
    pools = [(pool.name, pool.prize) for pool in outcome.pools]
    return ProofPage(
        contest=contest,
        draw=draw,
        outcome=outcome,
        round=_round(outcome, draw.beacon, now),
        winners=winners_of(tx, contest, held),
        prizes_left=held.prizes_left,
        passed_on=passed_on(tx, contest, held, pools),
        paging=paging,
        places=tuple(_places(tx, contest, draw, pool=paging.pool, after=paging.after, limit=PAGE_SIZE)),
        first=tuple(
            tuple(_places(tx, contest, draw, pool=pool.number, after=0, limit=most_first)) for pool in outcome.pools
        ),
    )


def _places(tx: Connection, contest: Contest, draw: Sealed, *, pool: int, after: int, limit: int) -> list[Place]:
    return tickets.page(tx, contest.id, draw.number, pool=pool, after=after, limit=limit)


def _round(outcome: Outcome, promised: BeaconCommitment | None, now: datetime) -> Round | None:
    is_used = outcome.randomness["source"] == Randomness.DRAND
    return round_of(promised, now=now, is_used=is_used) if promised else None
