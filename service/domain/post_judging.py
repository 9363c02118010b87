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
from service.domain.links import fold_handle, may_hide_link, misses
from service.domain.people import email_key, group_people, name_key
from service.domain.pools import PoolEntry
from service.domain.posts import Evidence, PostKind, Sight

UNDECIDING = frozenset({Code.UNCHECKED, Code.UNREAD_LINKS, Code.CLAIMED_TWICE, Code.HELD})
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
    """A comment that gives a post's address; whether that counts, is still held, or came too late."""

    comment: EntryFacts
    is_late: bool

    @property
    def counts(self) -> bool:
        """Whether it lets the post take part."""
        return self.comment.state is State.APPROVED and not self.is_late


Claims = Mapping[str, Sequence[Claim]]  # by reference


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
    found: dict[str, list[Claim]] = defaultdict(list)
    for comment, verdict in zip(comments, verdicts, strict=True):
        if not comment.posts:
            continue
        codes = {reason.code for reason in verdict.reasons}
        if codes.isdisjoint(_NO_CLAIM):
            is_late = comment.submitted_at > contest.closes_at and verdict.status is not Status.ELIGIBLE
            for reference in comment.posts:
                found[reference].append(Claim(comment, is_late))
    return found


_NO_CLAIM = frozenset(
    {
        *(Code.SPAM, Code.TRASH, Code.DELETED, Code.PINGBACK, Code.TRACKBACK, Code.NOTE, Code.OTHER_KIND),
        *(Code.POST_AUTHOR, Code.STAFF, Code.EXCLUDED, Code.DISQUALIFIED, Code.ERASED),
    }
)


def people_of(
    posts: Sequence[SocialPost],
    post_verdicts: Sequence[Verdict],
    comments: Sequence[EntryFacts],
    verdicts: Sequence[Verdict],
    contest: Contest,
) -> list[PoolEntry]:
    """Every eligible entry with its person, comments by rising number and then posts by name.

    Here a name, a website or a given address also makes a commenter and a poster one person. Such words are anybody's
    to write, so they cost nobody their entry: they only keep one person from two prizes.
    """
    claims = find_claims(contest, comments, verdicts)
    eligible = [comment for comment, verdict in zip(comments, verdicts, strict=True) if _is_in(verdict)]
    posted = sorted(
        (post for post, verdict in zip(posts, post_verdicts, strict=True) if _is_in(verdict)),
        key=lambda post: post.entry,
    )
    names = [f"comment:{comment.comment_id}" for comment in eligible] + [post.entry for post in posted]
    marks = [_comment_marks(comment) for comment in eligible] + [
        [*_marks(post, claims), *_claimants(post, claims)] for post in posted
    ]
    people = group_people(marks)
    return [PoolEntry(name, names[person]) for name, person in zip(names, people, strict=True)]


def _is_in(verdict: Verdict) -> bool:
    return verdict.status is Status.ELIGIBLE


def _comment_marks(comment: EntryFacts) -> list[str]:
    key = email_key(comment.author_email)
    return [
        f"account {comment.account_id}" if comment.account_id else "",
        f"e-mail {key}" if key else "",
        *(f"handle {handle}" for handle in comment.handles),
        f"comment {comment.comment_id}",
    ]


def _claimants(post: SocialPost, claims: Claims) -> list[str]:
    return [mark for comment in _counting(post, claims) for mark in _comment_marks(comment)]


def _marks(post: SocialPost, claims: Claims) -> list[str]:
    """By what a poster is known: the account, and the commenter who gave the address, by e-mail or account."""
    marks = [f"handle {handle}" for handle in _handles(post)]
    if post.evidence and post.evidence.author_id:
        marks.append(f"author {post.evidence.network} {post.evidence.author_id}")
    claimants = _counting(post, claims)
    if len(_commenters(claimants)) == 1:  # with several nobody knows whose it is
        marks += [mark for comment in claimants for mark in _comment_marks(comment) if not mark.startswith("handle")]
    return marks


def _handles(post: SocialPost) -> list[str]:
    evidence = post.evidence
    return [f"{evidence.network}:{fold_handle(evidence.author_handle)}"] if evidence and evidence.author_handle else []


def claims_on(post: SocialPost, claims: Claims) -> list[Claim]:
    """The comments that give a post's address, under whatever reference; the earliest first."""
    found = {claim.comment.comment_id: claim for ref in post.references for claim in claims.get(ref, ())}
    return sorted(found.values(), key=lambda claim: (claim.comment.submitted_at, claim.comment.comment_id))


def _counting(post: SocialPost, claims: Claims) -> list[EntryFacts]:
    return [claim.comment for claim in claims_on(post, claims) if claim.counts]


def _commenters(comments: Sequence[EntryFacts]) -> set[int]:
    """The different people among these commenters."""
    return set(group_people([_comment_marks(comment)[:2] for comment in comments]))


def _own_reasons(contest: Contest, post: SocialPost, claims: Claims) -> Iterator[Reason]:
    """What speaks against a post by itself, or leaves it undecided."""
    yield from _claim_reasons(contest, post, claims_on(post, claims))
    if post.is_erased:
        yield Reason(Code.ERASED)
    if post.sight in _SIGHT_CODES:
        yield Reason(_SIGHT_CODES[post.sight])
        return
    if post.evidence is not None:
        yield from _evidence_reasons(contest, post.evidence)
    if post.sight is not Sight.SEEN or not _is_looked_at(contest, post):
        yield Reason(Code.UNCHECKED)


def _is_looked_at(contest: Contest, post: SocialPost) -> bool:
    """While the contest is open, any look will do; after the deadline it takes one that was later."""
    if post.looked_at is None or post.evidence is None:
        return False
    return contest.phase is Phase.OPEN or post.looked_at > contest.closes_at


def _claim_reasons(contest: Contest, post: SocialPost, claims: Sequence[Claim]) -> Iterator[Reason]:
    counting = [claim.comment for claim in claims if claim.counts]
    if len(_commenters(counting)) > 1:
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


def _evidence_reasons(contest: Contest, evidence: Evidence) -> Iterator[Reason]:
    barred = _barred(contest, evidence)
    if barred:
        yield Reason(barred)
    if evidence.kind is PostKind.REPOST and not contest.rules.reposts_count:
        yield Reason(Code.REPOST)
    starts_at = contest.starts_at or contest.opened_at
    if evidence.posted_at > contest.closes_at:
        late = evidence.posted_at - contest.closes_at
        yield Reason(Code.LATE, max(1, round(late.total_seconds())))
    elif evidence.posted_at < starts_at:
        yield Reason(Code.EARLY, round((starts_at - evidence.posted_at).total_seconds()))
    lacks = misses(contest.message, evidence, needs_all=contest.rules.needs_all)
    if lacks and may_hide_link(contest.message, evidence):
        yield Reason(Code.UNREAD_LINKS)
    elif lacks:
        yield Reason(Code.OFF_MESSAGE, " ".join(lacks))


def _barred(contest: Contest, evidence: Evidence) -> Code | None:
    """Whether the author may not win: the organiser's own account, or one that the rules list as "@handle"."""
    handle = fold_handle(evidence.author_handle)
    if handle and handle in {fold_handle(mention) for mention in contest.message.mentions}:
        return Code.STAFF
    listed = {fold_handle(name) for name in contest.rules.excluded if name.startswith("@")}
    names = {name_key(name) for name in contest.rules.excluded}
    if handle in listed or (evidence.author_name and name_key(evidence.author_name) in names):
        return Code.EXCLUDED
    return None


def _stands_for_person(post: SocialPost, own: tuple[Reason, ...]) -> bool:
    if post.override and post.override.action is Action.DISQUALIFY:
        return not own
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
    return Verdict(Status.INELIGIBLE, tuple(r for r in reasons if r.code not in UNDECIDING))
