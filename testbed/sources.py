"""WordPress itself: Debian's packages unpacked, with the SQLite drop-in beside the plugins."""

import functools
import os
import shutil
import tempfile
import zipfile
from pathlib import Path

from testbed import cache, debian
from testbed.shell import TestbedError, run, say

SUITES = {"6.1": "bookworm", "6.8": "trixie"}
"""Which Debian release packages which WordPress."""

_DROP_IN = "@wp-playground/cli@3.1.56"
_PACKAGES = ("wordpress", "wordpress-l10n", "wordpress-theme-twentytwentythree")


_SCRIPTS = ("libjs-underscore", "libjs-lodash")


def tree(version: str) -> Path:
    """Return the cached, untouched files of a WordPress version ("6.1" or "6.8"), fetched on first use."""
    if version not in SUITES:
        raise TestbedError(f"There is no WordPress {version} here; choose {' or '.join(SUITES)}.")
    name = f"wordpress-{version}-{cache.digest(Path(__file__))}"
    return cache.built(name, functools.partial(_build, version=version))


def _build(draft: Path, *, version: str) -> None:
    say(f"Fetching WordPress {version}")
    with tempfile.TemporaryDirectory(dir=cache.home()) as folder:
        unpacked = Path(folder)
        # The newer package has no theme, and without one pages are blank: the older release's fits both.
        debian.unpack(_PACKAGES[:2], suite=SUITES[version], into=unpacked / "core")
        debian.unpack(_PACKAGES[2:], suite=SUITES["6.1"], into=unpacked / "theme")
        for part in ("core", "theme"):
            shutil.copytree(unpacked / part / "usr/share/wordpress", draft, symlinks=True, dirs_exist_ok=True)
        debian.unpack(_SCRIPTS, suite=SUITES[version], into=unpacked / "scripts")
        _fill_links(draft / "wp-includes/js", unpacked / "scripts")
    (draft / "wp-config.php").unlink()
    _drop_other_languages(draft / "wp-content/languages")
    shutil.copytree(_drop_in(), draft / "wp-content/plugins/sqlite-database-integration")


def _fill_links(folder: Path, unpacked: Path) -> None:
    """Put files in place of the links to other packages; the editor's scripts don't run without them."""
    share = Path("/usr/share/wordpress/wp-includes/js")
    for link in [path for path in folder.rglob("*") if path.is_symlink() and not path.exists()]:
        target = os.path.normpath(share / link.relative_to(folder).parent / os.readlink(link))
        source = unpacked / target.lstrip("/")
        if source.is_file():
            link.unlink()
            shutil.copy(source, link)


def _drop_other_languages(folder: Path) -> None:
    for file in folder.iterdir():
        if "fr_FR" not in file.name:
            file.unlink()


def _drop_in() -> Path:
    """The plugin that lets WordPress keep its tables in SQLite."""
    return cache.built("sqlite-database-integration", _fetch_drop_in)


def _fetch_drop_in(draft: Path) -> None:
    say("Fetching the SQLite drop-in")
    with tempfile.TemporaryDirectory(dir=cache.home()) as folder:
        npm = {"npm_config_cache": str(cache.home() / "npm")}
        run(["npm", "pack", "--silent", _DROP_IN], cwd=Path(folder), env=npm, tries=3)
        run(["tar", "-xzf", str(next(Path(folder).glob("*.tgz")))], cwd=Path(folder))
        with zipfile.ZipFile(Path(folder) / "package/sqlite-database-integration.zip") as archive:
            archive.extractall(folder)
        plugin = next(Path(folder).glob("*sqlite-database-integration/load.php")).parent
        shutil.copytree(plugin, draft, dirs_exist_ok=True)
    # WordPress before 6.4 reads this property from outside the class; later versions don't mind.
    adapter = draft / "wp-includes/sqlite/class-wp-sqlite-db.php"
    adapter.write_text(adapter.read_text().replace("private $allow_unsafe", "protected $allow_unsafe"))
