"""Sealing and drawing many entries, beside a bare loop that hashes and sorts their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from time import perf_counter

from bench.report import Line
from bench.worker import BenchFailed
from service.domain import receipt
from service.domain.contest import Contest
from service.domain.drawing import hash_text
from service.domain.eligibility import EntryFacts, judge
from service.domain.log_chain import LogHead
from service.storage.draws import Draw
from service.usecases.draw import make_receipt
from service.usecases.freezing import judged_entries
from service.usecases.judging import Judged
from service.usecases.uncollected import without_collector

MOST_SEAL_AND_DRAW = 3.0
ROUNDS = 5  # in turns, so that all meet the same noise; the fastest of each counts


def against_hash_and_sort(contest: Contest, facts: Sequence[EntryFacts], secret: str) -> Iterator[Line]:
    """What the seal and the draw themselves take; and the same with judging, freezing and the receipt around them."""
    frozen, rules = _freeze(contest, facts), receipt.rules_json(contest)
    samples: dict[str, list[float]] = {"bare_seconds": [], "seal_and_draw_seconds": [], "whole_seconds": []}
    for _ in range(ROUNDS):
        samples["bare_seconds"].append(_seconds(lambda: _hash_and_sort(len(frozen)), len(frozen)))
        with without_collector():  # as in the use cases
            samples["seal_and_draw_seconds"].append(_seconds(lambda: _seal_and_draw(contest, frozen, rules), None))
            samples["whole_seconds"].append(_seconds(lambda: _whole(contest, facts, secret), None))
    bare = min(samples["bare_seconds"])
    yield Line(
        name=f"seal and draw {len(frozen):,} ÷ hash and sort",
        measured=min(samples["seal_and_draw_seconds"]) / bare,
        bound=MOST_SEAL_AND_DRAW,
        samples={name: samples[name] for name in ("bare_seconds", "seal_and_draw_seconds")},
    )
    yield Line(
        name=f"judge, freeze, seal, draw {len(frozen):,} and make the receipt ÷ hash and sort",
        measured=min(samples["whole_seconds"]) / bare,
        samples={"whole_seconds": samples["whole_seconds"]},
    )


def _hash_and_sort(number: int) -> int:
    seed = hash_text("seed")
    names = [f"comment:{place}" for place in range(number)]
    return len(sorted((sha256(f"{seed}|{name}".encode()).hexdigest(), name) for name in names))


def _freeze(contest: Contest, facts: Sequence[EntryFacts]) -> list[receipt.Json]:
    judged = Judged(comments=list(facts), verdicts=judge(contest, facts), posts=[], post_verdicts=[])
    return [receipt.entry_json(entry) for entry in judged_entries(contest, judged)]


def _seal(contest: Contest, frozen: Sequence[receipt.Json], rules: receipt.Json) -> str:
    return receipt.seal(
        slug=contest.slug,
        post_url=contest.post_url,
        number=1,
        sealed_at=contest.closes_at,
        commitment=contest.commitment,
        log=LogHead(),
        rules=rules,
        entries=frozen,
    )


def _seal_and_draw(contest: Contest, frozen: Sequence[receipt.Json], rules: receipt.Json) -> int:
    digest = hash_text(_seal(contest, frozen, rules))
    pools = receipt.draw_pools(slug=contest.slug, digest=digest, randomness="0" * 64, rules=rules, entries=frozen)
    return len(pools[0]["ranking"])


def _whole(contest: Contest, facts: Sequence[EntryFacts], secret: str) -> int:
    frozen, rules = _freeze(contest, facts), receipt.rules_json(contest)
    text = _seal(contest, frozen, rules)
    sealed = Draw(
        number=1,
        sealed_at=contest.closes_at,
        sealed_text=text,
        digest=hash_text(text),
        rules=rules,
        entries=frozen,
        commitment=contest.commitment,
        log=LogHead(),
    )
    told = make_receipt(contest, sealed, secret=secret, drawn_at=contest.closes_at)
    return len(told["draw"]["pools"][0]["ranking"])


def _seconds(act: Callable[[], int], expected: int | None) -> float:
    began = perf_counter()
    found = act()
    seconds = perf_counter() - began
    if not found or expected not in (None, found):
        raise BenchFailed(f"{found} entries came out where there are {expected}.")
    return seconds
