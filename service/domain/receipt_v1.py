"""The first format of receipts, of contests with one pool: made no more, but drawn to the end and checked for ever.

seed = SHA-256 of "tirage-seed/1\n" contest "\n" digest "\n" randomness "\n"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from service.domain import drawing
from service.domain.contest import Contest
from service.domain.receipt import assemble, canonical, instant
from service.domain.receipt_checks import (
    SECRET_KEYS,
    Check,
    Failure,
    Receipt,
    check_entries,
    check_places,
    check_secret,
    check_shape,
    check_times,
    is_eligible,
    line_differences,
    pool_differences,
)

FORMAT = "tirage-receipt/1"
SEAL_FORMAT = "tirage-seal/1"
SEED_FORMAT = "tirage-seed/1"
POOL = "comments"
Json = dict[str, Any]


def is_sealed(text: str) -> bool:
    """Whether a sealed text has the first format."""
    return text.startswith(f"{SEAL_FORMAT}\n")


def make_seed(*, slug: str, digest: str, randomness: str) -> str:
    """The number every ticket derives from."""
    return drawing.hash_text(f"{SEED_FORMAT}\n{slug}\n{digest}\n{randomness}\n")


def build(
    contest: Contest,
    *,
    entries: Sequence[Json],
    rules: Json,
    number: int,
    sealed_text: str,
    sealed_at: datetime,
    randomness: Json,
    drawn_at: datetime,
) -> Json:
    """The receipt of a draw that was sealed in the first format."""
    seed = make_seed(slug=contest.slug, digest=drawing.hash_text(sealed_text), randomness=randomness["secret"])
    return assemble(
        contest,
        form=FORMAT,
        entries=entries,
        rules=rules,
        sealed_text=sealed_text,
        sealed_at=sealed_at,
        randomness=randomness,
        draw={
            "number": number,
            "drawn_at": drawing.rfc3339(drawn_at),
            "seed": seed,
            "pools": [_pool(seed, drawing.sealed_pools(sealed_text)[0], rules)],
        },
    )


def _pool(seed: str, entries: Iterable[str], rules: Mapping[str, Any]) -> Json:
    ranking = drawing.draw(seed, entries, winners=rules["winners"], alternates=rules["alternates"])
    return {
        "name": POOL,
        "winners": list(ranking.winners),
        "alternates": list(ranking.alternates),
        "prizes_left": ranking.prizes_left,
        "ranking": [{"entry": entry, "ticket": ticket} for ticket, entry in ranking.tickets],
    }


def _check_shape(receipt: Receipt) -> Iterator[Failure]:
    return check_shape(receipt, {**SECRET_KEYS, "draw": {*SECRET_KEYS["draw"], "seed"}})


def _check_names(receipt: Receipt) -> Iterator[Failure]:
    """The first format knows comments only, and has its places in the rules."""
    yield from check_places([receipt["rules"]])
    for entry in receipt["entries"]:
        drawing.comment_id_of(entry["id"])


def _check_seal(receipt: Receipt) -> Iterator[Failure]:
    text, rules, entries = receipt["seal"]["text"], receipt["rules"], receipt["entries"]
    if drawing.hash_text(text) != receipt["seal"]["digest"]:
        yield Failure("seal.digest", "is not the SHA-256 of the sealed text")
    head = [
        SEAL_FORMAT,
        f"contest {receipt['contest']['slug']}",
        f"post {receipt['contest']['post_url']}",
        f"draw {receipt['draw']['number']}",
        f"sealed {drawing.rfc3339(instant(receipt['seal']['sealed_at']))}",
        f"closes {drawing.rfc3339(instant(rules['closes_at']))}",
        f"commitment {receipt['randomness']['commitment']}",
        f"rules {drawing.hash_text(canonical(rules))}",
        f"verdicts {drawing.hash_text(canonical(entries))}",
        f"pool {POOL} winners={rules['winners']} alternates={rules['alternates']}",
    ]
    drawing.check_lines(head)
    numbers = sorted(drawing.comment_id_of(entry["id"]) for entry in entries if is_eligible(entry))
    listed = [f"entry {drawing.entry_id(number)}" for number in numbers]
    yield from line_differences(text.split("\n"), [*head, *listed, ""])


def _check_draw(receipt: Receipt) -> Iterator[Failure]:
    done, rules = receipt["draw"], receipt["rules"]
    seed = make_seed(
        slug=receipt["contest"]["slug"],
        digest=receipt["seal"]["digest"],
        randomness=receipt["randomness"]["secret"],
    )
    if seed != done["seed"]:
        yield Failure("draw.seed", f"should be {seed}")
    if len(done["pools"]) != 1:
        yield Failure("draw.pools", "must hold one pool")
    eligible = [entry["id"] for entry in receipt["entries"] if is_eligible(entry)]
    yield from pool_differences("draw.pools[0]", _pool(seed, eligible, rules), done["pools"][0])


CHECKS: tuple[Check, ...] = (
    _check_shape,
    _check_names,
    check_entries,
    _check_seal,
    check_secret,
    check_times,
    _check_draw,
)
