"""Check a receipt: compute all of it again from itself alone, and name every place where it contradicts itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.domain import drawing
from service.domain.eligibility import Action, Code, Status
from service.domain.errors import BadInput
from service.domain.pools import Channel, Pool, check_pools, is_comment
from service.domain.receipt import FORMAT, canonical, draw_pools, instant, seal

Receipt = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """One place where a receipt contradicts itself."""

    where: str
    what: str


Check = Callable[[Receipt], Iterator[Failure]]

KEYS = {
    "": {"format", "contest", "rules", "entries", "seal", "randomness", "draw"},
    "contest": {"slug", "post_url"},
    "seal": {"sealed_at", "text", "digest"},
    "randomness": {"source", "commitment", "secret"},
    "draw": {"number", "drawn_at", "pools"},
}


def check_shape(receipt: Receipt, keys: Mapping[str, set[str]] = KEYS) -> Iterator[Failure]:
    """Nothing is missing and nothing stands there that is not checked."""
    for where, names in keys.items():
        part = receipt[where] if where else receipt
        if set(part) != names:
            yield Failure(where or "receipt", f"must hold exactly {', '.join(sorted(names))}")
    if receipt["randomness"]["source"] != "commit-reveal":
        yield Failure("randomness.source", "is not commit-reveal")


def check_entries(receipt: Receipt) -> Iterator[Failure]:
    """Each entry stands there once, by its one name; nobody who was late is in unless a moderator says so."""
    entries, closes_at = receipt["entries"], instant(receipt["rules"]["closes_at"])
    for entry in entries:
        drawing.check_entry(entry["id"])
    if len({entry["id"] for entry in entries}) != len(entries):
        yield Failure("entries", "names an entry twice")
    for entry in entries:
        if not is_eligible(entry):
            continue
        if entry["submitted_at"] is None:
            if not _is_overruled(entry, Code.UNCHECKED, Code.GONE, Code.NOT_PUBLIC):
                yield Failure("entries", f"has {entry['id']} eligible, which nobody saw")
        elif instant(entry["submitted_at"]) > closes_at and not _is_overruled(entry, Code.LATE):
            yield Failure("entries", f"has {entry['id']} eligible, which came after the deadline")


_ENTRY_KEYS = {"id", "submitted_at", "person", "given_by", "moderator", "evidence", "verdict"}


def _check_entry_shapes(receipt: Receipt) -> Iterator[Failure]:
    """Entries in their one order, with nothing in them that isn't described, and people who are among the eligible."""
    entries = receipt["entries"]
    names = [entry["id"] for entry in entries]
    if names != sorted(names, key=_place):
        yield Failure("entries", "must list comments by rising number, then posts by name")
    standing = {entry["id"] for entry in entries if is_eligible(entry) and "person" not in entry}
    for entry in entries:
        verdict, name = entry["verdict"], entry["id"]
        if set(entry) - _ENTRY_KEYS or set(verdict) - {"status", "reasons", "overruled"}:
            yield Failure("entries", f"holds more of {name} than a receipt tells")
        if is_eligible(entry) and verdict["reasons"]:
            yield Failure("entries", f"has {name} eligible although reasons stand against it")
        if "overruled" in verdict and entry.get("moderator", {}).get("action") != Action.READMIT:
            yield Failure("entries", f"sets reasons against {name} aside without a moderator")
        for key in ("person", "given_by"):
            if key in entry and not (is_eligible(entry) and entry[key] != name and _stands(entry[key], key, standing)):
                yield Failure("entries", f"names {entry[key]!r} for {name}, which stands for nobody")


def _place(name: str) -> tuple[bool, int, str]:
    return not is_comment(name), drawing.comment_id_of(name) if is_comment(name) else 0, name


def _stands(name: object, key: str, standing: Collection[str]) -> bool:
    """Whether an entry can stand for a person; the comment that gives a post may have another standing for it."""
    if not isinstance(name, str):
        return False
    return name in standing if key == "person" else is_comment(name)


def _check_pools(receipt: Receipt) -> Iterator[Failure]:
    """The pools are such as a contest can have."""
    rules = receipt["rules"]
    if type(rules["one_prize"]) is not bool:
        yield Failure("rules.one_prize", "is neither true nor false")
    try:
        check_pools([Pool(**{**pool, "channel": Channel(pool["channel"])}) for pool in rules["pools"]])
    except BadInput as error:
        yield Failure("rules.pools", error.message)


def is_eligible(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of a receipt takes part."""
    return bool(entry["verdict"]["status"] == Status.ELIGIBLE)


def _is_overruled(entry: Mapping[str, Any], *codes: Code) -> bool:
    overruled = [reason["code"] for reason in entry["verdict"].get("overruled", [])]
    is_readmitted = entry.get("moderator", {}).get("action") == Action.READMIT
    return is_readmitted and any(code in overruled for code in codes)


def _check_seal(receipt: Receipt) -> Iterator[Failure]:
    text = receipt["seal"]["text"]
    if drawing.hash_text(text) != receipt["seal"]["digest"]:
        yield Failure("seal.digest", "is not the SHA-256 of the sealed text")
    expected = seal(
        slug=receipt["contest"]["slug"],
        post_url=receipt["contest"]["post_url"],
        number=receipt["draw"]["number"],
        sealed_at=instant(receipt["seal"]["sealed_at"]),
        commitment=receipt["randomness"]["commitment"],
        rules=receipt["rules"],
        entries=receipt["entries"],
    )
    yield from line_differences(text.split("\n"), expected.split("\n"))


_LINE_NAMES = {
    "contest": "contest.slug",
    "post": "contest.post_url",
    "draw": "draw.number",
    "sealed": "seal.sealed_at",
    "closes": "rules.closes_at",
    "commitment": "randomness.commitment",
    "rules": "rules",
    "verdicts": "entries",
    "pool": "rules.pools",
}


def line_differences(sealed: Sequence[str], expected: Sequence[str]) -> Iterator[Failure]:
    """Where a sealed text isn't the one that follows from the rest."""
    for mine, theirs in zip(expected, sealed, strict=False):
        if mine != theirs:
            name = _LINE_NAMES.get(mine.partition(" ")[0], "seal.text")
            yield Failure(name, f"doesn't fit the sealed text: {theirs[:120]!r} there, {mine[:120]!r} computed")
            if name in ("seal.text", "rules.pools"):
                return
    if len(sealed) != len(expected):
        yield Failure("seal.text", f"lists {len(sealed)} lines, the entries make {len(expected)}")


def check_randomness(receipt: Receipt) -> Iterator[Failure]:
    """The secret is the one that was committed to."""
    randomness = receipt["randomness"]
    if not drawing.is_commitment_to(randomness["commitment"], randomness["secret"]):
        yield Failure("randomness.secret", "is not the secret that was committed to")


def check_times(receipt: Receipt) -> Iterator[Failure]:
    """The draw isn't before its seal."""
    if instant(receipt["draw"]["drawn_at"]) < instant(receipt["seal"]["sealed_at"]):
        yield Failure("draw.drawn_at", "is before the seal")


def _check_draw(receipt: Receipt) -> Iterator[Failure]:
    told = receipt["draw"]["pools"]
    expected = draw_pools(
        slug=receipt["contest"]["slug"],
        digest=receipt["seal"]["digest"],
        randomness=receipt["randomness"]["secret"],
        rules=receipt["rules"],
        entries=receipt["entries"],
    )
    if len(told) != len(expected):
        yield Failure("draw.pools", f"must hold {len(expected)} pools")
    for number, (mine, theirs) in enumerate(zip(expected, told, strict=False)):
        yield from pool_differences(f"draw.pools[{number}]", mine, theirs)


def pool_differences(where: str, expected: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Failure]:
    """Where a pool's outcome isn't the one that follows from the rest."""
    for key, value in expected.items():
        if key != "ranking" and canonical(told[key]) != canonical(value):
            yield Failure(f"{where}.{key}", f"should be {value}")
    for place, (mine, theirs) in enumerate(zip(expected["ranking"], told["ranking"], strict=False)):
        if mine != theirs:
            yield Failure(f"{where}.ranking[{place}]", f"should be {mine['entry']} with ticket {mine['ticket']}")
            return
    if len(told["ranking"]) != len(expected["ranking"]) or set(told) != set(expected):
        yield Failure(f"{where}.ranking", f"should hold {len(expected['ranking'])} places and nothing else")


CHECKS: tuple[Check, ...] = (
    check_shape,
    check_entries,
    _check_entry_shapes,
    _check_pools,
    _check_seal,
    check_randomness,
    check_times,
    _check_draw,
)


def verify(receipt: object) -> list[Failure]:
    """Every place where the receipt contradicts itself; none when it holds. Takes anything, raises nothing."""
    from service.domain import receipt_v1  # receipts of the first format are checked with the pieces above

    if not isinstance(receipt, Mapping):
        return [Failure("receipt", "is not a JSON object")]
    known = {FORMAT: CHECKS, receipt_v1.FORMAT: receipt_v1.CHECKS}
    form = receipt.get("format")
    if not isinstance(form, str) or form not in known:
        return [Failure("format", f"is none of {', '.join(sorted(known))}: this version of Tirage can't read it")]
    found: list[Failure] = []
    try:
        for check in known[form]:
            found += list(check(receipt))
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
        RecursionError,
        OverflowError,
    ) as error:
        what = f"is incomplete or of another shape ({type(error).__name__}: {error})"
        found.append(Failure("receipt", what[:200]))
    return found
