"""`tirage receipt`: re-compute a draw from its receipt alone. Needs no network and no database."""

from __future__ import annotations

from pathlib import Path

import click

from service.beacons import bls
from service.cli.common import as_json, print_json
from service.cli.json_files import NotJson, parse, read_file
from service.domain.beacon import QUICKNET, Chain
from service.domain.errors import BadInput
from service.domain.receipt_checks import Beacons, Failure
from service.domain.receipt_checks import verify as find_failures
from service.settings import read_settings


@click.group("receipt")
def group() -> None:
    """Check the receipt of a draw."""


@group.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_json
def verify(file: Path, as_json: bool) -> int:
    """Re-compute everything in the receipt FILE; exits 0 when it holds, 1 when it doesn't."""
    failures = _find_failures(read_file(file, what="receipt"))
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


def _find_failures(content: bytes) -> list[Failure]:
    """What is wrong with the receipt in a file; programs differ in how they read what JSON leaves open."""
    try:
        told = parse(content)
    except NotJson as error:
        return [Failure("receipt", str(error))]
    return find_failures(told, _beacons())


def _beacons() -> Beacons:
    """What is believed: signatures by drand's quicknet, or by the chain that DRAND_INFO gives for trials."""
    return Beacons(
        chains={QUICKNET, _chain_for_trials()},
        is_valid=lambda chain, found: bls.is_valid(chain, found.round, found.signature),
    )


def _chain_for_trials() -> Chain:
    """The settings' chain; where any of them is wrong, quicknet: whoever checks a receipt may have no installation."""
    try:
        return read_settings().chain
    except BadInput:
        return QUICKNET
