"""PHP's built-in web server in front of a blog's folder, in the background."""

import json
import time
import urllib.request
from pathlib import Path

from testbed import php, processes
from testbed.shell import TestbedError

_WORKERS = 4  # WordPress calls itself, for wp-cron above all: a single worker would wait for itself


def serve(root: Path, *, port: int, mysql: bool, php_version: str | None = None) -> int:
    """Serve the WordPress in `root` on that port; return the server's pid once the REST API answers."""
    interpreter = php.find(mysql=mysql, version=php_version)
    options = ["-d", "opcache.enable_cli=1", "-d", "opcache.revalidate_freq=0"]
    command = [*interpreter.command, *options, "-S", f"127.0.0.1:{port}", "-t", str(root)]
    log = root.parent / "php.log"
    pid = processes.spawn(
        [*command, str(php.SCRIPTS / "router.php")],
        env={**interpreter.env, "PHP_CLI_SERVER_WORKERS": str(_WORKERS)},
        log=log,
    )
    try:
        _wait(pid, root, f"http://127.0.0.1:{port}")
    except BaseException:
        end(pid, root)
        raise
    return pid


def end(pid: int, root: Path) -> None:
    """End the server and its workers, if it is the one on that folder."""
    processes.end(pid, _marker(root))


def is_running(pid: int, root: Path) -> bool:
    return processes.is_running(pid, _marker(root))


def answers(base_url: str) -> bool:
    """Whether a WordPress REST API is there."""
    try:
        with urllib.request.urlopen(f"{base_url}/?rest_route=/", timeout=30) as answer:
            return "namespaces" in json.load(answer)
    except (OSError, ValueError):
        return False


def _marker(root: Path) -> str:
    """What only the command line of the server on that folder holds."""
    return f" -t {root} "


def _wait(pid: int, root: Path, base_url: str, patience_seconds: float = 60.0) -> None:
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline and is_running(pid, root):
        if answers(base_url):
            return
        time.sleep(0.05)
    log = (root.parent / "php.log").read_text(errors="replace").splitlines()[-4:]
    raise TestbedError(f"WordPress did not start on {base_url}: {' | '.join(log)}")
