"""The API's posts: listed, added by hand, struck and let in."""

from __future__ import annotations

from typing import Any

from flask import url_for

from service import post_presenters
from service.storage import contests, posts
from service.storage.post_rows import KnownPost
from service.usecases import review
from service.usecases.add_posts import add_posts, find_address, read_table
from service.web import answers
from service.web.context import actor, services
from service.web.documented import BODY, may_answer
from service.web.guarded import guarded
from service.web.schemas import AddPostsBody, ContestPath, PostPath, PostsQuery, ReasonBody

part = guarded("posts")


@part.get("/contests/<int:contest_id>/posts", responses=may_answer(404, ok=answers.PostLines))
def list_posts(path: ContestPath, query: PostsQuery) -> Any:
    """List posts in the order in which they became known"""
    with services().store.read() as tx:
        contest = contests.get(tx, path.contest_id)
        found = posts.page(
            tx, contest.id, status=query.status, code=query.reason, limit=query.limit + 1, after_id=query.after
        )
    shown = found[: query.limit]
    following = None
    if len(found) > query.limit:
        asked = query.model_dump(mode="json", exclude_none=True, exclude={"after"})
        following = url_for("posts.list_posts", contest_id=contest.id, after=shown[-1].id, **asked)
    rows = [post_presenters.post_json(post, language=contest.language, timezone=contest.timezone) for post in shown]
    return {"posts": rows, "next": following}


@part.post("/contests/<int:contest_id>/posts", responses=may_answer(404, 409, *BODY, ok=answers.Added))
def add(path: ContestPath, body: AddPostsBody) -> Any:
    """Add posts by hand, or show what each line would become"""
    lines = [*body.addresses, *read_table(body.csv)]
    told = add_posts(services(), path.contest_id, lines, reason=body.reason, actor=actor(), dry_run=body.dry_run)
    return {"lines": [post_presenters.line_json(line) for line in told]}


@part.post(
    "/contests/<int:contest_id>/posts/<path:post>/disqualify",
    responses=may_answer(404, 409, *BODY, ok=answers.Post),
)
def disqualify(path: PostPath, body: ReasonBody) -> Any:
    """Strike a post; the reason is published"""
    struck = review.disqualify_post(services(), path.contest_id, _name(path.post), reason=body.reason, actor=actor())
    return _shown(path.contest_id, struck)


@part.post(
    "/contests/<int:contest_id>/posts/<path:post>/readmit",
    responses=may_answer(404, 409, *BODY, ok=answers.Post),
)
def readmit(path: PostPath, body: ReasonBody) -> Any:
    """Let a post in, whatever speaks against it or is still missing; the reason is published"""
    let_in = review.readmit_post(services(), path.contest_id, _name(path.post), reason=body.reason, actor=actor())
    return _shown(path.contest_id, let_in)


def _name(post: str) -> str:
    """A post's reference, also where its address is given."""
    found = find_address(services().networks, post)
    return found[1].reference if found else post


def _shown(contest_id: int, post: KnownPost) -> post_presenters.Json:
    with services().store.read() as tx:
        contest = contests.get(tx, contest_id)
    return post_presenters.post_json(post, language=contest.language, timezone=contest.timezone)
