"""`tirage plugin`: the companion plugin for WordPress, which comes with Tirage."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import click

from service.cli.common import as_json, print_json, tell
from service.domain.errors import BadInput
from wp_bridge import plugin_zip


@click.group("plugin")
def group() -> None:
    """Get the companion plugin for WordPress."""


@group.command("zip")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), default=Path("tirage.zip"))
@as_json
def zip_(file: Path, as_json: bool) -> None:
    """Write the plugin into FILE (tirage.zip; - for stdout), to upload under Plugins → Add New in WordPress."""
    content = plugin_zip.make_zip()
    if str(file) == "-":
        return _print(content, as_json=as_json)
    _write(file, content)
    if as_json:
        digest = hashlib.sha256(content).hexdigest()
        return print_json({"file": str(file), "version": plugin_zip.version(), "sha256": digest})
    tell(f"Tirage {plugin_zip.version()} for WordPress is in {file}: upload it under Plugins → Add New.")


def _print(content: bytes, *, as_json: bool) -> None:
    if as_json:
        raise click.UsageError("With --json, give a FILE: stdout can't hold both.")
    if sys.stdout.isatty():
        raise click.UsageError("Give a FILE, or lead stdout into one: a terminal can't show a zip file.")
    sys.stdout.buffer.write(content)


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{file} can't be written: {error.strerror}.") from None
    except ValueError:
        raise BadInput("A file's name holds no NUL.") from None
