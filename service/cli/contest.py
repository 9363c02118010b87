"""`tirage contest`: open a contest and take it to the winner comment."""

from __future__ import annotations

import json
from typing import Any

import click

from service import presenters
from service.cli.claims import ClaimOptions, claim_options
from service.cli.common import (
    actor,
    as_json,
    confirm,
    contest_id,
    contest_json,
    open_services,
    print_json,
    tell,
    yes,
)
from service.cli.pool_options import PoolOptions, pool_options
from service.domain.contest import Contest, Randomness, Rules
from service.domain.drawing import rfc3339
from service.domain.eligibility import Code, Status
from service.domain.pools import Channel
from service.i18n import show_instant
from service.storage import contests, listing
from service.storage.listing import Entry, EntryFilter
from service.usecases import adopt
from service.usecases.services import Services

PAGE = 500


@click.group("contest")
def group() -> None:
    """Run a contest."""


randomness_option = click.option(
    "--randomness",
    type=click.Choice([kind.value for kind in Randomness]),
    help="Where the draw's randomness comes from; by default the public beacon, where it can be reached.",
)


def rules_options(command: click.decorators.FC) -> click.decorators.FC:
    """The options that make up a contest's rules."""
    for option in reversed(
        (
            click.option("--replies", is_flag=True, help="Replies to other comments count too."),
            click.option("--staff", is_flag=True, help="Those who write for the blog may win."),
            click.option("--exclude", multiple=True, help="An address, name, @handle or #account that may not win."),
            click.option("--several-prizes", is_flag=True, help="Who won in one pool may win in another."),
            click.option("--needs-all", is_flag=True, help="Posts carry link, hashtag and mention, not just one."),
            click.option("--reposts", is_flag=True, help="Passing on somebody else's post counts."),
            click.option(
                "--leave-out-held",
                is_flag=True,
                help="Seal by itself although comments are held; they are left out.",
            ),
        )
    ):
        command = option(command)
    return command


@group.command("open")
@click.argument("post")
@click.option("--closes", required=True, help='The deadline in the blog\'s time: "vendredi 17h", "2026-11-27 17:00".')
@click.option("--winners", type=int, help="Of the only pool; 1 by default.")
@click.option("--alternates", type=int, help="Of the only pool; 3 by default.")
@click.option("--auto", is_flag=True, help="Seal, draw and announce without a review.")
@randomness_option
@click.option("--publish-list", is_flag=True, help="The sealed list is public at once, not with the winners.")
@claim_options
@rules_options
@pool_options
@yes
@as_json
def open_(
    post: str,
    closes: str,
    winners: int | None,
    alternates: int | None,
    auto: bool,
    randomness: str | None,
    publish_list: bool,
    yes: bool,
    as_json: bool,
    posting: PoolOptions,
    claiming: ClaimOptions,
    **rules: Any,
) -> None:
    """Adopt POST, the id or address of a post on the blog, as a contest."""
    with open_services() as services:
        plan = adopt.plan(
            services,
            post,
            closes=closes,
            pools=posting.pools_or_one(winners=winners, alternates=alternates),
            message=posting.message(),
            search=posting.search(),
            rules=Rules(
                replies_count=rules["replies"],
                staff_may_win=rules["staff"],
                leave_out_held=rules["leave_out_held"],
                one_prize=not rules["several_prizes"],
                needs_all=rules["needs_all"],
                reposts_count=rules["reposts"],
                excluded=tuple(rules["exclude"]),
            ),
            is_automatic=auto,
            randomness=Randomness(randomness) if randomness else None,
            publishes_list=publish_list,
            claims=claiming.claims(),
        )
        _show_plan(plan)
        confirm("Open this contest?", yes=yes)
        contest = adopt.open_contest(services, plan, actor=actor())
        if as_json:
            return print_json(contest_json(services, contest.id))
    tell(f"Contest {contest.id} is open. Commitment to its secret: {contest.commitment}")
    if contest.randomness is Randomness.DRAND:
        tell("The public beacon decides; the secret would only stand in for it.")


def _show_plan(plan: adopt.Plan) -> None:
    local = show_instant(plan.closes_at, plan.site.timezone, plan.site.language)
    tell(f"Post:      {plan.post.title} ({plan.post.url})")
    tell(f"Closes:    {local} = {rfc3339(plan.closes_at)}")
    for pool in plan.pools:
        prize = f", {pool.prize}" if pool.prize else ""
        tell(
            f"Pool:      {pool.name} ({pool.channel}): {pool.winners} winner(s), {pool.alternates} alternate(s){prize}"
        )
    words = {
        Randomness.DRAND: "drand, the public beacon: the first round a minute after the seal",
        Randomness.COMMIT_REVEAL: "a secret of ours, committed to now and revealed at the draw",
    }
    tell(f"Draws by:  {words[plan.randomness]}")
    if any(pool.channel is not Channel.COMMENTS for pool in plan.pools):
        asked = (*plan.message.links, *(f"#{tag}" for tag in plan.message.hashtags), *plan.message.mentions)
        tell(f"Posts:     carry {' and '.join(asked) if plan.rules.needs_all else ' or '.join(asked)}")
    if not plan.site.timezone_is_named:
        tell("Careful:   the blog has no named timezone, so its deadlines don't follow summer time.")


@group.command("list")
@as_json
def list_(as_json: bool) -> None:
    """List all contests."""
    with open_services() as services:
        found = _all_contests(services)
        if as_json:
            return print_json([contest_json(services, contest.id) for contest in found])
    for contest in found:
        waits = f"  waits: {contest.problem.message}" if contest.problem else ""
        click.echo(f"{contest.id:>4}  {contest.phase:<10}  {rfc3339(contest.closes_at)}  {contest.post_title}{waits}")


def _all_contests(services: Services) -> list[Contest]:
    found: list[Contest] = []
    with services.store.read() as tx:
        while page := contests.page(tx, limit=PAGE, after_id=found[-1].id if found else 0):
            found += page
    return found


@group.command()
@contest_id
@as_json
def show(contest_id: int, as_json: bool) -> None:
    """Show everything about one contest."""
    with open_services() as services:
        told = contest_json(services, contest_id)
    if as_json:
        return print_json(told)
    for name, value in told.items():
        click.echo(f"{name + ':':<16}{_flat(value)}")


def _flat(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


@group.command("entries")
@contest_id
@click.option("--status", type=click.Choice([status.value for status in Status]))
@click.option("--reason", type=click.Choice([code.value for code in Code]))
@as_json
def entries_(contest_id: int, status: str | None, reason: str | None, as_json: bool) -> None:
    """List the entries with their verdicts and reasons."""
    wanted = EntryFilter(status=Status(status) if status else None, code=Code(reason) if reason else None)
    with open_services() as services:
        with services.store.read() as tx:
            contest = contests.get(tx, contest_id)
        found = _all_entries(services, contest_id, wanted)
        told = [presenters.entry_json(entry, language=contest.language, timezone=contest.timezone) for entry in found]
    if as_json:
        return print_json(told)
    for entry, row in zip(found, told, strict=True):
        words = "; ".join(detail["words"] for detail in row["details"])
        click.echo(
            f"{entry.comment_id:>7}  {entry.verdict.status:<10}  {row['submitted_at']}  {entry.author_name}  {words}"
        )


def _all_entries(services: Services, contest_id: int, wanted: EntryFilter) -> list[Entry]:
    found: list[Entry] = []
    with services.store.read() as tx:
        while page := listing.page(tx, contest_id, wanted, limit=PAGE, after_id=found[-1].comment_id if found else 0):
            found += page
    return found
