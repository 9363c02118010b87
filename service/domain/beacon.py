"""The public beacon: which round comes out when, and what it tells. No network, no clock, no cryptography but SHA-256.

drand (https://docs.drand.love) is run by many organisations together. A chain of theirs makes one round each period, a
signature over the round's number that none of them knows beforehand; its hash is the randomness. A contest that commits
to a round still to come can't choose its seed, and everybody can check the signature later.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TypeGuard

MIRRORS = ("api.drand.sh", "api2.drand.sh", "api3.drand.sh", "drand.cloudflare.com")
LARGEST_ROUND = 2**64 - 1  # it is signed as eight bytes
_SIGNATURE = re.compile(r"[0-9a-f]{96}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain of a beacon. `public_key` (96 bytes) and `genesis_seed` (32 bytes) are lower-case hexadecimal.

    `genesis_time` is when round 1 came out, in Unix seconds; `period` the seconds from one round to the next.
    """

    name: str
    scheme: str
    public_key: str
    genesis_seed: str
    genesis_time: int
    period: int

    @property
    def hash(self) -> str:
        """What the chain is known and asked for by; it binds all the rest, so a chain can't belie its hash.

        SHA-256 of the period as 4 bytes and the genesis as 8, both big-endian, the key, the seed and the name; drand's
        oldest chain, called "default", is the only one that leaves out its name.
        """
        head = self.period.to_bytes(4, "big") + self.genesis_time.to_bytes(8, "big")
        parts = bytes.fromhex(self.public_key) + bytes.fromhex(self.genesis_seed) + self.name.encode()
        return sha256(head + parts).hexdigest()


# As published by drand; its hash is 52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971.
QUICKNET = Chain(
    name="quicknet",
    scheme="bls-unchained-g1-rfc9380",
    public_key="83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
    genesis_seed="f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
    genesis_time=1692803367,  # 2023-08-23T15:09:27Z
    period=3,
)


def read_chain(info: str) -> Chain:
    """A chain from what drand's HTTP API tells of it under /info, as JSON. Raises ValueError."""
    told = json.loads(info)
    try:
        chain = Chain(
            name=str(told["metadata"]["beaconID"]),
            scheme=str(told["schemeID"]),
            public_key=str(told["public_key"]),
            genesis_seed=str(told["groupHash"]),
            genesis_time=int(told["genesis_time"]),
            period=int(told["period"]),
        )
        is_whole = chain.hash == told["hash"] and len(chain.public_key) == 192 and chain.period > 0
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError("must be what drand tells of a chain under /info") from error
    if not is_whole:
        raise ValueError("must be what drand tells of a chain under /info, whose hash binds all of it")
    return chain


@dataclass(frozen=True, slots=True, kw_only=True)
class BeaconCommitment:
    """The round of a chain that a draw waits for."""

    chain: Chain
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BeaconRound:
    """A round that came out. `signature` is 48 bytes as lower-case hexadecimal; whether it holds, `beacons.bls` tells.

    Raises ValueError for a round or a signature that has no such form.
    """

    round: int
    signature: str

    def __post_init__(self) -> None:
        if not (is_round(self.round) and is_signature(self.signature)):
            raise ValueError("this can't be a round of a beacon")

    @property
    def randomness(self) -> str:
        """SHA-256 of the signature's bytes, as 64 hexadecimal digits."""
        return sha256(bytes.fromhex(self.signature)).hexdigest()


def is_round(number: object) -> TypeGuard[int]:
    """Whether this can be a round's number: a whole number from 1 that fits into 8 bytes."""
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= LARGEST_ROUND


def is_signature(text: object) -> TypeGuard[str]:
    """Whether this is written like a signature, in the one spelling that we keep: 96 lower-case hexadecimal digits."""
    return isinstance(text, str) and _SIGNATURE.fullmatch(text) is not None


def round_at(chain: Chain, instant: datetime) -> int:
    """The first round that comes out at that instant or later. The instant is an aware one."""
    since_genesis = instant - _genesis(chain)
    periods = -(-since_genesis // timedelta(seconds=chain.period))  # rounded up, to the microsecond
    return max(periods + 1, 1)


PATIENCE = timedelta(hours=1)  # after which the secret may stand in for a round that nobody could fetch
MARGIN = timedelta(seconds=60)  # between a seal and its round: clocks differ, and the digest must be out before


def commit(chain: Chain, sealed_at: datetime) -> BeaconCommitment:
    """The one round that a list sealed at that instant commits to: the first that comes out a minute later or more."""
    return BeaconCommitment(chain=chain, round=round_at(chain, sealed_at + MARGIN))


def round_url(mirror: str, chain_hash: str, round_: int) -> str:
    """Where a mirror tells of a round, to a program or to anybody with a browser."""
    return f"https://{mirror}/{chain_hash}/public/{round_}"


def time_of(chain: Chain, round_: int) -> datetime:
    """When a round comes out, in UTC. Raises ValueError below round 1, OverflowError beyond the year 9999."""
    if round_ < 1:
        raise ValueError("a beacon's rounds are numbered from 1")
    return _genesis(chain) + (round_ - 1) * timedelta(seconds=chain.period)


def _genesis(chain: Chain) -> datetime:
    return datetime.fromtimestamp(chain.genesis_time, UTC)
