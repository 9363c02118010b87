"""A private PostgreSQL for tests: started in a second, its data in a temporary folder, gone afterwards."""

import contextlib
import functools
import pwd
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from testbed import debian, php, processes
from testbed.shell import TestbedError, is_root, run

_USER = "tirage"
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "100"}


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL; it listens on a Unix socket in its folder and nowhere else."""

    pid: int
    folder: Path

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://{_USER}@/{database}?host={self.folder}"

    def create_database(self, name: str, *, template: str = "") -> str:
        """Make a database in some hundredths of a second, empty or a copy of another, and return its URL."""
        for given in filter(None, (name, template)):
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", given):
                raise ValueError(f"not a plain database name: {given}")
        _query(self, f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        return self.url(name)


def start() -> Server:
    """Start an empty server and return it once it answers. Raises TestbedError when it can't."""
    folder = Path(tempfile.mkdtemp(prefix="testbed-postgres-"))
    try:
        if is_root():
            shutil.chown(folder, *_account())
        options = ["--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", f"--username={_USER}"]
        run(
            [*_unprivileged(), _program("initdb"), f"--pgdata={folder / 'data'}", *options],
            cwd=folder,
            env=_env(),
        )
        server = Server(_spawn(folder), folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _wait(server)
    return server


def stop(server: Server) -> None:
    """End the server, disconnecting whoever is still there, and delete its data."""
    processes.end(server.pid, _marker(server.folder), first=signal.SIGINT)
    shutil.rmtree(server.folder, ignore_errors=True)


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A server for a with-block."""
    server = start()
    try:
        yield server
    finally:
        stop(server)


def _spawn(folder: Path) -> int:
    settings = {**_FAST, "listen_addresses": "", "unix_socket_directories": str(folder)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = [*_unprivileged(), _program("postgres"), "-D", str(folder / "data"), *options]
    return processes.spawn(command, env=_env(), log=folder / "postgres.log")


def _marker(folder: Path) -> str:
    return f" -D {folder / 'data'} "


def _wait(server: Server, patience_seconds: float = 30.0) -> None:
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline and processes.is_running(server.pid, _marker(server.folder)):
        with contextlib.suppress(TestbedError):
            _query(server, "SELECT 1")
            return
        time.sleep(0.02)
    log = (server.folder / "postgres.log").read_text(errors="replace").splitlines()[-4:]
    stop(server)
    raise TestbedError(f"PostgreSQL did not start: {' | '.join(log)}")


def _query(server: Server, sql: str) -> None:
    client = [
        _program("psql"),
        f"--host={server.folder}",
        f"--username={_USER}",
        "--dbname=postgres",
        "--no-psqlrc",
    ]
    run([*client, "--quiet", "--command", sql], cwd=server.folder, env=_env())


def _program(name: str) -> str:
    return str(_programs() / name)


@functools.cache
def _programs() -> Path:
    """The folder of the newest PostgreSQL's programs, getting Debian's package if there is none."""
    found = _newest(Path("/")) or _newest(debian.provide(["postgresql"]))
    if not found:
        raise TestbedError("PostgreSQL is missing; install the package postgresql.")
    return found


def _newest(prefix: Path) -> Path | None:
    servers = prefix.glob("usr/lib/postgresql/*/bin/postgres")
    return max((server.parent for server in servers), key=lambda folder: int(folder.parts[-2]), default=None)


def _env() -> dict[str, str]:
    prefix = _programs().parents[4]
    return {} if prefix == Path("/") else php.library_path(prefix)


def _account() -> tuple[int, int]:
    """The user and group that run the server for root, whom PostgreSQL refuses."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise TestbedError("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def _unprivileged() -> Sequence[str]:
    if not is_root():
        return ()
    user, group = _account()
    return ("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--")
