"""`tirage webhook`: secrets for doorbells, and the addresses that other webhook plugins are given."""

from __future__ import annotations

import click

from service.cli.common import as_json, print_json, settings_with_logs, tell
from service.domain.errors import BadInput
from service.web.doorkeys import hookpress_key
from wp_bridge.signature import make_secret


@click.group("webhook")
def group() -> None:
    """Let WordPress ring when something happens."""


@group.command()
@as_json
def secret(as_json: bool) -> None:
    """Make a secret for WEBHOOK_SECRETS and for WordPress (Settings → Tirage). Nothing is stored."""
    made = make_secret()
    if as_json:
        return print_json({"secret": made})
    tell("Put this into WEBHOOK_SECRETS here and under Settings → Tirage in WordPress.")
    click.echo(made)


@group.command()
@as_json
def addresses(as_json: bool) -> None:
    """Show where each plugin has to send its webhooks."""
    settings = settings_with_logs()
    secrets = settings.webhook_secret_list
    if not secrets:
        raise BadInput("Set WEBHOOK_SECRETS first; `tirage webhook secret` makes one.", code="settings_missing")
    root = str(settings.public_url).rstrip("/")
    told = {
        "tirage": root,
        "wp-webhooks": f"{root}/webhooks/wp-webhooks",
        "hookpress": f"{root}/webhooks/hookpress/{hookpress_key(secrets[0])}",
    }
    if as_json:
        return print_json(told)
    for name, address in told.items():
        click.echo(f"{name}\t{address}")
