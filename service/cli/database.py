"""`tirage db`: the tables of this version."""

from __future__ import annotations

import click

from service.cli.common import confirm, open_services, tell, yes


@click.group("db")
def group() -> None:
    """Bring the database up to date."""


@group.command()
def upgrade() -> None:
    """Make or bring up to date all tables."""
    with open_services(check=False) as services:
        services.store.upgrade()
    tell("The database is up to date.")


@group.command()
@click.argument("revision")
@yes
def downgrade(revision: str, yes: bool) -> None:
    """Go back to an older REVISION of the tables; "base" drops them all."""
    confirm(f"Take the tables back to {revision}? What newer ones hold is lost.", yes=yes)
    with open_services(check=False) as services:
        services.store.downgrade(revision)
    tell(f"The database is at {revision}.")
