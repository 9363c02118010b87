"""Tirage as a user runs it: the command line and the worker in processes of their own, on a real WordPress."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from demo import story
from service.domain.errors import NotFound
from service.presenters import contest_json
from service.processes import gunicorn_command
from service.settings import read_settings
from service.storage import contests, listing
from service.storage.listing import Entry
from service.storage.store import Store
from service.usecases.ports import NoNetworks
from testbed.proxy import Proxy
from testbed.wordpress import Site
from tests.stores import new_store

PATIENCE_SECONDS = 60.0


@dataclass
class Tirage:
    """One installation with a database of its own. `PUBLIC_URL` is never asked, so any will do."""

    env: dict[str, str]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `tirage` command to its end."""
        command = [sys.executable, "-m", "service.cli", *arguments]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=120)

    def cli(self, *arguments: str) -> str:
        """What a command prints on stdout; it must succeed."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.returncode} {done.stderr}"
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """The JSON value that a command prints."""
        return json.loads(self.cli(*arguments, "--json"))

    def open(self, post_id: int, closes_at: datetime, *options: str) -> str:
        """Open a contest; its id."""
        local = closes_at.astimezone(ZoneInfo("Europe/Paris")).strftime("%Y-%m-%d %H:%M:%S")
        return str(self.json("contest", "open", str(post_id), "--closes", local, "--yes", *options)["id"])

    def start_worker(self) -> subprocess.Popen[bytes]:
        """A worker in a process of its own; killed when the test ends."""
        command = [sys.executable, "-m", "service.cli", "worker"]
        with Path(self.env["TIRAGE_TEST_FOLDER"], "worker.log").open("ab") as log:
            worker = subprocess.Popen(command, env=self.env, stdout=log, stderr=log)
        self.workers.append(worker)
        return worker

    def start_web(self, port: int) -> subprocess.Popen[bytes]:
        """The web server in a process of its own, answering; killed when the test ends."""
        settings = read_settings(bind=f"127.0.0.1:{port}", _env_file=None)
        with Path(self.env["TIRAGE_TEST_FOLDER"], "web.log").open("ab") as log:
            web = subprocess.Popen(gunicorn_command(settings), env=self.env, stdout=log, stderr=log)
        self.workers.append(web)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with suppress(requests.RequestException):
                if requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2).ok:
                    return web
            time.sleep(0.05)
        raise AssertionError(Path(self.env["TIRAGE_TEST_FOLDER"], "web.log").read_text())

    def entry(self, contest: str, comment_id: int) -> Entry | None:
        """A comment's entry as it is now, None while it isn't known."""
        with closing(Store(self.env["DATABASE_URL"])) as store, store.read() as tx, suppress(NotFound):
            return listing.one(tx, int(contest), comment_id)
        return None

    def wait_for(self, contest: str, is_true: Any) -> Any:
        """Wait until the contest is as told; what `contest show` says then, asked without a process each time."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with closing(Store(self.env["DATABASE_URL"])) as store:
            while time.monotonic() < deadline:
                with store.read() as tx:
                    told = contest_json(
                        tx, contests.get(tx, int(contest)), proof_url="{}/{}".format, networks=NoNetworks()
                    )
                if is_true(told):
                    return told
                time.sleep(0.1)
        log = Path(self.env["TIRAGE_TEST_FOLDER"], "worker.log")
        raise AssertionError(f"it didn't come: {told}\n{log.read_text() if log.exists() else ''}")

    def wait_for_phase(self, contest: str, phase: str) -> Any:
        """Wait until the contest is in the phase."""
        return self.wait_for(contest, lambda told: told["phase"] == phase)


def make_env(folder: Path, url: str, site: Site, **settings: str) -> dict[str, str]:
    """The settings of an installation for this blog, quick to notice a dead worker."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("WORDPRESS_")},
        "TIRAGE_TEST_FOLDER": str(folder),
        "WORDPRESS_URL": url,
        "WORDPRESS_USER": "moderateur",
        "WORDPRESS_PASSWORD": site.users["moderateur"].app_password,
        "DATABASE_URL": f"sqlite:///{folder}/tirage.sqlite3",
        "PUBLIC_URL": "http://tirage.example",
        "RANDOMNESS": "commit-reveal",
        "SECRETS_DIR": str(folder),
        "POLL_SECONDS": "1",
        "LEASE_SECONDS": "3",
        "SETTLE_SECONDS": "6",
        "WORDPRESS_TIMEOUT_SECONDS": "2",
        **settings,
    }


@contextmanager
def installed(folder: Path, url: str, site: Site, **settings: str) -> Iterator[Tirage]:
    """An installation with its tables."""
    tirage = Tirage(make_env(folder, url, site, **settings))
    new_store(folder).close()
    try:
        yield tirage
    finally:
        for worker in tirage.workers:
            worker.kill()
            worker.wait()


@pytest.fixture
def tirage(wordpress: Site, tmp_path: Path) -> Iterator[Tirage]:
    """Tirage connected straight to the blog."""
    with installed(tmp_path, wordpress.base_url, wordpress) as tirage:
        yield tirage


@pytest.fixture
def proxy(wordpress: Site) -> Iterator[Proxy]:
    """A proxy in front of the blog that misbehaves when told to."""
    with Proxy(wordpress.base_url) as proxy:
        yield proxy


@pytest.fixture
def behind_proxy(wordpress: Site, proxy: Proxy, tmp_path: Path) -> Iterator[Tirage]:
    """Tirage that reaches the blog through the proxy only."""
    with installed(tmp_path, proxy.url, wordpress) as tirage:
        yield tirage


@dataclass(frozen=True)
class ContestPost:
    """A post with the demo's comments whose deadline passed an hour ago."""

    id: int
    closes_at: datetime
    site: Site

    def winner_comments(self) -> list[str]:
        """The state of every comment with a proof link, as WordPress's database has it."""
        code = """
            return $wpdb->get_col($wpdb->prepare(
                "SELECT comment_approved FROM {$wpdb->comments}
                 WHERE comment_post_ID = %d AND comment_content LIKE %s",
                $args['post'],
                '%http://tirage.example/contests/%'
            ));
        """
        states: list[str] = self.site.php(code, post=self.id)
        return states

    def comment_status(self) -> str:
        """Whether the post's comments are open or closed."""
        return str(self.site.php("return get_post($args['id'])->comment_status;", id=self.id))


def write_post(site: Site, **post: Any) -> ContestPost:
    """A contest post on this blog."""
    closes_at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    post_id = site.create_post(story.TITLE, story.POST, date_gmt=closes_at - timedelta(days=4), **post)
    accounts = {user.role: user.id for user in site.users.values()}
    site.insert_comments(post_id, [*story.in_time(closes_at, accounts), *story.at_the_deadline(closes_at)])
    return ContestPost(id=post_id, closes_at=closes_at, site=site)


@pytest.fixture
def contest_post(wordpress: Site) -> ContestPost:
    """A contest post on the shared blog."""
    return write_post(wordpress)
