"""What is kept of somebody beside their comments: their posts, and what they told to claim a prize."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.domain.errors import BadInput, Conflict
from service.domain.posts import NetworkName
from service.storage import claims, contests, personal, posts
from service.storage.claims import Claim
from service.storage.personal import Exclusion
from service.storage.post_rows import KnownPost
from service.usecases.claim_reports import read_answers
from service.usecases.ports import Networks
from service.usecases.privacy import address_kept, finish_erasure, names_of, posts_of
from service.usecases.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account on a network, spelled as evidence has it: ana on X, ana@mastodon.example, ana.example."""

    network: NetworkName
    handle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalPost:
    """Everything personal in one post."""

    contest_id: int
    contest_title: str
    entry: str
    network: NetworkName
    references: tuple[str, ...]
    handle: str
    name: str
    account: str
    url: str
    posted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalClaim:
    """What a winner told. `trouble` says why the answers can't be shown, where they can't."""

    contest_id: int
    contest_title: str
    entry: str
    created_at: datetime
    claimed_at: datetime | None
    answers: Mapping[str, str]
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of somebody beside their comments."""

    posts: list[PersonalPost]
    claims: list[PersonalClaim]
    exclusions: list[Exclusion]


def read_accounts(networks: Networks, text: str) -> list[Account]:
    """The accounts that somebody means by `@ana`, `x:@ana`, `@ana@mastodon.example` or `@ana.example`.

    Raises BadInput where that is no account on any network.
    """
    start, colon, rest = text.strip().partition(":")
    wanted = {NetworkName(start.lower())} if colon and start.lower() in set(NetworkName) else set(NetworkName)
    name = "@" + (rest if len(wanted) == 1 else text.strip()).removeprefix("@")
    read = [(network.name, network.read_name(name)) for network in networks.all() if network.name in wanted]
    found = [Account(network=network, handle=handle) for network, handle in read if handle]
    if not found:
        raise BadInput(f"{text[:100]!r} is no account: give x:@ana, @ana@mastodon.example or @ana.example.")
    return found


def export_accounts(services: Services, accounts: list[Account]) -> Kept:
    """The posts of these accounts in every contest, what was told to claim their prizes, and rules that list them."""
    with services.store.read() as tx:
        listed = [one for account in accounts for one in personal.find_account_exclusions(tx, account.handle)]
        return _export(tx, services, _posts_of_accounts(tx, accounts), {}, listed)


def export_beside(services: Services, email: str) -> Kept:
    """The posts that only the comments under an address brought, and what their author told to claim prizes."""
    with services.store.read() as tx:
        comments: dict[int, list[int]] = {}
        for entry in personal.find(tx, email):
            comments.setdefault(entry.contest_id, []).append(entry.comment_id)
        theirs = {number: posts_of(tx, contests.get(tx, number), ids) for number, ids in comments.items()}
        return _export(tx, services, theirs, comments, [])


def _posts_of_accounts(tx: Connection, accounts: list[Account]) -> dict[int, list[KnownPost]]:
    found: dict[int, list[KnownPost]] = {}
    for account in accounts:
        for contest_id, known in personal.find_posts(tx, account.network, account.handle).items():
            found.setdefault(contest_id, []).extend(known)
    return found


def _export(
    tx: Connection,
    services: Services,
    found: Mapping[int, list[KnownPost]],
    comments: Mapping[int, list[int]],
    listed: list[Exclusion],
) -> Kept:
    told_posts, told_claims = list[PersonalPost](), list[PersonalClaim]()
    for contest_id, known in found.items():
        contest = contests.get(tx, contest_id)
        told_posts += [_personal_post(contest, post) for post in known]
        names = names_of(tx, contest_id, known, comment_ids=comments.get(contest_id, []))
        told_claims += [_personal_claim(services, contest, claim) for claim in claims.of_entries(tx, contest_id, names)]
    return Kept(posts=told_posts, claims=told_claims, exclusions=listed)


def _personal_post(contest: Contest, post: KnownPost) -> PersonalPost:
    evidence = post.facts.evidence
    return PersonalPost(
        contest_id=contest.id,
        contest_title=contest.post_title,
        entry=post.facts.entry,
        network=post.network,
        references=post.facts.references,
        handle=evidence.author_handle if evidence else "",
        name=evidence.author_name if evidence else "",
        account=evidence.author_id if evidence else "",
        url=evidence.url if evidence else "",
        posted_at=evidence.posted_at if evidence else None,
    )


def _personal_claim(services: Services, contest: Contest, claim: Claim) -> PersonalClaim:
    answers: Mapping[str, str] = {}
    trouble = ""
    try:
        answers = read_answers(services, claim)
    except Conflict as problem:
        trouble = problem.message
    return PersonalClaim(
        contest_id=contest.id,
        contest_title=contest.post_title,
        entry=claim.entry,
        created_at=claim.created_at,
        claimed_at=claim.claimed_at,
        answers=answers,
        trouble=trouble,
    )


def erase_accounts(services: Services, accounts: list[Account], *, actor: str) -> tuple[int, list[str]]:
    """Take the author off every post of these accounts, and what was told to claim the prizes that they won.

    Gives how many posts, and in sentences what stays elsewhere. The log keeps that it happened, not whose they were.
    """
    number, kept = 0, list[str]()
    with services.store.write() as tx:
        for contest_id, known in sorted(_posts_of_accounts(tx, accounts).items()):
            contest = contests.lock(tx, contest_id)
            posts.erase(tx, contest_id, [post.facts.entry for post in known], now=services.clock())
            details = {"posts": len(known)}
            names = names_of(tx, contest_id, known)
            kept += finish_erasure(tx, services, contest, names, details=details, actor=actor)
            if _are_in_addresses(known, accounts):
                kept.append(address_kept(services, contest))
            number += len(known)
        kept += _mentions(tx, accounts)
    return number, list(dict.fromkeys(kept))


def _are_in_addresses(known: list[KnownPost], accounts: list[Account]) -> bool:
    references = [reference for post in known for reference in post.facts.references]
    return any(f":{account.handle}/" in reference for account in accounts for reference in references)


def _mentions(tx: Connection, accounts: list[Account]) -> Iterator[str]:
    """Where else the accounts stand: in rules, and with commenters who say that they are theirs."""
    for account in accounts:
        for exclusion in personal.find_account_exclusions(tx, account.handle):
            yield f"The rules of “{exclusion.contest_title}” list {exclusion.listed}: change them."
        for title in personal.titles_naming(tx, f"{account.network}:{account.handle}"):
            yield (
                f"A comment on “{title}” gives this account as its author's: erase what is kept under their e-mail "
                "address, too."
            )
