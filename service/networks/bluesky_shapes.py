"""What a post view of Bluesky says, as evidence.

Formats: the lexicons app.bsky.feed.defs#postView, app.bsky.feed.post and app.bsky.richtext.facet
(https://docs.bsky.app/docs/advanced-guides/post-richtext).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from service.domain.links import fold_handle, fold_tag
from service.domain.posts import MOST_LINKS, Evidence, NetworkName, PostKind
from service.networks.bluesky_addresses import COLLECTION, is_did, page_of, read_address, read_authority
from service.networks.shapes import (
    LONGEST_TEXT,
    BadShape,
    as_list,
    as_object,
    as_text,
    as_time,
    as_web_link,
    clip_name,
    hash_text,
    keep_few,
)

# An app's clock and the way to the index explain so much; more, and the index is believed.
_CLAIM_SLACK = timedelta(seconds=60)
_LOGGED_IN_ONLY = "!no-unauthenticated"
_FACET = "app.bsky.richtext.facet#"


def read_post(view: Mapping[str, Any], *, now: datetime) -> Evidence:
    """The evidence in a post view. Raises BadShape."""
    uri, author = as_text(view.get("uri")), as_object(view.get("author"))
    address = read_address(uri)
    did = as_text(author.get("did"))
    if address is None or not is_did(did) or address.key != f"{did}/{address.id}":
        raise BadShape("a post without its author's DID")
    record = as_object(view.get("record"))
    text = as_text(record.get("text"), longest=LONGEST_TEXT)
    links, tags, mentions = _links(view, record), _tags(record), list(_mentions(record, text))
    return Evidence(
        network=NetworkName.BLUESKY,
        entry=f"bluesky:{address.key}",
        url=page_of(did, address.id),
        author_id=did,
        author_handle=_handle(author, did),
        author_name=_name(author, did),
        posted_at=_posted_at(view, record, now),
        kind=_kind(record),
        links=keep_few(links),
        hashtags=keep_few(tags),
        mentions=keep_few(mentions),
        is_partial=any(len(set(found)) > MOST_LINKS for found in (links, tags, mentions)),
        text_hash=hash_text(text),
        source="bluesky.api",
        checked_at=now,
    )


def uri_in(view: Any) -> str:
    """The name of the post in a view. Raises BadShape."""
    return as_text(as_object(view).get("uri"))


def _handle(author: Mapping[str, Any], did: str) -> str:
    """The handle; the DID where the handle is broken ("handle.invalid"), so that two such people stay two."""
    handle = read_authority(as_text(author.get("handle")))
    return did if handle is None or is_did(handle) else handle


def _name(author: Mapping[str, Any], did: str) -> str:
    """What the author is called, but "" for those who asked to be shown to nobody who isn't logged in.

    A label of the author's own says so. The post still counts; their name just isn't for our public pages.
    """
    labels = [as_object(label) for label in as_list(author.get("labels") or [])]
    if any(label.get("val") == _LOGGED_IN_ONLY and label.get("src") == did for label in labels):
        return ""
    return clip_name(author.get("displayName")) or clip_name(author.get("handle"))


def _posted_at(view: Mapping[str, Any], record: Mapping[str, Any], now: datetime) -> datetime:
    """When the index saw the post; what the author's app claims only counts within a minute before that."""
    indexed = as_time(view.get("indexedAt"), now=now)
    try:
        claimed = as_time(record.get("createdAt"), now=now)
    except BadShape:  # it is the author's to write, whatever they please
        return indexed
    return claimed if indexed - _CLAIM_SLACK <= claimed < indexed else indexed


def _kind(record: Mapping[str, Any]) -> PostKind:
    if record.get("reply") is not None:
        return PostKind.REPLY
    return PostKind.QUOTE if f"/{COLLECTION}/" in _quoted(record) else PostKind.POST


def _quoted(record: Mapping[str, Any]) -> str:
    """The name of what a post quotes: a post, but also a feed or a list. A quote with pictures nests it once more."""
    embed = as_object(record.get("embed") or {})
    inner = as_object(embed.get("record") or {})
    inner = inner if "uri" in inner else as_object(inner.get("record") or {})
    return as_text(inner.get("uri") or "")


def _links(view: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """Where links in the text and cards lead. The text itself shows them shortened."""
    found = [feature.get("uri") for kind, feature, _ in _features(record) if kind == "link"]
    found += [card.get("uri") for owner in (record, view) for card in _cards(owner)]
    return [link for link in map(as_web_link, found) if link]


def _cards(owner: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    embed = as_object(owner.get("embed") or {})
    media = as_object(embed.get("media") or {})
    for holder in (embed, media):
        if holder.get("external") is not None:
            yield as_object(holder.get("external"))


def _tags(record: Mapping[str, Any]) -> list[str]:
    found = [as_text(feature.get("tag")) for kind, feature, _ in _features(record) if kind == "tag"]
    return [fold_tag(tag) for tag in (*found, *map(as_text, as_list(record.get("tags") or [])))]


def _mentions(record: Mapping[str, Any], text: str) -> Iterator[str]:
    """The DID of everybody mentioned, which is sure, and the handle that the text shows, which people ask for."""
    raw = text.encode("utf-8")
    for kind, feature, index in _features(record):
        if kind == "mention":
            yield as_text(feature.get("did"))
            start, end = (index.get(name) for name in ("byteStart", "byteEnd"))
            if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(raw):
                shown = raw[start:end].decode("utf-8", "replace")
                yield read_authority(fold_handle(shown)) or ""


def _features(record: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """What stands out in the text: "link", "tag" or "mention", what it is, and where (in bytes of UTF-8)."""
    for facet in map(as_object, as_list(record.get("facets") or [])):
        for feature in map(as_object, as_list(facet.get("features"))):
            kind = as_text(feature.get("$type"))
            yield kind.removeprefix(_FACET), feature, as_object(facet.get("index"))
