"""Addresses of posts and people on Bluesky, as web pages and as the network's own names (at://…).

Their parts: https://atproto.com/specs/handle, https://atproto.com/specs/did, https://atproto.com/specs/record-key.
"""

from __future__ import annotations

import re

from service.domain.posts import NetworkName, PostAddress
from service.networks.web_addresses import HOST, LONGEST_ADDRESS, is_public_name, split_address

COLLECTION = "app.bsky.feed.post"
_DID = re.compile(rf"did:plc:[a-z2-7]{{24}}|did:web:{HOST}")
_KEY = re.compile(r"(?!\.{1,2}(?:/|$))[A-Za-z0-9._:~-]{1,64}")
_SITES = ("bsky.app", "www.bsky.app")
_POST_PAGE = re.compile(rf"/profile/([^/]+)/post/({_KEY.pattern})")
_PROFILE_PAGE = re.compile(r"/profile/([^/]+)")
_URI = re.compile(rf"at://([^/]+)/{re.escape(COLLECTION)}/({_KEY.pattern})")


def read_address(text: str) -> PostAddress | None:
    """The post that an address names; None for anything else."""
    text = text.strip(" ")
    match = _URI.fullmatch(text) if len(text) <= LONGEST_ADDRESS else None
    if match is None:
        match = _POST_PAGE.fullmatch(_page(text))
    return _make(match[1], match[2]) if match else None


def address_of(key: str) -> PostAddress:
    """The address again from "did:plc:abc/3kxyz" or "ana.example/3kxyz". Raises ValueError for what was never a key."""
    authority, _, post_id = key.partition("/")
    address = _make(authority, post_id) if _KEY.fullmatch(post_id) else None
    if address is None:
        raise ValueError(f"not a post on Bluesky: {key!r}")
    return address


def read_profile(text: str) -> str | None:
    """The handle whose profile page an address names: "ana.example"."""
    match = _PROFILE_PAGE.fullmatch(_page(text))
    handle = read_authority(match[1]) if match else None
    return None if handle is None or is_did(handle) else handle


def read_name(text: str) -> str | None:
    """The handle in "@ana.example". It has a dot, and no second @ as Mastodon's have."""
    name = text.strip(" ")
    handle = read_authority(name[1:]) if name.startswith("@") else None
    return None if handle is None or is_did(handle) else handle


def read_authority(text: str) -> str | None:
    """A DID, or a handle in small letters; None for anything else. A handle is a domain's name."""
    if _DID.fullmatch(text):
        return text
    handle = text.lower() if text.isascii() else ""
    return handle if is_public_name(handle) else None


def is_did(authority: str) -> bool:
    """Whether this is a DID rather than a handle."""
    return _DID.fullmatch(authority) is not None


def uri_of(did: str, post_id: str) -> str:
    """The network's own name of a post: "at://did:plc:abc/app.bsky.feed.post/3kxyz"."""
    return f"at://{did}/{COLLECTION}/{post_id}"


def page_of(authority: str, post_id: str) -> str:
    """The page that shows a post."""
    return f"https://bsky.app/profile/{authority}/post/{post_id}"


def _page(text: str) -> str:
    """The path of an address on Bluesky's site, "" for others."""
    place = split_address(text, needs_scheme=False)
    return place.path if place is not None and place.host in _SITES else ""


def _make(authority: str, post_id: str) -> PostAddress | None:
    known = read_authority(authority)
    if known is None:
        return None
    return PostAddress(
        network=NetworkName.BLUESKY,
        key=f"{known}/{post_id}",
        id=post_id,
        url=page_of(known, post_id),
        author=None if is_did(known) else known,
    )
