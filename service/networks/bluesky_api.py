"""Speaks with Bluesky: its public index for everybody's posts, and its entrance where a login is needed.

Hosts: https://docs.bsky.app/docs/advanced-guides/api-directory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.networks.asking import Asker
from service.networks.http import HttpAnswer
from service.networks.shapes import BadShape, as_object, as_text
from service.usecases.ports import NetworkProblem

PUBLIC_HOST = "public.api.bsky.app"
LOGIN_HOST = "bsky.social"
NO_LOGIN = (
    "Bluesky lets nobody search without a login: set BLUESKY_HANDLE and BLUESKY_APP_PASSWORD "
    "(an app password is made in Bluesky, under Settings, Privacy and security)."
)


class BlueskyApi:
    """Questions to Bluesky ("app.bsky.feed.getPosts"), with the login where there is one and it is asked for."""

    def __init__(self, asker: Asker, *, handle: str, app_password: str) -> None:
        self._asker = asker
        self._handle = handle.strip().removeprefix("@")
        self._app_password = app_password
        self._token = ""

    @property
    def has_login(self) -> bool:
        """Whether a handle and an app password were given."""
        return bool(self._handle and self._app_password)

    def ask(self, name: str, params: Sequence[tuple[str, str]]) -> HttpAnswer:
        """What the public index answers."""
        return self._asker.get(PUBLIC_HOST, f"/xrpc/{name}", params=params)

    def ask_as_member(self, name: str, params: Sequence[tuple[str, str]]) -> HttpAnswer:
        """What a logged-in person is answered. A login that has run out is made anew, once."""
        is_fresh = not self._token
        if is_fresh:
            self.log_in()
        answer = self._asker.get(LOGIN_HOST, f"/xrpc/{name}", params=params, token=self._token)
        if not is_login_over(answer) or is_fresh:
            return answer
        self.log_in()
        return self._asker.get(LOGIN_HOST, f"/xrpc/{name}", params=params, token=self._token)

    def log_in(self) -> None:
        """Get a token, which is kept in memory and nowhere else. Raises NetworkProblem where the login is refused."""
        body = {"identifier": self._handle, "password": self._app_password}
        answer = self._asker.post(LOGIN_HOST, "/xrpc/com.atproto.server.createSession", body=body)
        if answer.status in (400, 401, 403):
            raise problem(
                f"Bluesky refuses the login of {self._handle}: make a new app password there and set "
                "BLUESKY_APP_PASSWORD; the account's own password doesn't do.",
                code="key_refused",
                permanent=True,
            )
        if answer.status != 200:
            raise problem(f"Bluesky's login doesn't answer (it said {answer.status}).", code="bad_answer")
        try:
            self._token = as_text(as_object(answer.json()).get("accessJwt"), longest=10_000)
        except BadShape as error:
            raise problem("Bluesky's login gave no token.", code="bad_answer") from error


def problem(message: str, *, code: str, permanent: bool = False, host: str = LOGIN_HOST) -> NetworkProblem:
    """A problem of Bluesky's."""
    return NetworkProblem(message, code=code, host=host, permanent=permanent)


def is_login_over(answer: HttpAnswer) -> bool:
    """Whether the token isn't taken any more: servers say so with 401, or with 400 and a name."""
    return answer.status == 401 or (answer.status == 400 and error_name(answer) in ("ExpiredToken", "InvalidToken"))


def error_name(answer: HttpAnswer) -> str:
    """The name that an error has on this network: "InvalidRequest"; "" where there is none."""
    try:
        name: Any = as_object(answer.json()).get("error")
    except (BadShape, NetworkProblem):
        return ""
    return name if isinstance(name, str) else ""
