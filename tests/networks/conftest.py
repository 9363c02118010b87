"""The networks that tests of this room share; each is started once."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from testbed.bluesky import Bluesky
from testbed.mastodon import Mastodon
from testbed.real_bluesky import RealBluesky
from testbed.x import X
from tests.networks.openapi import judge_all
from tests.networks.worlds import World, bluesky_world, mastodon_world, x_world

# A new network's entry: the fixture that gives its stand-in, and what makes a world of that.
WORLDS: dict[str, tuple[str, Callable[[Any], World]]] = {
    "bluesky": ("bluesky", bluesky_world),
    "mastodon": ("mastodon", mastodon_world),
    "x": ("x", x_world),
    "x with key": ("x", lambda x: x_world(x, bearer_token=x.app_token)),
}
if os.environ.get("TIRAGE_TEST_BLUESKY") == "real":
    real = partial(bluesky_world, domain="test", blog="ourblog.test")
    WORLDS = {"bluesky": ("real_bluesky", real)}


@pytest.fixture(autouse=True)
def calm() -> Iterator[None]:
    """No garbage collection: Hypothesis listens to it, and can't where an answer is nested too deep to be read."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="session")
def all_of_mastodon() -> Iterator[Mastodon]:
    """A Mastodon server with ana, ben and blog on it."""
    with Mastodon() as mastodon:
        yield mastodon


@pytest.fixture
def mastodon(all_of_mastodon: Mastodon) -> Mastodon:
    """The server, behaving, with nothing asked yet."""
    all_of_mastodon.behave()
    return all_of_mastodon


@pytest.fixture
def bluesky() -> Iterator[Bluesky]:
    """A Bluesky without anybody."""
    with Bluesky() as bluesky:
        yield bluesky


@pytest.fixture(scope="session")
def all_of_real_bluesky() -> Iterator[RealBluesky]:
    """Bluesky's own servers."""
    with RealBluesky() as bluesky:
        yield bluesky


@pytest.fixture
def real_bluesky(all_of_real_bluesky: RealBluesky) -> RealBluesky:
    """Bluesky's own servers, behaving."""
    all_of_real_bluesky.behave()
    return all_of_real_bluesky


@pytest.fixture
def x() -> Iterator[X]:
    """An X with the blog's account; what was said to its API and by it is judged in the end."""
    with X() as x:
        x.join("blog")
        yield x
    judge_all(x)


@pytest.fixture(params=sorted(WORLDS))
def world(request: pytest.FixtureRequest) -> World:
    """Each network in turn."""
    stand_in, make = WORLDS[request.param]
    return make(request.getfixturevalue(stand_in))
