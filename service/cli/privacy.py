"""`tirage privacy`: everything that is kept of one person, and erasing it."""

from __future__ import annotations

import click

from service.cli.common import actor, as_json, confirm, open_services, print_json, tell, yes
from service.personal_presenters import comments_json, kept_json
from service.usecases import privacy, privacy_posters
from service.usecases.privacy_posters import Account
from service.usecases.services import Services

email_ = click.argument("email", required=False)
handles = click.option(
    "--handle",
    "handles",
    multiple=True,
    metavar="ACCOUNT",
    help="Posts of an account: x:@ana, @ana@mastodon.example, @ana.example.",
)
ON_THE_BLOG = (
    "The comments themselves stand in WordPress: erase them there, too (Tools → Erase Personal Data), or the next "
    "reading of a contest that isn't sealed brings the data back."
)
ON_NETWORKS = (
    "The posts themselves stand on their networks; a contest that isn't sealed keeps their authors' names off."
)


@click.group("privacy")
def group() -> None:
    """Show or erase what is kept of one person."""


@group.command()
@email_
@handles
@as_json
def export(email: str | None, handles: tuple[str, ...], as_json: bool) -> None:
    """Print everything that is kept under EMAIL or of an account. It is JSON with and without --json."""
    with open_services() as services:
        accounts = _accounts(services, email, handles)
        items = []
        if email:
            items += comments_json(*privacy.export(services, email))
            items += kept_json(privacy_posters.export_beside(services, email))
        if accounts:
            items += kept_json(privacy_posters.export_accounts(services, accounts))
    print_json({"items": items})


@group.command()
@email_
@handles
@yes
@as_json
def erase(email: str | None, handles: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Erase everything that is kept under EMAIL or of an account, in all contests. It can't be undone.

    Where the list isn't sealed yet, this person can't win any more; a draw that was made stays as it is.
    """
    with open_services() as services:
        accounts = _accounts(services, email, handles)
        who = ", ".join(filter(None, (email, *handles)))
        confirm(f"Erase everything that is kept of {who}? It can't be undone.", yes=yes)
        entries, kept = privacy.erase(services, email, actor=actor()) if email else (0, [])
        number, kept_of_posts = (
            privacy_posters.erase_accounts(services, accounts, actor=actor()) if accounts else (0, [])
        )
    kept = list(dict.fromkeys([*kept, *kept_of_posts]))
    kept += [ON_THE_BLOG] * (entries > 0) + [ON_NETWORKS] * (number > 0)
    if as_json:
        return print_json({"erased": entries, "posts": number, "kept": kept})
    tell(f"Erased what was kept with {entries} comment(s) and {number} post(s).")
    for sentence in kept:
        tell(sentence)


def _accounts(services: Services, email: str | None, handles: tuple[str, ...]) -> list[Account]:
    """The accounts that are meant. Raises UsageError where nobody is, BadInput for what is no account."""
    if not (email or "").strip() and not handles:
        raise click.UsageError("Whose data? Give an e-mail address, or --handle with an account.")
    found = [account for text in handles for account in privacy_posters.read_accounts(services.networks, text)]
    return list(dict.fromkeys(found))
