"""The PHP that runs WordPress: the machine's own, or one unpacked into the cache."""

import functools
import glob
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from testbed import cache, debian
from testbed.shell import TestbedError, run

SCRIPTS = Path(__file__).parent / "php"

_PACKAGES = ("php-cli", "php-sqlite3", "php-xml", "php-mbstring")
_EXTENSIONS = (
    "pdo",
    "ctype",
    "iconv",
    "tokenizer",
    "posix",
    "fileinfo",
    "xml",
    "simplexml",
    "mbstring",
    "pdo_sqlite",
)
_MYSQL_PACKAGES = ("php-mysql",)
_MYSQL_EXTENSIONS = ("mysqlnd", "mysqli")

_RELEASES = {
    "7.4": ("bullseye", ("php7.4-cli", "php7.4-mbstring", "php7.4-mysql", "php7.4-xml", "phpunit")),
    "8.4": ("trixie", ("php8.4-cli", "php8.4-mbstring", "php8.4-sqlite3", "php8.4-xml", "phpunit")),
}
_LOADED_FIRST = ("mysqlnd", "pdo", "dom", "xml")  # others are made of these


@dataclass(frozen=True)
class Php:
    """A PHP that can be run: its command with options, and the environment it needs."""

    command: tuple[str, ...]
    env: dict[str, str]


@functools.cache
def find(*, mysql: bool = False, version: str | None = None) -> Php:
    """Return a PHP with everything WordPress needs, getting Debian's packages when something is missing.

    A `version` asks for one of Debian's other releases: "7.4", which knows MySQL, or "8.4", which knows SQLite.
    """
    if version:
        return _of_release(release_folder(version))
    wanted = _EXTENSIONS + (_MYSQL_EXTENSIONS if mysql else ())
    own = shutil.which("php")
    if own and not _missing(Php((own,), {}), wanted):
        return Php((own,), {})
    prefix = debian.provide(_PACKAGES + (_MYSQL_PACKAGES if mysql else ()))
    php = _unpacked(prefix, wanted) if prefix != Path("/") else Php((shutil.which("php") or "php",), {})
    if missing := _missing(php, wanted):
        raise TestbedError(f"PHP lacks {', '.join(missing)}; install the packages {' '.join(_PACKAGES)}.")
    return php


def release_folder(version: str) -> Path:
    """The folder with PHP 7.4 or 8.4 and the PHPUnit of the same Debian release, fetched on first use."""
    name = f"php-{version}-{cache.digest(Path(__file__))}"
    return cache.built(name, functools.partial(_fetch_release, version=version))


def execute(script: str, stdin: str, *, mysql: bool = False, version: str | None = None) -> str:
    """Run one of the scripts beside this module and return what it prints."""
    php = find(mysql=mysql, version=version)
    return run([*php.command, "-d", "display_errors=stderr", str(SCRIPTS / script)], env=php.env, stdin=stdin)


def library_path(prefix: Path) -> dict[str, str]:
    """The environment in which programs unpacked under `prefix` find their libraries."""
    folders = [
        str(prefix / "usr/lib"),
        *glob.glob(f"{prefix}/usr/lib/*-linux-*"),
        *glob.glob(f"{prefix}/lib/*-linux-*"),
    ]
    return {"LD_LIBRARY_PATH": ":".join([*folders, *filter(None, [os.environ.get("LD_LIBRARY_PATH")])])}


def _missing(php: Php, wanted: tuple[str, ...]) -> list[str]:
    present = {line.strip().lower() for line in run([*php.command, "-m"], env=php.env).splitlines()}
    return [name for name in wanted if name not in present]


def _unpacked(prefix: Path, wanted: tuple[str, ...]) -> Php:
    programs = sorted(glob.glob(f"{prefix}/usr/bin/php[0-9]*")) or list(filter(None, [shutil.which("php")]))
    if not programs:
        raise TestbedError(f"PHP is missing; install the packages {' '.join(_PACKAGES)}.")
    bare = Php((programs[-1],), library_path(prefix))
    options: list[str] = []
    for name in ("opcache", *_missing(bare, wanted)):
        for module in glob.glob(f"{prefix}/usr/lib/php/*/{name}.so"):
            options += ["-d", f"{'zend_extension' if name == 'opcache' else 'extension'}={module}"]
    return Php((programs[-1], *options), bare.env)


def _fetch_release(draft: Path, *, version: str) -> None:
    suite, packages = _RELEASES[version]
    debian.unpack_whole(packages, suite=suite, into=draft)
    for loader in draft.glob("usr/share/php/**/autoload.php"):  # found by the include_path, wherever they are
        loader.write_text(loader.read_text().replace("'/usr/share/php/", "'"))


def _of_release(prefix: Path) -> Php:
    """The PHP in `prefix` with all its extensions, run by the loader that its libc came with."""
    loader = _only(prefix, "lib/*-linux-*/ld-*.so*", "usr/lib/*-linux-*/ld-*.so*")
    libraries = library_path(prefix)["LD_LIBRARY_PATH"]
    extensions = _only(prefix, "usr/lib/php/*/opcache.so").parent
    names = sorted((file.stem for file in extensions.glob("*.so")), key=lambda name: (name not in _LOADED_FIRST, name))
    options = [f"{'zend_' * (name == 'opcache')}extension={extensions}/{name}.so" for name in names]
    words = [word for option in (f"include_path=.:{prefix}/usr/share/php", *options) for word in ("-d", option)]
    program = _only(prefix, "usr/bin/php[0-9]*")
    return Php((str(loader), "--library-path", libraries, str(program), "-n", *words), {})


def _only(prefix: Path, *patterns: str) -> Path:
    return next(file for pattern in patterns for file in sorted(prefix.glob(pattern)))
