"""Everything a blog can be asked for, for tests in which it can't answer."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

import wp_bridge
from wp_bridge import Blog

Ask = Callable[[Blog, int], object]

ASKS: dict[str, Ask] = {
    "check": lambda blog, post_id: blog.check(),
    "post": lambda blog, post_id: blog.post(post_id),
    "comments": lambda blog, post_id: list(blog.comments(post_id)),
    "count": lambda blog, post_id: blog.count_comments(post_id),
    "own": lambda blog, post_id: blog.find_own_comment(post_id, "x"),
    "by_id": lambda blog, post_id: blog.comments_by_id(post_id, [1]),
    "add": lambda blog, post_id: blog.add_comment(post_id, "Bravo"),
    "close": lambda blog, post_id: blog.set_comments_open(post_id, is_open=False),
}


def error_of(ask: Ask, blog: Blog, post_id: int) -> wp_bridge.BlogError:
    """The error of a question, which must come within the limits and be one short sentence."""
    began = time.monotonic()
    with pytest.raises(wp_bridge.BlogError) as caught:
        ask(blog, post_id)
    assert time.monotonic() - began < 20, "no limit held"
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300
    return caught.value
