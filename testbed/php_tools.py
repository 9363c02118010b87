"""What checks PHP code: PHP's own syntax check, PHP_CodeSniffer and PHPUnit, each as it comes with a Debian release."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from testbed import cache, debian, php
from testbed.site import Site

_SNIFFER_SUITE = "bookworm"  # the newest release that still packages it


def lint(file: Path, *, version: str) -> str:
    """What that PHP says about a file, notices and deprecations too; empty when there is nothing to say."""
    loud = ("-d", "error_reporting=-1", "-d", "display_errors=1", "-d", "log_errors=0")
    output = _run([*php.find(version=version).command, *loud, "-l", str(file)])
    return output.replace(f"No syntax errors detected in {file}\n", "").strip()


def sniff(ruleset: Path) -> str:
    """What PHP_CodeSniffer finds in the files that a ruleset names; empty when they keep to it."""
    folder = cache.built(f"debian/{_SNIFFER_SUITE}-php-codesniffer", _fetch_sniffer)
    command = php.find(version="7.4").command  # of the age of the tool: later ones find it old-fashioned
    include = ("-d", f"include_path={folder}/usr/share/php")
    return _run([*command, *include, f"{folder}/usr/bin/phpcs", "-q", "-s", f"--standard={ruleset}"]).strip()


def phpunit(site: Site, tests: Path) -> tuple[bool, str]:
    """Run the PHPUnit tests of a folder inside a blog, by its PHP; whether all passed, and PHPUnit's own words.

    The folder's bootstrap.php finds the blog in the environment as TIRAGE_WORDPRESS.
    """
    version = site.php_version or ""
    program = php.release_folder(version) / "usr/bin/phpunit"
    strict = ("--fail-on-warning", "--fail-on-risky", "--do-not-cache-result", "--no-configuration")
    bootstrap = f"--bootstrap={tests / 'bootstrap.php'}"
    command = [*php.find(version=version).command, str(program), *strict, bootstrap, str(tests)]
    output = _run(command, TIRAGE_WORDPRESS=str(site.root))
    return "\nOK (" in output, output


def _fetch_sniffer(draft: Path) -> None:
    debian.unpack(["php-codesniffer"], suite=_SNIFFER_SUITE, into=draft)


def _run(command: Sequence[str], **env: str) -> str:
    done = subprocess.run(
        command, env={**os.environ, **env}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr
