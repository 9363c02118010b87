"""Run a command inside the tests' own process: a new one for each would take most of a second."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

import structlog

from service.cli.main import main
from tests.usecases.conftest import World


def tirage(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """What `tirage` with these arguments prints and ends with, with no settings but these."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="", write_through=True) for _ in range(2))
    given = {"DATABASE_URL": "sqlite://", **env}
    try:
        with (
            mock.patch.object(sys, "argv", ["tirage", *arguments]),
            mock.patch.object(sys, "stdin", io.StringIO()),
            mock.patch.dict(os.environ, given, clear=True),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    finally:
        logging.basicConfig(handlers=[logging.NullHandler()], force=True)
        structlog.reset_defaults()
    texts = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return subprocess.CompletedProcess(arguments, code, *texts)


def tirage_in(world: World, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The same on a world's database."""
    url = world.services.store.engine.url.render_as_string(hide_password=False)
    return tirage(*arguments, **{"DATABASE_URL": url, **env})
