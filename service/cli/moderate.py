"""`tirage contest change|disqualify|readmit`: a moderator's decisions, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from service import post_presenters, presenters
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
from service.cli.contest import randomness_option
from service.cli.pool_options import PoolOptions, pool_options
from service.cli.steps import read_template
from service.domain.contest import Randomness, Rules
from service.domain.drawing import rfc3339
from service.i18n import show_instant
from service.storage import contests, listing, posts
from service.storage.listing import Entry
from service.storage.post_rows import KnownPost
from service.usecases import adopt, review
from service.usecases.add_posts import find_address
from service.usecases.adopt import Change
from service.usecases.services import Services

why = click.option("--reason", required=True, help="Why; it is published with the draw.")
entry_names = click.argument("entries", metavar="ENTRY...", nargs=-1, required=True)
LARGEST_COMMENT = 2**63 - 1


@click.command()
@contest_id
@click.option("--closes", help="A new deadline.")
@click.option("--winners", type=int, help="Of the only pool.")
@click.option("--alternates", type=int, help="Of the only pool.")
@pool_options
@click.option("--auto/--no-auto", default=None, help="Seal, draw and announce without a review, or with one.")
@randomness_option
@click.option("--publish-list/--no-publish-list", default=None, help="When the sealed list becomes public.")
@claim_options
@click.option("--replies/--no-replies", default=None, help="Whether replies count.")
@click.option("--staff/--no-staff", default=None, help="Whether those who write for the blog may win.")
@click.option("--leave-out-held/--wait-for-held", default=None, help="What an automatic seal does with held comments.")
@click.option("--one-prize/--several-prizes", default=None, help="Whether who won in one pool is passed over later.")
@click.option("--needs-all/--needs-one", default=None, help="Whether posts carry link, hashtag and mention, or one.")
@click.option("--reposts/--no-reposts", default=None, help="Whether passing on somebody else's post counts.")
@click.option("--exclude", multiple=True, help="One more address, name, @handle or #account that may not win.")
@click.option("--include", multiple=True, help="Take one off that list.")
@click.option("--template", type=click.Path(path_type=Path, dir_okay=False), help="A file with the winner comment.")
@click.option(
    "--promotion-template",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file with the reply that tells who got a prize next.",
)
@click.option("--reason", required=True, help="Why; the contest's log keeps it.")
@yes
@as_json
def change(
    contest_id: int,
    closes: str | None,
    winners: int | None,
    alternates: int | None,
    auto: bool | None,
    randomness: str | None,
    publish_list: bool | None,
    replies: bool | None,
    staff: bool | None,
    leave_out_held: bool | None,
    one_prize: bool | None,
    needs_all: bool | None,
    reposts: bool | None,
    posting: PoolOptions,
    claiming: ClaimOptions,
    exclude: tuple[str, ...],
    include: tuple[str, ...],
    template: Path | None,
    promotion_template: Path | None,
    reason: str,
    yes: bool,
    as_json: bool,
) -> None:
    """Change a contest that isn't sealed yet; its template can change until it is used, that of replies always."""
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
            randomness=Randomness(randomness) if randomness else None,
            publishes_list=publish_list,
            claims=claiming.claims(before.claims),
            template=read_template(template),
            promotion_template=read_template(promotion_template),
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
@entry_names
@why
@as_json
def disqualify(contest_id: int, entries: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Strike ENTRIES: comments by their numbers, posts by their names (x:1990000000000000001) or addresses."""
    with open_services() as services:
        decide = _Decide(services, contest_id, review.disqualify, review.disqualify_post, reason)
        _decide_all(decide, _names(services, contest_id, entries), as_json=as_json)


@click.command()
@contest_id
@entry_names
@why
@as_json
def readmit(contest_id: int, entries: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Let ENTRIES in, whatever speaks against them: comments by their numbers, posts by their names or addresses."""
    with open_services() as services:
        decide = _Decide(services, contest_id, review.readmit, review.readmit_post, reason)
        _decide_all(decide, _names(services, contest_id, entries), as_json=as_json)


def _names(services: Services, contest_id: int, entries: tuple[str, ...]) -> list[int | str]:
    """The numbers of comments and the references of posts, each once; all are there, so that none is decided alone.

    Raises NotFound, UsageError.
    """
    names: dict[int | str, None] = {}
    with services.store.read() as tx:
        contests.get(tx, contest_id)
        for entry in entries:
            if entry.isascii() and entry.isdecimal():
                names[listing.one(tx, contest_id, _comment_id(entry)).comment_id] = None
            else:
                found = find_address(services.networks, entry)
                names[posts.one(tx, contest_id, found[1].reference if found else entry).facts.entry] = None
    return list(names)


@dataclass(frozen=True, slots=True)
class _Decide:
    """One decision for comments and posts alike; gives each as JSON, with its verdict as it is then."""

    services: Services
    contest_id: int
    on_comment: Callable[..., Entry]
    on_post: Callable[..., KnownPost]
    reason: str

    def __call__(self, name: int | str) -> presenters.Json:
        """Raises BadInput, Conflict, NotFound, UsageError."""
        with self.services.store.read() as tx:
            contest = contests.get(tx, self.contest_id)
        given: dict[str, Any] = {"reason": self.reason, "actor": actor()}
        shown = {"language": contest.language, "timezone": contest.timezone}
        if isinstance(name, int):
            return presenters.entry_json(self.on_comment(self.services, self.contest_id, name, **given), **shown)
        return post_presenters.post_json(self.on_post(self.services, self.contest_id, name, **given), **shown)


def _decide_all(decide: _Decide, names: list[int | str], *, as_json: bool) -> None:
    """Each as soon as it is decided, so that one that can't be leaves no doubt about those before it."""
    decided = []
    for name in names:
        told = decide(name)
        decided.append(told)
        if not as_json:
            who = f"Post {told['post']}" if "post" in told else f"Comment {told['comment_id']} by {told['author']}"
            tell(f"{who} is now {told['verdict']['status']}.")
    if as_json:
        print_json(decided[0] if len(decided) == 1 else decided)


def _comment_id(text: str) -> int:
    """The number of a comment. Raises UsageError for one that WordPress can't count to."""
    if len(text) > 19 or not 1 <= int(text) <= LARGEST_COMMENT:
        raise click.UsageError(f"There is no comment {text[:30]}.")
    return int(text)
