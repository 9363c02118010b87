"""`tirage receipt`: re-compute a draw from its receipt alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import click

from service.cli.common import as_json, print_json
from service.domain.errors import BadInput
from service.domain.receipt_checks import Failure
from service.domain.receipt_checks import verify as find_failures

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
        return find_failures(json.loads(content.decode(), object_pairs_hook=_unique, parse_constant=_refuse))
    except _Ambiguous as error:
        return [Failure("receipt", str(error))]
    except (ValueError, RecursionError):
        return [Failure("receipt", "is not JSON")]


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
