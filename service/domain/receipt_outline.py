"""What pages need of a receipt, taken out of it once: a receipt of a hundred thousand entries takes seconds to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An entry's place in the order of a pool, both counted from 1.

    `person`: the entry that stands for the same person; empty where that is this one.
    """

    pool: int
    place: int
    entry: str
    ticket: str
    person: str = ""


def outline(receipt: Json) -> Json:
    """The receipt without its long lists: `entries` and each pool's `ranking` are how many, `seal.text` is left out.

    Beside the receipt's own, `eligible` is how many entries took part in any pool.
    """
    pools = receipt["draw"]["pools"]
    return {
        **receipt,
        "entries": len(receipt["entries"]),
        "eligible": len({place["entry"] for pool in pools for place in pool["ranking"]}),
        "seal": {name: receipt["seal"][name] for name in ("sealed_at", "digest")},
        "draw": {**receipt["draw"], "pools": [{**pool, "ranking": len(pool["ranking"])} for pool in pools]},
    }


def places(receipt: Json) -> Iterator[Place]:
    """Every ticket of a receipt with its place, pool by pool, the lowest first."""
    person_of = {entry["id"]: entry["person"] for entry in receipt["entries"] if "person" in entry}
    for number, pool in enumerate(receipt["draw"]["pools"], 1):
        for place, drawn in enumerate(pool["ranking"], 1):
            entry = drawn["entry"]
            yield Place(pool=number, place=place, entry=entry, ticket=drawn["ticket"], person=person_of.get(entry, ""))
