"""Whose entries belong together when prizes are given: the commenter who is also the poster.

A comment says who its author is on a network by a name (`@ana`), a website (their profile) or the address of their
post. Anybody can write such things, so they cost nobody an entry: they only keep one person from two prizes. And who
names several people's accounts on one network is none of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.domain.contest import Contest
from service.domain.eligibility import EntryFacts, Status, Verdict
from service.domain.people import group_people
from service.domain.pools import PoolEntry
from service.domain.post_judging import (
    Claims,
    SocialPost,
    counting_people,
    find_claims,
    handles_of,
)


@dataclass(frozen=True, slots=True)
class _Link:
    """A commenter's word that a post is theirs."""

    person: int
    post: int  # its place among the eligible posts


def people_of(
    posts: Sequence[SocialPost],
    post_verdicts: Sequence[Verdict],
    comments: Sequence[EntryFacts],
    verdicts: Sequence[Verdict],
    contest: Contest,
) -> list[PoolEntry]:
    """Every eligible entry with the entry that stands for its person, comments by rising number, then posts by name.

    A post that only its author's comment brought is marked with that author's comment (`given_by`).
    """
    claims = find_claims(contest, comments, verdicts)
    eligible = [comment for comment, verdict in zip(comments, verdicts, strict=True) if _is_in(verdict)]
    posted = [post for post, verdict in zip(posts, post_verdicts, strict=True) if _is_in(verdict)]
    posted.sort(key=lambda post: post.entry)
    commenters = [claims.person_of[comment.comment_id] for comment in eligible]
    first = {
        person: f"comment:{comment.comment_id}"
        for person, comment in zip(reversed(commenters), reversed(eligible), strict=True)
    }
    links = _believable(set(_links(eligible, commenters, posted, claims)), posted)
    linked: dict[int, list[str]] = defaultdict(list)
    for link in links:
        linked[link.post].append(f"person {link.person}")
    marks = [[f"person {person}"] for person in commenters] + [linked[place] for place in range(len(posted))]
    names = [f"comment:{comment.comment_id}" for comment in eligible] + [post.entry for post in posted]
    givers = [""] * len(eligible) + [_giver(post, claims, first) for post in posted]
    return [
        PoolEntry(name, names[person], giver)
        for name, person, giver in zip(names, group_people(marks), givers, strict=True)
    ]


def _giver(post: SocialPost, claims: Claims, first: Mapping[int, str]) -> str:
    """The eligible comment of the person without whose comment the post wouldn't take part; "" for none."""
    people = counting_people(post, claims)
    return first.get(min(people), "") if len(people) == 1 and not post.is_found else ""


def _links(
    eligible: Sequence[EntryFacts], commenters: Sequence[int], posted: Sequence[SocialPost], claims: Claims
) -> Iterator[_Link]:
    """By the addresses that people gave, and by their names and websites."""
    named: dict[str, set[int]] = defaultdict(set)
    for comment, person in zip(eligible, commenters, strict=True):
        for handle in comment.handles:
            named[handle].add(person)
    for place, post in enumerate(posted):
        people = counting_people(post, claims).intersection(commenters)
        for person in people.union(*(named[handle] for handle in handles_of(post))):
            yield _Link(person, place)


def _believable(links: Collection[_Link], posted: Sequence[SocialPost]) -> list[_Link]:
    """All but those of people who name several authors of one network among the posts that were found."""
    authors: dict[tuple[int, str], set[str]] = defaultdict(set)
    for link in links:
        post = posted[link.post]
        if post.is_found and post.evidence:
            key = post.evidence.author_id or post.evidence.author_handle
            authors[link.person, post.evidence.network].add(key)
    return [
        link
        for link in links
        if not posted[link.post].is_found or len(authors[link.person, _network(posted[link.post])]) <= 1
    ]


def _network(post: SocialPost) -> str:
    return post.evidence.network if post.evidence else ""


def _is_in(verdict: Verdict) -> bool:
    return verdict.status is Status.ELIGIBLE
