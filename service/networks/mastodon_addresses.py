"""Addresses of posts and people on Mastodon and what speaks like it: any server has them, so the shape decides."""

from __future__ import annotations

import re
from dataclasses import replace

from service.domain.posts import NetworkName, PostAddress
from service.networks.web_addresses import HOST, WebAddress, is_public_name, split_address

COUNTED_LINK = 23
_FLAGS = re.IGNORECASE | re.ASCII
_USER = r"[a-z0-9_](?:[a-z0-9_.-]{0,62}[a-z0-9_])?"
_ID = r"[0-9a-z]{1,64}"  # numbers on Mastodon, ULIDs on GoToSocial, letters and digits on Pleroma: opaque
_AUTHOR = rf"@(?P<user>{_USER})(?:@(?P<home>{HOST}))?"
_FORMS = tuple(
    re.compile(rf"(?:/deck|/web)?/{form}", _FLAGS)
    for form in (
        rf"{_AUTHOR}/(?P<id>(?=[a-z]*[0-9]){_ID})",  # without a digit it is a tab: /@ana/followers
        rf"{_AUTHOR}/statuses/(?P<id>{_ID})",  # GoToSocial
        rf"users/(?P<user>{_USER})/statuses/(?P<id>{_ID})",
        rf"ap/users/[0-9]{{1,32}}/statuses/(?P<id>{_ID})",  # Mastodon's own names of posts since 4.5
        rf"(?:statuses|notice|notes)/(?P<id>{_ID})",  # Mastodon's old pages, Pleroma, Misskey
    )
)
_PROFILES = tuple(re.compile(f"/{form}", _FLAGS) for form in (_AUTHOR, rf"users/(?P<user>{_USER})"))
_NAME = re.compile(rf"@({_USER})@({HOST})", _FLAGS)
COPY = "/copy"  # at the end of a key
_KEY = re.compile(rf"({HOST})/({_ID})", _FLAGS)
# Networks of their own, whose addresses look alike or whose names people put behind an @.
_ELSEWHERE = re.compile(r"(?:.*\.)?(?:x\.com|twitter\.com|t\.co|bsky\.app|bsky\.social)")


def is_copy(address: PostAddress) -> bool:
    """Whether an address is that of a copy on another server than its author's."""
    return address.key.endswith(COPY)


def is_server(host: str) -> bool:
    """Whether this can be a server's name: public, in small letters, and not another network's."""
    return is_public_name(host) and not _ELSEWHERE.fullmatch(host)


def read_address(text: str) -> PostAddress | None:
    """The post that an address names; None for anything else."""
    place = split_address(text)
    if place is None or not is_server(place.host):
        return None
    match = next(filter(None, (form.fullmatch(place.path) for form in _FORMS)), None)
    if match is None:
        return None
    author = _author(match, place)
    return None if author == "" else make_address(place.host, match["id"], author=author, path=place.path)


def address_of(key: str) -> PostAddress:
    """The address again from "mastodon.example/113". Raises ValueError for what was never a key."""
    match = _KEY.fullmatch(key.removesuffix(COPY))
    if match is None or not is_server(match[1]):
        raise ValueError(f"not a post on Mastodon: {key!r}")
    # Mastodon leads from here to the post's page.
    address = make_address(match[1], match[2], author=None, path=f"/web/statuses/{match[2]}")
    return replace(address, key=key)


def make_address(host: str, post_id: str, *, author: str | None, path: str = "") -> PostAddress:
    """An address in its one spelling; in `path`, the one it came in, where nothing tells the author."""
    if author is not None:
        user = author.removesuffix(f"@{host}")
        path = f"/@{user}/{post_id}" if post_id.isdecimal() else f"/@{user}/statuses/{post_id}"
    return PostAddress(
        network=NetworkName.MASTODON,
        key=f"{host}/{post_id}{COPY if author and not author.endswith(f'@{host}') else ''}",
        id=post_id,
        url=f"https://{host}{path}",
        author=author,
    )


def read_profile(text: str) -> str | None:
    """The handle whose profile page an address names: "ana@mastodon.example"."""
    place = split_address(text)
    if place is None or not is_server(place.host):
        return None
    match = next(filter(None, (form.fullmatch(place.path) for form in _PROFILES)), None)
    return (_author(match, place) or None) if match else None


def read_name(text: str) -> str | None:
    """The handle in "@ana@mastodon.example". Without the first @ it would be an e-mail address."""
    match = _NAME.fullmatch(text.strip(" "))
    return f"{match[1]}@{match[2]}".lower() if match and is_server(match[2].lower()) else None


def shorten_as_counted(text: str) -> str:
    """A text in which everything is as long as Mastodon counts it: links 23 signs, handles without their server."""
    with_short_links = re.sub(r"https?://\S+", "x" * COUNTED_LINK, text)
    return re.sub(rf"@({_USER})@{HOST}", r"@\1", with_short_links, flags=_FLAGS)


def _author(match: re.Match[str], place: WebAddress) -> str | None:
    """The handle that an address tells; None where it has none, "" where it can't be anybody's."""
    named = match.groupdict()
    if not named.get("user"):
        return None
    home = (named.get("home") or place.host).lower()
    return f"{named['user']}@{home}".lower() if is_server(home) else ""
