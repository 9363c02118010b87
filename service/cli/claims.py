"""`tirage contest claims`, and the options by which winners have to claim their prize."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

import click

from service import claim_presenters
from service.cli.common import actor, as_json, contest_id, open_services, print_json, tell
from service.domain.contest import MOST_CLAIM_DAYS, Claims
from service.domain.drawing import rfc3339
from service.domain.errors import NotFound
from service.usecases.claim_reports import ClaimReport, reports
from service.usecases.claims import note_sent, send_again
from service.usecases.services import Services

Json = dict[str, Any]
NOBODY = "nobody can reach this winner any more: `tirage contest disqualify-winner` passes the prize on"
BY_HAND = "write to them yourself (--text {entry}), then say so (--sent {entry}): their term begins with it"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimOptions:
    """What was given of claims; nothing where an option was left out."""

    days: int | None = None
    fields: tuple[str, ...] = ()

    def claims(self, before: Claims = Claims()) -> Claims | None:
        """The claims with what was given; None where nothing was. Raises UsageError, BadInput."""
        given: dict[str, Any] = {"days": self.days} if self.days is not None else {}
        if self.fields:
            given["fields"] = self.fields
        claims = replace(before, **given)
        if self.fields and not claims.is_on:
            raise click.UsageError("Give --claim-days too: without a term winners are asked for nothing.")
        return claims if given else None


def claim_options(command: Any) -> Any:
    """Give a command these options as one argument, `claiming`."""

    @wraps(command)
    def gathered(claim_days: int | None, claim_field: tuple[str, ...], **given: Any) -> Any:
        return command(claiming=ClaimOptions(days=claim_days, fields=claim_field), **given)

    days = click.option(
        "--claim-days",
        type=click.IntRange(0, MOST_CLAIM_DAYS),
        help="Winners have so many days to claim their prize, else it passes on; 0 asks nobody.",
    )
    field = click.option(
        "--claim-field", multiple=True, metavar="NAME", help="What winners are asked for then: Postal address."
    )
    return days(field(gathered))


@click.command("claims")
@contest_id
@click.option("--text", metavar="ENTRY", help="Print the mail to this winner, to send it by hand.")
@click.option("--resend", metavar="ENTRY", help="Have the mail to this winner sent once more, with a new term.")
@click.option("--sent", metavar="ENTRY", help="You wrote to this winner yourself: their term begins.")
@as_json
def claims_(contest_id: int, text: str | None, resend: str | None, sent: str | None, as_json: bool) -> None:
    """Show who was asked to claim a prize, who did, and what they told."""
    with open_services() as services:
        if resend is not None:
            _resend(services, contest_id, resend)
        if sent is not None:
            _note_sent(services, contest_id, sent)
        found = reports(services, contest_id)
    if text is not None:
        return _print_mails(_of_entry(found, text), as_json=as_json)
    if as_json:
        return print_json(claim_presenters.reports_json(found))
    if not found:
        tell("Nobody has been asked to claim a prize.")
    for report in found:
        _show(report)


def _resend(services: Services, contest_id: int, entry: str) -> None:
    for report in _of_entry(reports(services, contest_id), entry):
        if report.mail:
            send_again(services, contest_id, report.claim.id, actor=actor())
            tell(f"The mail to {report.claim.entry} is sent once more by the worker.")


def _note_sent(services: Services, contest_id: int, entry: str) -> None:
    for report in _of_entry(reports(services, contest_id), entry):
        noted = note_sent(services, contest_id, report.claim.id, actor=actor())
        tell(f"{noted.entry} has until {rfc3339(noted.expires_at)} to claim the prize.")


def _of_entry(found: list[ClaimReport], entry: str) -> list[ClaimReport]:
    """The claims of an entry that still wait; a number is a comment's. Raises NotFound."""
    name = f"comment:{entry}" if entry.isdecimal() else entry
    waiting = [report for report in found if report.claim.entry == name and report.mail]
    if not waiting:
        raise NotFound(f"No claim of {name} waits: `tirage contest claims` lists them.")
    return waiting


def _print_mails(found: list[ClaimReport], *, as_json: bool) -> None:
    mails = [(report.email, report.mail) for report in found if report.mail]
    if as_json:
        return print_json([{"to": to or None, "subject": mail.subject, "text": mail.text} for to, mail in mails])
    for to, mail in mails:
        click.echo(f"To: {to or '(no address is known)'}\nSubject: {mail.subject}\n\n{mail.text}")


def _show(report: ClaimReport) -> None:
    told = claim_presenters.report_json(report)
    who = f"{told['author']} ({told['entry']})" if told["author"] else told["entry"]
    prize = ": ".join(filter(None, [told["pool"], told["prize"]]))
    click.echo(f"{told['id']:>4}  {told['state']:<8}  until {told['expires_at_local']}  {prize}  {who}")
    if told["state"] == "erased" and report.contest.erased_at is None:
        click.echo(f"      {NOBODY}")
    for line in _more(told):
        click.echo(f"      {line}")


def _more(told: Json) -> list[str]:
    """What else there is to say of a claim, a line each; what a winner told keeps its own lines."""
    if told["state"] == "waiting":
        mail = told["mail"]
        to = f" to {told['email']}" if told["email"] else ""
        sent = f"sent at {mail['sent_at']}{to}" if mail["sent_at"] else mail["problem"] or "not mailed yet"
        again = f"; tried again at {mail['next_at']}" if mail["next_at"] else ""
        by_hand = [] if mail["sent_at"] or mail["next_at"] else [BY_HAND.format(entry=told["entry"])]
        return [f"{sent}{again}", *by_hand, f"link: {told['link']}"]
    lines = [f"claimed at {told['claimed_at']}"] if told["claimed_at"] else []
    for field, text in told["answers"].items():
        first, *others = text.split("\n")
        lines += [f"{field}: {first}", *(f"  {line}" for line in others)]
    return lines
