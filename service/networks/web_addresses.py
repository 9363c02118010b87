"""What a web address typed by a stranger is made of, as far as the networks need it. Nothing is fetched here."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_ADDRESS = 2000
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label is letters or punycode, so neither an IP address nor a number in any base is a name.
HOST = rf"(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,59}})"
_LONGEST_HOST = 253
_HOST = re.compile(HOST)
# Names that never lead to a server on the public internet (RFC 6761, 6762, 7686, 8375, and usual names at home).
_NOT_PUBLIC = re.compile(
    r"(?:.*\.)?(?:local|localhost|localdomain|internal|intranet|private|corp|home|lan|onion|i2p|alt|invalid|arpa)"
)
_ADDRESS = re.compile(r"(?:(https?)://)?([^/?#@:\\]+)(/[^?#]*)?(?:[?#].*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A host in small letters, and the path without a closing slash: ("mastodon.example", "/@ana/113")."""

    host: str
    path: str


def split_address(text: str, *, needs_scheme: bool = True) -> WebAddress | None:
    """Host and path of an http(s) address; None for anything that no honest person would paste.

    That is: a port, user information, an IP address, letters outside ASCII in the host, blanks, backslashes, control
    characters, more than 2,000 characters. `needs_scheme=False` takes "bsky.app/profile/…" too.
    """
    text = text.strip(" ")
    if len(text) > LONGEST_ADDRESS or not text.isprintable() or " " in text or "\\" in text:
        return None
    match = _ADDRESS.fullmatch(text)
    if match is None or (needs_scheme and match[1] is None):
        return None
    if not match[2].isascii():  # before it is made small: the sign for kelvin would become a k
        return None
    host, path = match[2].lower(), match[3] or ""
    return WebAddress(host, _plain(path)) if is_public_name(host) else None


def is_public_name(host: str) -> bool:
    """Whether this can be a server's name on the public internet: "mastodon.example"."""
    if len(host) > _LONGEST_HOST or not host.isascii():
        return False
    return bool(_HOST.fullmatch(host)) and not _NOT_PUBLIC.fullmatch(host)


def _plain(path: str) -> str:
    """Some apps percent-encode the two signs that handles and DIDs are written with."""
    return re.sub("%40", "@", re.sub("%3a", ":", path, flags=re.IGNORECASE)).rstrip("/")
