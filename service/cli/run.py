"""`tirage run`, `web`, `worker`: the processes of the service."""

from __future__ import annotations

import os

import click

from service.cli.common import check_tables, connect, refuse_newer_tables, settings_with_logs
from service.processes import gunicorn_command, run_all, run_worker, worker_command
from service.settings import Settings


@click.command()
def run() -> int:
    """Start the web server and the worker; when one dies, both stop."""
    settings = _ready(upgrade=True)
    return run_all({"web": gunicorn_command(settings), "worker": worker_command()})


@click.command()
def web() -> None:
    """Start the web server alone."""
    command = gunicorn_command(_ready())
    os.execv(command[0], command)  # noqa: S606 - gunicorn takes this process's place, and its signals


@click.command()
def worker() -> None:
    """Start the worker alone; on PostgreSQL there may be several."""
    settings = _ready()
    run_worker(connect(settings))


def _ready(*, upgrade: bool = False) -> Settings:
    """Settings that are complete and a database that fits. Raises BadInput, Blocked."""
    settings = settings_with_logs()
    settings.require_blog()
    services = connect(settings)
    if upgrade:
        refuse_newer_tables(services)
        services.store.upgrade()
    check_tables(services)
    services.store.close()
    return settings
