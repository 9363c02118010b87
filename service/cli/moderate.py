"""`tirage contest change|disqualify|readmit`: a moderator's decisions, each with its reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from service import post_presenters, presenters
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
from service.cli.steps import read_template
from service.domain.contest import Rules
from service.domain.drawing import rfc3339
from service.i18n import show_instant
from service.storage import contests
from service.storage.listing import Entry
from service.storage.post_rows import KnownPost
from service.usecases import adopt, review
from service.usecases.adopt import Change
from service.usecases.services import Services

why = click.option("--reason", required=True, help="Why; it is published with the draw.")
entry_name = click.argument("entry")
LARGEST_COMMENT = 2**63 - 1


@click.command()
@contest_id
@click.option("--closes", help="A new deadline.")
@click.option("--winners", type=int, help="Of the only pool.")
@click.option("--alternates", type=int, help="Of the only pool.")
@pool_options
@click.option("--auto/--no-auto", default=None, help="Seal, draw and announce without a review, or with one.")
@click.option("--replies/--no-replies", default=None, help="Whether replies count.")
@click.option("--staff/--no-staff", default=None, help="Whether those who write for the blog may win.")
@click.option("--leave-out-held/--wait-for-held", default=None, help="What an automatic seal does with held comments.")
@click.option("--one-prize/--several-prizes", default=None, help="Whether who won in one pool is passed over later.")
@click.option("--needs-all/--needs-one", default=None, help="Whether posts carry link, hashtag and mention, or one.")
@click.option("--reposts/--no-reposts", default=None, help="Whether passing on somebody else's post counts.")
@click.option("--exclude", multiple=True, help="One more address, name, @handle or #account that may not win.")
@click.option("--include", multiple=True, help="Take one off that list.")
@click.option("--template", type=click.Path(path_type=Path, dir_okay=False), help="A file with the winner comment.")
@click.option("--reason", required=True, help="Why; the contest's log keeps it.")
@yes
@as_json
def change(
    contest_id: int,
    closes: str | None,
    winners: int | None,
    alternates: int | None,
    auto: bool | None,
    replies: bool | None,
    staff: bool | None,
    leave_out_held: bool | None,
    one_prize: bool | None,
    needs_all: bool | None,
    reposts: bool | None,
    posting: PoolOptions,
    exclude: tuple[str, ...],
    include: tuple[str, ...],
    template: Path | None,
    reason: str,
    yes: bool,
    as_json: bool,
) -> None:
    """Change a contest that isn't sealed yet; its template can change until it is used."""
    flags = {
        "replies_count": replies,
        "staff_may_win": staff,
        "leave_out_held": leave_out_held,
        "one_prize": one_prize,
        "needs_all": needs_all,
        "reposts_count": reposts,
    }
    with open_services() as services:
        with services.store.read() as tx:
            before = contests.get(tx, contest_id)
        wanted = Change(
            closes=closes,
            winners=winners,
            alternates=alternates,
            pools=posting.pools(),
            message=posting.message(before.message),
            search=posting.search(before.search),
            rules=_rules(services, contest_id, flags, exclude, include),
            is_automatic=auto,
            template=read_template(template),
        )
        wanted = _confirm_deadline(services, contest_id, wanted, yes=yes)
        contest = adopt.change_contest(services, contest_id, wanted, actor=actor(), reason=reason)
        told = contest_json(services, contest_id)
    if as_json:
        return print_json(told)
    tell(
        f"Contest {contest.id} closes at {rfc3339(contest.closes_at)} and has "
        f"{contest.winners} winner(s) and {contest.alternates} alternate(s)."
    )


def _confirm_deadline(services: Services, contest_id: int, wanted: Change, *, yes: bool) -> Change:
    """The change with the very deadline that was shown and said yes to: "in 2 hours" moves on while one thinks."""
    with services.store.read() as tx:
        contest = contests.get(tx, contest_id)
    closes_at = adopt.read_changed_deadline(services, contest, wanted)
    if closes_at is None:
        return wanted
    local = show_instant(closes_at, contest.timezone, contest.language)
    tell(f"Closes:    {local} = {rfc3339(closes_at)}")
    confirm("Change the deadline to this?", yes=yes)
    return replace(wanted, closes=rfc3339(closes_at))


def _rules(
    services: Services,
    contest_id: int,
    flags: dict[str, bool | None],
    exclude: tuple[str, ...],
    include: tuple[str, ...],
) -> Rules | None:
    """The rules as changed; None where none of them is named."""
    if not exclude and not include and all(value is None for value in flags.values()):
        return None
    with services.store.read() as tx:
        rules = contests.get(tx, contest_id).rules
    excluded = dict.fromkeys((*rules.excluded, *exclude))
    kept = tuple(name for name in excluded if name not in include)
    return replace(rules, excluded=kept, **{name: value for name, value in flags.items() if value is not None})


@click.command()
@contest_id
@entry_name
@why
@as_json
def disqualify(contest_id: int, entry: str, reason: str, as_json: bool) -> None:
    """Strike ENTRY: a comment by its number, or a post by its name (x:1990000000000000001)."""
    with open_services() as services:
        if entry.isdecimal():
            struck = review.disqualify(services, contest_id, _comment_id(entry), reason=reason, actor=actor())
            return _show(services, contest_id, struck, as_json=as_json)
        post = review.disqualify_post(services, contest_id, entry, reason=reason, actor=actor())
        _show_post(services, contest_id, post, as_json=as_json)


@click.command()
@contest_id
@entry_name
@why
@as_json
def readmit(contest_id: int, entry: str, reason: str, as_json: bool) -> None:
    """Let ENTRY in, whatever speaks against it: a comment by its number, or a post by its name."""
    with open_services() as services:
        if entry.isdecimal():
            let_in = review.readmit(services, contest_id, _comment_id(entry), reason=reason, actor=actor())
            return _show(services, contest_id, let_in, as_json=as_json)
        post = review.readmit_post(services, contest_id, entry, reason=reason, actor=actor())
        _show_post(services, contest_id, post, as_json=as_json)


def _comment_id(text: str) -> int:
    """The number of a comment. Raises UsageError for one that WordPress can't count to."""
    if len(text) > 19 or not 1 <= int(text) <= LARGEST_COMMENT:
        raise click.UsageError(f"There is no comment {text[:30]}.")
    return int(text)


def _show(services: Services, contest_id: int, entry: Entry, *, as_json: bool) -> None:
    with services.store.read() as tx:
        contest = contests.get(tx, contest_id)
    if as_json:
        return print_json(presenters.entry_json(entry, language=contest.language, timezone=contest.timezone))
    tell(f"Comment {entry.comment_id} by {entry.author_name} is now {entry.verdict.status}.")


def _show_post(services: Services, contest_id: int, post: KnownPost, *, as_json: bool) -> None:
    with services.store.read() as tx:
        contest = contests.get(tx, contest_id)
    if as_json:
        return print_json(post_presenters.post_json(post, language=contest.language, timezone=contest.timezone))
    tell(f"Post {post.facts.entry} is now {post.verdict.status}.")
