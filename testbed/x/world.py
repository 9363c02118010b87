"""People and posts of the stand-in, as X keeps them: snowflake ids, entities, versions, and what links lead to."""

import html
import itertools
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

EPOCH_MS = 1_288_834_974_657
SHORT_TEXT = 280  # longer posts are cut in `text`, and whole in their "note"
_PARTS = re.compile(r"(?P<link>https?://\S+)|(?<![\w&])#(?P<tag>\w+)|(?<![\w@])@(?P<handle>\w{1,15})")


@dataclass
class Account:
    """One account. `id` never changes, the handle may."""

    id: str
    handle: str
    name: str
    is_protected: bool = False
    is_suspended: bool = False


@dataclass(frozen=True)
class Entity:
    """A link, hashtag or mention, and where it stands in the (escaped) text."""

    kind: str  # "link", "tag", "handle", "media"
    value: str
    start: int
    end: int
    short: str = ""  # the t.co address that stands for a link


@dataclass
class Post:
    """One version of a post. `versions` are all ids of it, the same list for each version."""

    id: str
    author: Account
    text: str  # HTML-escaped, links as t.co, as the API gives it
    typed: str
    entities: list[Entity]
    posted_at: datetime
    versions: list[str]
    references: dict[str, str] = field(default_factory=dict)  # what the API calls the relation, and the other's id
    is_deleted: bool = False

    @property
    def address(self) -> str:
        return f"https://x.com/{self.author.handle}/status/{self.id}"

    @property
    def is_visible(self) -> bool:
        return not (self.is_deleted or self.author.is_protected or self.author.is_suspended)

    def values(self, kind: str) -> list[str]:
        """What its entities of one kind say."""
        return [entity.value for entity in self.entities if entity.kind == kind]


class World:
    """Everybody and everything that is on the stand-in's X."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.accounts: dict[str, Account] = {}  # by handle in small letters
        self.posts: dict[str, Post] = {}  # by id
        self.short: dict[str, str] = {}  # the code of a t.co address, and where it leads
        self.unwound: dict[str, str] = {}  # where shortened links end, as far as X followed them
        self._codes = (f"go{number:08d}" for number in itertools.count(1))
        self._steps = itertools.count(1)

    def join(self, handle: str, *, name: str = "") -> Account:
        """A new account, or the one that is there."""
        with self.lock:
            number = 1_000_000_001 + len(self.accounts)
            new = Account(str(number), handle, name or handle.title())
            return self.accounts.setdefault(handle.lower(), new)

    def rename(self, handle: str, new: str) -> None:
        """Give an account another handle."""
        with self.lock:
            account = self.accounts.pop(handle.lower())
            account.handle = new
            self.accounts[new.lower()] = account

    def find(self, address: str) -> Post:
        """The post at an address or with an id."""
        return self.posts[address.rpartition("/")[2]]

    def post(
        self,
        handle: str,
        text: str,
        *,
        posted_at: datetime | None = None,
        references: Mapping[str, str] | None = None,
        has_picture: bool = False,
    ) -> Post:
        """Post this. Mentions are only made of accounts that are there."""
        with self.lock:
            at = posted_at or self.clock()
            post_id = self._new_id(at)
            shown, entities = self._read(text, has_picture=has_picture)
            given = dict(references or {})
            post = Post(post_id, self.join(handle), shown, text, entities, at, [post_id], given)
            self.posts[post_id] = post
            return post

    def edit(self, address: str, text: str) -> Post:
        """Make a new version of a post; the id of the old one keeps leading to the old text."""
        with self.lock:
            old = self.find(address)
            new = self.post(old.author.handle, text, posted_at=self.clock(), references=old.references)
            old.versions.append(new.id)
            new.versions = old.versions
            return new

    def delete(self, address: str) -> None:
        """Delete a post with all its versions."""
        with self.lock:
            for post_id in self.find(address).versions:
                self.posts[post_id].is_deleted = True

    def newest(self) -> Iterator[Post]:
        """What a search sees: the last version of every post that is public, newest first."""
        shown = [post for post in self.posts.values() if post.is_visible and post.versions[-1] == post.id]
        yield from sorted(shown, key=lambda post: int(post.id), reverse=True)

    def _new_id(self, at: datetime) -> str:
        milliseconds = int(at.astimezone(UTC).timestamp() * 1000) - EPOCH_MS
        return str((milliseconds << 22) + next(self._steps) % (1 << 22))

    def _read(self, typed: str, *, has_picture: bool) -> tuple[str, list[Entity]]:
        """The text as X shows it, and the entities in it, whose places count before the escaping is undone."""
        shown, entities, last = "", [], 0
        for match in _PARTS.finditer(typed):
            kind = str(match.lastgroup)
            if kind == "handle" and match["handle"].lower() not in self.accounts:
                continue
            shown += html.escape(typed[last : match.start()], quote=False)
            short = self._shorten(match["link"]) if kind == "link" else ""
            part = short or match[0]
            entities.append(Entity(kind, match[kind], len(shown), len(shown) + len(part), short))
            shown, last = shown + part, match.end()
        shown += html.escape(typed[last:], quote=False)
        if has_picture:
            short = self._shorten("https://x.com/i/web/status/0/photo/1")
            entities.append(Entity("media", "pic.twitter.com/AbCdEfGhIj", len(shown) + 1, len(shown) + 24, short))
            shown += f" {short}"
        return shown, entities

    def _shorten(self, link: str) -> str:
        code = next(self._codes)
        self.short[code] = link
        return f"https://t.co/{code}"
