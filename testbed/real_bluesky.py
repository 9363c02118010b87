"""The real Bluesky to test against, used like its stand-in, behind a front that can fail: see `bluesky_servers`.

Its search ignores every filter but the text, so it is for looking at posts alone.
"""

import contextlib
import time
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlencode

import requests

from testbed import bluesky_servers
from testbed.bluesky import LOGIN_HOST, PUBLIC_HOST
from testbed.bluesky_posts import COLLECTION, Person, Post, iso
from testbed.shell import TestbedError
from testbed.standin import Answer, Asked, StandIn

_PATIENCE_SECONDS = 30.0  # until the index has seen what happened
_PASSWORD = "password"


class RealBluesky(StandIn):
    """The network for as long as the with-block lasts. Handles end with .test."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = contextlib.ExitStack()
        self._session = self._stack.enter_context(requests.Session())
        self._servers = bluesky_servers.Servers(pds="", bsky="")
        self._accounts: dict[str, dict[str, str]] = {}
        self._made: dict[str, dict[str, str]] = {}  # by address, the post's name and version

    @property
    def origins(self) -> dict[str, str]:
        """Where the network's names lead to here."""
        return {PUBLIC_HOST: self.url, LOGIN_HOST: self.url}

    def join(self, handle: str) -> str:
        """Make an account, or find it again; its DID."""
        if handle not in self._accounts:
            wanted = {"handle": handle, "email": f"{handle}@blog.example", "password": _PASSWORD}
            self._accounts[handle] = self._call("com.atproto.server.createAccount", wanted)
        return self._accounts[handle]["did"]

    def post(self, handle: str, text: str, *, reply_to: str = "") -> str:
        """Post as that person; returns the post's address once the index shows it."""
        author = Person(self.join(handle), handle, "", hides=False)
        post = Post(
            author, "", {"$type": COLLECTION, "text": text, "createdAt": iso(datetime.now(UTC))}, datetime.now(UTC)
        )
        post.mark_up(self.join)
        if reply_to:
            post.record["reply"] = {"root": self._made[reply_to], "parent": self._made[reply_to]}
        wanted = {"repo": author.did, "collection": COLLECTION, "record": post.record}
        made = self._call("com.atproto.repo.createRecord", wanted, handle)
        address = f"https://bsky.app/profile/{handle}/post/{made['uri'].rpartition('/')[2]}"
        self._made[address] = {"uri": made["uri"], "cid": made["cid"]}
        self._wait(made["uri"], is_there=True)
        return address

    def delete(self, address: str) -> None:
        """Delete a post; returns once the index shows it no more."""
        handle, key = address.split("/")[4], address.rpartition("/")[2]
        wanted = {"repo": self.join(handle), "collection": COLLECTION, "rkey": key}
        self._call("com.atproto.repo.deleteRecord", wanted, handle)
        self._wait(self._made[address]["uri"], is_there=False)

    def answer(self, asked: Asked) -> Answer:
        """What the servers behind the front answer."""
        server = self._servers.pds if asked.host == LOGIN_HOST else self._servers.bsky
        url = f"{server}{asked.path}?{urlencode(asked.params, doseq=True)}"
        headers = {name: asked.headers[name] for name in ("Authorization", "Content-Type") if name in asked.headers}
        answer = self._session.request(asked.method, url, headers=headers, data=asked.body, timeout=30)
        return Answer(answer.status_code, answer.content)

    def __enter__(self) -> Self:
        self._servers = self._stack.enter_context(bluesky_servers.running())
        return super().__enter__()

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self._stack.close()

    def _call(self, name: str, body: dict[str, Any], handle: str = "") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._accounts[handle]['accessJwt']}"} if handle else {}
        answer = self._session.post(f"{self._servers.pds}/xrpc/{name}", json=body, headers=headers, timeout=30)
        if not answer.ok:
            raise TestbedError(f"Bluesky's server answered {answer.status_code} to {name}: {answer.text[:200]}")
        found: dict[str, Any] = answer.json()
        return found

    def _wait(self, uri: str, *, is_there: bool) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        url = f"{self._servers.bsky}/xrpc/app.bsky.feed.getPosts"
        while time.monotonic() < deadline:
            posts = self._session.get(url, params={"uris": uri}, timeout=30).json()["posts"]
            if bool(posts) is is_there:
                return
            time.sleep(0.02)
        raise TestbedError("Bluesky's index didn't see a post in time.")
