"""Connecting to XML-RPC: is it there, does it take the password, may the user moderate."""

from __future__ import annotations

from typing import Any
from xmlrpc.client import Fault

from wordpress_xmlrpc.methods.options import GetOptions

from wp_bridge.addresses import host_of, keep_https
from wp_bridge.discovery import Found, find_xmlrpc
from wp_bridge.errors import BlogError, NotABlog
from wp_bridge.models import Site
from wp_bridge.rest_client import Json
from wp_bridge.rest_connect import read_index
from wp_bridge.site import find_language, site_from_index
from wp_bridge.transport import Transport
from wp_bridge.xmlrpc import XmlRpcBlog
from wp_bridge.xmlrpc_client import XmlRpcClient
from wp_bridge.xmlrpc_faults import error_from, read_me, require_moderator


def connect_xmlrpc(transport: Transport, found: Found, *, user: str, password: str) -> XmlRpcBlog:
    """The blog whose XML-RPC address was found.

    Raises NotABlog where XML-RPC is closed, CredentialsRefused, NotAllowed.
    """
    address = find_xmlrpc(transport, found)
    if address is None:
        raise NotABlog(
            f"{host_of(found.page)} has no XML-RPC to be found: use the REST API, or let xmlrpc.php through."
        )
    client = XmlRpcClient(transport, address, user=user, password=password)
    me = read_me(client)
    require_moderator(client, user)
    return XmlRpcBlog(transport, client, me=me, site=_site(transport, client, found))


def _site(transport: Transport, client: XmlRpcClient, found: Found) -> Site:
    options = _options(client)
    home = keep_https(options.get("home_url") or options.get("blog_url") or found.page, found.page)
    index = {
        "name": options.get("blog_title", ""),
        "gmt_offset": options.get("time_zone", "0"),
        "timezone_string": _timezone_name(transport, found),
    }
    return site_from_index(index, home=home, language=find_language(transport, home))[0]


def _options(client: XmlRpcClient) -> dict[str, str]:
    try:
        answer: Any = client.read(GetOptions(["blog_title", "home_url", "blog_url", "time_zone"]))
    except Fault as fault:
        raise error_from(client, fault) from None
    if not isinstance(answer, dict):
        raise client.odd()
    return {name: str(option.get("value", "")) for name, option in answer.items() if isinstance(option, dict)}


def _timezone_name(transport: Transport, found: Found) -> str:
    """The zone's name, which XML-RPC doesn't tell but the REST API tells everybody, where it is open."""
    if found.rest_root is None:
        return ""
    try:
        index: Json = read_index(transport, found.rest_root) or {}
    except BlogError:
        return ""
    return str(index.get("timezone_string") or "")
