"""`tirage db`: the tables of this version."""

from __future__ import annotations

import click
from alembic.util import CommandError

from service.cli.common import as_json, confirm, open_services, print_json, refuse_newer_tables, tell, yes
from service.domain.errors import BadInput


@click.group("db")
def group() -> None:
    """Bring the database up to date."""


@group.command()
@as_json
def upgrade(as_json: bool) -> None:
    """Make or bring up to date all tables."""
    with open_services(check=False) as services:
        refuse_newer_tables(services)
        services.store.upgrade()
    if as_json:
        return print_json({"is_up_to_date": True})
    tell("The database is up to date.")


@group.command()
@click.argument("revision")
@yes
@as_json
def downgrade(revision: str, yes: bool, as_json: bool) -> None:
    """Go back to an older REVISION of the tables; "base" drops them all."""
    confirm(f"Take the tables back to {revision}? What newer ones hold is lost.", yes=yes)
    with open_services(check=False) as services:
        refuse_newer_tables(services)
        try:
            services.store.downgrade(revision)
        except (CommandError, AssertionError):  # alembic asserts that there is a revision
            raise BadInput(f'{revision!r} is no older revision of the tables; "base" is the oldest.') from None
    if as_json:
        return print_json({"revision": revision})
    tell(f"The database is at {revision}.")
