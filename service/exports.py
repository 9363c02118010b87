"""What can be taken out of a contest: everybody who entered, with verdicts; the winners; the log. For moderators only.

Rows are read a few hundred at a time, each in a transaction of its own: a slow reader holds up nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.domain.drawing import entry_id, rfc3339
from service.domain.eligibility import Override, Verdict
from service.domain.errors import Conflict
from service.i18n import reason_words, status_words
from service.post_presenters import instant_json, local_time
from service.presenters import log_json
from service.storage import claims, contests, listing, log, posts, published
from service.storage.listing import Entry, EntryFilter
from service.storage.post_rows import KnownPost
from service.tables_out import Row, Table
from service.usecases.prize_rows import PrizeRow, prize_rows
from service.usecases.services import Services

PAGE = 500


class What(StrEnum):
    """What is taken out."""

    ENTRIES = "entries"
    WINNERS = "winners"
    LOG = "log"


def export(services: Services, contest_id: int, what: What) -> Table:
    """The table, of which no row is read yet but of winners all. Raises NotFound, Conflict before the draw."""
    with services.store.read() as tx:
        contest = contests.get(tx, contest_id)
    columns, rows = _EXPORTS[what]
    return Table(f"{contest.slug}-{what}", columns, rows(services, contest))


ENTRY_COLUMNS = (
    "entry",
    "kind",
    "author",
    "author_email",
    "handle",
    "url",
    "submitted_at",
    "submitted_at_local",
    "state",
    "verdict",
    "verdict_words",
    "reasons",
    "reasons_words",
    "moderator",
    "moderator_reason",
)


def _entries(services: Services, contest: Contest) -> Iterator[Row]:
    """Comments by rising number, then posts in the order in which they became known."""
    after = 0
    while True:
        with services.store.read() as tx:
            page = listing.page(tx, contest.id, EntryFilter(), limit=PAGE, after_id=after, with_hints=False)
        yield from (_comment_row(entry, contest) for entry in page)
        if len(page) < PAGE:
            break
        after = page[-1].comment_id
    yield from _posts(services, contest)


def _posts(services: Services, contest: Contest) -> Iterator[Row]:
    after = 0
    while True:
        with services.store.read() as tx:
            page = posts.page(tx, contest.id, limit=PAGE, after_id=after)
        yield from (_post_row(post, contest) for post in page)
        if len(page) < PAGE:
            return
        after = page[-1].id


def _comment_row(entry: Entry, contest: Contest) -> Row:
    return {
        "entry": entry_id(entry.comment_id),
        "kind": entry.kind.value,
        "author": entry.author_name,
        "author_email": entry.author_email,
        "handle": "",
        "url": "",
        **_times(entry.submitted_at, contest),
        "state": entry.state.value,
        **_verdict(entry.verdict, entry.override, contest),
    }


def _post_row(post: KnownPost, contest: Contest) -> Row:
    evidence = post.facts.evidence
    return {
        "entry": post.facts.entry,
        "kind": evidence.kind.value if evidence else "post",
        "author": evidence.author_name if evidence else "",
        "author_email": "",
        "handle": evidence.author_handle if evidence else "",
        "url": evidence.url if evidence else "",
        **_times(evidence.posted_at if evidence else None, contest),
        "state": post.facts.sight.value,
        **_verdict(post.verdict, post.facts.override, contest),
    }


def _times(instant: datetime | None, contest: Contest) -> Row:
    return {
        "submitted_at": instant_json(instant),
        "submitted_at_local": local_time(instant, contest.timezone) if instant else None,
    }


def _verdict(verdict: Verdict, override: Override | None, contest: Contest) -> Row:
    language = contest.language
    return {
        "verdict": verdict.status.value,
        "verdict_words": status_words(verdict.status, language=language),
        "reasons": [reason.code.value for reason in verdict.reasons],
        "reasons_words": [reason_words(reason, language=language) for reason in verdict.reasons],
        "moderator": override.action.value if override else None,
        "moderator_reason": override.reason if override else None,
    }


WINNER_COLUMNS = (
    "draw",
    "pool",
    "place",
    "prize",
    "entry",
    "author",
    "author_email",
    "url",
    "state",
    "reason",
    "holds_prize",
    "claimed_at",
)


def _winners(services: Services, contest: Contest) -> list[Row]:
    """Everybody who won or got a prize since, pool by pool and place by place, and what became of it."""
    with services.store.read() as tx:
        if (done := claims.current_draw(tx, contest.id)) is None:
            raise Conflict(_undrawn(tx, contest), code="not_drawn")
        return [_winner_row(row, draw=done) for row in prize_rows(tx, contest, done)]


def _undrawn(tx: Connection, contest: Contest) -> str:
    """Why there are no winners."""
    if any(draw.replaced_at for draw in published.all_draws(tx, contest.id)):
        return f"The draw of contest {contest.id} was replaced, and the new one isn't drawn yet."
    return f"Contest {contest.id} isn't drawn yet."


def _winner_row(row: PrizeRow, *, draw: int) -> Row:
    return {
        "draw": draw,
        "pool": row.pool_name,
        "place": row.place,
        "prize": row.prize,
        "entry": row.entry,
        "author": row.author,
        "author_email": row.author_email,
        "url": row.url,
        "state": row.state.value,
        "reason": row.reason or None,
        "holds_prize": row.holds_prize,
        "claimed_at": rfc3339(row.claimed_at) if row.claimed_at else None,
    }


LOG_COLUMNS = ("number", "at", "actor", "action", "reason", "details", "hash")


def _log(services: Services, contest: Contest) -> Iterator[Row]:
    """The lines as they are hashed: as JSON, `tirage log verify` checks them."""
    after = 0
    while True:
        with services.store.read() as tx:
            page = log.page(tx, contest.id, after=after, limit=PAGE)
        yield from map(log_json, page)
        if len(page) < PAGE:
            return
        after = page[-1].number


_EXPORTS: Mapping[What, tuple[tuple[str, ...], Callable[[Services, Contest], Any]]] = {
    What.ENTRIES: (ENTRY_COLUMNS, _entries),
    What.WINNERS: (WINNER_COLUMNS, _winners),
    What.LOG: (LOG_COLUMNS, _log),
}
