"""Connecting to XML-RPC."""

from __future__ import annotations

from wp_bridge.blog import Blog
from wp_bridge.discovery import Found
from wp_bridge.errors import NotABlog
from wp_bridge.transport import Transport


def connect_xmlrpc(transport: Transport, found: Found, *, user: str, password: str) -> Blog:
    """The blog whose XML-RPC address was found."""
    raise NotABlog("XML-RPC is not built yet.")
