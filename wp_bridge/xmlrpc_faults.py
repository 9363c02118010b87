"""What an XML-RPC fault means.

WordPress answers a wrong password, a duplicate, a flood, closed comments and a plugin's refusal all with 403
and a text in the blog's language. Two of them are told by asking again (who am I, is the post open), the
others by their text.
"""

from __future__ import annotations

import html
from typing import Any
from xmlrpc.client import Fault

from wordpress_xmlrpc.methods.comments import GetComments
from wordpress_xmlrpc.methods.users import GetProfile

from wp_bridge.blog import Blog
from wp_bridge.errors import (
    TOO_OLD,
    BlogError,
    BlogUnreachable,
    CommentFlood,
    CommentRefused,
    CommentsClosed,
    CredentialsRefused,
    DuplicateComment,
    NotABlog,
    NotAllowed,
    NotFound,
)
from wp_bridge.text import is_same_wording, plain
from wp_bridge.xmlrpc_client import XmlRpcClient

_FLOOD = ("too quickly", "trop rapide")
_DUPLICATE = ("duplicate", "already said", "doublon", "déjà envoyé")
_CLOSED = ("comments are closed", "commentaires sont fermés")


def read_me(client: XmlRpcClient) -> Any:
    """The connected user's profile. Raises CredentialsRefused."""
    try:
        return client.read(GetProfile())
    except Fault as fault:
        if fault.faultCode == 403:  # nothing else is refused so here
            raise CredentialsRefused(
                f"{client.host} does not accept this user and password by XML-RPC: check both, "
                "or make an Application Password under Users → Profile in WordPress."
            ) from None
        raise _by_number(client, fault) from None


def require_moderator(client: XmlRpcClient, name: str) -> None:
    """Raise NotAllowed when the user may not moderate: only moderators may list what is held."""
    try:
        client.read(GetComments({"status": "hold", "number": 1}))
    except Fault as fault:
        if fault.faultCode == 401:
            raise NotAllowed(
                f"{name} may not moderate comments on this blog: use an editor's or administrator's account."
            ) from None
        raise error_from(client, fault) from None


def error_from(client: XmlRpcClient, fault: Fault) -> BlogError:
    """The error that a fault means, wherever it came up."""
    if fault.faultCode == 403:
        try:
            read_me(client)
        except CredentialsRefused as error:
            return error
    return _by_number(client, fault)


def _by_number(client: XmlRpcClient, fault: Fault) -> BlogError:
    host = client.host
    match fault.faultCode:
        case 401 | 403:
            return NotAllowed(f"{host} doesn't let this account do that: use an editor's or administrator's.")
        case 404:
            return NotFound("There is no such post or comment on the blog: check its number or address.")
        case 405:
            return NotABlog(f"{host} has XML-RPC switched off: have it switched on, or use the REST API.")
        case 500 | -32300 | -32400 | -32500:
            return BlogUnreachable(f"{host} had an error of its own (fault {fault.faultCode}): try again later.")
    return BlogError(f"{host} refuses this (fault {fault.faultCode}): look for a plugin that changes XML-RPC.")


def refusal_of_comment(
    blog: Blog, client: XmlRpcClient, fault: Fault, *, post_id: int, text: str, parent_id: int
) -> BlogError:
    """The error for a fault of wp.newComment."""
    error = error_from(client, fault)
    if fault.faultCode != 403 or isinstance(error, CredentialsRefused):
        return error
    said = html.unescape(str(fault.faultString)).casefold()
    if _says(said, _FLOOD):
        return CommentFlood("WordPress wants a pause between two comments: try again in 15 seconds.")
    if _says(said, _DUPLICATE):
        return _duplicate()
    if not blog.post(post_id).comments_open:
        return CommentsClosed("Comments are closed on this post: open them in its Discussion settings.")
    if _says(said, _CLOSED):
        return CommentsClosed(TOO_OLD)
    if _stands_there(blog, post_id, text, parent_id):
        return _duplicate()
    return CommentRefused(f"WordPress refuses the comment: {plain(str(fault.faultString))[:200]}")


def _says(said: str, words: tuple[str, ...]) -> bool:
    return any(word in said for word in words)


def _duplicate() -> DuplicateComment:
    return DuplicateComment("The same comment by the same author stands there already: change its words.")


def _stands_there(blog: Blog, post_id: int, text: str, parent_id: int) -> bool:
    return any(
        comment.author_id == blog.me.id
        and comment.parent_id == parent_id
        and comment.status != "trash"
        and is_same_wording(comment.content, text)
        for page in blog.comments(post_id)
        for comment in page
    )
