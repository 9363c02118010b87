"""A post as a row: its facts, its evidence as JSON, and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from service.domain.eligibility import Verdict
from service.domain.post_judging import SocialPost
from service.domain.posts import Evidence, NetworkName, PostKind, Sight
from service.domain.receipt import reason_json
from service.storage.entries import override_from_json, verdict_from_row
from service.storage.tables import references

_BATCH = 500  # rows asked for at once


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPost:
    """A post as it is kept: the facts for the judge, and how the looks at it go."""

    id: int
    network: NetworkName
    key: str
    host: str
    facts: SocialPost
    verdict: Verdict
    brought_by: str
    first_seen_at: datetime
    is_doubted: bool
    tries: int
    trouble: str
    check_at: datetime | None


def evidence_to_json(evidence: Evidence) -> dict[str, Any]:
    """Evidence as it is stored."""
    value = asdict(evidence)
    for name in ("posted_at", "checked_at"):
        value[name] = value[name].isoformat()
    for name in ("links", "hashtags", "mentions"):
        value[name] = list(value[name])
    return value


def evidence_from_json(value: Mapping[str, Any]) -> Evidence:
    """Evidence as it was stored."""
    return Evidence(
        **{
            **value,
            "network": NetworkName(value["network"]),
            "kind": PostKind(value["kind"]),
            "posted_at": datetime.fromisoformat(value["posted_at"]),
            "checked_at": datetime.fromisoformat(value["checked_at"]),
            **{name: tuple(value[name]) for name in ("links", "hashtags", "mentions")},
        }
    )


def seen_values(evidence: Evidence) -> dict[str, Any]:
    """Columns of a post that its network showed."""
    return {
        "sight": Sight.SEEN,
        "evidence": evidence_to_json(evidence),
        "looked_at": evidence.checked_at,
        "is_doubted": False,
        "tries": 0,
        "trouble": "",
        "check_at": None,
    }


def known_posts(tx: Connection, contest_id: int, rows: Sequence[Row[Any]]) -> list[KnownPost]:
    """The posts in these rows, with their references."""
    names = _references(tx, contest_id, [row.id for row in rows])
    return [_post(row, tuple(names[row.id])) for row in rows]


def _references(tx: Connection, contest_id: int, post_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for start in range(0, len(post_ids), _BATCH):
        some = post_ids[start : start + _BATCH]
        where = (references.c.contest_id == contest_id, references.c.post_id.in_(some))
        query = select(references.c.post_id, references.c.reference).where(*where).order_by(references.c.reference)
        for post_id, reference in tx.execute(query):
            found[post_id].append(reference)
    return found


def _post(row: Row[Any], names: tuple[str, ...]) -> KnownPost:
    facts = SocialPost(
        entry=row.entry,
        references=names,
        sight=Sight(row.sight),
        evidence=evidence_from_json(row.evidence) if row.evidence else None,
        is_found=row.is_found,
        looked_at=row.looked_at,
        is_erased=row.erased_at is not None,
        override=override_from_json(row.override),
    )
    return KnownPost(
        id=row.id,
        network=NetworkName(row.network),
        key=row.key,
        host=row.host,
        facts=facts,
        verdict=verdict_from_row(row),
        brought_by=row.brought_by,
        first_seen_at=row.first_seen_at,
        is_doubted=row.is_doubted,
        tries=row.tries,
        trouble=row.trouble,
        check_at=row.check_at,
    )


def verdict_values(verdict: Verdict) -> dict[str, Any]:
    """Columns of a verdict."""
    return {
        "status": verdict.status,
        "reasons": [reason_json(reason) for reason in verdict.reasons],
        "overruled": [reason_json(reason) for reason in verdict.overruled],
    }
