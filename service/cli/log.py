"""`tirage contest log` and `tirage log verify`: who did what, and whether anybody changed it afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from service import presenters
from service.cli.common import as_json, contest_id, open_services, print_json, tell
from service.cli.json_files import NotJson, parse, read_file
from service.domain.log_chain import find_break
from service.domain.log_checks import verify as find_failures
from service.domain.receipt_checks import Failure
from service.storage import contests, log


@click.command("log")
@contest_id
@as_json
def show(contest_id: int, as_json: bool) -> int:
    """Show who did what, when and why, and whether the chain of hashes holds; exits 1 when it doesn't."""
    with open_services() as services, services.store.read() as tx:
        contests.get(tx, contest_id)
        lines = log.lines(tx, contest_id)
    told, broken = [presenters.log_json(line) for line in lines], find_break(lines)
    if as_json:
        print_json(told)
    for row in [] if as_json else told:
        details = json.dumps(row["details"], ensure_ascii=False)
        words = (row["number"], row["hash"][:16], row["at"], row["actor"], row["action"], row["reason"], details)
        click.echo("  ".join(map(str, words)))
    if broken is None:
        tell(f"The chain holds: {len(lines)} lines, the last with the hash {lines[-1].hash if lines else 'none'}.")
        return 0
    tell(f"The chain is BROKEN at line {broken}: it isn't what was written there after the line before.")
    return 1


@click.group("log")
def group() -> None:
    """Check a contest's log that somebody gave you. Needs no network and no database."""


@group.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--receipt", type=click.Path(path_type=Path), help="A draw of the contest, which fixes the log's head.")
@as_json
def verify(file: Path, receipt: Path | None, as_json: bool) -> int:
    """Re-compute the hashes of the log in FILE; exits 0 when all of them hold, 1 when they don't."""
    failures = _find_failures(file, receipt)
    if as_json:
        told = [{"where": failure.where, "what": failure.what} for failure in failures]
        print_json({"valid": not failures, "failures": told})
    elif failures:
        click.echo("The log does NOT hold:")
        for failure in failures:
            click.echo(f"  {failure.where}: {failure.what}")
    else:
        sealed = ", and the receipt's list was sealed with it" if receipt else ""
        click.echo(f"The log holds: every line follows from the one before{sealed}.")
    return 1 if failures else 0


def _find_failures(file: Path, receipt: Path | None) -> list[Failure]:
    contents = {"log": read_file(file, what="log")}
    if receipt is not None:
        contents["receipt"] = read_file(receipt, what="receipt")
    parsed: dict[str, Any] = {}
    for name, content in contents.items():
        try:
            parsed[name] = parse(content)
        except NotJson as error:
            return [Failure(name, str(error))]
    if receipt is not None and parsed["receipt"] is None:
        return [Failure("receipt", "is none")]
    return find_failures(parsed["log"], parsed.get("receipt"))
