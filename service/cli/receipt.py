"""`tirage receipt`: re-compute a draw from its receipt alone."""

from __future__ import annotations

import json
from pathlib import Path

import click

from service.cli.common import as_json, print_json
from service.domain.errors import BadInput
from service.domain.receipt import verify as find_failures

LARGEST_RECEIPT = 512 * 1024 * 1024


@click.group("receipt")
def group() -> None:
    """Check the receipt of a draw."""


@group.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_json
def verify(file: Path, as_json: bool) -> int:
    """Re-compute everything in the receipt FILE; exits 0 when it holds, 1 when it doesn't."""
    failures = find_failures(_read(file))
    if as_json:
        told = [{"where": failure.where, "what": failure.what} for failure in failures]
        print_json({"valid": not failures, "failures": told})
    elif failures:
        click.echo("The receipt does NOT hold:")
        for failure in failures:
            click.echo(f"  {failure.where}: {failure.what}")
    else:
        click.echo("The receipt holds: seal, seed, tickets and winners follow from it.")
    return 1 if failures else 0


def _read(file: Path) -> object:
    """What the file holds; None when it isn't JSON, which no receipt is."""
    try:
        if file.exists() and not file.is_file():
            raise BadInput(f"{file} isn't a file.")
        if file.stat().st_size > LARGEST_RECEIPT:
            raise BadInput(f"{file} is larger than any receipt.")
        return json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise BadInput(f"{file} can't be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        return None
