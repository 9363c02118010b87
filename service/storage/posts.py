"""The posts of a contest: under which references they were given, what their networks showed, and the verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Text, and_, cast, func, or_, select

from service.domain.eligibility import Action, Code, Override, Status, Verdict
from service.domain.errors import NotFound
from service.domain.post_judging import SocialPost
from service.domain.posts import Evidence, PostAddress, Sight, Sighting
from service.storage.entries import verdict_from_row
from service.storage.post_rows import KnownPost, evidence_to_json, known_posts, seen_values, verdict_values
from service.storage.tables import posts, references

FEW = 500  # names that stand in a question; databases limit how many


def add(
    tx: Connection,
    contest_id: int,
    address: PostAddress,
    *,
    host: str,
    brought_by: str,
    is_found: bool,
    now: datetime,
) -> bool:
    """Note a post to be looked at; False when it is known. Once a search found it, it needs no comment any more."""
    post_id = find_id(tx, contest_id, address.reference)
    if post_id is not None:
        if is_found:
            tx.execute(posts.update().where(posts.c.id == post_id).values(is_found=True))
        return False
    values = {
        "network": address.network,
        "entry": address.reference,
        "key": address.key,
        "host": host,
        "sight": Sight.UNSEEN,
        "is_found": is_found,
        "brought_by": brought_by,
        "first_seen_at": now,
        "check_at": now,
    }
    _insert(tx, contest_id, values, (address.reference,))
    return True


def find_id(tx: Connection, contest_id: int, reference: str) -> int | None:
    """The row of the post that was given under a reference, or has this public name."""
    where = (references.c.contest_id == contest_id, references.c.reference == reference)
    return tx.execute(select(references.c.post_id).where(*where)).scalar_one_or_none()


def known_references(tx: Connection, contest_id: int, wanted: Collection[str]) -> set[str]:
    """Those of the references that are known."""
    query = select(references.c.reference).where(references.c.contest_id == contest_id)
    if len(wanted) <= FEW:
        query = query.where(references.c.reference.in_(list(wanted)))
    return set(tx.execute(query).scalars()).intersection(wanted)


def is_found(tx: Connection, contest_id: int, wanted: Collection[str]) -> dict[str, bool]:
    """For each known reference whether its post counts without a comment that gives it."""
    query = (
        select(references.c.reference, posts.c.is_found)
        .join(posts, posts.c.id == references.c.post_id)
        .where(references.c.contest_id == contest_id)
    )
    return {reference: found for reference, found in tx.execute(query) if reference in wanted}


def save_found(
    tx: Connection, contest_id: int, evidence: Evidence, *, key: str, host: str, brought_by: str, now: datetime
) -> bool:
    """Keep a post that a search brought with its evidence; whether it is new."""
    post_id = find_id(tx, contest_id, evidence.entry)
    if post_id is not None:
        seen = seen_values(_kept(tx, post_id, evidence))
        tx.execute(posts.update().where(posts.c.id == post_id).values(is_found=True, **seen))
        return False
    values = {
        "network": evidence.network,
        "entry": evidence.entry,
        "key": key,
        "host": host,
        "is_found": True,
        "brought_by": brought_by,
        "first_seen_at": now,
        **seen_values(evidence),
    }
    _insert(tx, contest_id, values, {evidence.entry, f"{evidence.network}:{key}"})
    return True


def save_sighting(
    tx: Connection, contest_id: int, post_id: int, sighting: Sighting, *, now: datetime, check_at: datetime | None
) -> None:
    """Keep a clear answer. A post that turns out to be one that is known already becomes that one."""
    values = {
        "sight": sighting.sight,
        "looked_at": now,
        "is_doubted": False,
        "tries": 0,
        "trouble": "",
        "check_at": check_at,
    }
    if sighting.evidence is not None:
        post_id = _merge(tx, contest_id, post_id, sighting.evidence.entry)
        values = {**seen_values(_kept(tx, post_id, sighting.evidence)), "looked_at": now, "check_at": check_at}
    tx.execute(posts.update().where(posts.c.id == post_id).values(**values))


def save_doubt(tx: Connection, post_id: int, *, check_at: datetime) -> None:
    """A post is called gone: it will be looked at once more before that is believed."""
    tx.execute(posts.update().where(posts.c.id == post_id).values(is_doubted=True, check_at=check_at))


def save_trouble(tx: Connection, post_ids: Collection[int], *, trouble: str, check_at: datetime) -> None:
    """A look at each of these came to nothing; when to look again."""
    values = {"tries": posts.c.tries + 1, "trouble": trouble[:200], "check_at": check_at}
    for some in _batches(post_ids):
        tx.execute(posts.update().where(posts.c.id.in_(some)).values(**values))


def postpone(tx: Connection, post_ids: Collection[int], *, until: datetime) -> None:
    """Look at these later: their host rests."""
    for some in _batches(post_ids):
        tx.execute(posts.update().where(posts.c.id.in_(some)).values(check_at=until))


def _batches(post_ids: Collection[int]) -> Iterator[list[int]]:
    numbers = list(post_ids)
    for start in range(0, len(numbers), FEW):
        yield numbers[start : start + FEW]


def _kept(tx: Connection, post_id: int, evidence: Evidence) -> Evidence:
    """The evidence as it may be kept: without its author, where that person had their data erased."""
    erased_at = tx.execute(select(posts.c.erased_at).where(posts.c.id == post_id)).scalar_one()
    return bare(evidence) if erased_at else evidence


def bare(evidence: Evidence) -> Evidence:
    """The evidence without anything of its author's."""
    return replace(evidence, author_id="", author_handle="", author_name="", url="", mentions=())


def _merge(tx: Connection, contest_id: int, post_id: int, entry: str) -> int:
    """The row that holds the post of this public name: this one, renamed, or the one that had the name before."""
    other = find_id(tx, contest_id, entry)
    if other is None or other == post_id:
        tx.execute(posts.update().where(posts.c.id == post_id).values(entry=entry))
        if other is None:
            tx.execute(references.insert().values(contest_id=contest_id, reference=entry, post_id=post_id))
        return post_id
    is_found, override = tx.execute(select(posts.c.is_found, posts.c.override).where(posts.c.id == post_id)).one()
    tx.execute(references.update().where(references.c.post_id == post_id).values(post_id=other))
    tx.execute(posts.delete().where(posts.c.id == post_id))
    if is_found:
        tx.execute(posts.update().where(posts.c.id == other).values(is_found=True))
    if override:
        kept = tx.execute(select(posts.c.override).where(posts.c.id == other)).scalar_one()
        if not kept or override["action"] == Action.DISQUALIFY:  # of two decisions, the strike
            tx.execute(posts.update().where(posts.c.id == other).values(override=override))
    return other


def due(tx: Connection, contest_id: int, *, now: datetime, closes_at: datetime, limit: int) -> list[KnownPost]:
    """Posts to look at now: those whose time has come, and after the deadline all that weren't looked at since."""
    query = _all(contest_id).where(_is_due(now, closes_at)).order_by(posts.c.check_at, posts.c.id).limit(limit)
    return known_posts(tx, contest_id, tx.execute(query).all())


def count_due(tx: Connection, contest_id: int, *, now: datetime, closes_at: datetime) -> int:
    """How many posts are to be looked at now."""
    query = select(func.count()).where(posts.c.contest_id == contest_id, _is_due(now, closes_at))
    return int(tx.execute(query).scalar_one())


def _is_due(now: datetime, closes_at: datetime) -> ColumnElement[bool]:
    is_due = posts.c.check_at <= now
    if now <= closes_at:
        return is_due
    is_stale = or_(posts.c.looked_at.is_(None), posts.c.looked_at <= closes_at)
    return or_(is_due, and_(is_stale, posts.c.check_at.is_(None), posts.c.erased_at.is_(None)))


def next_check_at(tx: Connection, contest_id: int) -> datetime | None:
    """When the next look is due; None for none."""
    found: datetime | None = tx.execute(
        select(func.min(posts.c.check_at)).where(posts.c.contest_id == contest_id)
    ).scalar_one()
    return found


def facts(tx: Connection, contest_id: int) -> list[SocialPost]:
    """What the judge needs of every post, by name."""
    query = _all(contest_id).order_by(posts.c.entry)
    return [known.facts for known in known_posts(tx, contest_id, tx.execute(query).all())]


def page(
    tx: Connection,
    contest_id: int,
    *,
    status: Status | None = None,
    code: Code | None = None,
    limit: int = 100,
    after_id: int = 0,
) -> list[KnownPost]:
    """Posts in the order in which they became known, from the one after row `after_id`."""
    query = _all(contest_id).where(posts.c.id > after_id).order_by(posts.c.id).limit(limit)
    if status is not None:
        query = query.where(posts.c.status == status)
    if code is not None:
        query = query.where(cast(posts.c.reasons, Text).like(f'%"code": "{code.value}"%'))
    return known_posts(tx, contest_id, tx.execute(query).all())


def one(tx: Connection, contest_id: int, reference: str) -> KnownPost:
    """The post under a reference. Raises NotFound."""
    post_id = find_id(tx, contest_id, reference)
    rows = tx.execute(_all(contest_id).where(posts.c.id == post_id)).all() if post_id else []
    if not rows:
        raise NotFound(f"Contest {contest_id} has no post {reference[:100]}.")
    return known_posts(tx, contest_id, rows)[0]


def by_entry(tx: Connection, contest_id: int, entries: Collection[str]) -> dict[str, KnownPost]:
    """The posts with these public names."""
    query = _all(contest_id).where(posts.c.entry.in_(list(entries)))
    return {known.facts.entry: known for known in known_posts(tx, contest_id, tx.execute(query).all())}


def by_id(tx: Connection, contest_id: int, post_ids: Collection[int]) -> list[KnownPost]:
    """The posts in these rows."""
    found: list[KnownPost] = []
    for some in _batches(post_ids):
        found += known_posts(tx, contest_id, tx.execute(_all(contest_id).where(posts.c.id.in_(some))).all())
    return found


def without_evidence(tx: Connection, contest_id: int) -> list[KnownPost]:
    """The posts that no network ever showed."""
    rows = tx.execute(_all(contest_id).where(posts.c.evidence.is_(None))).all()
    return known_posts(tx, contest_id, rows)


def save_verdicts(tx: Connection, contest_id: int, verdicts: Mapping[str, Verdict]) -> int:
    """Keep the verdicts, by public name; how many are different from before."""
    rows: Sequence[Row[Any]] = tx.execute(_all(contest_id)).all()
    changed = 0
    for row in rows:
        verdict = verdicts.get(row.entry)
        if verdict is not None and verdict_from_row(row) != verdict:
            changed += 1
            tx.execute(posts.update().where(posts.c.id == row.id).values(**verdict_values(verdict)))
    return changed


def set_override(tx: Connection, contest_id: int, reference: str, override: Override) -> None:
    """Keep a moderator's decision. Raises NotFound."""
    known = one(tx, contest_id, reference)
    value = {"action": override.action, "reason": override.reason, "codes": list(override.codes)}
    tx.execute(posts.update().where(posts.c.id == known.id).values(override=value))


def count_statuses(tx: Connection, contest_id: int) -> dict[Status, int]:
    """How many posts have each verdict."""
    query = select(posts.c.status, func.count()).where(posts.c.contest_id == contest_id).group_by(posts.c.status)
    counted: dict[str, int] = dict(tx.execute(query).all())
    return {status: counted.get(status, 0) for status in Status}


def count_codes(tx: Connection, contest_id: int, status: Status) -> dict[Code, int]:
    """How many posts of a status have each reason first among theirs."""
    query = select(posts.c.reasons).where(posts.c.contest_id == contest_id, posts.c.status == status)
    counts: dict[Code, int] = defaultdict(int)
    for reasons in filter(None, tx.execute(query).scalars()):
        counts[Code(reasons[0]["code"])] += 1
    return dict(counts)


def count_sights(tx: Connection, contest_id: int) -> dict[Sight, int]:
    """How many posts were seen, are gone, and so on."""
    query = select(posts.c.sight, func.count()).where(posts.c.contest_id == contest_id).group_by(posts.c.sight)
    counted: dict[str, int] = dict(tx.execute(query).all())
    return {sight: counted.get(sight, 0) for sight in Sight}


def erase(tx: Connection, contest_id: int, entries: Collection[str], *, now: datetime) -> None:
    """Take everything personal off these posts."""
    for known in by_entry(tx, contest_id, entries).values():
        evidence = known.facts.evidence
        values: dict[str, Any] = {"evidence": evidence_to_json(bare(evidence))} if evidence else {}
        tx.execute(posts.update().where(posts.c.id == known.id).values(erased_at=now, check_at=None, **values))


def _insert(tx: Connection, contest_id: int, values: Mapping[str, Any], names: Iterable[str]) -> None:
    inserted = tx.execute(posts.insert().values(contest_id=contest_id, **values)).inserted_primary_key
    assert inserted is not None
    rows = [{"contest_id": contest_id, "reference": name, "post_id": inserted[0]} for name in names]
    tx.execute(references.insert(), rows)


def _all(contest_id: int) -> Any:
    return select(posts).where(posts.c.contest_id == contest_id)
