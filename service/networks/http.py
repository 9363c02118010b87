"""HTTP with the social networks: https to hosts that are allowed, with an end in time and size, and no redirects.

Whatever a stranger typed may become a request to a Mastodon server, so nothing here leads into one's own network:
`dialling` checks where a name leads, and an answer that sends one elsewhere is only an answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

from service.networks.dialling import Dialler, PublicAdapter
from service.networks.web_addresses import is_public_name
from service.usecases.ports import NetworkProblem
from wp_bridge.deadline import Deadline, DeadlineAdapter

_CHUNK = 64 * 1024
_PATH = re.compile(r"(?:/[!-\[\]-~]*)?")  # printable ASCII without blanks and backslashes

Params = Mapping[str, str | Sequence[str]] | Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """One answer, read to its end. `headers` can be read in any case; `host` is who was asked."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    host: str = ""

    def json(self) -> Any:
        """The body as JSON. Raises NetworkProblem ("bad_answer")."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise NetworkProblem(
                f"{self.host} answered with something that isn't data (status {self.status}).",
                code="bad_answer",
                host=self.host,
            ) from None


class Http:
    """The connections to all networks. May be used by several threads.

    `timeout` is for one request from beginning to end, in seconds; `max_bytes` for one unpacked answer. `origins` maps
    a host to an origin that stands in for it, "publish.x.com" to "http://127.0.0.1:8123": see `origins`.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        timeout: float = 20.0,
        max_bytes: int = 2_000_000,
        origins: Mapping[str, str] | None = None,
        dialler: Dialler | None = None,
    ) -> None:
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._origins = dict(origins or {})
        self._public = _session(user_agent, {"https://": _ToPublic(dialler or Dialler())})
        self._stand_ins = _session(user_agent, {"http://": _ToStandIn(), "https://": _ToStandIn()})

    def get(
        self,
        url: str,
        *,
        hosts: Collection[str] | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """Ask once; any status is an answer. Raises NetworkProblem.

        `hosts` are the only ones that may be asked; None: any with a public address.
        """
        return self._send("GET", url, hosts, params=params, headers=dict(headers or {}))

    def post_json(
        self,
        url: str,
        body: Mapping[str, Any],
        *,
        hosts: Collection[str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """Send once; any status is an answer. Raises NetworkProblem."""
        return self._send("POST", url, hosts, json=dict(body), headers=dict(headers or {}))

    def close(self) -> None:
        """Let go of the connections."""
        self._public.close()
        self._stand_ins.close()

    def _send(self, method: str, url: str, hosts: Collection[str] | None, **what: Any) -> HttpAnswer:
        host, rest = _checked(url, hosts)
        what["headers"]["Host"] = host  # also where another origin stands in for it
        session = self._stand_ins if host in self._origins else self._public
        with Deadline(self._timeout) as deadline:
            try:
                with session.request(
                    method,
                    self._origins.get(host, f"https://{host}") + rest,
                    timeout=(deadline.seconds_left(), deadline.seconds_left()),
                    allow_redirects=False,
                    stream=True,
                    **what,
                ) as response:
                    body = self._read(response, host, deadline)
            except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
                raise self._failure(host, error, deadline) from None
        return HttpAnswer(response.status_code, CaseInsensitiveDict(response.headers), body, host)

    def _read(self, response: requests.Response, host: str, deadline: Deadline) -> bytes:
        content = bytearray()
        while chunk := response.raw.read(_CHUNK, decode_content=True):
            content += chunk
            if len(content) > self._max_bytes:
                raise NetworkProblem(
                    f"{host} sent more than {self._max_bytes // 1000} kB in one answer, too much to be right.",
                    code="too_big",
                    host=host,
                )
            if deadline.is_over():
                raise TimeoutError
        if deadline.is_over():
            raise TimeoutError
        return bytes(content)

    def _failure(self, host: str, error: Exception, deadline: Deadline) -> NetworkProblem:
        """The failure in words of our own: the library's may quote the request."""
        if deadline.is_over() or isinstance(error, requests.Timeout | TimeoutError):
            return NetworkProblem(f"{host} took longer than {self._timeout:g} s.", code="too_slow", host=host)
        if isinstance(error, requests.exceptions.InvalidHeader | UnicodeEncodeError):
            text = f"The key for {host} has a sign in it that no key has: copy it again."
            return NetworkProblem(text, code="key_refused", host=host, permanent=True)
        if isinstance(error, requests.exceptions.SSLError):
            text = f"{host} has no valid https certificate."
        elif isinstance(error, requests.ConnectionError):
            text = f"{host} can't be reached."
        else:
            text = f"{host} broke off in the middle of its answer."
        return NetworkProblem(text, code="unreachable", host=host)


class _Session(requests.Session):
    """Never looks at where an answer sends one: requests would read the body of a redirect first, without a limit."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class _WithoutCookies(HTTPAdapter):
    """Takes cookies out of an answer: telling which to refuse takes Python seconds where there are many long ones."""

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        headers = getattr(getattr(resp, "_original_response", None), "msg", None)
        if headers is not None:
            for name in ("Set-Cookie", "Set-Cookie2"):
                del headers[name]
        return super().build_response(req, resp)


class _ToPublic(_WithoutCookies, PublicAdapter):
    pass


class _ToStandIn(_WithoutCookies, DeadlineAdapter):
    pass


def _session(user_agent: str, adapters: Mapping[str, HTTPAdapter]) -> requests.Session:
    session = _Session()
    session.trust_env = False  # neither proxies nor .netrc
    session.headers["User-Agent"] = user_agent
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.adapters.clear()
    for prefix, adapter in adapters.items():
        session.mount(prefix, adapter)
    return session


def _checked(url: str, hosts: Collection[str] | None) -> tuple[str, str]:
    """The host, and path with query, of an address that may be asked. Raises NetworkProblem ("host_refused")."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused("") from None
    host = parts.netloc.removesuffix(":443")
    rest = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    is_plain = parts.scheme == "https" and port in (None, 443) and bool(_PATH.fullmatch(rest))
    if not (url.isprintable() and is_plain and is_public_name(host)) or (hosts is not None and host not in hosts):
        raise _refused(host if is_public_name(host) else "")
    return host, rest


def _refused(host: str) -> NetworkProblem:
    named = f"{host} isn't a server" if host else "This isn't the address of a server"
    return NetworkProblem(f"{named} that may be asked here.", code="host_refused", host=host, permanent=True)
