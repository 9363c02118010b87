"""Pools as they are typed: `NAME:CHANNEL[:WINNERS[:ALTERNATES[:PRIZE]]]`."""

from __future__ import annotations

import click
import pytest

from service.cli.pool_options import PoolOptions
from service.domain.contest import Search, XSearch
from service.domain.errors import BadInput
from service.domain.pools import Channel, Pool, default_pools


@pytest.mark.parametrize(
    ("text", "pool"),
    [
        ("a:posts", Pool(name="a", channel=Channel.POSTS)),
        ("Le livre:both:2", Pool(name="Le livre", channel=Channel.BOTH, winners=2)),
        ("a:comments:2:0:un : prix", Pool(name="a", winners=2, alternates=0, prize="un : prix")),
        ("a:comments:::x", Pool(name="a", prize="x")),
    ],
)
def test_a_pool_is_read(text, pool):
    assert PoolOptions(pool=(text,)).pools() == (pool,)


@pytest.mark.parametrize(
    "text", ["", "a", "a:tweets", "a:posts:many", "a:posts:" + "9" * 5_000, "a:posts:٣", "a:posts:-1"]
)
def test_anything_else_is_one_sentence(text):
    with pytest.raises(click.UsageError, match="--pool goes like this"):
        PoolOptions(pool=(text,)).pools()


@pytest.mark.parametrize("text", [":posts", "a:posts:0", "a:posts:5000", "x" * 100 + ":posts"])
def test_a_pool_that_can_not_be_is_refused(text):
    with pytest.raises(BadInput):
        PoolOptions(pool=(text,)).pools()


def test_places_are_given_once():
    assert PoolOptions().pools_or_one(winners=2, alternates=None) == default_pools(winners=2)
    with pytest.raises(click.UsageError, match="inside --pool"):
        PoolOptions(pool=("a:posts",)).pools_or_one(winners=2, alternates=None)


def test_what_is_left_out_of_a_search_stays():
    before = Search(x=XSearch.RECENT, x_cap_cents=900, mastodon=("m.example",))
    assert PoolOptions(search_bluesky=True).search(before) == Search(
        x=XSearch.RECENT, x_cap_cents=900, mastodon=("m.example",), bluesky=True
    )
    assert PoolOptions().search(before) is None
    with pytest.raises(click.UsageError, match="--x-cap"):
        PoolOptions(x_cap=float("nan")).search()
