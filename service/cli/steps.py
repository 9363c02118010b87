"""`tirage contest collect|seal|draw|preview|announce|receipt`: the steps to the winner comment."""

from __future__ import annotations

import json
from pathlib import Path

import click

from service import draw_presenters, presenters
from service.cli.common import (
    actor,
    as_json,
    confirm,
    contest_id,
    open_services,
    print_json,
    show_progress,
    show_waiting,
    tell,
    who_words,
    yes,
)
from service.domain.errors import BadInput, Blocked, Conflict
from service.storage import contests, draws, entries
from service.storage.draws import Draw
from service.usecases import announce, collect, draw, seal
from service.usecases.services import Services


@click.command("collect")
@contest_id
@as_json
def collect_(contest_id: int, as_json: bool) -> None:
    """Read the post's comments now and judge them."""
    with open_services() as services:
        reading = collect.collect(services, contest_id, show_progress)
        with services.store.read() as tx:
            counts = entries.count_statuses(tx, contest_id)
    if as_json:
        return print_json(presenters.reading_json(reading, counts))
    summary = ", ".join(f"{number} {status}" for status, number in counts.items())
    tell(f"Read {reading.comments} comments in {reading.seconds:.1f} s: {summary}.")
    if reading.gap:
        tell(reading.gap)


@click.command("seal")
@contest_id
@click.option("--leave-out-undecided", is_flag=True, help="Comments still held are left out, with that reason.")
@click.option("--without-search", is_flag=True, help="Go on with the posts found until now.")
@yes
@as_json
def seal_(contest_id: int, leave_out_undecided: bool, without_search: bool, yes: bool, as_json: bool) -> None:
    """Freeze the list of eligible entries and publish its digest. It can't be undone."""
    confirm("Seal the contest? Nothing about who is in can change afterwards.", yes=yes)
    with open_services() as services:
        sealed = _seal(services, contest_id, leave_out=leave_out_undecided, without_search=without_search, yes=yes)
        told = _draw_json(services, contest_id, sealed)
    if as_json:
        return print_json(told)
    tell(f"Sealed. SHA-256 of the list: {sealed.digest}")


def _seal(services: Services, contest_id: int, *, leave_out: bool, without_search: bool, yes: bool) -> Draw:
    """Seal, asking once for each thing that could be left out. Raises Blocked for what can't be."""
    while True:
        try:
            return seal.seal(
                services,
                contest_id,
                actor=actor(),
                leave_out=leave_out,
                without_search=without_search,
                progress=show_progress,
            )
        except Blocked as waiting:
            if waiting.code not in ("undecided", "searching"):
                raise
            tell(waiting.message)
            if waiting.code == "undecided":
                confirm("Seal now and leave out what is held?", yes=yes)
                leave_out = True
            else:
                confirm("Seal now with the posts found until now?", yes=yes)
                without_search = True


@click.command("draw")
@contest_id
@click.option("--with-secret", is_flag=True, help="Where the beacon's round has been missing for an hour.")
@click.option("--reason", help="Why the secret stands in for the beacon; it is published.")
@yes
@as_json
def draw_(contest_id: int, with_secret: bool, reason: str | None, yes: bool, as_json: bool) -> None:
    """Draw the winners, once the beacon's round is out. It asks nothing: --yes is taken and changes nothing."""
    if with_secret != bool(reason):
        raise click.UsageError("--with-secret and --reason WHY go together.")
    with open_services() as services:
        _wait_for_round(services, contest_id)
        done = draw.draw(services, contest_id, actor=actor(), secret_reason=reason)
        told = _draw_json(services, contest_id, done)
    if as_json:
        return print_json(told)
    for winner in told["winners"]:
        click.echo(f"Winner: {_winner_words(winner, is_only=len({other['pool'] for other in told['winners']}) == 1)}")
    if not told["winners"]:
        click.echo("Nobody was eligible, so nobody wins.")
    tell("Look at it with `tirage contest preview`, then `tirage contest announce`.")


def _draw_json(services: Services, contest_id: int, done: Draw) -> presenters.Json:
    with services.store.read() as tx:
        return draw_presenters.draw_json(tx, contests.get(tx, contest_id), done)


def _wait_for_round(services: Services, contest_id: int) -> None:
    """Wait until the round is out, a minute after the seal at most; whoever stops the waiting stops nothing else."""
    out_at = draw.round_out_at(services, contest_id)
    while out_at is not None and (left := (out_at - services.clock()).total_seconds()) > 0:
        show_waiting(left)
        services.sleep(min(left, 1.0))


def _winner_words(winner: presenters.Json, *, is_only: bool) -> str:
    """A winner in a line: who, by which entry, and the prize; of several pools which one."""
    won = [] if is_only else [winner["pool"]]
    return ": ".join([who_words(winner), *won, *filter(None, [winner["prize"]])])


@click.command()
@contest_id
@click.option("--template", type=click.Path(path_type=Path, dir_okay=False), help="Try this template instead.")
@as_json
def preview(contest_id: int, template: Path | None, as_json: bool) -> None:
    """Show the winner comment as it would be posted."""
    with open_services() as services:
        text = announce.preview(services, contest_id, template=read_template(template))
    if as_json:
        return print_json({"text": text})
    click.echo(text)


def read_template(file: Path | None) -> str | None:
    """The text of a template file. Raises UsageError."""
    if file is None:
        return None
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"The template {file} can't be read: {error}.") from None


@click.command("announce")
@contest_id
@yes
@as_json
def announce_(contest_id: int, yes: bool, as_json: bool) -> None:
    """Write the winner comment on the post, exactly once."""
    confirm("Write the winner comment on the blog?", yes=yes)
    with open_services() as services:
        done = announce.announce(services, contest_id, actor=actor())
        with services.store.read() as tx:
            days = contests.get(tx, contest_id).claims.days
    if as_json:
        return print_json(draw_presenters.announcement_json(done))
    tell(f"The winner comment stands at {done.comment_url}")
    if days:
        tell(f"Winners have {days} day(s) to claim: `tirage contest claims {contest_id}` shows who was mailed.")


@click.command("receipt")
@contest_id
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file.")
@as_json
def receipt_(contest_id: int, output: Path | None, as_json: bool) -> None:
    """Print the receipt of the draw: everything needed to repeat it. It is JSON with and without --json."""
    with open_services() as services, services.store.read() as tx:
        told = draws.latest(tx, contest_id).receipt
    if told is None:
        raise Conflict(f"Contest {contest_id} isn't drawn yet.")
    if output is None:
        return print_json(told)
    try:
        output.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise BadInput(f"{output} can't be written: {error.strerror}.") from None
    if as_json:
        return print_json({"file": str(output)})
    tell(f"The receipt is in {output}; check it with `tirage receipt verify {output}`.")
