"""What the use cases need from outside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from service.domain.beacon import QUICKNET, BeaconRound, Chain
from service.domain.contest import Search
from service.domain.posts import Composed, Message, NetworkName, PostAddress, SearchPage, SearchPlan, Sighting
from service.domain.reports import CommentFacts, Counts, PostedComment, PostFacts, SiteFacts


class BlogProblem(Exception):
    """The blog didn't do what was asked. `message` tells the moderator what to do; `permanent`: waiting won't help."""

    def __init__(self, message: str, *, code: str, permanent: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.permanent = permanent
        self.retry_after = retry_after


class Blog(Protocol):
    """The connected blog. Every method may raise BlogProblem."""

    def site(self) -> SiteFacts: ...
    def clock(self) -> datetime | None: ...
    def check(self) -> None: ...
    def staff_ids(self) -> frozenset[int]: ...
    def find_post(self, reference: str) -> PostFacts: ...
    def post(self, post_id: int) -> PostFacts: ...
    def comments(self, post_id: int) -> Iterator[list[CommentFacts]]: ...
    def comments_after(self, post_id: int, comment_id: int) -> Iterator[list[CommentFacts]]: ...
    def comments_by_id(self, post_id: int, comment_ids: Collection[int]) -> list[CommentFacts]: ...
    def count(self, post_id: int) -> Counts: ...
    def find_own_comment(self, post_id: int, text: str) -> PostedComment | None: ...
    def add_comment(self, post_id: int, content: str, *, parent_id: int = 0, key: str) -> PostedComment: ...
    def set_comments_open(self, post_id: int, *, is_open: bool) -> None: ...


class NetworkProblem(Exception):
    """A network didn't do what was asked. `message` is one sentence that tells the moderator what to do.

    `code` is a stable word ("rate_limited", "credits_depleted", "usage_capped", "key_refused", "unreachable",
    "bad_answer", "host_refused"); `host` is who said so; `retry_after` seconds until asking again may help;
    `permanent`: it won't by itself.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        host: str,
        retry_after: float | None = None,
        permanent: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.host = host
        self.retry_after = retry_after
        self.permanent = permanent


class Source(Protocol):
    """One place to search for posts: X's recent search, a Mastodon server's hashtag timeline, Bluesky's search.

    `name` is stable and goes into the database: "x:search", "mastodon:mastodon.example".
    `page_cost` is what one page costs at most, in millionths of a US dollar. `query` shows what is asked.
    """

    @property
    def name(self) -> str: ...
    @property
    def page_cost(self) -> int: ...
    def query(self, plan: SearchPlan) -> str: ...
    def page(self, plan: SearchPlan, cursor: Mapping[str, Any]) -> SearchPage:
        """The page at the cursor ({} at the very beginning). Raises NetworkProblem, having paid for nothing."""
        ...


class Network(Protocol):
    """One social network. Reading addresses asks nobody; `look_up` may raise NetworkProblem.

    `batch` is how many addresses one look takes at most.
    """

    @property
    def name(self) -> NetworkName: ...
    @property
    def batch(self) -> int: ...
    @property
    def look_cost(self) -> int:
        """What a look at one address costs at most, in millionths of a US dollar; 0 without a key that is paid for."""
        ...

    def read_address(self, text: str) -> PostAddress | None:
        """The post that an address names; None for anything else, however hostile."""
        ...

    def address_of(self, key: str) -> PostAddress:
        """The address again from the key of one that was read before."""
        ...

    def read_profile(self, text: str) -> str | None:
        """The handle whose profile page an address names, spelled as in Evidence; None for anything else."""
        ...

    def read_name(self, text: str) -> str | None:
        """The handle that a person's name is on this network ("@ana"); None where it can't be one."""
        ...

    def host_of(self, address: PostAddress) -> str:
        """The host that a look at this address asks: looks at one host rest together."""
        ...

    def compose(self, message: Message) -> Composed:
        """A message made ready to post."""
        ...

    def look_up(self, addresses: Sequence[PostAddress]) -> list[Sighting]:
        """What these addresses (one host, at most `batch`) show now, one sighting each, in order."""
        ...

    def check(self) -> None:
        """Raises NetworkProblem unless the key that was given is accepted. Asks nobody where there is none."""
        ...


class Networks(Protocol):
    """All social networks that are known."""

    def all(self) -> Sequence[Network]: ...
    def get(self, name: NetworkName) -> Network: ...
    def free(self, name: NetworkName) -> Network:
        """The same network asked in the way that costs nothing."""
        ...

    def sources(self, search: Search) -> Sequence[Source]:
        """Where a contest's posts are to be searched for. Raises BadInput where a key is missing for it."""
        ...


class NoNetworks:
    """Networks for those who have none."""

    def all(self) -> Sequence[Network]:
        """None."""
        return ()

    def get(self, name: NetworkName) -> Network:
        """Raises LookupError."""
        raise LookupError(name)

    free = get

    def sources(self, search: Search) -> Sequence[Source]:
        """None."""
        return ()


BeaconCode = Literal["not_out_yet", "unreachable", "not_verified"]


class BeaconProblem(Exception):
    """No mirror gave the round. `message` is one sentence for the moderator.

    `code`: "not_out_yet" (a mirror says that the round is still to come), "not_verified" (there were answers, and none
    that is the beacon's), "unreachable" (no mirror answered). `retry_after`: seconds until asking again may help.
    """

    def __init__(self, message: str, *, code: BeaconCode, retry_after: float) -> None:
        super().__init__(message)
        self.message = message
        self.code: BeaconCode = code
        self.retry_after = retry_after


class Beacon(Protocol):
    """The public randomness beacon: one chain of rounds."""

    @property
    def chain(self) -> Chain: ...

    def fetch(self, round_: int) -> BeaconRound:
        """The round, its signature verified against the chain's key. Raises BeaconProblem."""
        ...

    def is_valid(self, chain: Chain, found: BeaconRound) -> bool:
        """Whether the signature is that of the round on this chain; asks nobody."""
        ...

    def is_reachable(self, now: datetime) -> bool:
        """Whether a round of late can be fetched; takes a few seconds at most."""
        ...


class NoBeacon:
    """For those who have none: nothing can be reached."""

    chain = QUICKNET

    def fetch(self, round_: int) -> BeaconRound:
        """Raises BeaconProblem."""
        raise BeaconProblem(f"No beacon is set up for round {round_}.", code="unreachable", retry_after=60.0)

    def is_valid(self, chain: Chain, found: BeaconRound) -> bool:
        """Nothing is."""
        return False

    def is_reachable(self, now: datetime) -> bool:
        """It isn't."""
        return False


class MailProblem(Exception):
    """A mail wasn't taken. `message` is one sentence for the moderator; `permanent`: trying again won't help."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent


class Mailer(Protocol):
    """Sends mails, of plain text, to one person each."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Hand a mail to the mail server. Raises MailProblem; after an unclear end it may have gone out anyway."""
        ...


class NoMailer:
    """For those who have no mail server."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Raises MailProblem."""
        raise MailProblem("No mail server is set up (SMTP_HOST): send the text yourself.", permanent=True)


class Vault(Protocol):
    """Encrypts what is kept and has to be read again. Both may raise Conflict."""

    def lock(self, text: str) -> str: ...
    def unlock(self, locked: str) -> str: ...


OpenBlog = Callable[[str, str, str], Blog]  # by address, user and password; connects when first asked something
Clock = Callable[[], datetime]  # aware UTC
MakeSecret = Callable[[], str]  # 64 hexadecimal digits
