"""A whole service in memory behind Flask's test client: a blog, a clock, a database, a moderator's token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import TestResponse

from service.app import create_app, make_networks
from service.domain.contest import Randomness
from service.settings import Settings
from service.storage import tokens
from service.usecases.services import Services, Timing
from tests.factories import CLOSES_AT, SECRET
from tests.fakes import FakeBeacon, FakeBlog, FakeClock, FakeVault
from tests.stores import new_store
from wp_bridge.signature import key_of, sign

TOKEN = "moderator-token"
DOOR_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOSTILE = "<script>alert(1)</script>\u202egnp.exe"

# Nothing listens there: a test that wants answers brings a stand-in.
NOWHERE = "publish.x.com=http://127.0.0.1:9 api.x.com=http://127.0.0.1:9 t.co=http://127.0.0.1:9"


@dataclass
class World:
    """The service, and what a test needs to move it."""

    app: Flask
    services: Services
    blog: FakeBlog
    clock: FakeClock
    beacon: FakeBeacon

    def ask(self, method: str, path: str, *, token: str | None = TOKEN, **given: Any) -> TestResponse:
        """A request to the API, as the moderator unless told otherwise."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers.update(given.pop("headers", {}))
        return self.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **given)

    def get(self, path: str) -> Any:
        """What the API gives; it must succeed."""
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        """What an act of the API gives; it must end with this status."""
        answer = self.ask("POST", path, json=body) if body is not None else self.ask("POST", path)
        assert answer.status_code == status, answer.text
        return answer.json

    def page(self, path: str, **headers: str) -> TestResponse:
        """A public page, as a browser asks for it."""
        given = {"Accept": "text/html", **headers}
        return self.app.test_client().get(path, headers=given)

    def open_contest(self, **given: Any) -> Any:
        """A contest on post 7 that closes on Friday 17:00 in Paris."""
        return self.post("/contests", {"post": "7", "closes": "2026-11-27 17:00", **given}, 201)

    def close(self) -> None:
        """Move the clock past the deadline."""
        self.clock.move_to(CLOSES_AT)
        self.clock.forward(60)

    def announce(self) -> None:
        """Take contest 1 from open to its winner comment, waiting for the beacon's round."""
        self.close()
        self.post("/contests/1/seal", {})
        self.clock.forward(120)
        self.post("/contests/1/draw")
        self.post("/contests/1/announce")


def signed_headers(
    now: datetime,
    body: bytes,
    *,
    secret: str = DOOR_SECRET,
    late: int = 0,
    without: str = "",
    message_id: str = "msg_1",
) -> dict[str, str]:
    """The headers of a request that our plugin sent so many seconds ago."""
    at = int(now.timestamp()) - late
    signature = sign(key_of(secret), message_id=message_id, timestamp=at, body=body)
    headers = {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": signature}
    headers.pop(without, None)
    return {**headers, "Content-Type": "application/json"}


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each template is compiled once, rather than by each test's service."""
    folder = tmp_path_factory.mktemp("templates")
    Flask.jinja_options["bytecode_cache"] = FileSystemBytecodeCache(str(folder))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A service with a post, and six comments of which two can win."""
    yield from make_world(tmp_path, webhook_secrets=DOOR_SECRET)


@pytest.fixture
def keyless_world(tmp_path: Path) -> Iterator[World]:
    """The same without a secret for doorbells."""
    yield from make_world(tmp_path, webhook_secrets="")


def make_world(tmp_path: Path, **settings: Any) -> Iterator[World]:
    """A service with these settings."""
    store = new_store(tmp_path)
    clock, blog = FakeClock(), FakeBlog()
    beacon = FakeBeacon(clock)
    blog.add_post(7)
    fill(blog)
    services = Services(
        vault=FakeVault(),
        open_blog=lambda *_: blog,
        is_blog_fixed=False,
        store=store,
        blog=blog,
        public_url="https://draws.example",
        clock=clock,
        make_secret=lambda: SECRET,
        networks=make_networks(Settings(_env_file=None, network_origins=NOWHERE)),
        timing=Timing(lease_wait=0.3, settle=0.1),
        beacon=beacon,
        randomness=Randomness.COMMIT_REVEAL,
    )
    with store.write() as tx:
        tokens.add(tx, name="Ada", token=TOKEN, now=clock())
    app = create_app(Settings(_env_file=None, **settings), services)
    yield World(app=app, services=services, blog=blog, clock=clock, beacon=beacon)
    store.close()


def fill(blog: FakeBlog) -> None:
    """Comments 100 to 105: two that can win, and one for each of four reasons."""
    blog.add(author_name=HOSTILE, author_ip="192.0.2.1")
    blog.add(author_name="Zoé", author_ip="192.0.2.1")
    blog.add(author_name="Zoé encore", author_email="reader101@example.org")
    blog.add(author_name="Autrice", account_id=1)
    blog.add(author_name="Réponse", parent_id=100)
    blog.add(author_name="Vide", is_empty=True)
