"""A draw's wait for the beacon, as pages tell it: which round, when it comes out, and where anybody can look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.domain.beacon import MIRRORS, PATIENCE, BeaconCommitment, round_url, time_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The round that a draw waits for, or has. `links` are (mirror, address), which tell everybody of the round."""

    chain_name: str
    chain_hash: str
    number: int
    out_at: datetime
    is_out: bool
    is_missing: bool
    links: tuple[tuple[str, str], ...]


def round_of(promised: BeaconCommitment, *, now: datetime, is_used: bool) -> Round:
    """The round that a draw committed to; `is_used`: it decided. Else it is missing once it is an hour late."""
    chain, number = promised.chain, promised.round
    out_at = time_of(chain, number)
    return Round(
        chain_name=chain.name,
        chain_hash=chain.hash,
        number=number,
        out_at=out_at,
        is_out=out_at <= now,
        is_missing=not is_used and now >= out_at + PATIENCE,
        links=tuple((mirror, round_url(mirror, chain.hash, number)) for mirror in MIRRORS),
    )
