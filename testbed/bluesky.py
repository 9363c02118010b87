"""A Bluesky to test against: what its public index and its entrance answer, in a thread.

with Bluesky() as bluesky:
    address = bluesky.post("ana.example", "I'm in! https://blog.example/contest #win @blog.example")
    Http(origins=bluesky.origins)

Links, hashtags and handles in a text become facets, as apps make them. Searching wants a login (`password_of`), as the
real one mostly does, and takes links loosely.
"""

import base64
import hashlib
import itertools
import re
from datetime import UTC, datetime
from typing import Any

from testbed.bluesky_posts import COLLECTION, Person, Post, iso
from testbed.standin import Answer, Asked, StandIn

PUBLIC_HOST, LOGIN_HOST = "public.api.bsky.app", "bsky.social"
_MOST_URIS = 25
_KEY_DIGITS = str.maketrans("01", "ab")  # record keys know neither 0 nor 1


class Bluesky(StandIn):
    """The network with the people and posts that a test makes."""

    def __init__(self) -> None:
        super().__init__()
        self.searches_without_login = False
        self._people: dict[str, Person] = {}
        self._posts: dict[str, Post] = {}
        self._tokens: dict[str, bool] = {}  # whether it has run out
        self._keys = (f"3k{number:011o}".translate(_KEY_DIGITS) for number in itertools.count())

    @property
    def origins(self) -> dict[str, str]:
        """Where the network's names lead to here."""
        return {PUBLIC_HOST: self.url, LOGIN_HOST: self.url}

    def join(self, handle: str, *, name: str = "", hides: bool = False) -> str:
        """Make a person, or find them again; their DID. `hides`: they ask to be shown to logged-in people only."""
        with self.lock:
            if handle not in self._people:
                digest = base64.b32encode(hashlib.sha256(handle.encode()).digest()).decode().lower()
                named = name or handle.partition(".")[0].title()
                self._people[handle] = Person(f"did:plc:{digest[:24]}", handle, named, hides)
            return self._people[handle].did

    def rename(self, handle: str, new: str) -> None:
        """Give a person another handle; the old one is nobody's then."""
        with self.lock:
            person = self._people.pop(handle)
            person.handle = new
            self._people[new] = person

    def suspend(self, handle: str) -> None:
        """Make the index fail at every batch with a post of this person, as was seen."""
        self._people[handle].is_suspended = True

    def post(
        self,
        handle: str,
        text: str,
        *,
        posted_at: datetime | None = None,
        claimed_at: datetime | None = None,
        reply_to: str = "",
        quotes: str = "",
        card: str = "",
    ) -> str:
        """Post as that person; returns the post's address. `claimed_at` is what their app says, by default the same."""
        with self.lock:
            self.join(handle)
            indexed_at = posted_at or datetime.now(UTC)
            record: dict[str, Any] = {"$type": COLLECTION, "text": text, "createdAt": iso(claimed_at or indexed_at)}
            post = Post(self._people[handle], next(self._keys), record, indexed_at)
            post.mark_up(self.join)
            if reply_to:
                parent = {"uri": self.find(reply_to).uri, "cid": "bafyreply"}
                record["reply"] = {"root": parent, "parent": parent}
            if card:
                record["embed"] = {"$type": "app.bsky.embed.external", "external": {"uri": card, "title": "A page"}}
                post.links.add(card)
            if quotes:
                inner = {"uri": self.find(quotes).uri, "cid": "bafyquote"}
                record["embed"] = {"$type": "app.bsky.embed.record", "record": inner}
            self._posts[post.uri] = post
            return f"https://bsky.app/profile/{handle}/post/{post.key}"

    def find(self, address: str) -> Post:
        """The post at an address."""
        key = address.rpartition("/")[2]
        return next(post for post in self._posts.values() if post.key == key)

    def delete(self, address: str) -> None:
        """Delete a post."""
        with self.lock:
            del self._posts[self.find(address).uri]

    def password_of(self, handle: str) -> str:
        """The app password with which that person logs in."""
        return f"pass-{handle}"

    def end_sessions(self) -> None:
        """Let all tokens run out."""
        with self.lock:
            self._tokens = dict.fromkeys(self._tokens, True)

    def answer(self, asked: Asked) -> Answer:
        """What the index and the entrance answer."""
        known = {
            "com.atproto.identity.resolveHandle": self._resolve_handle,
            "com.atproto.server.createSession": self._create_session,
            "app.bsky.feed.getPosts": self._get_posts,
            "app.bsky.feed.searchPosts": self._search_posts,
        }
        respond = known.get(asked.path.removeprefix("/xrpc/"))
        return respond(asked) if respond else _error(501, "MethodNotImplemented", "Method Not Implemented")

    def _resolve_handle(self, asked: Asked) -> Answer:
        person = self._people.get(asked.first("handle"))
        if person is None:
            return _error(400, "InvalidRequest", "Unable to resolve handle")
        return Answer(body={"did": person.did})

    def _create_session(self, asked: Asked) -> Answer:
        given = asked.json()
        handle = given.get("identifier")
        if handle not in self._people or given.get("password") != self.password_of(handle):
            return _error(401, "AuthenticationRequired", "Invalid identifier or password")
        token = f"token-{len(self._tokens)}"
        self._tokens[token] = False
        return Answer(body={"accessJwt": token, "refreshJwt": f"refresh-{token}", "did": self.join(handle)})

    def _get_posts(self, asked: Asked) -> Answer:
        uris = asked.params.get("uris", [])
        if len(uris) > _MOST_URIS:
            return _error(400, "InvalidRequest", "Error: uris must not have more than 25 elements")
        posts = [self._posts[uri] for uri in uris if uri in self._posts]
        is_broken = any(post.author.is_suspended for post in posts)
        if is_broken or not all(uri.startswith("at://did:") for uri in uris):
            return _error(500, "InternalServerError", "Internal Server Error")
        return Answer(body={"posts": [post.view() for post in posts]})

    def _search_posts(self, asked: Asked) -> Answer:
        refusal = self._refusal(asked)
        if refusal is not None:
            return refusal
        if not asked.first("q"):
            return _error(400, "InvalidRequest", 'Error: Params must have the property "q"')
        found = sorted((post for post in self._posts.values() if self._matches(post, asked)), key=lambda x: x.sort_at)
        start, size = int(asked.first("cursor", "0")), int(asked.first("limit", "25"))
        page = found[::-1][start : start + size]
        following = {"cursor": str(start + size)} if start + size < len(found) else {}
        return Answer(body={"posts": [post.view() for post in page], **following})

    def _refusal(self, asked: Asked) -> Answer | None:
        token = asked.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token:
            is_open = self.searches_without_login and not asked.first("cursor")
            return None if is_open else Answer(403, "<html><body>403 Forbidden</body></html>")
        if token not in self._tokens:
            return _error(401, "InvalidToken", "Bad token")
        return _error(400, "ExpiredToken", "Token has expired") if self._tokens[token] else None

    def _matches(self, post: Post, asked: Asked) -> bool:
        query, since, until = asked.first("q"), asked.first("since"), asked.first("until")
        wanted = (
            query == "*" or query.casefold() in str(post.record["text"]).casefold(),
            not asked.first("url") or any(_bare(asked.first("url")) in _bare(link) for link in post.links),
            all(tag.casefold() in post.tags for tag in asked.params.get("tag", [])),
            not asked.first("mentions") or self._did(asked.first("mentions")) in post.dids,
            not since or post.sort_at >= datetime.fromisoformat(since),
            not until or post.sort_at < datetime.fromisoformat(until),
        )
        return all(wanted)

    def _did(self, authority: str) -> str:
        return self._people[authority].did if authority in self._people else authority


def _error(status: int, name: str, message: str) -> Answer:
    return Answer(status, {"error": name, "message": message})


def _bare(link: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", link).rstrip("/").lower()
