"""Check a receipt: compute all of it again from itself alone, and name every place where it contradicts itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from service.domain import drawing
from service.domain.beacon import PATIENCE, QUICKNET, BeaconRound, Chain, commit, time_of
from service.domain.contest import Randomness
from service.domain.eligibility import Action, Code, Status
from service.domain.errors import BadInput
from service.domain.log_chain import LogHead
from service.domain.pools import Channel, Pool, check_pools, is_comment
from service.domain.receipt import FORMAT, FORMAT_2, canonical, draw_pools, instant, random_value, seal

Receipt = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """One place where a receipt contradicts itself."""

    where: str
    what: str


Check = Callable[[Receipt], Iterator[Failure]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beacons:
    """What the randomness of a beacon is checked with: the chains that are known, and the check of a signature."""

    chains: Collection[Chain] = (QUICKNET,)
    is_valid: Callable[[Chain, BeaconRound], bool]


SECRET_KEYS = {
    "": {"format", "contest", "rules", "entries", "seal", "randomness", "draw"},
    "contest": {"slug", "post_url"},
    "seal": {"sealed_at", "text", "digest"},
    "randomness": {"source", "commitment", "secret"},
    "draw": {"number", "drawn_at", "pools"},
}
KEYS = {**SECRET_KEYS, "": SECRET_KEYS[""] | {"log"}, "log": {"lines", "head"}}
_BEACON_KEYS = {"source", "commitment", "chain", "round", "out_at", "signature", "randomness"}


def _check_shape(receipt: Receipt) -> Iterator[Failure]:
    randomness = receipt["randomness"]
    keys = dict(KEYS)
    if randomness["source"] == Randomness.DRAND:
        keys["randomness"] = _BEACON_KEYS
        if set(randomness["chain"]) != {*Chain.__dataclass_fields__, "hash"}:
            yield Failure("randomness.chain", "must hold exactly what makes a chain, and its hash")
    elif "instead_of" in randomness:
        keys["randomness"] = KEYS["randomness"] | {"instead_of"}
        if set(randomness["instead_of"]) != {"chain", "round"}:
            yield Failure("randomness.instead_of", "must hold exactly chain, round")
    if type(receipt["log"]["lines"]) is not int:
        yield Failure("log.lines", "is no whole number")
    if not isinstance(receipt["log"]["head"], str):
        yield Failure("log.head", "is no text")
    yield from check_shape(receipt, keys)


def check_shape(receipt: Receipt, keys: Mapping[str, set[str]]) -> Iterator[Failure]:
    """Nothing is missing and nothing stands there that is not checked."""
    for where, names in keys.items():
        part = receipt[where] if where else receipt
        if set(part) != names:
            yield Failure(where or "receipt", f"must hold exactly {', '.join(sorted(names))}")
    for name in ("slug", "post_url"):
        if not isinstance(receipt["contest"][name], str):
            yield Failure(f"contest.{name}", "is no text")
    if not isinstance(receipt["entries"], list):
        yield Failure("entries", "is no list")
    if type(receipt["draw"]["number"]) is not int:  # "1" would make the same line of the sealed text
        yield Failure("draw.number", "is no whole number")
    if "secret" in keys["randomness"] and receipt["randomness"]["source"] != Randomness.COMMIT_REVEAL:
        yield Failure("randomness.source", f"is not {Randomness.COMMIT_REVEAL}")


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


def check_entry_shapes(receipt: Receipt) -> Iterator[Failure]:
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
        if is_eligible(entry) and verdict["reasons"] != []:
            yield Failure("entries", f"has {name} eligible although reasons stand against it")
        if not is_eligible(entry) and not (isinstance(verdict["reasons"], list) and verdict["reasons"]):
            yield Failure("entries", f"leaves {name} out without a reason")
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


def check_pools_shape(receipt: Receipt) -> Iterator[Failure]:
    """The pools are such as a contest can have."""
    rules = receipt["rules"]
    if type(rules["one_prize"]) is not bool:
        yield Failure("rules.one_prize", "is neither true nor false")
    yield from check_places(rules["pools"])
    try:
        check_pools([Pool(**{**pool, "channel": Channel(pool["channel"])}) for pool in rules["pools"]])
    except BadInput as error:
        yield Failure("rules.pools", error.message)


def check_places(pools: Sequence[Mapping[str, Any]]) -> Iterator[Failure]:
    """Places are whole numbers: 1.0 and true would count like 1."""
    for pool in pools:
        for name in ("winners", "alternates"):
            if type(pool[name]) is not int or pool[name] < 0:
                yield Failure("rules.pools", f"has {name} that are no whole number")


def is_eligible(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of a receipt takes part."""
    return bool(entry["verdict"]["status"] == Status.ELIGIBLE)


def _is_overruled(entry: Mapping[str, Any], *codes: Code) -> bool:
    overruled = [reason["code"] for reason in entry["verdict"].get("overruled", [])]
    is_readmitted = entry.get("moderator", {}).get("action") == Action.READMIT
    return is_readmitted and any(code in overruled for code in codes)


def check_seal(receipt: Receipt) -> Iterator[Failure]:
    """The sealed text follows from the rest, and the digest from the text."""
    text = receipt["seal"]["text"]
    if drawing.hash_text(text) != receipt["seal"]["digest"]:
        yield Failure("seal.digest", "is not the SHA-256 of the sealed text")
    expected = seal(
        slug=receipt["contest"]["slug"],
        post_url=receipt["contest"]["post_url"],
        number=receipt["draw"]["number"],
        sealed_at=instant(receipt["seal"]["sealed_at"]),
        commitment=receipt["randomness"]["commitment"],
        beacon=_promised_round(receipt["randomness"]),
        log=LogHead(**receipt["log"]) if "log" in receipt else None,
        rules=receipt["rules"],
        entries=receipt["entries"],
    )
    yield from line_differences(text.split("\n"), expected.split("\n"))


def _promised_round(randomness: Mapping[str, Any]) -> tuple[str, int] | None:
    """The chain, by its hash, and the round that the seal committed to."""
    if randomness["source"] == Randomness.DRAND:
        return randomness["chain"]["hash"], randomness["round"]
    if "instead_of" in randomness:
        return randomness["instead_of"]["chain"], randomness["instead_of"]["round"]
    return None


_LINE_NAMES = {
    "contest": "contest.slug",
    "post": "contest.post_url",
    "draw": "draw.number",
    "sealed": "seal.sealed_at",
    "closes": "rules.closes_at",
    "commitment": "randomness.commitment",
    "beacon": "randomness",
    "log": "log",
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


def check_secret(receipt: Receipt) -> Iterator[Failure]:
    """The secret is the one that was committed to."""
    randomness = receipt["randomness"]
    if not drawing.is_commitment_to(randomness["commitment"], randomness["secret"]):
        yield Failure("randomness.secret", "is not the secret that was committed to")


def _check_randomness(receipt: Receipt, beacons: Beacons | None) -> Iterator[Failure]:
    """Where the randomness comes from a beacon, the round is the one and only, and the beacon's own."""
    told = receipt["randomness"]
    if told["source"] != Randomness.DRAND:
        if "instead_of" in told:
            yield from _check_switch(receipt, beacons)
        yield from check_secret(receipt)
        return
    chain = Chain(**{name: told["chain"][name] for name in Chain.__dataclass_fields__})
    if chain.hash != told["chain"]["hash"]:
        yield Failure("randomness.chain", "isn't the one that its hash names")
    if beacons is None or chain not in beacons.chains:
        yield Failure("randomness.chain", "is none that is known here: only a chain whose key is pinned is believed")
        return
    found = BeaconRound(round=told["round"], signature=told["signature"])
    yield from _check_round(receipt, chain, found.round)
    if told["out_at"] != drawing.rfc3339(time_of(chain, found.round)):
        yield Failure("randomness.out_at", f"should be {drawing.rfc3339(time_of(chain, found.round))}")
    if told["randomness"] != found.randomness:
        yield Failure("randomness.randomness", "is not the SHA-256 of the signature")
    if not beacons.is_valid(chain, found):
        yield Failure("randomness.signature", f"is not the beacon's for round {found.round}")
    if instant(receipt["draw"]["drawn_at"]) < time_of(chain, found.round):
        yield Failure("draw.drawn_at", "is before the round came out")


def _check_switch(receipt: Receipt, beacons: Beacons | None) -> Iterator[Failure]:
    told = receipt["randomness"]["instead_of"]
    chain = next((chain for chain in beacons.chains if chain.hash == told["chain"]), None) if beacons else None
    if chain is None:
        yield Failure("randomness.instead_of.chain", "is none that is known here")
        return
    yield from _check_round(receipt, chain, told["round"])
    if instant(receipt["draw"]["drawn_at"]) < time_of(chain, told["round"]) + PATIENCE:
        yield Failure("draw.drawn_at", "is too early to give up the beacon's round")


def _check_round(receipt: Receipt, chain: Chain, number: int) -> Iterator[Failure]:
    expected = commit(chain, instant(receipt["seal"]["sealed_at"])).round
    if type(number) is not int or number != expected:
        yield Failure("randomness.round", f"should be {expected}, the first a minute after the seal")


def check_times(receipt: Receipt) -> Iterator[Failure]:
    """The draw isn't before its seal."""
    if instant(receipt["draw"]["drawn_at"]) < instant(receipt["seal"]["sealed_at"]):
        yield Failure("draw.drawn_at", "is before the seal")


def check_draw(receipt: Receipt) -> Iterator[Failure]:
    """Seeds, tickets, order and winners follow from the rest."""
    told = receipt["draw"]["pools"]
    expected = draw_pools(
        slug=receipt["contest"]["slug"],
        digest=receipt["seal"]["digest"],
        randomness=random_value(receipt["randomness"]),
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
    _check_shape,
    check_entries,
    check_entry_shapes,
    check_pools_shape,
    check_seal,
    check_times,
    check_draw,
)


def verify(receipt: object, beacons: Beacons | None = None) -> list[Failure]:
    """Every place where the receipt contradicts itself; none when it holds. Takes anything, raises nothing.

    Without `beacons` nothing that a beacon gave is believed.
    """
    from service.domain import receipt_v1, receipt_v2  # the formats before are checked with the pieces above

    if not isinstance(receipt, Mapping):
        return [Failure("receipt", "is not a JSON object")]
    known: dict[str, tuple[Check, ...]] = {
        FORMAT: (*CHECKS, partial(_check_randomness, beacons=beacons)),
        FORMAT_2: receipt_v2.CHECKS,
        receipt_v1.FORMAT: receipt_v1.CHECKS,
    }
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
