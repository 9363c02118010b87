"""What the commands share: the services, printing JSON, asking."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from service import presenters
from service.app import make_networks, make_services
from service.domain.errors import BadInput, Blocked
from service.logs import set_up_logs
from service.settings import Settings, read_settings
from service.storage import contests
from service.storage.store import MIGRATIONS
from service.usecases.ports import Networks
from service.usecases.services import Services

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON value and nothing else.")
yes = click.option("--yes", is_flag=True, help="Answer every question with yes.")
LARGEST_ID = 2**31 - 1  # of a contest: what PostgreSQL keeps in an integer
contest_id = click.argument("contest_id", type=click.IntRange(1, LARGEST_ID))


def settings_with_logs() -> Settings:
    """The settings, with the logs set up by them."""
    settings = read_settings()
    set_up_logs(settings.log_level)
    return settings


@contextmanager
def open_services(*, check: bool = True) -> Iterator[Services]:
    """The services for one command. Raises Blocked when the database isn't up to date."""
    settings = read_settings()
    set_up_logs("error")
    services = connect(settings)
    try:
        if check:
            check_tables(services)
        yield services
    finally:
        services.store.close()


def networks_by_settings() -> Networks:
    """The social networks, for a command that needs neither blog nor database."""
    settings = read_settings()
    set_up_logs("error")
    return make_networks(settings)


def connect(settings: Settings) -> Services:
    """The services by the settings. Raises BadInput when the database's folder can't be made."""
    try:
        return make_services(settings)
    except OSError as error:
        raise BadInput(f"The folder of DATABASE_URL can't be made: {error.strerror}.") from None


def check_tables(services: Services) -> None:
    """Raises Blocked unless the tables are those of this version, BadInput when they are a newer one's."""
    try:
        services.store.check()
    except Blocked:
        refuse_newer_tables(services)
        raise


def refuse_newer_tables(services: Services) -> None:
    """Raises BadInput when a newer version made the tables: this one doesn't know how to go back from there."""
    with services.store.read() as tx:
        current = MigrationContext.configure(tx).get_current_revision()
    try:
        ScriptDirectory(str(MIGRATIONS)).get_revision(current or "base")
    except CommandError:
        raise BadInput("A newer version of Tirage made the database: install that version.") from None


def actor() -> str:
    """Who acts, for the contest's log: the person's login on this machine."""
    try:
        return f"cli:{getpass.getuser()}"[:100]
    except (OSError, KeyError):  # a container's user may have no name
        return "cli"


def print_json(value: Any) -> None:
    """One JSON value on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def tell(text: str) -> None:
    """A line for the person at the terminal: on stderr, so that stdout stays what was asked for."""
    click.echo(text, err=True)


def show_progress(read: int) -> None:
    """How far a reading is, on one line that is written over; nothing where nobody watches."""
    if sys.stderr.isatty():
        click.echo(f"\r{read} comments read\r", err=True, nl=False)


def show_waiting(seconds: float) -> None:
    """How long the beacon's round is still waited for, on one line that is written over; nothing where nobody watches.

    `seconds` are rounded up.
    """
    if sys.stderr.isatty():
        click.echo(f"\rThe beacon's round comes out in {-(-seconds // 1):.0f} s \r", err=True, nl=False)


def confirm(question: str, *, yes: bool) -> None:
    """Go on only when the answer is yes. Without a terminal, ask for --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError(f"{question} Give --yes to answer yes without being asked.")
    click.confirm(question, abort=True, err=True)


def who_words(person: presenters.Json) -> str:
    """Somebody in a draw, and by which entry: "Ada (comment 412)"."""
    entry = f"comment {person['comment_id']}" if person["comment_id"] else f"post {person['entry']}"
    return f"{person['author']} ({entry})" if person["author"] else entry


def contest_json(services: Services, contest_id: int) -> presenters.Json:
    """Everything about a contest. Raises NotFound."""
    with services.store.read() as tx:
        return presenters.contest_json(
            tx, contests.get(tx, contest_id), proof_url=services.proof_url, networks=services.networks
        )
