"""The hosts of X in one thread: publish.x.com, t.co and api.x.com, told apart by their paths."""

import html
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from testbed.standin import Answer, Asked, StandIn
from testbed.x import oembed
from testbed.x.api import Api
from testbed.x.world import World

HOSTS = ("publish.x.com", "t.co", "api.x.com")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class X(StandIn):
    """X with the people and posts that a test makes.

    `app_token` opens the API; `user_token(handle)` does so for one account. `api` has what the API costs and refuses.
    """

    def __init__(self, *, clock: Callable[[], datetime] = _utc_now) -> None:
        super().__init__()
        self.world = World(clock)
        self.api = Api(self.world)
        self.said: list[tuple[Asked, Answer]] = []  # what the API was asked and answered, unless it was made to fail
        self.leads_by_page = False  # t.co answers browsers with a page

    app_token = "app-token"

    @property
    def origins(self) -> dict[str, str]:
        """Where the names of X lead to here."""
        return dict.fromkeys(HOSTS, self.url)

    @property
    def setting(self) -> str:
        """The same as the setting NETWORK_ORIGINS."""
        return " ".join(f"{host}={origin}" for host, origin in self.origins.items())

    def user_token(self, handle: str) -> str:
        """The token with which an account's owner asks."""
        return f"user-token-{handle.lower()}"

    def join(self, handle: str, *, name: str = "") -> str:
        """Make an account, or find it again; its number."""
        return self.world.join(handle, name=name).id

    def post(
        self,
        handle: str,
        text: str,
        *,
        posted_at: datetime | None = None,
        reply_to: str = "",
        quotes: str = "",
        has_picture: bool = False,
    ) -> str:
        """Post as that account; returns the post's address. `reply_to` and `quotes` are addresses of other posts."""
        relations = {"replied_to": reply_to, "quoted": quotes}
        references = {name: self.world.find(address).id for name, address in relations.items() if address}
        typed = f"{text} {quotes}" if quotes else text
        post = self.world.post(handle, typed, posted_at=posted_at, references=references, has_picture=has_picture)
        return post.address

    def repost(self, handle: str, address: str, *, posted_at: datetime | None = None) -> str:
        """Pass a post on; returns the address of that."""
        original = self.world.find(address)
        text = f"RT @{original.author.handle}: {original.typed}"[:140]
        return self.world.post(handle, text, posted_at=posted_at, references={"retweeted": original.id}).address

    def edit(self, address: str, text: str) -> str:
        """Change a post; returns the address of the new version."""
        return self.world.edit(address, text).address

    def delete(self, address: str) -> None:
        """Delete a post with all its versions."""
        self.world.delete(address)

    def protect(self, handle: str) -> None:
        """Show an account's posts to its followers only."""
        self.world.join(handle).is_protected = True

    def suspend(self, handle: str) -> None:
        """Suspend an account."""
        self.world.join(handle).is_suspended = True

    def rename(self, handle: str, new: str) -> None:
        """Give an account another handle."""
        self.world.rename(handle, new)

    def lead(self, links: Mapping[str, str]) -> None:
        """Make shortened links lead somewhere: {"https://bit.ly/a": "https://blog.example/"}."""
        self.world.unwound.update(links)

    def answer(self, asked: Asked) -> Answer:
        """What X answers when nothing is wrong."""
        with self.world.lock:
            if asked.path == "/oembed":
                return oembed.answer(self.world, asked)
            if asked.path.startswith("/2/"):
                self.said.append((asked, self.api.answer(asked)))
                return self.said[-1][1]
            return self._lead(asked)

    def _lead(self, asked: Asked) -> Answer:
        target = self.world.short.get(asked.path.removeprefix("/"))
        if target is None:
            return Answer(404, "")
        if not self.leads_by_page:
            return Answer(301, "", {"Location": target})
        shown = html.escape(target)
        refresh = f'<META http-equiv="refresh" content="0;URL={shown}">'
        page = f"<head><noscript>{refresh}</noscript><title>{shown}</title></head>"
        return Answer(200, page, {"Content-Type": "text/html; charset=utf-8"})
