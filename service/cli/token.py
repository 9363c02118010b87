"""`tirage token`: who may use the admin API."""

from __future__ import annotations

import secrets

import click

from service.cli.common import as_json, open_services, print_json, tell
from service.domain.drawing import rfc3339
from service.domain.errors import BadInput
from service.storage import tokens

LONGEST_NAME = 100


@click.group("token")
def group() -> None:
    """Make and revoke the API's bearer tokens."""


@group.command()
@click.argument("name")
@as_json
def new(name: str, as_json: bool) -> None:
    """Make a token for NAME and print it, this once: only its hash is kept."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadInput(f"A token's name has 1 to {LONGEST_NAME} printable characters.")
    token = f"tirage_{secrets.token_urlsafe(32)}"
    with open_services() as services, services.store.write() as tx:
        tokens.add(tx, name=name, token=token, now=services.clock())
    if as_json:
        return print_json({"name": name, "token": token})
    tell("Keep this token now; it can't be shown again.")
    click.echo(token)


@group.command("list")
@as_json
def show(as_json: bool) -> None:
    """List the tokens' names."""
    with open_services() as services, services.store.read() as tx:
        rows = tokens.names(tx)
    told = [
        {"name": name, "created_at": rfc3339(made), "revoked_at": rfc3339(revoked) if revoked else None}
        for name, made, revoked in rows
    ]
    if as_json:
        return print_json(told)
    for row in told:
        click.echo(
            f"{row['name']}\tmade {row['created_at']}" + (f"\trevoked {row['revoked_at']}" if row["revoked_at"] else "")
        )


@group.command()
@click.argument("name")
@as_json
def revoke(name: str, as_json: bool) -> None:
    """Make the token of NAME useless at once."""
    with open_services() as services, services.store.write() as tx:
        tokens.revoke(tx, name=name, now=services.clock())
    if as_json:
        return print_json({"name": name, "is_revoked": True})
    tell(f"The token of {name} is revoked.")
