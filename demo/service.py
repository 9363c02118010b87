"""Tirage itself, as a user starts it: `tirage run` in a process of its own, steered by the CLI and the API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from testbed.processes import free_port
from testbed.wordpress import Site
from wp_bridge.signature import make_secret

TIRAGE = [sys.executable, "-m", "service.cli"]
START_SECONDS = 30


class DemoFailed(Exception):
    """The demo can't go on; the message says why."""


class Service:
    """A running Tirage with a database of its own; stops with the with-block."""

    def __init__(self, site: Site, folder: Path, *, origins: str, drand_info: str) -> None:
        port = free_port()
        moderator = next(login for login, user in site.users.items() if user.role == "editor")
        self.url = f"http://127.0.0.1:{port}"
        self.folder = folder
        self.secret = make_secret()
        self.env = {
            **os.environ,
            "WORDPRESS_URL": site.base_url,
            "WORDPRESS_USER": moderator,
            "WORDPRESS_PASSWORD": site.users[moderator].app_password,
            "DATABASE_URL": f"sqlite:///{folder}/tirage.sqlite3",
            "PUBLIC_URL": self.url,
            "BIND": f"127.0.0.1:{port}",
            "POLL_SECONDS": "2",
            "WEBHOOK_SECRETS": self.secret,
            "NETWORK_ORIGINS": origins,
            "DRAND_INFO": drand_info,
        }

    def __enter__(self) -> Self:
        self.cli("db", "upgrade")
        self.log = (self.folder / "service.log").open("wb")
        self.process = subprocess.Popen([*TIRAGE, "run"], env=self.env, stderr=self.log, stdout=self.log)
        self._wait_until_ready()
        self.token = str(json.loads(self.cli("token", "new", "demo", "--json"))["token"])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(60)
        self.log.close()

    def cli(self, *arguments: str) -> str:
        """What a `tirage` command prints. Raises DemoFailed with what it says when it fails."""
        done = subprocess.run([*TIRAGE, *arguments], env=self.env, capture_output=True, text=True)
        if done.returncode:
            raise DemoFailed(f"`tirage {' '.join(arguments)}` ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """The JSON that a `tirage` command prints."""
        return json.loads(self.cli(*arguments, "--json"))

    def api(self, method: str, path: str, **body: Any) -> Any:
        """What the admin API answers. Raises DemoFailed with its problem document."""
        answer = requests.request(
            method,
            f"{self.url}/api/v1{path}",
            json=body or None,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=120,
        )
        if not answer.ok:
            raise DemoFailed(f"{method} {path} was answered with {answer.status_code}: {answer.text[:500]}")
        return answer.json()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if requests.get(f"{self.url}/readyz", timeout=10).ok:
                    return
            except requests.ConnectionError:
                pass
            time.sleep(0.2)
        raise DemoFailed(f"`tirage run` didn't get ready: {(self.folder / 'service.log').read_text()[-2000:]}")
