"""Reads posts as X's API gives them, in the vocabulary of "tweets" or the newer one of "posts".

Fields: https://docs.x.com/x-api/fundamentals/data-dictionary. Which of the two words comes back follows the request,
but X has mixed them, so each is looked for.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.domain.links import fold_tag
from service.domain.posts import MOST_LINKS, Evidence, NetworkName, PostKind, Sight
from service.networks.shapes import (
    LONGEST_TEXT,
    BadShape,
    NotSeen,
    as_list,
    as_object,
    as_text,
    as_time,
    as_web_link,
    clip_name,
    hash_text,
    keep_few,
)
from service.networks.x_addresses import latest_time_of, leads_to, read_address, read_handle, time_of, url_of

SOURCE = "x.api"
_SHORT = re.compile(r"https?://t\.co/\w+")
_SIGHTS = {
    "resource-not-found": Sight.GONE,
    "not-authorized-for-resource": Sight.HIDDEN,  # protected or suspended
}
_KINDS = {  # the first that holds
    "retweeted": PostKind.REPOST,
    "reposted": PostKind.REPOST,
    "replied_to": PostKind.REPLY,
    "quoted": PostKind.QUOTE,
}


@dataclass(frozen=True, slots=True)
class Found:
    """What one answer holds: posts and why others are missing, both by id, the authors by number, the page's place."""

    posts: Mapping[str, dict[str, Any]]
    missing: Mapping[str, dict[str, Any]]
    users: Mapping[str, dict[str, Any]]
    meta: Mapping[str, Any] | None  # None where the answer is no page at all

    def newest(self, post_id: str) -> str:
        """The id of a post's newest version; the same id where that isn't told."""
        try:
            return versions_of(self.posts[post_id])[-1]
        except (KeyError, BadShape):
            return post_id

    def read(self, post_id: str, *, now: datetime) -> Evidence:
        """Evidence of one of the posts. Raises NotSeen: only X's own two reasons make a post gone or hidden."""
        if post_id in self.posts:
            return read_post(self.posts[post_id], self.users, now=now)
        if post_id not in self.missing:
            raise NotSeen(Sight.UNCLEAR, "not mentioned in the answer")
        kind = str(self.missing[post_id].get("type")).rpartition("/")[2][:40]
        raise NotSeen(_SIGHTS.get(kind, Sight.UNCLEAR), kind)


def read_found(body: Any) -> Found:
    """The parts of an answer. Raises BadShape."""
    answer = as_object(body)
    includes = as_object(answer.get("includes", {}))
    return Found(
        posts={str(post.get("id")): post for post in _objects(answer.get("data"))},
        missing={
            str(error.get("resource_id") or error.get("value")): error for error in _objects(answer.get("errors"))
        },
        users={str(user.get("id")): user for user in _objects(includes.get("users"))},
        meta=as_object(answer["meta"]) if "meta" in answer else None,
    )


def _objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; anything else in it is passed over, so that one odd element costs no other."""
    return [] if value is None else [as_object(each) for each in as_list(value) if isinstance(each, dict)]


def id_of(post: Mapping[str, Any]) -> str:
    """A post's id. Raises BadShape."""
    return _as_id(post.get("id"))


def versions_of(post: Mapping[str, Any]) -> list[str]:
    """The ids of all versions of a post, oldest first. Raises BadShape."""
    given = _either(post, "edit_history_tweet_ids", "edit_history_post_ids")
    ids = [_as_id(each) for each in as_list(given)] if given is not None else []
    return sorted({*ids, id_of(post)}, key=int)


def read_post(post: Mapping[str, Any], users: Mapping[str, dict[str, Any]], *, now: datetime) -> Evidence:
    """Evidence of a post. Raises BadShape."""
    versions = versions_of(post)
    author_id = _as_id(post.get("author_id"))
    user = as_object(users.get(author_id))
    handle = read_handle(as_text(user.get("username")))
    if handle is None:
        raise BadShape("an author without a handle")
    kind = _kind_of(post)
    content = _read_content(post)
    return Evidence(
        network=NetworkName.X,
        entry=f"{NetworkName.X}:{versions[0]}",
        url=url_of(versions[-1]),
        author_id=author_id,
        author_handle=handle,
        author_name=clip_name(user.get("name")),
        posted_at=_posted_at(versions[0], post, now),
        kind=kind,
        links=keep_few(content.links),
        hashtags=keep_few(content.hashtags),
        mentions=keep_few(content.mentions),
        # X cuts what is passed on, and gives only a beginning of it.
        is_partial=content.is_partial or kind is PostKind.REPOST,
        text_hash=hash_text(content.text),
        source=SOURCE,
        checked_at=now,
    )


def _posted_at(first_id: str, post: Mapping[str, Any], now: datetime) -> datetime:
    at = time_of(first_id) or (as_time(post["created_at"], now=now) if "created_at" in post else None)
    at = at or latest_time_of(first_id)
    return as_time(at.isoformat(), now=now)


def _kind_of(post: Mapping[str, Any]) -> PostKind:
    references = _objects(_either(post, "referenced_tweets", "referenced_posts"))
    kinds = {as_text(reference.get("type")) for reference in references}
    return next((kind for name, kind in _KINDS.items() if name in kinds), PostKind.POST)


@dataclass(frozen=True, slots=True)
class _Content:
    text: str  # as people read it, with addresses as their author typed them
    links: list[str]
    hashtags: list[str]
    mentions: list[str]
    is_partial: bool


def _read_content(post: Mapping[str, Any]) -> _Content:
    """The text and what is in it. A long post has its whole in a note, beside the beginning of it."""
    note = as_object(_either(post, "note_tweet", "note_post") or {})
    parts = [as_object(part.get("entities") or {}) for part in (post, note)]
    text = html.unescape(as_text(note.get("text") or post.get("text"), longest=LONGEST_TEXT))
    urls = _entities(parts, "urls")
    targets = {as_text(url.get("url")): list(_targets(url)) for url in urls}
    for url in urls:
        short = as_text(url.get("url")) or "\0"  # nothing to replace
        text = text.replace(short, "" if _is_media(url) else next(reversed(targets.get(short, [])), short))
    links = [target for found in targets.values() for target in found]
    is_unknown = any(not targets[as_text(url.get("url"))] and not _is_media(url) for url in urls)
    leads_on = any(leads_to(link, str(post.get("id"))) for link in links)  # "read the rest", at the end of a cut text
    is_cut = not note and (text.rstrip().endswith("…") or leads_on)
    return _Content(
        text=text.strip(),
        links=links,
        hashtags=[fold_tag(as_text(tag.get("tag"))) for tag in _entities(parts, "hashtags")],
        mentions=[
            name for each in _entities(parts, "mentions") if (name := read_handle(as_text(each.get("username"))))
        ],
        is_partial=is_unknown or is_cut or bool(_SHORT.search(text)) or len(set(links)) > MOST_LINKS,
    )


def _entities(parts: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [each for entities in parts for each in _objects(entities.get(kind))]


def _targets(url: Mapping[str, Any]) -> Iterator[str]:
    """Where a link ends, if X followed it, and what its author typed. Neither for a picture."""
    if not _is_media(url):
        yield from filter(None, (as_web_link(url.get(name)) for name in ("unwound_url", "expanded_url")))


def _is_media(url: Mapping[str, Any]) -> bool:
    """Pictures and films have a link too, to a page of the post itself."""
    expanded = as_web_link(url.get("expanded_url")) or ""
    is_own_page = bool(re.search(r"/(?:photo|video)/\d+$", expanded)) and read_address(expanded) is not None
    return "media_key" in url or is_own_page


def _either(post: Mapping[str, Any], older: str, newer: str) -> Any:
    return post.get(older, post.get(newer))


def _as_id(value: Any) -> str:
    text = as_text(value)
    if not re.fullmatch(r"[1-9][0-9]{0,18}", text):
        raise BadShape("an id that is none")
    return text
