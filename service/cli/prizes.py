"""`tirage contest prizes|disqualify-winner|redraw`: what follows the draw."""

from __future__ import annotations

import click

from service import draw_presenters, presenters
from service.cli.common import (
    actor,
    as_json,
    confirm,
    contest_id,
    contest_json,
    open_services,
    print_json,
    tell,
    who_words,
    yes,
)
from service.domain.pools import MOST_POOLS
from service.storage import contests
from service.usecases import prizes, redraw
from service.usecases.services import Services

why = click.option("--reason", required=True, help="Why; it is published with the draw.")


@click.command("prizes")
@contest_id
@as_json
def prizes_(contest_id: int, as_json: bool) -> None:
    """Show who holds which prize, and how prizes passed on."""
    with open_services() as services:
        told = _prizes_json(services, contest_id)
    if as_json:
        return print_json(told)
    if not told["draws"]:
        tell("Nothing is drawn yet.")
    for draw in told["draws"]:
        _show(draw)


def _prizes_json(services: Services, contest_id: int) -> presenters.Json:
    with services.store.read() as tx:
        return draw_presenters.prizes_json(tx, contests.get(tx, contest_id))


def _show(draw: presenters.Json) -> None:
    replaced = f", replaced at {draw['replaced_at']}: {draw['replaced_reason']}" if draw["replaced_at"] else ""
    click.echo(f"Draw {draw['number']}{replaced}")
    for holder in draw["holders"]:
        words = filter(None, [holder["pool"], f"place {holder['place']}", holder["prize"]])
        since = f" (since strike {holder['strike']})" if holder["strike"] else ""
        click.echo(f"  {', '.join(words)}: {who_words(holder)}{since}")
    if draw["prizes_left"]:
        click.echo(f"  left: {draw['prizes_left']}")
    for strike in draw["strikes"]:
        click.echo(f"  {strike['at']}  {_strike_words(strike)}")


def _strike_words(strike: presenters.Json) -> str:
    following = f"on to {who_words(strike['promoted'])}" if strike["promoted"] else "nobody was left"
    return f"strike {strike['number']}: {who_words(strike['struck'])} {strike['kind']}: {strike['reason']}; {following}"


@click.command("disqualify-winner")
@contest_id
@click.argument("entry")
@click.option("--pool", type=click.IntRange(1, MOST_POOLS), help="Only the prize of this pool, by its number.")
@why
@as_json
def disqualify_winner(contest_id: int, entry: str, pool: int | None, reason: str, as_json: bool) -> None:
    """Strike a winner after the draw: the next in the order of the draw gets the prize, and nobody else moves.

    ENTRY is a comment's number, or a post's name or address. Once the winner comment stands on the blog, a reply to it
    tells of it.
    """
    with open_services() as services:
        struck = prizes.disqualify_winner(services, contest_id, entry, pool=pool, reason=reason, actor=actor())
        told = _prizes_json(services, contest_id)
    if as_json:
        return print_json(told)
    numbers = {strike.number for strike in struck}
    for strike in told["draws"][0]["strikes"]:
        if strike["number"] in numbers:
            tell(f"S{_strike_words(strike)[1:]}.")


@click.command("redraw")
@contest_id
@why
@yes
@as_json
def redraw_(contest_id: int, reason: str, yes: bool, as_json: bool) -> None:
    """Draw once more: back to review with a fresh secret. The draw that was stays public, with the reason."""
    confirm("Replace the draw? It stays public, and the reason with it. What its winners told is deleted.", yes=yes)
    with open_services() as services:
        contest = redraw.redraw(services, contest_id, reason=reason, actor=actor())
        told = contest_json(services, contest_id)
    if as_json:
        return print_json(told)
    tell(f"Contest {contest_id} is in review again. Commitment to its new secret: {contest.commitment}")
    tell("Decide what is to be decided, then `tirage contest seal`, `draw` and `announce`.")
