"""Choosing the API and connecting through it."""

from __future__ import annotations

from typing import Literal

from wp_bridge.addresses import host_of
from wp_bridge.blog import Blog
from wp_bridge.discovery import Found, discover
from wp_bridge.errors import ApplicationPasswordsOff, BlogError, CredentialsRefused, NotABlog
from wp_bridge.rest_connect import connect_rest
from wp_bridge.transport import Transport
from wp_bridge.xmlrpc_connect import connect_xmlrpc

Api = Literal["auto", "rest", "xmlrpc"]

DEFAULT_TIMEOUT = 30.0  # seconds
DEFAULT_MAX_BYTES = 32 * 1024 * 1024
DEFAULT_USER_AGENT = "wp_bridge"


def connect(
    url: str,
    *,
    user: str,
    password: str,
    api: Api = "auto",
    timeout: float = DEFAULT_TIMEOUT,
    max_bytes: int = DEFAULT_MAX_BYTES,
    user_agent: str = DEFAULT_USER_AGENT,
) -> Blog:
    """Connect to the blog at `url`, any of its addresses, as a moderator.

    `timeout` is in seconds, for one request with its repetitions; `max_bytes` limits one answer. "auto" takes
    the REST API, and XML-RPC where REST is closed or the blog ignores Application Passwords.

    Raises NotABlog, CredentialsRefused, NotAllowed (the user may not moderate), BlogUnreachable, BlogBusy.
    """
    if api not in ("auto", "rest", "xmlrpc"):
        raise ValueError(f"api is auto, rest or xmlrpc, not {api!r}")
    transport = Transport(timeout=timeout, max_bytes=max_bytes, user_agent=user_agent)
    try:
        found = discover(transport, url)
        if api == "rest":
            return _by_rest(transport, found, user, password)
        if api == "xmlrpc":
            return connect_xmlrpc(transport, found, user=user, password=password)
        return _by_either(transport, found, user, password)
    except BaseException:
        transport.close()
        raise


def _by_rest(transport: Transport, found: Found, user: str, password: str) -> Blog:
    if found.rest_root is None:
        raise NotABlog(f"{host_of(found.page)} has its REST API switched off: switch it on, or connect by XML-RPC.")
    return connect_rest(transport, found.rest_root, user=user, password=password)


def _by_either(transport: Transport, found: Found, user: str, password: str) -> Blog:
    try:
        return _by_rest(transport, found, user, password)
    except (NotABlog, ApplicationPasswordsOff) as error:
        rest_error: BlogError = error
    # A password that REST refused isn't tried again: plugins that count failed logins would lock the account.
    try:
        return connect_xmlrpc(transport, found, user=user, password=password)
    except NotABlog as error:
        raise rest_error from error
    except CredentialsRefused as error:
        raise (rest_error if isinstance(rest_error, ApplicationPasswordsOff) else error) from error
