"""A private MariaDB server without network: its tables in a folder, its socket in a short-named one."""

import functools
import os
import re
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from testbed import debian, php, processes
from testbed.shell import TestbedError, is_root, run

_PACKAGES = ("mariadb-server-core", "mariadb-client-core")
_PREPARE = (
    "CREATE DATABASE wordpress CHARACTER SET utf8mb4;"
    "CREATE USER wordpress@localhost IDENTIFIED BY 'wordpress';"
    "GRANT ALL ON wordpress.* TO wordpress@localhost;"
)


@dataclass(frozen=True)
class Server:
    """A running server; its socket lies in a folder of its own, since socket paths must be short."""

    pid: int
    socket: Path
    data: Path


def create(data: Path) -> None:
    """Make the tables of an empty server in the folder `data`, with a database and a user for WordPress."""
    programs = _programs()
    run(
        [
            str(programs / "usr/bin/mariadb-install-db"),
            "--no-defaults",
            f"--basedir={programs / 'usr'}",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--force",
            *_SMALL,
            *_as_root(),
        ],
        env=_env(),
    )
    server = start(data)
    try:
        _query(server, _PREPARE)
    finally:
        stop(server)


def start(data: Path) -> Server:
    """Start a server on that folder and wait until it answers."""
    folder = Path(tempfile.mkdtemp(prefix="testbed-mariadb-"))
    options = [
        "--no-defaults",
        f"--basedir={_programs() / 'usr'}",
        f"--datadir={data}",
        f"--socket={folder / 'socket'}",
        f"--pid-file={folder / 'pid'}",
        "--skip-networking",
        "--innodb-flush-log-at-trx-commit=0",
        *_SMALL,
        *_as_root(),
    ]
    log = data.parent / "mariadb.log"
    pid = processes.spawn([str(_programs() / "usr/sbin/mariadbd"), *options], env=_env(), log=log)
    server = Server(pid, folder / "socket", data)
    try:
        _wait(server)
    except TestbedError:
        stop(server)
        raise TestbedError(f"MariaDB did not start: {_tail(log)}") from None
    return server


def stop(server: Server) -> None:
    """End the server and remove its socket's folder."""
    processes.end(server.pid, _marker(server.data), patience_seconds=30)
    shutil.rmtree(server.socket.parent, ignore_errors=True)


def find(pid: int, data: Path) -> Server | None:
    """The server with that pid, if it is the one on that folder and still runs."""
    socket = re.search(r" --socket=(\S+)", processes.command_line(pid))
    if not socket or not processes.is_running(pid, _marker(data)):
        return None
    return Server(pid, Path(socket.group(1)), data)


def _marker(data: Path) -> str:
    """What only the command line of the server on that folder holds."""
    return f"--datadir={data} "


_SMALL = ("--innodb-log-file-size=8M", "--innodb-buffer-pool-size=128M", "--skip-name-resolve")


@functools.cache
def _programs() -> Path:
    """The folder under which MariaDB's programs lie."""
    wanted = ("usr/sbin/mariadbd", "usr/bin/mariadb", "usr/bin/mariadb-install-db")
    if all(os.access(f"/{name}", os.X_OK) for name in wanted):
        return Path("/")
    return debian.provide(_PACKAGES)


def _env() -> dict[str, str]:
    programs = _programs()
    return {} if programs == Path("/") else php.library_path(programs)


def _as_root() -> Sequence[str]:
    return ("--user=root",) if is_root() else ()


def _wait(server: Server, patience_seconds: float = 60.0) -> None:
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline and processes.is_running(server.pid, _marker(server.data)):
        if server.socket.exists():
            _query(server, "SELECT 1")
            return
        time.sleep(0.02)
    raise TestbedError("MariaDB does not answer.")


def _query(server: Server, sql: str) -> str:
    client = str(_programs() / "usr/bin/mariadb")
    return run([client, "--no-defaults", "--user=root", f"--socket={server.socket}"], env=_env(), stdin=sql, tries=3)


def _tail(log: Path) -> str:
    return " | ".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else ""
