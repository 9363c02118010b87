"""Real WordPress blogs on the loopback address, from the command line (`start`, `stop`) and from Python."""

import argparse
import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from testbed import blogs, cache, mariadb, php, processes, serving, sources
from testbed.shell import TestbedError, say
from testbed.site import DEFAULT_FILE, Site, User

__all__ = ["Site", "TestbedError", "User", "is_up", "running", "start", "stop"]

_NOTE = "site.json"


def start(
    *,
    version: str = "6.1",
    database: str = "sqlite",
    name: str | None = None,
    port: int = 0,
    permalinks: str = "pretty",
    environment: str = "local",
    php_version: str | None = None,
) -> Site:
    """Start a fresh blog of its own and return it once its REST API answers.

    A `name` gives its folder a fixed name, and replaces what an earlier run left there; a `port` of 0 takes a
    free one; a `php_version` has it run by that PHP (see php.find). Raises TestbedError, in one sentence, when
    something is missing.
    """
    php.find(mysql=database == "mariadb")
    folder = _empty_folder(name)
    try:
        blogs.place(folder, version=version, database=database)
        port = port or processes.free_port()
        site = _serve(folder, database=database, port=port, environment=environment, php_version=php_version)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    site.to_file(folder / _NOTE)
    if permalinks != "pretty":
        site.set_permalinks(permalinks)
    return site


@contextlib.contextmanager
def running(**wish: Any) -> Iterator[Site]:
    """A blog for a with-block; takes what `start` takes."""
    site = start(**wish)
    try:
        yield site
    finally:
        stop(site)


def stop(site: Site) -> None:
    """End the blog's processes, exactly those, and delete its folder."""
    serving.end(site.pid, site.root)
    if site.mariadb_pid and (server := mariadb.find(site.mariadb_pid, site.folder / "database")):
        mariadb.stop(server)
    shutil.rmtree(site.folder, ignore_errors=True)


def is_up(site: Site) -> bool:
    """Whether the blog's own web server runs and its REST API answers."""
    return serving.is_running(site.pid, site.root) and serving.answers(site.base_url)


def _empty_folder(name: str | None) -> Path:
    sites = cache.home() / "sites"
    sites.mkdir(exist_ok=True)
    if name is None:
        return Path(tempfile.mkdtemp(prefix="site-", dir=sites))
    if (old := _described(sites / name / _NOTE)) and is_up(old):
        raise TestbedError(f"A blog named {name} is already running on {old.base_url}; stop it first.")
    shutil.rmtree(sites / name, ignore_errors=True)
    (sites / name).mkdir()
    return sites / name


def _serve(folder: Path, *, database: str, port: int, environment: str, php_version: str | None) -> Site:
    base_url = f"http://127.0.0.1:{port}"
    server = mariadb.start(folder / "database") if database == "mariadb" else None
    try:
        blogs.configure(folder, base_url=base_url, socket=server.socket if server else None, environment=environment)
        pid = serving.serve(folder / "wordpress", port=port, mysql=server is not None, php_version=php_version)
    except BaseException:
        if server:
            mariadb.stop(server)
        raise
    facts = blogs.accounts(folder)
    users = {login: User(**user) for login, user in facts["users"].items()}
    return Site(
        base_url=base_url,
        version=facts["version"],
        database=database,
        root=folder / "wordpress",
        pid=pid,
        mariadb_pid=server.pid if server else None,
        php_version=php_version,
        users=users,
    )


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code: 0, or 2 when something is missing."""
    wish = _parser().parse_args(arguments)
    try:
        _start_once(wish) if wish.action == "start" else _stop_file(wish.file)
    except TestbedError as error:
        say(str(error))
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m testbed.wordpress", description="A throw-away WordPress blog.")
    parser.add_argument("action", choices=("start", "stop"))
    env = os.environ.get
    parser.add_argument("--version", default=env("WORDPRESS_VERSION") or "6.1", help=f"{' or '.join(sources.SUITES)}")
    parser.add_argument("--database", default=env("WORDPRESS_DATABASE") or "sqlite", help="sqlite or mariadb")
    parser.add_argument("--permalinks", default="pretty", choices=("pretty", "plain"))
    parser.add_argument("--name", help="the name of the blog's folder, one of its own by default")
    parser.add_argument("--port", type=int, default=0, help="a free one by default")
    parser.add_argument("--file", type=Path, default=DEFAULT_FILE, help="where the blog is described")
    return parser


def _start_once(wish: argparse.Namespace) -> None:
    began = time.monotonic()
    with cache.locked(f"start-{hashlib.sha256(bytes(wish.file.resolve())).hexdigest()[:12]}"):
        if (old := _described(wish.file)) and is_up(old):
            _check_same(old, wish)
            say(f"WordPress {old.version} on {old.database} is already up on {old.base_url}")
            return
        if old:
            stop(old)
        site = start(
            version=wish.version,
            database=wish.database,
            name=wish.name,
            port=wish.port,
            permalinks=wish.permalinks,
        )
        site.to_file(wish.file)
    what = f"WordPress {site.version} on {site.database}"
    say(f"{what} is up on {site.base_url} after {time.monotonic() - began:.1f} s; see {wish.file}")


def _check_same(site: Site, wish: argparse.Namespace) -> None:
    if not site.version.startswith(wish.version) or site.database != wish.database:
        raise TestbedError(
            f"WordPress {site.version} on {site.database} is running, not {wish.version} on {wish.database};"
            " stop it first."
        )


def _stop_file(file: Path) -> None:
    site = _described(file)
    if site is None:
        say(f"Nothing to stop: there is no {file}")
        return
    stop(site)
    file.unlink()
    say(f"Stopped the WordPress on {site.base_url}")


def _described(file: Path) -> Site | None:
    try:
        return Site.from_file(file)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as broken:
        raise TestbedError(f"The file {file} does not describe a WordPress; delete it and start again.") from broken


if __name__ == "__main__":
    sys.exit(main())
