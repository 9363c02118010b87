"""`tirage receipt`: re-compute a draw from its receipt alone. Needs no network and no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import click

from service.beacons import bls
from service.cli.common import as_json, print_json
from service.domain.beacon import QUICKNET, Chain
from service.domain.errors import BadInput
from service.domain.receipt_checks import Beacons, Failure
from service.domain.receipt_checks import verify as find_failures
from service.settings import read_settings

LARGEST_RECEIPT = 512 * 1024 * 1024


@click.group("receipt")
def group() -> None:
    """Check the receipt of a draw."""


@group.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_json
def verify(file: Path, as_json: bool) -> int:
    """Re-compute everything in the receipt FILE; exits 0 when it holds, 1 when it doesn't."""
    failures = _find_failures(_read(file))
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


def _read(file: Path) -> bytes:
    try:
        if file.exists() and not file.is_file():
            raise BadInput(f"{file} isn't a file.")
        if file.stat().st_size > LARGEST_RECEIPT:
            raise BadInput(f"{file} is larger than any receipt.")
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} can't be read: {error.strerror}.") from None
    except ValueError:
        raise BadInput("A file's name holds no NUL.") from None


def _find_failures(content: bytes) -> list[Failure]:
    """What is wrong with the receipt in a file; programs differ in how they read what JSON leaves open."""
    try:
        told = json.loads(content.decode(), object_pairs_hook=_unique, parse_constant=_refuse)
        return find_failures(told, _beacons())
    except _Ambiguous as error:
        return [Failure("receipt", str(error))]
    except (ValueError, RecursionError):
        return [Failure("receipt", "is not JSON")]


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


class _Ambiguous(ValueError):
    """JSON that two programs may read differently."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for name, part in pairs:
        if name in value:
            raise _Ambiguous(f"has the name {name[:50]!r} twice in one object")
        value[name] = part
    return value


def _refuse(constant: str) -> NoReturn:
    raise _Ambiguous(f"holds {constant}, which is no JSON")
