"""A drand of our own: a chain with a real key, signed by drand's scheme and served as drand's mirrors serve it.

with Drand(period=1) as drand:
    beacon = DrandBeacon(Http(user_agent="…", origins=drand.origins), chain=drand.chain)
    drand.misbehave(Fault.HANGS, mirrors=["api.drand.sh"])     # until drand.behave()

Its key is known to everybody who reads this, so its rounds can be known before they are out.
"""

import json
import re
import time
from collections.abc import Callable, Iterable
from enum import StrEnum
from hashlib import sha256
from typing import Any

from py_arkworks_bls12381 import G2Point, Scalar

from service.beacons.bls import SCHEME, message_point
from service.beacons.drand import MIRRORS
from service.domain.beacon import BeaconRound, Chain
from testbed.standin import Answer, Asked, StandIn

GENESIS_TIME = 1_700_000_000
_AN_HOUR = 3600.0


class Fault(StrEnum):
    """How a mirror misbehaves when it is asked for a round."""

    WRONG_SIGNATURE = "a point that signs nothing"
    OTHER_ROUND = "the signature of the round before"
    OTHER_KEY = "another chain's signature"
    FALSE_RANDOMNESS = "the right signature, with randomness that isn't its hash"
    STALE = "the round before, told as what it is"
    NOT_OUT_YET = "404"
    TOO_EARLY = "425"
    BROKEN = "500"
    NO_DATA = "a page instead of data"
    HANGS = "nothing, for an hour"


class Drand(StandIn):
    """All mirrors of one chain, for as long as the with-block lasts.

    `period` in seconds; `genesis_time` and `clock` in Unix seconds; the same `seed` makes the same key.
    """

    def __init__(
        self,
        *,
        period: int = 1,
        genesis_time: int = GENESIS_TIME,
        seed: bytes = b"testbed",
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        digest = sha256(seed).digest()
        self._key = Scalar.from_be_bytes_mod_order(digest)
        self._clock = clock
        self._misbehaving: dict[str, Fault] = {}
        self.chain = Chain(
            name="testbed",
            scheme=SCHEME,
            public_key=(G2Point() * self._key).to_compressed_bytes().hex(),
            genesis_seed=digest.hex(),
            genesis_time=genesis_time,
            period=period,
        )

    @property
    def origins(self) -> dict[str, str]:
        """Where the mirrors' names lead to here."""
        return dict.fromkeys(MIRRORS, self.url)

    @property
    def info(self) -> str:
        """What the chain tells of itself under /info, as the setting DRAND_INFO takes it."""
        return json.dumps(_info(self.chain))

    @property
    def setting(self) -> str:
        """The same as the setting NETWORK_ORIGINS."""
        return " ".join(f"{host}={origin}" for host, origin in self.origins.items())

    @property
    def latest(self) -> int:
        """The last round that is out."""
        return int(self._clock() - self.chain.genesis_time) // self.chain.period + 1

    def round(self, number: int) -> BeaconRound:
        """A round of the chain, whether it is out or not."""
        return BeaconRound(round=number, signature=_sign(number, self._key))

    def misbehave(self, fault: Fault, *, mirrors: Iterable[str] = MIRRORS) -> None:
        """Let these mirrors answer so, each time they are asked for a round."""
        with self.lock:
            self._misbehaving.update(dict.fromkeys(mirrors, fault))

    def behave(self) -> None:
        super().behave()
        self._misbehaving.clear()

    def answer(self, asked: Asked) -> Answer:
        """What drand's HTTP API answers; the chain's own facts, or a round."""
        if asked.path == f"/{self.chain.hash}/info":
            return Answer(body=_info(self.chain))
        found = re.fullmatch(rf"/{self.chain.hash}/public/(latest|[1-9][0-9]{{0,18}})", asked.path)
        if found is None:
            return Answer(404)
        number = self.latest if found[1] == "latest" else int(found[1])
        fault = self._misbehaving.get(asked.host)
        if fault is not None:
            return self._lie(fault, number)
        return Answer(body=_told(self.round(number))) if number <= self.latest else Answer(404)

    def _lie(self, fault: Fault, number: int) -> Answer:
        told, before = _told(self.round(number)), _told(self.round(max(number - 1, 1)))
        match fault:
            case Fault.WRONG_SIGNATURE:
                return Answer(body=_told(BeaconRound(round=number, signature=_negated(told["signature"]))))
            case Fault.OTHER_ROUND:
                return Answer(body={**before, "round": number})
            case Fault.OTHER_KEY:
                signature = _sign(number, self._key + Scalar(1))
                return Answer(body=_told(BeaconRound(round=number, signature=signature)))
            case Fault.FALSE_RANDOMNESS:
                return Answer(body={**told, "randomness": sha256(b"a lie").hexdigest()})
            case Fault.STALE:
                return Answer(body=before)
            case Fault.NO_DATA:
                return Answer(body="<html>")
            case Fault.HANGS:
                return Answer(body=told, drip=_AN_HOUR)
            case Fault.NOT_OUT_YET | Fault.TOO_EARLY | Fault.BROKEN:
                return Answer(int(fault))


def _sign(number: int, key: Scalar) -> str:
    return (message_point(number) * key).to_compressed_bytes().hex()


def _negated(signature: str) -> str:
    """The opposite point: it has the other of the two signs."""
    first = int(signature[:2], 16) ^ 0x20
    return f"{first:02x}{signature[2:]}"


def _told(found: BeaconRound) -> dict[str, Any]:
    return {"round": found.round, "randomness": found.randomness, "signature": found.signature}


def _info(chain: Chain) -> dict[str, Any]:
    return {
        "public_key": chain.public_key,
        "period": chain.period,
        "genesis_time": chain.genesis_time,
        "hash": chain.hash,
        "groupHash": chain.genesis_seed,
        "schemeID": chain.scheme,
        "metadata": {"beaconID": chain.name},
    }
