"""Which posts are in and why: `judge_posts` weighs what the networks reported, and who gave which address.

A post is in when a network showed it, public and in time, at the last look after the deadline. What a network didn't
answer leaves it undecided, never out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.domain.contest import Contest, Phase
from service.domain.eligibility import (
    Action,
    Code,
    EntryFacts,
    Override,
    Reason,
    State,
    Status,
    Verdict,
)
from service.domain.links import fold_handle, may_hide, misses
from service.domain.people import email_key, group_people, name_key
from service.domain.posts import Evidence, PostKind, Sight

UNDECIDING = frozenset({Code.UNCHECKED, Code.UNREAD_LINKS, Code.CLAIMED_TWICE, Code.HELD})
# What may change without a word of the moderator's: who was struck isn't back by it.
_PASSING = UNDECIDING | {Code.GONE, Code.NOT_PUBLIC, Code.UNCLAIMED, Code.ERASED}
_SIGHT_CODES = {Sight.GONE: Code.GONE, Sight.HIDDEN: Code.NOT_PUBLIC}


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialPost:
    """What is known of one post. `entry` is its public name; `references` all addresses under which it was given.

    `is_found`: a search or the moderator brought it, so that no comment has to give it. `looked_at`: when a network
    last gave a clear answer.
    """

    entry: str
    references: tuple[str, ...]
    sight: Sight = Sight.UNSEEN
    evidence: Evidence | None = None
    is_found: bool = False
    looked_at: datetime | None = None
    is_erased: bool = False
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A comment that gives a post's address, by which person; whether that counts, is still held, or came too late."""

    comment: EntryFacts
    person: int
    is_late: bool

    @property
    def counts(self) -> bool:
        """Whether it lets the post take part."""
        return self.comment.state is State.APPROVED and not self.is_late


@dataclass(frozen=True, slots=True)
class Claims:
    """Who gives which post's address: by reference, and each commenter's person by comment number."""

    by_reference: Mapping[str, Sequence[Claim]]
    person_of: Mapping[int, int]


def judge_posts(
    contest: Contest,
    posts: Sequence[SocialPost],
    comments: Sequence[EntryFacts],
    verdicts: Sequence[Verdict],
) -> list[Verdict]:
    """One verdict for each post, in the order given; `verdicts` are those of the comments.

    Of a person's posts that could win, the earliest counts and the others are duplicates of it.
    """
    claims = find_claims(contest, comments, verdicts)
    own = [tuple(_own_reasons(contest, post, claims)) for post in posts]
    people = group_people([_marks(post, claims) for post in posts])
    firsts: dict[int, int] = {}
    for index, (post, person) in enumerate(zip(posts, people, strict=True)):
        if _stands_for_person(post, own[index]):
            best = firsts.get(person)
            if best is None or _age(post) < _age(posts[best]):
                firsts[person] = index
    return [
        _verdict(post, own[index], _duplicate(posts, index, firsts.get(people[index])))
        for index, post in enumerate(posts)
    ]


def find_claims(contest: Contest, comments: Sequence[EntryFacts], verdicts: Sequence[Verdict]) -> Claims:
    """The comments that give each reference. Those of the blog's own people, and what isn't a comment, don't."""
    people = group_people([(entry.account_id, email_key(entry.author_email)) for entry in comments])
    found: dict[str, list[Claim]] = defaultdict(list)
    for comment, verdict, person in zip(comments, verdicts, people, strict=True):
        if comment.posts and _NO_CLAIM.isdisjoint(reason.code for reason in verdict.reasons):
            is_late = comment.submitted_at > contest.closes_at and verdict.status is not Status.ELIGIBLE
            for reference in comment.posts:
                found[reference].append(Claim(comment, person, is_late))
    return Claims(found, {comment.comment_id: person for comment, person in zip(comments, people, strict=True)})


_NO_CLAIM = frozenset(
    {
        *(Code.SPAM, Code.TRASH, Code.DELETED, Code.PINGBACK, Code.TRACKBACK, Code.NOTE, Code.OTHER_KIND),
        *(Code.POST_AUTHOR, Code.STAFF, Code.EXCLUDED, Code.DISQUALIFIED, Code.ERASED),
    }
)


def _marks(post: SocialPost, claims: Claims) -> list[str]:
    """By what a poster is known: the account on the network, and of a post that nothing but comments brought, who
    gave its address. Where a search found it, what somebody else writes about it changes nothing."""
    marks = [f"handle {handle}" for handle in handles_of(post)]
    if post.evidence and post.evidence.author_id:
        marks.append(f"author {post.evidence.network} {post.evidence.author_id}")
    claimants = counting_people(post, claims)
    if not post.is_found and len(claimants) == 1:  # with several nobody knows whose it is
        marks.append(f"commenter {min(claimants)}")
    return marks


def handles_of(post: SocialPost) -> list[str]:
    """Its author's handle as commenters' are spelled: ["x:ana"]; none where it isn't known."""
    evidence = post.evidence
    return [f"{evidence.network}:{fold_handle(evidence.author_handle)}"] if evidence and evidence.author_handle else []


def claims_on(post: SocialPost, claims: Claims) -> list[Claim]:
    """The comments that give a post's address, under whatever reference; the earliest first."""
    given = (claim for reference in post.references for claim in claims.by_reference.get(reference, ()))
    found = {claim.comment.comment_id: claim for claim in given}
    return sorted(found.values(), key=lambda claim: (claim.comment.submitted_at, claim.comment.comment_id))


def counting_people(post: SocialPost, claims: Claims) -> set[int]:
    """The people whose comments let a post take part by giving its address."""
    return {claim.person for claim in claims_on(post, claims) if claim.counts}


def _own_reasons(contest: Contest, post: SocialPost, claims: Claims) -> Iterator[Reason]:
    """What speaks against a post by itself, or leaves it undecided."""
    yield from _claim_reasons(contest, post, claims_on(post, claims))
    if post.is_erased:
        yield Reason(Code.ERASED)
    if post.evidence is not None:
        yield from _lasting_reasons(contest, post.evidence)
    if not _is_looked_at(contest, post):
        yield Reason(Code.UNCHECKED)
    elif post.sight in _SIGHT_CODES:
        yield Reason(_SIGHT_CODES[post.sight])
    elif post.evidence is not None:
        yield from _message_reasons(contest, post.evidence)


def _is_looked_at(contest: Contest, post: SocialPost) -> bool:
    """While the contest is open, any clear answer will do; after the deadline it takes one that came later."""
    if post.looked_at is None or post.sight in (Sight.UNSEEN, Sight.UNCLEAR):
        return False
    return contest.phase is Phase.OPEN or post.looked_at > contest.closes_at


def _claim_reasons(contest: Contest, post: SocialPost, claims: Sequence[Claim]) -> Iterator[Reason]:
    counting = [claim.comment for claim in claims if claim.counts]
    if len({claim.person for claim in claims if claim.counts}) > 1:
        yield Reason(Code.CLAIMED_TWICE, ", ".join(str(comment.comment_id) for comment in counting[:10]))
    if counting or post.is_found:
        return
    held = [claim.comment for claim in claims if claim.comment.state is State.HELD and not claim.is_late]
    if held:
        yield Reason(Code.HELD, held[0].comment_id)
    elif claims:
        late = claims[0].comment.submitted_at - contest.closes_at
        yield Reason(Code.LATE, max(1, round(late.total_seconds())))
    else:
        yield Reason(Code.UNCLAIMED)


def _lasting_reasons(contest: Contest, evidence: Evidence) -> Iterator[Reason]:
    """What speaks against a post for good: no later look shows it otherwise."""
    barred = _barred(contest, evidence)
    if barred:
        yield Reason(barred)
    if evidence.kind is PostKind.REPOST and not contest.rules.reposts_count:
        yield Reason(Code.REPOST)
    starts_at = contest.starts_at or contest.opened_at
    posted_at = evidence.posted_at.replace(microsecond=0)  # a deadline is a whole second, and that second is in
    if posted_at > contest.closes_at:
        yield Reason(Code.LATE, round((posted_at - contest.closes_at).total_seconds()))
    elif posted_at < starts_at.replace(microsecond=0):
        yield Reason(Code.EARLY, max(1, round((starts_at - posted_at).total_seconds())))


def _message_reasons(contest: Contest, evidence: Evidence) -> Iterator[Reason]:
    """What a post lacks of the message, as its last look showed it."""
    lacks = misses(contest.message, evidence, needs_all=contest.rules.needs_all)
    if lacks and may_hide(lacks, evidence):
        yield Reason(Code.UNREAD_LINKS)
    elif lacks:
        yield Reason(Code.OFF_MESSAGE, " ".join(lacks))


def _barred(contest: Contest, evidence: Evidence) -> Code | None:
    """Whether the author may not win: the organiser's own account, or one that the rules list as "@handle"."""
    handle = fold_handle(evidence.author_handle)
    mentioned = {fold_handle(mention) for mention in contest.message.mentions}
    if handle in mentioned and handle and not contest.rules.staff_may_win:
        return Code.STAFF
    listed = {fold_handle(name) for name in contest.rules.excluded if name.startswith("@")}
    names = {name_key(name) for name in contest.rules.excluded}
    if handle in listed or (evidence.author_name and name_key(evidence.author_name) in names):
        return Code.EXCLUDED
    return None


def _stands_for_person(post: SocialPost, own: tuple[Reason, ...]) -> bool:
    if post.override and post.override.action is Action.DISQUALIFY:
        return all(reason.code in _PASSING for reason in own)
    return not own or _is_set_aside(post, own)


def _is_set_aside(post: SocialPost, reasons: tuple[Reason, ...]) -> bool:
    """Whether a moderator let it in although these reasons stand."""
    if not post.override or post.override.action is not Action.READMIT:
        return False
    return all(reason.code in post.override.codes for reason in reasons)


def _age(post: SocialPost) -> tuple[bool, float, str]:
    at = post.evidence.posted_at.timestamp() if post.evidence else 0.0
    return post.evidence is None, at, post.entry


def _duplicate(posts: Sequence[SocialPost], index: int, first: int | None) -> Reason | None:
    if first is None or first == index:
        return None
    return Reason(Code.DUPLICATE, posts[first].entry)


def _verdict(post: SocialPost, own: tuple[Reason, ...], duplicate: Reason | None) -> Verdict:
    reasons = own + ((duplicate,) if duplicate else ())
    if post.override and post.override.action is Action.DISQUALIFY:
        return Verdict(Status.INELIGIBLE, (Reason(Code.DISQUALIFIED, post.override.reason), *reasons))
    if not reasons:
        return Verdict(Status.ELIGIBLE)
    if _is_set_aside(post, reasons):
        return Verdict(Status.ELIGIBLE, overruled=reasons)
    if all(reason.code in UNDECIDING for reason in reasons):
        return Verdict(Status.UNDECIDED, reasons)
    return Verdict(Status.INELIGIBLE, tuple(sorted(reasons, key=lambda reason: reason.code in UNDECIDING)))
