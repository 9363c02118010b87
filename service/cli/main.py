"""`tirage`: puts the commands together and turns every error into one sentence and an exit code.

0 done; 1 a check failed; 2 something given is wrong; 3 something outside has to happen first, trying again may help.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click
from sqlalchemy.exc import DBAPIError

from service.cli import (
    beacon,
    blog,
    claims,
    contest,
    database,
    export,
    log,
    moderate,
    plugin,
    posts,
    privacy,
    prizes,
    receipt,
    run,
    steps,
    token,
    webhook,
)
from service.domain.errors import Blocked, LeaseLost, TirageError
from service.usecases.ports import BlogProblem, NetworkProblem

WRONG, WAITS = 2, 3


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tirage")
def cli() -> None:
    """Tirage runs a giveaway on a WordPress blog."""


for step in (steps.collect_, steps.seal_, steps.draw_, steps.preview, steps.announce_, steps.receipt_):
    contest.group.add_command(step)
contest.group.add_command(log.show)
contest.group.add_command(export.export_)
for decision in (moderate.change, moderate.disqualify, moderate.readmit):
    contest.group.add_command(decision)
for following in (prizes.prizes_, prizes.disqualify_winner, prizes.redraw_, claims.claims_):
    contest.group.add_command(following)
for command_ in (posts.posts_, posts.add_posts_, posts.look):
    contest.group.add_command(command_)
for command in (
    contest.group,
    posts.group,
    database.group,
    token.group,
    receipt.group,
    log.group,
    privacy.group,
    beacon.group,
    blog.group,
    webhook.group,
    plugin.group,
    run.run,
    run.web,
    run.worker,
):
    cli.add_command(command)


def main() -> None:
    """The entry point."""
    if not all(_is_text(argument) for argument in sys.argv[1:]):
        _end("What is given must be UTF-8 text.", WRONG)
    try:
        result = cli.main(prog_name="tirage", standalone_mode=False)
        sys.stdout.flush()  # here, where a full disk can still be told
    except click.exceptions.Abort:
        _end("stopped; nothing was changed.", 130)
    except click.ClickException as error:
        _end(error.format_message(), WRONG)
    except (BlogProblem, NetworkProblem) as error:
        _end(error.message, WRONG if error.permanent else WAITS)
    except TirageError as error:
        _end(error.message, WAITS if isinstance(error, Blocked | LeaseLost) else WRONG)
    except DBAPIError as error:
        _end(f"The database doesn't work ({str(error.orig).splitlines()[0]}); look at DATABASE_URL.", WAITS)
    except BrokenPipeError:
        _drop_output()
        sys.exit(0)
    except OSError as error:  # a disk is full: what was printed is cut
        _drop_output()
        _end(f"What is to be written or read can't be, or not all of it: {error.strerror or error}.", WAITS)
    sys.exit(result if isinstance(result, int) else 0)


def _drop_output() -> None:
    """Let what is left to be printed go nowhere: Python tries once more at its end, and would fail with a trace."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_text(argument: str) -> bool:
    """Whether the argument can be stored and shown; Python keeps bytes that are not UTF-8 as lone surrogates."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def _end(message: str, code: int) -> NoReturn:
    print(f"tirage: {message}", file=sys.stderr)
    sys.exit(code)
