"""`tirage contest export`: everybody who entered, the winners or the log, as a file for other programs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from service.cli.common import as_json, contest_id, open_services, print_json, tell
from service.cli.private_files import write_private
from service.exports import What, export
from service.tables_out import Form, write


@click.command("export")
@contest_id
@click.argument("what", type=click.Choice([what.value for what in What]))
@click.option("--format", "form", type=click.Choice([form.value for form in Form]), help="csv, unless --json is given.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file, mode 0600.")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@as_json
def export_(contest_id: int, what: str, form: str | None, output: Path | None, force: bool, as_json: bool) -> None:
    """Take out ENTRIES, WINNERS or the LOG. It holds names and e-mail addresses: keep the file to yourself."""
    if as_json and output is None and form == Form.CSV:
        raise click.UsageError("Give --output with --format csv and --json, or leave one of them out.")
    wanted = Form(form) if form else Form.JSON if as_json and output is None else Form.CSV
    with open_services() as services:
        pieces = write(export(services, contest_id, What(what)), wanted)
        if output is None:
            for piece in pieces:
                sys.stdout.buffer.write(piece.encode())  # UTF-8, whatever the terminal's locale
            return None
        write_private(output, pieces, force=force)
    if as_json:
        return print_json({"file": str(output), "format": wanted.value})
    tell(f"The {what} are in {output}, for your eyes only." if what != What.LOG else f"The log is in {output}.")
