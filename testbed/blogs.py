"""A blog's folder: set up once for each version and database, then copied in a moment for every site."""

import functools
import json
import secrets
import shutil
from pathlib import Path
from typing import Any

from testbed import cache, mariadb, php, sources
from testbed.shell import TestbedError, run, say

DATABASES = ("sqlite", "mariadb")
TITLE = "Le carnet de Camille"

_USERS = {
    "admin": {"role": "administrator", "display_name": "admin"},
    "moderateur": {"role": "editor", "display_name": "Modérateur"},
    "author": {"role": "author", "display_name": "Camille Auteur"},
    "reader": {"role": "subscriber", "display_name": "Léa Lectrice"},
    "reader2": {"role": "subscriber", "display_name": "Hugo Lecteur"},
    "reader3": {"role": "subscriber", "display_name": "Zoé"},
}


def place(folder: Path, *, version: str, database: str) -> None:
    """Fill the empty `folder` with a blog: wordpress/, database/ and accounts.json."""
    if database not in DATABASES:
        raise TestbedError(f"There is no database {database} here; choose {' or '.join(DATABASES)}.")
    template = _template(version, database)
    _link(template / "wordpress", folder / "wordpress")
    shutil.copytree(template / "database", folder / "database")
    shutil.copy(template / "accounts.json", folder)


def configure(folder: Path, *, base_url: str, socket: Path | None, environment: str = "local") -> None:
    """Tell the blog in that folder its address, its database and its kind of environment."""
    settings = {
        "base_url": base_url,
        "database_host": f"localhost:{socket}" if socket else "",
        "environment": environment,
        "secret": secrets.token_hex(16),
    }
    (folder / "testbed.json").write_text(json.dumps(settings), encoding="utf-8")


def accounts(folder: Path) -> dict[str, Any]:
    """The blog's real version and its users, as set up."""
    facts: dict[str, Any] = json.loads((folder / "accounts.json").read_text(encoding="utf-8"))
    return facts


def _template(version: str, database: str) -> Path:
    sources.tree(version)
    build = functools.partial(_set_up, version=version, database=database)
    made_of = [*php.SCRIPTS.rglob("*.php"), *map(Path(__file__).with_name, ("blogs.py", "mariadb.py", "sources.py"))]
    return cache.built(f"templates/{version}-{database}-{cache.digest(*made_of)}", build)


def _set_up(folder: Path, *, version: str, database: str) -> None:
    say(f"Setting up a blog with WordPress {version} on {database}")
    root = folder / "wordpress"
    _link(sources.tree(version), root)
    shutil.copy(php.SCRIPTS / "wp-config.php", root)
    shutil.copytree(php.SCRIPTS / "mu-plugins", root / "wp-content/mu-plugins")
    (folder / "database").mkdir()
    if database == "sqlite":
        shutil.copy(root / "wp-content/plugins/sqlite-database-integration/db.copy", root / "wp-content/db.php")
        _install(folder, socket=None)
        return
    mariadb.create(folder / "database")
    server = mariadb.start(folder / "database")
    try:
        _install(folder, socket=server.socket)
    finally:
        mariadb.stop(server)


def _install(folder: Path, *, socket: Path | None) -> None:
    configure(folder, base_url="http://127.0.0.1", socket=socket)
    wish = {"root": str(folder / "wordpress"), "title": TITLE, "users": _USERS}
    (folder / "accounts.json").write_text(php.execute("setup.php", json.dumps(wish), mysql=socket is not None), "utf-8")


def _link(source: Path, target: Path) -> None:
    """Copy a tree by hard links, in a tenth of a second: WordPress's own files are never written to."""
    run(["cp", "-al", str(source), str(target)])
