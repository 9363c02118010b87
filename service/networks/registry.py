"""All networks together: the one list to which a new network is added, and what strangers' texts say of them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from service.domain.contest import Search
from service.domain.posts import NetworkName
from service.networks.web_addresses import LONGEST_ADDRESS
from service.usecases.ports import Network, Source

MOST_CANDIDATES = 64  # of one comment: what may be a post's address
MOST_POSTS = 5  # of one comment
_CANDIDATE = re.compile(
    r"""(?:https?|at)://[^\s"'<>]{4,2000}|(?<![\w./@-])(?:[\w-]+\.)?(?:x\.com|twitter\.com|bsky\.app)/[^\s"'<>]{4,2000}""",
    re.IGNORECASE,
)
_AFTER_ADDRESS = ".,;:!?)]}»”’…*_"

SourcesOf = Callable[[Search], Sequence[Source]]


class AllNetworks:
    """The port `Networks`. `free` names those that can also be asked without the key that is paid for."""

    def __init__(self, networks: Sequence[Network], free: Sequence[Network] = (), *, sources: SourcesOf) -> None:
        self._networks = {network.name: network for network in networks}
        self._free = {**self._networks, **{network.name: network for network in free}}
        self._sources = sources

    def all(self) -> Sequence[Network]:
        """Every network."""
        return list(self._networks.values())

    def get(self, name: NetworkName) -> Network:
        """One network."""
        return self._networks[name]

    def free(self, name: NetworkName) -> Network:
        """The network, asked in the way that costs nothing."""
        return self._free[name]

    def sources(self, search: Search) -> Sequence[Source]:
        """Where a contest's posts are to be searched for. Raises BadInput where a key is missing."""
        return self._sources(search)


class Reader:
    """Reads which posts a comment gives and who its author says they are; asks nobody, and believes nothing of it."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks
        self.handles = lru_cache(maxsize=10_000)(self._handles)  # many comments have the same author

    def posts(self, content: str) -> str:
        """The references of the posts whose addresses stand in a comment's HTML, separated by blanks; the first few."""
        if not ("//" in content or ".com/" in content or ".app/" in content):
            return ""  # nearly always; spelled out, since a loop takes five times as long
        found: dict[str, None] = {}
        for text in _candidates(html.unescape(content)):
            for network in self._networks:
                address = network.read_address(text)
                if address is not None:
                    found[address.reference] = None
                    break
            if len(found) == MOST_POSTS:
                break
        return " ".join(found)

    def _handles(self, name: str, url: str) -> str:
        """The handles that a commenter's name and website are: "x:ana bluesky:ana.example"."""
        found: dict[str, None] = {}
        for network in self._networks:
            named = network.read_name(name) if name.startswith("@") else None
            linked = network.read_profile(url) if url and len(url) <= LONGEST_ADDRESS else None
            for handle in filter(None, (named, linked)):
                found[f"{network.name}:{handle}"] = None
        return " ".join(found)


def _candidates(text: str) -> Iterator[str]:
    for number, match in enumerate(_CANDIDATE.finditer(text)):
        if number == MOST_CANDIDATES:
            return
        yield match[0].rstrip(_AFTER_ADDRESS)
