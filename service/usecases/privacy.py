"""One person's data: what is kept of an e-mail address's comments, and erasing it.

The receipts hold none of it and stay verifiable.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.domain.drawing import entry_id
from service.domain.log_chain import LogLine
from service.i18n import known_language
from service.storage import claims, contests, draws, entries, log, personal, posts, strikes
from service.storage.personal import Exclusion, PersonalEntry
from service.storage.post_rows import KnownPost
from service.usecases.freezing import public_name, unseen_name
from service.usecases.judging import judge_entries
from service.usecases.rewording import reword
from service.usecases.services import Services

ANONYMOUS = {"fr": "Anonyme", "en": "Anonymous"}


def export(services: Services, email: str) -> tuple[list[PersonalEntry], list[Exclusion]]:
    """Every entry under this e-mail address, in any case, and where the rules list it."""
    with services.store.read() as tx:
        return personal.find(tx, email), personal.find_exclusions(tx, email)


def erase(services: Services, email: str, *, actor: str) -> tuple[int, list[str]]:
    """Take name, address, website and IP off every entry, and what was told to claim a prize.

    Gives how many entries, and in sentences what stays elsewhere. Who was erased can't win any more where the list
    isn't sealed yet. The log keeps that it happened.
    """
    kept = []
    with services.store.write() as tx:
        found = personal.find(tx, email)
        for contest_id in sorted({entry.contest_id for entry in found}):
            contest = contests.lock(tx, contest_id)
            ids = [entry.comment_id for entry in found if entry.contest_id == contest_id]
            theirs = posts_of(tx, contest, ids)
            posts.erase(tx, contest_id, [known.facts.entry for known in theirs], now=services.clock())
            is_read = not contest.phase.is_sealed
            personal.erase(tx, contest_id, email, name=nobody(contest), is_read=is_read, now=services.clock())
            names = names_of(tx, contest_id, theirs, comment_ids=ids)
            kept += finish_erasure(tx, services, contest, names, details={"entries": len(ids)}, actor=actor)
            if any(reference != public_name(known.facts) for known in theirs for reference in known.facts.references):
                kept.append(address_kept(services, contest))
        for title in dict.fromkeys(found.contest_title for found in personal.find_exclusions(tx, email)):
            kept.append(f"The rules of “{title}” list this address among those that may not win: change them.")
    return len(found), kept


def address_kept(services: Services, contest: Contest) -> str:
    """What to tell where an address can name its author: it stays, so that the same post isn't looked at anew."""
    return (
        f"“{contest.post_title}” keeps the address of a post, which may name its author, until "
        f"{services.personal_data_days} days after the draw."
    )


def posts_of(tx: Connection, contest: Contest, comment_ids: Collection[int]) -> list[KnownPost]:
    """The posts that only these comments of one person brought.

    What a search or the moderator found, or somebody else gave as well, is not known to be theirs.
    """
    givers: dict[int, set[int]] = defaultdict(set)
    for comment in entries.facts(tx, contest.id):
        for reference in comment.posts:
            post_id = posts.find_id(tx, contest.id, reference)
            if post_id is not None:
                givers[post_id].add(comment.comment_id)
    theirs = {post_id for post_id, comments in givers.items() if comments <= set(comment_ids)}
    return [known for known in posts.by_id(tx, contest.id, theirs) if not known.facts.is_found]


def names_of(
    tx: Connection, contest_id: int, known: Collection[KnownPost], *, comment_ids: Collection[int] = ()
) -> set[str]:
    """Every name under which a draw can have kept somebody's posts and comments.

    Until a network shows a post it goes by one of its addresses. What was claimed through one of the comments is its
    author's, whatever found the post since.
    """
    commented = [entry_id(number) for number in comment_ids]
    claimed = {claim.entry for claim in claims.of_givers(tx, contest_id, commented)}
    given = {reference for post in known for reference in (post.facts.entry, *post.facts.references)}
    return {*commented, *claimed, *given, *map(unseen_name, given)}


def nobody(contest: Contest) -> str:
    """The name that stands where somebody's was erased, in the contest's language."""
    return ANONYMOUS[known_language(contest.language)]


def finish_erasure(
    tx: Connection,
    services: Services,
    contest: Contest,
    names: Collection[str],
    *,
    details: Mapping[str, int],
    actor: str,
) -> list[str]:
    """What else is to do once entries are erased, given by their public names: their claims, the log, and what was
    made of the names, which are the verdicts, or the words of comments on the blog. In sentences what stays there.
    """
    now = services.clock()
    claims.erase(tx, contest.id, names, now=now)
    log.write(tx, contest.id, LogLine(at=now, actor=actor, action="erase", reason="", details=details))
    reword(tx, services, contest)
    if not contest.phase.is_sealed:
        judge_entries(tx, contest)
    if strikes.named(tx, contest.id).isdisjoint(names):
        return []
    replies = any(comment.strike for comment in draws.announcements_of(tx, contest.id))
    where = f"The winner comment on “{contest.post_title}”{', or a reply to it,' if replies else ''}"
    return [f"{where} may name this person: edit it in WordPress."]
