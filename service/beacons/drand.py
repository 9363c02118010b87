"""drand over HTTP (https://docs.drand.love/developer/http-api): several mirrors, none of which is believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from service.beacons import bls
from service.domain.beacon import MIRRORS as MIRRORS
from service.domain.beacon import QUICKNET, BeaconRound, Chain, is_round, is_signature, round_at, round_url
from service.networks.http import Http
from service.usecases.ports import BeaconCode, BeaconProblem, NetworkProblem

TIMEOUT = 5.0  # seconds for one mirror: it may keep a request for the round to come until that is out, a period later
PROBE_SECONDS = 4.0
MAX_BYTES = 10_000  # a round takes some 250
USUAL_REST = 60.0

_NOT_OUT_YET = (404, 425)


def make_http(*, user_agent: str, origins: Mapping[str, str] | None = None) -> Http:
    """The connections to the mirrors, with an end that fits them; `origins` as for `Http`."""
    return Http(user_agent=user_agent, timeout=TIMEOUT, max_bytes=MAX_BYTES, origins=origins)


class DrandBeacon:
    """Rounds of one chain. May be used by several threads. `mirrors` are asked in their order until one is right."""

    def __init__(self, http: Http, *, chain: Chain = QUICKNET, mirrors: Sequence[str] = MIRRORS) -> None:
        self.chain = chain
        self._http = http
        self._mirrors = tuple(mirrors)

    def fetch(self, round_: int) -> BeaconRound:
        """The round, verified. Raises BeaconProblem; takes at most TIMEOUT seconds for each mirror.

        That a round isn't out yet is a mirror's word, which nothing can verify: whoever waits counts the time from when
        the round is due, whatever the problem is.
        """
        if not is_round(round_):
            raise ValueError("a beacon's rounds are numbered from 1")
        failures: dict[str, BeaconCode] = {}
        for mirror in self._mirrors:
            answer = self._ask(mirror, round_)
            if isinstance(answer, BeaconRound):
                return answer
            failures[mirror] = answer
        raise self._problem(round_, failures)

    def is_reachable(self, now: datetime) -> bool:
        """Whether a mirror gives a round that came out a minute ago, within PROBE_SECONDS or little more."""
        round_, until = round_at(self.chain, now - timedelta(minutes=1)), monotonic() + PROBE_SECONDS
        for mirror in self._mirrors:
            if isinstance(self._ask(mirror, round_), BeaconRound):
                return True
            if monotonic() > until:
                break
        return False

    def is_valid(self, chain: Chain, found: BeaconRound) -> bool:
        """Whether the signature is that of the round on this chain; asks nobody."""
        return bls.is_valid(chain, found.round, found.signature)

    def _ask(self, mirror: str, round_: int) -> BeaconRound | BeaconCode:
        try:
            answer = self._http.get(round_url(mirror, self.chain.hash, round_), hosts=self._mirrors)
            if answer.status in _NOT_OUT_YET:
                return "not_out_yet"
            return self._read(answer.json(), round_) if answer.status == 200 else "unreachable"
        except NetworkProblem:
            return "unreachable"

    def _read(self, told: Any, round_: int) -> BeaconRound | BeaconCode:
        number, signature = (told.get("round"), told.get("signature")) if isinstance(told, dict) else (None, None)
        if is_round(number) and number < round_:
            return "not_out_yet"  # the latest there is
        signature = signature.lower() if isinstance(signature, str) else signature
        if number != round_ or not is_signature(signature) or not bls.is_valid(self.chain, round_, signature):
            return "not_verified"
        found = BeaconRound(round=round_, signature=signature)
        # It is never used, but a mirror that tells another one is not to be trusted.
        told_randomness = told.get("randomness", found.randomness)
        is_true = isinstance(told_randomness, str) and told_randomness.lower() == found.randomness
        return found if is_true else "not_verified"

    def _problem(self, round_: int, failures: Mapping[str, BeaconCode]) -> BeaconProblem:
        named = f"round {round_} of drand's {self.chain.name}"
        liars = [mirror for mirror, code in failures.items() if code == "not_verified"]
        if "not_out_yet" in failures.values():
            return BeaconProblem(
                f"The {named} isn't out yet.", code="not_out_yet", retry_after=float(self.chain.period)
            )
        if liars:
            text = f"What {' and '.join(liars)} gave as {named} isn't genuine, so it isn't used."
            return BeaconProblem(text, code="not_verified", retry_after=USUAL_REST)
        text = f"No mirror could be reached for {named}."
        return BeaconProblem(text, code="unreachable", retry_after=USUAL_REST)
