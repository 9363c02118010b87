"""HTTP with an end: every request stops at its deadline and its size limit, and failures are `BlogError`s."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3.exceptions import HTTPError, InvalidHeader
from urllib3.util.retry import Retry

from wp_bridge.addresses import host_of
from wp_bridge.deadline import Deadline, DeadlineAdapter
from wp_bridge.errors import BlogBusy, BlogError, BlogUnreachable

_TRIES = 3
_FIRST_PAUSE = 0.25  # seconds; doubles
_LONGEST_PAUSE = 3.0  # seconds; a blog that asks for more is answered with BlogBusy
_CHUNK = 64 * 1024
_WORTH_REPEATING = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, read to its end. Its repr holds no content."""

    status: int
    url: str
    headers: Mapping[str, str] = field(repr=False)  # names in any case
    body: bytes = field(repr=False)

    @property
    def is_html(self) -> bool:
        """Whether this is a page for people, by its type or by how it begins."""
        start = self.body[:300].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
        return start.startswith((b"<!doctype html", b"<html")) or (
            self.headers.get("Content-Type", "").startswith("text/html")
            and not start.startswith((b"{", b"[", b"<?xml"))
        )


class TooBig(BlogUnreachable):
    """An answer went over the size limit; a smaller question may get a smaller one."""


class _NoAuth(AuthBase):
    """Keeps requests from sending what it finds for the host in a .netrc file."""

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        return r


def basic_auth(user: str, password: str) -> AuthBase:
    """HTTP Basic in UTF-8; requests itself would fail on what isn't Latin-1."""
    return HTTPBasicAuth(user.encode(), password.encode())


class Transport:
    """The connections to one blog. May be used by several threads.

    `timeout` is for one request with its repetitions, in seconds; `max_bytes` for one unpacked answer.
    Redirects are never followed here.
    """

    def __init__(self, *, timeout: float, max_bytes: int, user_agent: str) -> None:
        self.timeout = timeout
        self.max_bytes = max_bytes
        self.clock: datetime | None = None
        self._session = requests.Session()
        self._session.headers["User-Agent"] = user_agent
        # A blog's cookies would only mix the requests with each other.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = DeadlineAdapter()
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def get(self, url: str, *, auth: AuthBase | None = None, params: Mapping[str, str] | None = None) -> Answer:
        """Read, repeated a few times while that may help. Raises BlogBusy and BlogUnreachable."""
        answer = self._repeat(lambda deadline: self._once("GET", url, deadline, auth=auth, params=params))
        raise_for_trouble(answer)
        return answer

    def head(self, url: str) -> Answer:
        """The headers only; any status is an answer."""
        return self._repeat(lambda deadline: self._once("HEAD", url, deadline))

    def post(
        self, url: str, body: bytes, *, content_type: str, auth: AuthBase | None = None, is_read: bool = False
    ) -> Answer:
        """Send once, or a few times when `is_read` says that it changes nothing. Any status is an answer."""

        def send(deadline: Deadline) -> Answer:
            return self._once("POST", url, deadline, auth=auth, body=body, content_type=content_type)

        return self._repeat(send, tries=_TRIES if is_read else 1)

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def _repeat(self, send: Callable[[Deadline], Answer], tries: int = _TRIES) -> Answer:
        # Not urllib3's own repetition: that reads a refused answer to its end without any limit, sleeps for
        # as long as Retry-After says, and doesn't notice an answer that breaks off half-way.
        pause = _FIRST_PAUSE
        with Deadline(self.timeout) as deadline:
            for left in range(tries - 1, -1, -1):
                try:
                    answer = send(deadline)
                except TooBig:
                    raise
                except BlogUnreachable:
                    if not left or not deadline.allows(pause):
                        raise
                    wait = pause
                else:
                    asked = retry_after(answer)
                    wait = pause if asked is None else asked
                    if answer.status not in _WORTH_REPEATING or wait > _LONGEST_PAUSE:
                        return answer
                    if not left or not deadline.allows(wait):
                        return answer
                time.sleep(wait)
                pause *= 2
        raise AssertionError("the last try returns or raises")

    def _once(
        self,
        method: str,
        url: str,
        deadline: Deadline,
        *,
        auth: AuthBase | None = None,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        content_type: str | None = None,
    ) -> Answer:
        try:
            with self._session.request(
                method,
                url,
                params=params,
                data=body,
                headers={"Content-Type": content_type} if content_type else {},
                auth=auth or _NoAuth(),
                timeout=(min(10.0, self.timeout / 2), deadline.seconds_left()),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = self._read(response, deadline)
        except BlogError:
            raise
        except (requests.RequestException, HTTPError, HTTPException, OSError, UnicodeError) as error:
            raise self._unreachable(url, error, deadline) from None
        self._note_time(response.headers.get("Date"))
        return Answer(response.status_code, url, response.headers, content)

    def _read(self, response: requests.Response, deadline: Deadline) -> bytes:
        content = bytearray()
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            content += chunk
            if len(content) > self.max_bytes:
                raise TooBig(
                    f"{host_of(response.url)} sent more than {self.max_bytes // 1024} KiB in one answer, "
                    "which is too much to be right: check what answers there."
                )
            if deadline.is_over():
                raise TimeoutError
        if deadline.is_over():
            raise TimeoutError
        return bytes(content)

    def _unreachable(self, url: str, error: Exception, deadline: Deadline) -> BlogUnreachable:
        """The failure in words of our own: the library's may quote the request."""
        host = host_of(url)
        if deadline.is_over() or isinstance(error, requests.Timeout):
            return BlogUnreachable(f"{host} took too long (more than {self.timeout:g} s at most): try again later.")
        if isinstance(error, requests.exceptions.SSLError):
            return BlogUnreachable(f"{host} has no valid https certificate: have it renewed, or check the address.")
        if isinstance(error, requests.ConnectionError):
            return BlogUnreachable(f"{host} does not answer: check the address and whether the blog is up.")
        return BlogUnreachable(f"{host} broke off in the middle of its answer: try again later.")

    def _note_time(self, date: str | None) -> None:
        try:
            told = parsedate_to_datetime(date) if date else None
        except ValueError:
            return
        if told is not None:
            self.clock = told.replace(tzinfo=told.tzinfo or UTC).astimezone(UTC)


def retry_after(answer: Answer) -> float | None:
    """The pause in seconds that the answer asks for, whether it says seconds or a date (RFC 9110, 10.2.3)."""
    value = answer.headers.get("Retry-After")
    if not value:
        return None
    try:
        seconds = Retry().parse_retry_after(value)
    except (InvalidHeader, ValueError, OverflowError):
        return None
    return float(seconds) if math.isfinite(seconds) else None


def what_came(answer: Answer) -> str:
    """A sentence about an answer that should have been data."""
    host = host_of(answer.url)
    if 300 <= answer.status < 400:
        return f"{host} sends its API elsewhere (status {answer.status}): connect with the address it moved to."
    what = "a page" if answer.is_html else "something"
    return f"{host} answered with {what} instead of data (status {answer.status}): try again later."


def raise_for_trouble(answer: Answer) -> None:
    """Raise BlogBusy for 429 and 503, BlogUnreachable for the other 5xx."""
    host = host_of(answer.url)
    if answer.status in (429, 503):
        pause = retry_after(answer)
        when = "later" if pause is None else f"in {math.ceil(pause)} s"
        raise BlogBusy(f"{host} asks for a pause (status {answer.status}): try again {when}.", retry_after=pause)
    if answer.status >= 500:
        raise BlogUnreachable(f"{host} had an error of its own (status {answer.status}): try again later.")
