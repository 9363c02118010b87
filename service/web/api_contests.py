"""The API under /api/v1: contests are opened, listed, shown and changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import url_for

from service import presenters
from service.domain.contest import Claims, Contest, Rules
from service.storage import contests, log
from service.usecases import adopt
from service.usecases.adopt import Change, Plan
from service.usecases.ports import BlogProblem
from service.web import answers
from service.web.context import actor, services
from service.web.documented import BLOG, BODY, may_answer
from service.web.guarded import guarded
from service.web.pool_schemas import as_pools, refuse_both
from service.web.problems import problem
from service.web.schemas import ChangeBody, ChangeRulesBody, ClaimsBody, ContestPath, ContestsQuery, OpenBody

part = guarded("contests")


@part.post("/contests", responses=may_answer(409, *BODY, *BLOG, ok=answers.Plan, created=answers.Contest))
def open_contest(body: OpenBody) -> Any:
    """Open a contest on a post, or show what would be opened"""
    try:
        plan = _plan(body)
    except BlogProblem as error:
        if error.code != "not_found":
            raise
        return problem(422, error.message, code="post_not_found")
    if body.dry_run:
        return presenters.plan_json(plan)
    contest = adopt.open_contest(services(), plan, actor=actor())
    return _shown(contest), 201, {"Location": url_for("contests.show_contest", contest_id=contest.id)}


def _plan(body: OpenBody) -> Plan:
    return adopt.plan(
        services(),
        body.post,
        closes=body.closes,
        pools=body.all_pools(),
        message=body.message.as_message() if body.message else None,
        search=body.search.as_search() if body.search else None,
        rules=body.rules.as_rules(),
        is_automatic=body.automatic,
        randomness=body.randomness,
        publishes_list=body.publishes_list,
        claims=body.claims.as_claims(Claims()) if body.claims else None,
    )


@part.get("/contests", responses=may_answer(ok=answers.ContestLines))
def list_contests(query: ContestsQuery) -> Any:
    """List contests by rising id"""
    with services().store.read() as tx:
        found = contests.page(tx, limit=query.limit + 1, after_id=query.after, phase=query.phase)
    shown = found[: query.limit]
    following = None
    if len(found) > query.limit:
        following = url_for("contests.list_contests", phase=query.phase, limit=query.limit, after=shown[-1].id)
    lines = [presenters.contest_line_json(contest, proof_url=services().proof_url) for contest in shown]
    return {"contests": lines, "next": following}


@part.get("/contests/<int:contest_id>", responses=may_answer(404, ok=answers.Contest))
def show_contest(path: ContestPath) -> Any:
    """Show everything about a contest"""
    with services().store.read() as tx:
        contest = contests.get(tx, path.contest_id)
    return _shown(contest)


@part.patch("/contests/<int:contest_id>", responses=may_answer(404, 409, *BODY, *BLOG, ok=answers.Contest))
def change_contest(path: ContestPath, body: ChangeBody) -> Any:
    """Change a contest that isn't sealed"""
    refuse_both(body.pools, body.winners, body.alternates)
    change = Change(
        closes=body.closes,
        winners=body.winners,
        alternates=body.alternates,
        pools=as_pools(body.pools) if body.pools else None,
        message=body.message.as_message() if body.message else None,
        search=body.search.as_search() if body.search else None,
        rules=_changed_rules(path.contest_id, body.rules) if body.rules else None,
        is_automatic=body.automatic,
        randomness=body.randomness,
        publishes_list=body.publishes_list,
        claims=_changed_claims(path.contest_id, body.claims) if body.claims else None,
        template=body.template,
        promotion_template=body.promotion_template,
    )
    contest = adopt.change_contest(services(), path.contest_id, change, actor=actor(), reason=body.reason)
    return _shown(contest)


def _changed_rules(contest_id: int, body: ChangeRulesBody) -> Rules:
    """The contest's rules with what the body names."""
    with services().store.read() as tx:
        rules = contests.get(tx, contest_id).rules
    given = body.model_dump(exclude_none=True)
    if "excluded" in given:
        given["excluded"] = tuple(given["excluded"])
    return replace(rules, **given)


def _changed_claims(contest_id: int, body: ClaimsBody) -> Claims:
    """What winners are asked, with what the body names."""
    with services().store.read() as tx:
        return body.as_claims(contests.get(tx, contest_id).claims)


@part.get("/contests/<int:contest_id>/log", responses=may_answer(404, ok=answers.Log))
def show_log(path: ContestPath) -> Any:
    """Show who did what, when and why, oldest first"""
    with services().store.read() as tx:
        contests.get(tx, path.contest_id)
        lines = log.lines(tx, path.contest_id)
    return {"log": [presenters.log_json(line) for line in lines]}


def _shown(contest: Contest) -> presenters.Json:
    with services().store.read() as tx:
        return presenters.contest_json(tx, contest, proof_url=services().proof_url, networks=services().networks)
