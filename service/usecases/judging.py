"""Judge a contest's comments and posts from what is stored, and keep the verdicts that changed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.domain.eligibility import EntryFacts, Verdict, judge
from service.domain.post_judging import SocialPost, judge_posts
from service.storage import entries, posts


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Everything that was weighed, with its verdicts: both lists of a kind are in the same order."""

    comments: list[EntryFacts]
    verdicts: list[Verdict]
    posts: list[SocialPost]
    post_verdicts: list[Verdict]


def judge_all(tx: Connection, contest: Contest) -> Judged:
    """The verdicts as they are now; nothing is kept."""
    comments = entries.facts(tx, contest.id)
    verdicts = judge(contest, comments)
    found = posts.facts(tx, contest.id) if contest.wants_posts else []
    post_verdicts = judge_posts(contest, found, comments, verdicts) if found else []
    return Judged(comments=comments, verdicts=verdicts, posts=found, post_verdicts=post_verdicts)


def judge_entries(tx: Connection, contest: Contest) -> int:
    """Bring every verdict up to date; how many changed."""
    return save(tx, contest, judge_all(tx, contest))


def save(tx: Connection, contest: Contest, judged: Judged) -> int:
    """Keep verdicts; how many changed."""
    by_comment = {entry.comment_id: verdict for entry, verdict in zip(judged.comments, judged.verdicts, strict=True)}
    changed = entries.save_verdicts(tx, contest.id, by_comment)
    if judged.posts:
        by_post = {post.entry: verdict for post, verdict in zip(judged.posts, judged.post_verdicts, strict=True)}
        changed += posts.save_verdicts(tx, contest.id, by_post)
    return changed
