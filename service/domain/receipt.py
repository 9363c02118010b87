"""The receipt: everything needed to repeat a draw, with no personal data in it.

`build` makes it, `verify` re-computes all of it from itself alone. The fields are described in docs/receipt.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from service.domain import drawing
from service.domain.contest import Contest
from service.domain.eligibility import Action, Code, Override, Reason, Status, Verdict

FORMAT = "tirage-receipt/1"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedEntry:
    """An entry as the seal froze it."""

    comment_id: int
    submitted_at: datetime
    verdict: Verdict
    override: Override | None


@dataclass(frozen=True, slots=True)
class Failure:
    """One place where a receipt contradicts itself."""

    where: str
    what: str


def canonical(value: Any) -> str:
    """JSON in the one spelling that is hashed: sorted keys, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def rules_json(contest: Contest) -> Json:
    """The rules as the receipt shows them. Who is excluded by name is personal: only their number is told."""
    rules = asdict(contest.rules)
    rules["excluded"] = len(contest.rules.excluded)
    return {
        "winners": contest.winners,
        "alternates": contest.alternates,
        **rules,
        "closes_at": drawing.rfc3339(contest.closes_at),
    }


def entry_json(entry: JudgedEntry) -> Json:
    """One entry with its verdict, the reasons and what a moderator decided."""
    verdict: Json = {
        "status": entry.verdict.status,
        "reasons": [reason_json(r) for r in entry.verdict.reasons],
    }
    if entry.verdict.overruled:
        verdict["overruled"] = [reason_json(r) for r in entry.verdict.overruled]
    told: Json = {
        "id": drawing.entry_id(entry.comment_id),
        "submitted_at": drawing.rfc3339(entry.submitted_at),
    }
    if entry.override:
        told["moderator"] = {"action": entry.override.action, "reason": entry.override.reason}
    return {**told, "verdict": verdict}


def reason_json(reason: Reason) -> Json:
    """A reason with its facts."""
    return {"code": reason.code} if reason.detail is None else {"code": reason.code, "detail": reason.detail}


def reason_from_json(value: Mapping[str, Any]) -> Reason:
    """A reason as stored."""
    return Reason(Code(value["code"]), value.get("detail"))


def seal(contest: Contest, entries: Sequence[JudgedEntry], *, number: int, sealed_at: datetime) -> str:
    """The text whose SHA-256 fixes the rules, every verdict and the list of eligible entries."""
    return drawing.seal_text(
        slug=contest.slug,
        post_url=contest.post_url,
        number=number,
        sealed_at=sealed_at,
        closes_at=contest.closes_at,
        winners=contest.winners,
        alternates=contest.alternates,
        commitment=contest.commitment,
        rules_digest=drawing.hash_text(canonical(rules_json(contest))),
        verdicts_digest=drawing.hash_text(canonical([entry_json(entry) for entry in entries])),
        comment_ids=[entry.comment_id for entry in entries if entry.verdict.status is Status.ELIGIBLE],
    )


def build(
    contest: Contest,
    *,
    entries: Sequence[Json],
    rules: Json,
    number: int,
    sealed_text: str,
    sealed_at: datetime,
    secret: str,
    drawn_at: datetime,
    ranking: drawing.Ranking,
) -> Json:
    """The receipt of a draw, ready for `json.dumps`."""
    pool = {
        "name": drawing.POOL,
        "winners": list(ranking.winners),
        "alternates": list(ranking.alternates),
        "prizes_left": ranking.prizes_left,
        "ranking": [{"entry": ticket.entry, "ticket": ticket.ticket} for ticket in ranking.tickets],
    }
    return {
        "format": FORMAT,
        "contest": {"slug": contest.slug, "post_url": contest.post_url},
        "rules": rules,
        "entries": list(entries),
        "seal": {
            "sealed_at": drawing.rfc3339(sealed_at),
            "text": sealed_text,
            "digest": drawing.hash_text(sealed_text),
        },
        "randomness": {"source": "commit-reveal", "commitment": contest.commitment, "secret": secret},
        "draw": {
            "number": number,
            "drawn_at": drawing.rfc3339(drawn_at),
            "seed": ranking.seed,
            "pools": [pool],
        },
    }


def verify(receipt: object) -> list[Failure]:
    """Every place where the receipt contradicts itself; none when it holds. Takes anything, raises nothing."""
    if not isinstance(receipt, Mapping):
        return [Failure("receipt", "is not a JSON object")]
    if receipt.get("format") != FORMAT:
        return [Failure("format", f"is not {FORMAT}: this version of Tirage can't read it")]
    found: list[Failure] = []
    try:
        for check in (_check_shape, _check_entries, _check_seal, _check_randomness, _check_draw):
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


_KEYS = {
    "": {"format", "contest", "rules", "entries", "seal", "randomness", "draw"},
    "contest": {"slug", "post_url"},
    "seal": {"sealed_at", "text", "digest"},
    "randomness": {"source", "commitment", "secret"},
    "draw": {"number", "drawn_at", "seed", "pools"},
}


def _check_shape(receipt: Mapping[str, Any]) -> Iterator[Failure]:
    """Nothing is missing and nothing stands there that is not checked."""
    for where, keys in _KEYS.items():
        part = receipt[where] if where else receipt
        if set(part) != keys:
            yield Failure(where or "receipt", f"must hold exactly {', '.join(sorted(keys))}")
    if receipt["randomness"]["source"] != "commit-reveal":
        yield Failure("randomness.source", "is not commit-reveal")


def _check_entries(receipt: Mapping[str, Any]) -> Iterator[Failure]:
    """Each comment stands there once, by its one name; nobody who was late is in unless a moderator says so."""
    entries, closes_at = receipt["entries"], _instant(receipt["rules"]["closes_at"])
    if len({drawing.comment_id_of(entry["id"]) for entry in entries}) != len(entries):
        yield Failure("entries", "names an entry twice")
    for entry in entries:
        is_late = _instant(entry["submitted_at"]) > closes_at
        if is_late and _is_eligible(entry) and not _is_late_overruled(entry):
            yield Failure("entries", f"has {entry['id']} eligible, which came after the deadline")


def _is_eligible(entry: Mapping[str, Any]) -> bool:
    return bool(entry["verdict"]["status"] == Status.ELIGIBLE)


def _is_late_overruled(entry: Mapping[str, Any]) -> bool:
    overruled = [reason["code"] for reason in entry["verdict"].get("overruled", [])]
    return Code.LATE in overruled and entry.get("moderator", {}).get("action") == Action.READMIT


def _check_seal(receipt: Mapping[str, Any]) -> Iterator[Failure]:
    text, rules, entries = receipt["seal"]["text"], receipt["rules"], receipt["entries"]
    if drawing.hash_text(text) != receipt["seal"]["digest"]:
        yield Failure("seal.digest", "is not the SHA-256 of the sealed text")
    expected = drawing.seal_text(
        slug=receipt["contest"]["slug"],
        post_url=receipt["contest"]["post_url"],
        number=receipt["draw"]["number"],
        sealed_at=_instant(receipt["seal"]["sealed_at"]),
        closes_at=_instant(rules["closes_at"]),
        winners=rules["winners"],
        alternates=rules["alternates"],
        commitment=receipt["randomness"]["commitment"],
        rules_digest=drawing.hash_text(canonical(rules)),
        verdicts_digest=drawing.hash_text(canonical(entries)),
        comment_ids=[drawing.comment_id_of(e["id"]) for e in entries if _is_eligible(e)],
    )
    yield from _line_differences(text.split("\n"), expected.split("\n"))


def _instant(text: str) -> datetime:
    instant = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if drawing.rfc3339(instant) != text:
        raise ValueError(f"{text!r} isn't written like {drawing.rfc3339(instant)}")
    return instant


_LINE_NAMES = {
    "contest": "contest.slug",
    "post": "contest.post_url",
    "draw": "draw.number",
    "sealed": "seal.sealed_at",
    "closes": "rules.closes_at",
    "commitment": "randomness.commitment",
    "rules": "rules",
    "verdicts": "entries",
    "pool": "rules.winners",
}


def _line_differences(sealed: list[str], expected: list[str]) -> Iterator[Failure]:
    for mine, theirs in zip(expected, sealed, strict=False):
        if mine != theirs:
            name = _LINE_NAMES.get(mine.partition(" ")[0], "seal.text")
            yield Failure(name, f"doesn't fit the sealed text: {theirs[:120]!r} there, {mine[:120]!r} computed")
            if name == "seal.text":
                return
    if len(sealed) != len(expected):
        yield Failure("seal.text", f"lists {len(sealed)} lines, the entries make {len(expected)}")


def _check_randomness(receipt: Mapping[str, Any]) -> Iterator[Failure]:
    randomness = receipt["randomness"]
    if not drawing.is_commitment_to(randomness["commitment"], randomness["secret"]):
        yield Failure("randomness.secret", "is not the secret that was committed to")


def _check_draw(receipt: Mapping[str, Any]) -> Iterator[Failure]:
    done, rules = receipt["draw"], receipt["rules"]
    seed = drawing.make_seed(
        slug=receipt["contest"]["slug"],
        digest=receipt["seal"]["digest"],
        randomness=receipt["randomness"]["secret"],
    )
    if seed != done["seed"]:
        yield Failure("draw.seed", f"should be {seed}")
    if _instant(done["drawn_at"]) < _instant(receipt["seal"]["sealed_at"]):
        yield Failure("draw.drawn_at", "is before the seal")
    if len(done["pools"]) != 1:
        yield Failure("draw.pools", "must hold one pool")
    pool = done["pools"][0]
    ranking = drawing.draw(
        seed,
        [entry["id"] for entry in receipt["entries"] if _is_eligible(entry)],
        winners=rules["winners"],
        alternates=rules["alternates"],
    )
    yield from _check_pool(pool, ranking)


def _check_pool(pool: Mapping[str, Any], ranking: drawing.Ranking) -> Iterator[Failure]:
    expected = {
        "name": drawing.POOL,
        "winners": list(ranking.winners),
        "alternates": list(ranking.alternates),
        "prizes_left": ranking.prizes_left,
    }
    for key, value in expected.items():
        if canonical(pool[key]) != canonical(value):
            yield Failure(f"draw.pools[0].{key}", f"should be {value}")
    for place, (mine, theirs) in enumerate(zip(ranking.tickets, pool["ranking"], strict=False)):
        if {"entry": mine.entry, "ticket": mine.ticket} != theirs:
            yield Failure(f"draw.pools[0].ranking[{place}]", f"should be {mine.entry} with ticket {mine.ticket}")
            return
    if len(pool["ranking"]) != len(ranking.tickets) or set(pool) != {*expected, "ranking"}:
        yield Failure("draw.pools[0].ranking", f"should hold {len(ranking.tickets)} places and nothing else")
