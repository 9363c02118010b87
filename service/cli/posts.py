"""`tirage contest posts|add-posts|look` and `tirage post check`: the entrants who posted on social networks."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from service import post_presenters
from service.cli.common import (
    actor,
    as_json,
    confirm,
    contest_id,
    contest_json,
    networks_by_settings,
    open_services,
    print_json,
    tell,
    yes,
)
from service.domain.contest import Contest
from service.domain.eligibility import Code, Status
from service.domain.errors import BadInput, Blocked
from service.domain.posts import Sight
from service.storage import contests, posts
from service.storage.post_rows import KnownPost
from service.usecases.add_posts import Became, Line, add_posts, find_address, read_table
from service.usecases.keys import check_keys
from service.usecases.look import look_at_posts
from service.usecases.search import search_posts
from service.usecases.services import Services

PAGE = 500
LOOK_SECONDS = 3_600.0
LARGEST_TABLE = 2_000_000


@click.command("posts")
@contest_id
@click.option("--status", type=click.Choice([status.value for status in Status]))
@click.option("--reason", type=click.Choice([code.value for code in Code]))
@as_json
def posts_(contest_id: int, status: str | None, reason: str | None, as_json: bool) -> None:
    """List the posts with their verdicts and reasons."""
    with open_services() as services:
        with services.store.read() as tx:
            contest = contests.get(tx, contest_id)
        found = _all_posts(services, contest, Status(status) if status else None, Code(reason) if reason else None)
        told = [post_presenters.post_json(post, language=contest.language, timezone=contest.timezone) for post in found]
    if as_json:
        return print_json(told)
    for row in told:
        words = "; ".join(detail["words"] for detail in row["details"])
        author = f"@{row['author']}" if row["author"] else "?"
        click.echo(
            f"{row['post']:<28}  {row['verdict']['status']:<10}  {row['posted_at'] or '?':<20}  {author}  {words}"
        )


def _all_posts(services: Services, contest: Contest, status: Status | None, code: Code | None) -> list[KnownPost]:
    found: list[KnownPost] = []
    with services.store.read() as tx:
        while page := posts.page(
            tx, contest.id, status=status, code=code, limit=PAGE, after_id=found[-1].id if found else 0
        ):
            found += page
    return found


@click.command("add-posts")
@contest_id
@click.argument("addresses", nargs=-1)
@click.option("--csv", "table", type=click.Path(path_type=Path, dir_okay=False), help="A table from another tool.")
@click.option("--reason", required=True, help="Why; it is published with the draw.")
@click.option("--dry-run", is_flag=True, help="Only show what each line would become.")
@yes
@as_json
def add_posts_(
    contest_id: int,
    addresses: tuple[str, ...],
    table: Path | None,
    reason: str,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Add posts by their ADDRESSES, or those in a table."""
    lines = [*(_read_table(table) if table else []), *addresses]  # so that a line has its number in the file
    if not lines:
        raise click.UsageError("Give the addresses of posts, or a table with --csv.")
    with open_services() as services:
        told = add_posts(services, contest_id, lines, reason=reason, actor=actor(), dry_run=True)
        if not as_json:
            _show_lines(told)
        if not dry_run:
            number = sum(line.became in (Became.ADDED, Became.COUNTS_NOW) for line in told)
            confirm(f"Let {number} posts take part?", yes=yes)
            told = add_posts(services, contest_id, lines, reason=reason, actor=actor())
    if as_json:
        print_json([post_presenters.line_json(line) for line in told])


def _show_lines(lines: list[Line]) -> None:
    for line in lines:
        click.echo(f"{line.number:>6}  {line.became:<10}  {line.reference or line.text}")


def _read_table(file: Path) -> list[str]:
    try:
        if file.stat().st_size > LARGEST_TABLE:
            raise BadInput(f"{file} is larger than {LARGEST_TABLE // 1_000_000} MB: split it.")
        return read_table(file.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"The table {file} can't be read: {error}.") from None


@click.command("look")
@contest_id
@as_json
def look(contest_id: int, as_json: bool) -> None:
    """Search for posts now, look at all that are due, and judge."""
    with open_services() as services:
        with services.store.read() as tx:
            if not contests.get(tx, contest_id).wants_posts:
                raise BadInput("No pool of this contest takes posts, so there is nothing to look at.")
        with services.hold(contest_id) as lease:
            search_posts(services, lease, seconds=LOOK_SECONDS, at_once=True)
            looked = look_at_posts(services, lease, seconds=LOOK_SECONDS, progress=_show_progress)
        told = contest_json(services, contest_id)
    if as_json:
        return print_json({"looked_at": looked.looked_at, "left": looked.left, "posts": told["posts"]})
    counts = ", ".join(f"{number} {status}" for status, number in (told["posts"] or {}).get("counts", {}).items())
    tell(f"Looked at {looked.looked_at} posts: {counts}.")


def _show_progress(done: int, left: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} posts looked at, {left} left \r", err=True, nl=False)


@click.group("post")
def group() -> None:
    """Look at a single post on X, Mastodon or Bluesky."""


@group.command()
@as_json
def keys(as_json: bool) -> int:
    """Ask the networks whether they accept the keys in the settings. Exits 1 where one doesn't."""
    checks = check_keys(networks_by_settings())
    if as_json:
        print_json([{"network": check.network.value, "failure": check.failure or None} for check in checks])
    else:
        for check in checks:
            click.echo(f"{check.network.value:<10}{check.failure or 'ok'}")
    return 1 if any(check.failure for check in checks) else 0


@group.command()
@click.argument("address")
@click.option("--offline", is_flag=True, help="Tell only what the address itself says.")
@as_json
def check(address: str, offline: bool, as_json: bool) -> int:
    """Tell what is known of the post at ADDRESS. Exits 1 where its network doesn't show it."""
    networks = networks_by_settings()
    found = find_address(networks, address) if len(address.split()) == 1 else None
    if found is None:
        raise BadInput("That is no address of a post on X, Mastodon or Bluesky: copy it from the post's own page.")
    network, named = found
    sighting = None if offline else network.look_up([named])[0]
    told = post_presenters.check_json(named, sighting.evidence if sighting else None)
    if sighting and sighting.sight is Sight.UNCLEAR:
        raise Blocked(f"{network.name} couldn't tell about this post ({sighting.detail or 'no clear answer'}).")
    if as_json:
        print_json(told)
    else:
        for name, value in told.items():
            click.echo(f"{name + ':':<15}{value}")
    if sighting and sighting.sight is not Sight.SEEN:
        tell(f"{network.name} doesn't show this post: it is {sighting.sight}.")
        return 1
    return 0
