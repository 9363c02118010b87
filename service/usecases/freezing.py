"""What was weighed, as the receipt keeps it: every entry under a name that tells nobody's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from service.domain.contest import Contest
from service.domain.drawing import entry_id, hash_text
from service.domain.eligibility import Code, Reason, Verdict
from service.domain.pools import PoolEntry
from service.domain.post_judging import SocialPost
from service.domain.receipt import JudgedEntry
from service.domain.same_person import people_of
from service.usecases.judging import Judged

UNSEEN = ":unseen-"
_UNSEEN = re.compile(rf"[a-z]+{UNSEEN}[0-9a-f]{{32}}")


def judged_entries(contest: Contest, judged: Judged) -> list[JudgedEntry]:
    """Everything that was weighed: comments by rising number, then posts by name."""
    people = _people(contest, judged)
    comments = [
        JudgedEntry(
            entry=(entry := entry_id(comment.comment_id)),
            submitted_at=comment.submitted_at,
            verdict=verdict,
            override=comment.override,
            person=people[entry].person if entry in people else "",
        )
        for comment, verdict in zip(judged.comments, judged.verdicts, strict=True)
    ]
    found, names = [], {post.entry: public_name(post) for post in judged.posts}
    for post, verdict in zip(judged.posts, judged.post_verdicts, strict=True):
        person = people.get(post.entry)
        found.append(
            JudgedEntry(
                entry=names[post.entry],
                submitted_at=post.evidence.posted_at if post.evidence else None,
                verdict=public_verdict(verdict, names),
                override=post.override,
                person=person.person if person and person.person != post.entry else "",
                given_by=person.given_by if person else "",
                evidence=post.evidence,
            )
        )
    return comments + sorted(found, key=lambda post: post.entry)


def public_name(post: SocialPost) -> str:
    """A post's name in the receipt: one that no network showed goes by a hash, since its address may name somebody."""
    return post.entry if post.evidence is not None else unseen_name(post.entry)


def unseen_name(entry: str) -> str:
    """The name in the receipt of a post that no network showed, by the name that its address gives it."""
    if _UNSEEN.fullmatch(entry):
        return entry
    network = entry.partition(":")[0]
    return f"{network}{UNSEEN}{hash_text(entry)[:32]}"


def public_verdict(verdict: Verdict, names: Mapping[str, str]) -> Verdict:
    """The verdict with public names, given by name, where it tells of which post this one is a duplicate."""
    reasons, overruled = (
        tuple(_public_reason(reason, names) for reason in part) for part in (verdict.reasons, verdict.overruled)
    )
    return replace(verdict, reasons=reasons, overruled=overruled)


def _public_reason(reason: Reason, names: Mapping[str, str]) -> Reason:
    if reason.code is not Code.DUPLICATE or not isinstance(reason.detail, str):
        return reason
    return replace(reason, detail=names.get(reason.detail, reason.detail))


def _people(contest: Contest, judged: Judged) -> dict[str, PoolEntry]:
    """Whom each eligible entry stands for, where posts can make two entries one person's."""
    if not judged.posts:
        return {}
    people = people_of(judged.posts, judged.post_verdicts, judged.comments, judged.verdicts, contest)
    return {person.entry: person for person in people}
