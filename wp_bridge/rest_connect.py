"""Connecting to the REST API: is it there, does it take the password, may the user moderate."""

from __future__ import annotations

import re
from typing import Any

from wp_bridge import rest_plugin
from wp_bridge.addresses import host_of, keep_https
from wp_bridge.errors import ApplicationPasswordsOff, CredentialsRefused, NotABlog, NotAllowed
from wp_bridge.rest import RestBlog, read_me, require_moderator
from wp_bridge.rest_client import Json, NoData, RestClient, parse_json
from wp_bridge.site import find_language, site_from_index
from wp_bridge.transport import Answer, Transport, basic_auth

_INDEX_FIELDS = "name,home,url,gmt_offset,timezone_string,namespaces,authentication"


def connect_rest(transport: Transport, root: str, *, user: str, password: str) -> RestBlog:
    """The blog whose REST root this is.

    Raises NotABlog where the API is closed, ApplicationPasswordsOff, CredentialsRefused, NotAllowed.
    """
    auth = basic_auth(user, password)
    client = RestClient(transport, root, auth)
    index = read_index(transport, root)
    if index is None:
        # Some plugins close the whole API to strangers, the index too.
        index = _json_object(transport.get(root, auth=auth, params={"_fields": _INDEX_FIELDS}))
    if index is None or "wp/v2" not in _namespaces(index):
        raise NotABlog(_closed(root))
    if "application-passwords" not in (index.get("authentication") or ()):
        raise ApplicationPasswordsOff(
            f"{host_of(root)} has Application Passwords switched off, as WordPress does over plain http: "
            "use the blog's https address, have them switched on, or give the login password to use XML-RPC."
        )
    me = _read_me(client, root, password)
    require_moderator(me)
    home = keep_https(str(index.get("home") or index.get("url") or root), root)
    language = find_language(transport, home, otherwise=str(me.get("locale") or ""))
    site, zone = site_from_index(index, home=home, language=language)
    has_plugin = rest_plugin.NAMESPACE in _namespaces(index)
    return RestBlog(transport, client, me=me, site=site, zone=zone, has_plugin=has_plugin)


def read_index(transport: Transport, root: str) -> Json | None:
    """The API's own description, read as a stranger; None where there is none to be had."""
    return _json_object(transport.get(root, params={"_fields": _INDEX_FIELDS}))


def _json_object(answer: Answer) -> Json | None:
    data = parse_json(answer)
    return data if answer.status == 200 and isinstance(data, dict) else None


def _namespaces(index: Json) -> Any:
    namespaces = index.get("namespaces")
    return namespaces if isinstance(namespaces, list) else []


def _closed(root: str) -> str:
    return (
        f"{host_of(root)} is a WordPress, but answers with something else where its REST API should be: "
        "look for a security, login or maintenance plugin that closes the API, and let it through."
    )


def _read_me(client: RestClient, root: str, password: str) -> Json:
    try:
        return read_me(client)
    except CredentialsRefused:
        raise CredentialsRefused(_refused(root, password)) from None
    except (NoData, NotAllowed):
        # A wrong password is a 401 with a code; anything else comes from what stands in front of WordPress.
        raise NotABlog(_closed(root)) from None


def _refused(root: str, password: str) -> str:
    host = host_of(root)
    if not re.fullmatch(r"[A-Za-z0-9]{24}", re.sub(r"\s", "", password)):
        return (
            f"{host} does not accept this user and password, which is no Application Password by its looks; "
            "the one for logging in does not work here: make one under Users → Profile in WordPress."
        )
    return (
        f"{host} does not accept this user and Application Password: check the user name, make a new "
        "password under Users → Profile in WordPress, or let the web server pass the Authorization header."
    )
