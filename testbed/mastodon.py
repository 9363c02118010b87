"""A Mastodon server to test against: the package mastodon-mock in a process of its own, behind a front that can fail.

with Mastodon() as mastodon:
    address = mastodon.post("ana", "I'm in #win https://blog.example/contest")
    mastodon.fail(Answer(503))      # the next answer
    Http(origins=mastodon.origins)

What it does otherwise than the real one: its ids are Unix milliseconds and no snowflakes, hashtags are text without a
link, and it knows no posts of other servers.
"""

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import requests

from testbed import processes
from testbed.shell import TestbedError
from testbed.standin import Answer, Asked, StandIn

HOST = "mastodon.example"
_PATIENCE_SECONDS = 60.0


class Mastodon(StandIn):
    """A server for as long as the with-block lasts. Accounts are made when it starts: `people`, each with a token."""

    def __init__(self, *, host: str = HOST, people: Sequence[str] = ("ana", "ben", "blog")) -> None:
        super().__init__()
        self.host = host
        self._people = people
        self._server_url = f"http://127.0.0.1:{processes.free_port()}"
        self._folder = tempfile.TemporaryDirectory(prefix="testbed-mastodon-")
        self._pid = 0
        self._session = requests.Session()

    @property
    def origins(self) -> dict[str, str]:
        """Where the server's name leads to here."""
        return {self.host: self.url}

    def token(self, person: str) -> str:
        """What that person's requests are made with."""
        return f"{person}-token"

    def post(self, person: str, text: str, **more: Any) -> str:
        """Post as that person, with more of the API's own parameters; returns the post's address."""
        return str(self._call("POST", "statuses", person, json={"status": text, **more})["url"])

    def boost(self, person: str, post_id: str) -> str:
        """Pass a post on; returns the address of that."""
        return str(self._call("POST", f"statuses/{post_id}/reblog", person)["url"])

    def delete(self, person: str, post_id: str) -> None:
        """Delete one's own post."""
        self._call("DELETE", f"statuses/{post_id}", person)

    def answer(self, asked: Asked) -> Answer:
        """What the server behind the front answers."""
        query = urlencode(asked.params, doseq=True)
        authorization = {name: value for name, value in asked.headers.items() if name == "Authorization"}
        url = f"{self._server_url}{asked.path}?{query}"
        answer = self._session.request(asked.method, url, headers=authorization, data=asked.body, timeout=30)
        return Answer(answer.status_code, answer.content)

    def __enter__(self) -> Self:
        folder = Path(self._folder.name)
        config, log = folder / "mastodon.toml", folder / "mastodon.log"
        config.write_text(self._config(), "utf-8")
        command = [sys.executable, "-m", "mastodon_mock", "serve", "--config", str(config), "--in-memory"]
        port = self._server_url.rpartition(":")[2]
        self._pid = processes.spawn([*command, "--port", port, "--log-level", "warning"], env={}, log=log)
        super().__enter__()
        try:
            self._wait(log)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        processes.end(self._pid, self._folder.name)
        self._session.close()
        self._folder.cleanup()

    def _config(self) -> str:
        lines = [f'domain = "{self.host}"', 'url_scheme = "https"']
        for person in self._people:
            named = {"username": person, "display_name": person.title(), "access_token": self.token(person)}
            lines += ["[[seed.accounts]]", *(f"{key} = {json.dumps(value)}" for key, value in named.items())]
        return "\n".join(lines)

    def _call(self, method: str, path: str, person: str = "", **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token(person)}"} if person else {}
        url = f"{self._server_url}/api/v1/{path}"
        answer = self._session.request(method, url, headers=headers, timeout=30, **more)
        if not answer.ok:
            raise TestbedError(f"The Mastodon stand-in answered {answer.status_code} to {method} {path}.")
        return answer.json()

    def _wait(self, log: Path) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline and processes.is_running(self._pid, self._folder.name):
            try:
                self._call("GET", "instance")
                return
            except requests.ConnectionError:
                time.sleep(0.05)
        raise TestbedError(f"mastodon-mock did not start: {' | '.join(log.read_text().splitlines()[-4:])}")
