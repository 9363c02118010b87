"""The receipt: everything needed to repeat a draw, with no name and no address of a person in it.

`build` makes it; `service.domain.receipt_checks.verify` computes all of it again. docs/receipt.md describes the fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from service.domain import drawing
from service.domain.beacon import BeaconCommitment, BeaconRound, Chain, time_of
from service.domain.contest import Contest, Randomness
from service.domain.eligibility import Code, Override, Reason, Status, Verdict
from service.domain.log_chain import LogHead
from service.domain.pools import Channel, takes_part
from service.domain.posts import Evidence, Message

FORMAT = "tirage-receipt/3"
FORMAT_2 = "tirage-receipt/2"  # without log, and always by the secret
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedEntry:
    """An entry as the seal froze it. `person`: the entry that stands for its person, where that is another one.
    `given_by`: of a post that only its author's comment brought, that author's comment.

    `submitted_at` is missing for a post that nobody could look at and a moderator let in.
    """

    entry: str
    submitted_at: datetime | None
    verdict: Verdict
    override: Override | None = None
    person: str = ""
    given_by: str = ""
    evidence: Evidence | None = None

    @property
    def is_eligible(self) -> bool:
        """Whether it takes part."""
        return self.verdict.status is Status.ELIGIBLE


def canonical(value: Any) -> str:
    """JSON in the one spelling that is hashed: sorted keys, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def rules_json(contest: Contest) -> Json:
    """The rules as the receipt shows them. Who is excluded by name is personal: only their number is told."""
    rules = asdict(contest.rules)
    rules["excluded"] = len(contest.rules.excluded)
    return {
        **rules,
        "pools": [{**asdict(pool), "channel": pool.channel.value} for pool in contest.pools],
        "message": message_json(contest.message),
        "publishes_list": contest.publishes_list,
        "claim_days": contest.claims.days,
        "closes_at": drawing.rfc3339(contest.closes_at),
    }


def message_json(message: Message) -> Json:
    """What a post has to carry."""
    return {name: list(getattr(message, name)) for name in ("links", "hashtags", "mentions")}


def entry_json(entry: JudgedEntry) -> Json:
    """One entry with its verdict, the reasons, what a moderator decided, and what a network told."""
    submitted_at = drawing.rfc3339(entry.submitted_at) if entry.submitted_at else None
    told: Json = {"id": entry.entry, "submitted_at": submitted_at}
    if entry.person and entry.person != entry.entry:
        told["person"] = entry.person
    if entry.given_by:
        told["given_by"] = entry.given_by
    if entry.override:
        told["moderator"] = {"action": entry.override.action, "reason": entry.override.reason}
    if entry.evidence:
        told["evidence"] = evidence_json(entry.evidence)
    verdict: Json = {"status": entry.verdict.status, "reasons": [reason_json(r) for r in entry.verdict.reasons]}
    if entry.verdict.overruled:
        verdict["overruled"] = [reason_json(r) for r in entry.verdict.overruled]
    told["verdict"] = verdict
    return told


def evidence_json(evidence: Evidence) -> Json:
    """What may be told of a post for ever: who said so and when, and the SHA-256 of its text; nothing of its author."""
    return {
        "source": evidence.source,
        "checked_at": drawing.rfc3339(evidence.checked_at),
        "text_sha256": evidence.text_hash,
    }


def reason_json(reason: Reason) -> Json:
    """A reason with its facts."""
    return {"code": reason.code} if reason.detail is None else {"code": reason.code, "detail": reason.detail}


def reason_from_json(value: Mapping[str, Any]) -> Reason:
    """A reason as stored."""
    return Reason(Code(value["code"]), value.get("detail"))


def pool_lists(pools: Sequence[Json], entries: Sequence[Json]) -> list[drawing.PoolList]:
    """Who takes part in which pool, from the receipt's `rules.pools` and `entries`."""
    eligible = [
        (entry["id"], entry.get("given_by", "")) for entry in entries if entry["verdict"]["status"] == Status.ELIGIBLE
    ]
    return [
        drawing.PoolList(
            number=number,
            channel=pool["channel"],
            winners=pool["winners"],
            alternates=pool["alternates"],
            entries=tuple(takes_part(Channel(pool["channel"]), eligible)),
        )
        for number, pool in enumerate(pools, 1)
    ]


def seal(
    *,
    slug: str,
    post_url: str,
    number: int,
    sealed_at: datetime,
    commitment: str,
    beacon: tuple[str, int] | None = None,
    log: LogHead | None,
    rules: Json,
    entries: Sequence[Json],
) -> str:
    """The text whose SHA-256 fixes the rules, every verdict and who takes part; `rules`, `entries`: the receipt's.

    `beacon`: the hash of a chain and the round that the draw waits for; `log`: None makes the format before.
    """
    return drawing.seal_text(
        slug=slug,
        post_url=post_url,
        number=number,
        sealed_at=sealed_at,
        closes_at=instant(rules["closes_at"]),
        commitment=commitment,
        rules_digest=drawing.hash_text(canonical(rules)),
        verdicts_digest=drawing.hash_text(canonical(entries)),
        pools=pool_lists(rules["pools"], entries),
        beacon=f"{beacon[0]} {beacon[1]}" if beacon else "none",
        log=f"{log.lines} {log.head}" if log else None,
    )


def secret_json(*, commitment: str, secret: str, instead_of: BeaconCommitment | None = None) -> Json:
    """Randomness that is a secret which was committed to; `instead_of` a beacon that couldn't be reached."""
    told: Json = {"source": Randomness.COMMIT_REVEAL.value, "commitment": commitment, "secret": secret}
    if instead_of:
        told["instead_of"] = {"chain": instead_of.chain.hash, "round": instead_of.round}
    return told


def beacon_json(*, commitment: str, chain: Chain, found: BeaconRound) -> Json:
    """Randomness that is a round of a beacon, with all that its signature is checked with."""
    return {
        "source": Randomness.DRAND.value,
        "commitment": commitment,
        "chain": {**asdict(chain), "hash": chain.hash},
        "round": found.round,
        "out_at": drawing.rfc3339(time_of(chain, found.round)),
        "signature": found.signature,
        "randomness": found.randomness,
    }


def random_value(randomness: Json) -> str:
    """What a receipt's randomness puts into the seeds: 64 hexadecimal digits."""
    return str(randomness["randomness" if randomness["source"] == Randomness.DRAND else "secret"])


def draw_pools(*, slug: str, digest: str, randomness: str, rules: Json, entries: Sequence[Json]) -> list[Json]:
    """The outcome of every pool as the receipt shows it: it follows from the arguments alone."""
    person_of = {entry["id"]: entry["person"] for entry in entries if "person" in entry}
    won: set[str] | None = set() if rules["one_prize"] else None
    drawn = []
    for pool, sealed in zip(rules["pools"], pool_lists(rules["pools"], entries), strict=True):
        seed = drawing.make_seed(slug=slug, digest=digest, randomness=randomness, pool=sealed.number)
        ranking = drawing.draw(
            seed,
            sealed.entries,
            winners=sealed.winners,
            alternates=sealed.alternates,
            person_of=person_of,
            won=won,
        )
        drawn.append(pool_json(pool["name"], ranking))
    return drawn


def pool_json(name: str, ranking: drawing.Ranking) -> Json:
    """One pool's outcome."""
    return {
        "name": name,
        "seed": ranking.seed,
        "winners": list(ranking.winners),
        "alternates": list(ranking.alternates),
        "passed_over": list(ranking.passed_over),
        "prizes_left": ranking.prizes_left,
        "ranking": [{"entry": entry, "ticket": ticket} for ticket, entry in ranking.tickets],
    }


def build(
    contest: Contest,
    *,
    entries: Sequence[Json],
    rules: Json,
    number: int,
    sealed_text: str,
    sealed_at: datetime,
    log: LogHead | None,
    randomness: Json,
    drawn_at: datetime,
) -> Json:
    """The receipt of a draw, ready for `json.dumps`; `randomness` as `secret_json` or `beacon_json` gives it.

    A draw whose seal holds no `log` has the second format.
    """
    pools = draw_pools(
        slug=contest.slug,
        digest=drawing.hash_text(sealed_text),
        randomness=random_value(randomness),
        rules=rules,
        entries=entries,
    )
    told = assemble(
        contest,
        form=FORMAT if log else FORMAT_2,
        entries=entries,
        rules=rules,
        sealed_text=sealed_text,
        sealed_at=sealed_at,
        randomness=randomness,
        draw={"number": number, "drawn_at": drawing.rfc3339(drawn_at), "pools": pools},
    )
    return {**told, "log": asdict(log)} if log else told


def assemble(
    contest: Contest,
    *,
    form: str,
    entries: Sequence[Json],
    rules: Json,
    sealed_text: str,
    sealed_at: datetime,
    randomness: Json,
    draw: Json,
) -> Json:
    """The parts of a receipt put together, which all formats have in common."""
    seal = {
        "sealed_at": drawing.rfc3339(sealed_at),
        "text": sealed_text,
        "digest": drawing.hash_text(sealed_text),
    }
    return {
        "format": form,
        "contest": {"slug": contest.slug, "post_url": contest.post_url},
        "rules": rules,
        "entries": list(entries),
        "seal": seal,
        "randomness": randomness,
        "draw": draw,
    }


def instant(text: str) -> datetime:
    """An instant in its one spelling; ValueError for another."""
    read = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if drawing.rfc3339(read) != text:
        raise ValueError(f"{text!r} isn't written like {drawing.rfc3339(read)}")
    return read
