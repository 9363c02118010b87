"""Held comments at the seal: those that can matter are counted, and the posts that wait for them are told apart."""

from __future__ import annotations

import pytest

from service.domain.eligibility import State
from service.domain.errors import Blocked
from service.domain.pools import Channel, Pool
from service.storage import contests
from service.usecases import seal


def in_review(world, *pools, others=1, **comment):
    world.open_pools(*pools)
    world.blog.add(state=State.HELD, posts=world.network.add(1), **comment)
    for _ in range(others):
        world.blog.add(state=State.HELD)
    world.pass_deadline()
    world.run()


POSTS = Pool(name="posts", channel=Channel.POSTS)


def test_a_held_reply_that_gives_a_post_is_waited_for_although_it_wins_nothing_itself(world):
    in_review(world, POSTS, others=0, parent_id=1)
    with pytest.raises(Blocked, match=r"^1 comment is still held for moderation, and 1 post waits for it: "):
        seal.seal(world.services, 1, actor="ada")


def test_in_a_contest_of_posts_only_the_held_comments_that_give_posts_are_counted(world):
    in_review(world, POSTS)
    with pytest.raises(Blocked, match=r"^1 comment is still held"):
        seal.seal(world.services, 1, actor="ada")


def test_comments_are_counted_and_the_posts_that_wait_for_them_told_apart(world):
    in_review(world)
    with pytest.raises(Blocked, match=r"^2 comments are still held for moderation, and 1 post waits for them: "):
        seal.seal(world.services, 1, actor="ada")


def test_an_automatic_contest_of_posts_tells_the_same(world):
    in_review(world, POSTS, others=0, parent_id=1)
    with world.services.store.write() as tx:
        contests.update(tx, 1, is_automatic=True)
        contests.ring(tx, 1, at=world.clock())
    world.run()
    assert (world.contest().problem.code, world.contest().problem.message[:30]) == (
        "undecided",
        "1 comment is still held for mo",
    )
