"""Posts and people as the API gives them, in the vocabulary of "tweets" or that of "posts"."""

import html
from typing import Any
from urllib.parse import urlsplit

from testbed.x.world import SHORT_TEXT, Account, Entity, Post, World

_RENAMED = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "referenced_tweets": "referenced_posts",
    "note_tweet": "note_post",
    "tweets": "posts",
}
_CUT_AT = 250


def post_json(world: World, post: Post, fields: set[str]) -> dict[str, Any]:
    """A post with what was asked for, in the older vocabulary."""
    is_long = len(html.unescape(post.text)) > SHORT_TEXT
    text, entities = (_cut(post.text), _before_cut(post.entities)) if is_long else (post.text, post.entities)
    whole: dict[str, Any] = {
        "author_id": post.author.id,
        "created_at": iso(post),
        "lang": "en",
        "conversation_id": post.references.get("replied_to", post.id),
        "entities": _entities(world, entities),
        "referenced_tweets": [{"type": kind, "id": other} for kind, other in post.references.items()],
    }
    if is_long:
        whole["note_tweet"] = {"text": post.text, "entities": _entities(world, post.entities)}
    asked = {name: value for name, value in whole.items() if name in fields and value}
    return {"id": post.id, "text": text, "edit_history_tweet_ids": list(post.versions), **asked}


def user_json(account: Account) -> dict[str, Any]:
    """An account."""
    return {
        "id": account.id,
        "name": account.name,
        "username": account.handle,
        "protected": account.is_protected,
        "created_at": "2011-05-04T10:00:00.000Z",
    }


def in_posts(value: Any) -> Any:
    """The same in the newer vocabulary."""
    if isinstance(value, dict):
        return {_RENAMED.get(name, name): in_posts(inner) for name, inner in value.items()}
    return [in_posts(inner) for inner in value] if isinstance(value, list) else value


def iso(post: Post) -> str:
    """When a post was made, to the millisecond."""
    return f"{post.posted_at:%Y-%m-%dT%H:%M:%S}.{post.posted_at.microsecond // 1000:03}Z"


def _cut(text: str) -> str:
    return text[:_CUT_AT] + "…"


def _before_cut(entities: list[Entity]) -> list[Entity]:
    return [entity for entity in entities if entity.end <= _CUT_AT]


def _entities(world: World, entities: list[Entity]) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {}
    for entity in entities:
        kind = {"link": "urls", "media": "urls", "tag": "hashtags", "handle": "mentions"}[entity.kind]
        found.setdefault(kind, []).append({"start": entity.start, "end": entity.end, **_entity(world, entity)})
    return found


def _entity(world: World, entity: Entity) -> dict[str, Any]:
    if entity.kind == "tag":
        return {"tag": entity.value}
    if entity.kind == "handle":
        account = world.accounts[entity.value.lower()]
        return {"username": account.handle, "id": account.id}
    if entity.kind == "media":
        target = world.short[entity.short.rpartition("/")[2]]
        return {"url": entity.short, "expanded_url": target, "display_url": entity.value, "media_key": "3_1990000"}
    shown = entity.value.partition("://")[2]
    link: dict[str, Any] = {
        "url": entity.short,
        "expanded_url": entity.value,
        "display_url": shown[:26] + "…" * (len(shown) > 26),
    }
    if urlsplit(entity.value).hostname not in ("x.com", "twitter.com"):
        link |= {"unwound_url": world.unwound.get(entity.value, entity.value), "status": 200, "title": "A page"}
    return link
