"""Whether the social networks accept the keys that the settings hold: asked when the service starts."""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.posts import NetworkName
from service.usecases.ports import NetworkProblem, Networks


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCheck:
    """What a network said of its key; an empty `failure` is good, also where there is no key."""

    network: NetworkName
    failure: str = ""
    is_refused: bool = False  # rather than that nobody answered


def check_keys(networks: Networks) -> list[KeyCheck]:
    """One check for each network. Asks only those that have a key."""
    return [_check(networks, network.name) for network in networks.all()]


def _check(networks: Networks, name: NetworkName) -> KeyCheck:
    try:
        networks.get(name).check()
    except NetworkProblem as problem:
        return KeyCheck(network=name, failure=problem.message, is_refused=problem.permanent)
    return KeyCheck(network=name)
