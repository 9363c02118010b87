"""A prize that passes on is told under the winner comment, on a real WordPress."""

from __future__ import annotations

from html import unescape

import pytest

from service.usecases.plain_text import clean_text
from tests.e2e.conftest import installed, write_post
from tests.e2e.test_exactly_once import AUTO


def replies(post):
    """Parent, state and text of every comment with a link of a prize that passed on, as WordPress keeps them."""
    code = """
        return $wpdb->get_results($wpdb->prepare(
            "SELECT comment_parent, comment_approved, comment_content FROM {$wpdb->comments}
             WHERE comment_post_ID = %d AND comment_content LIKE %s",
            $args['post'],
            '%/promotions/%'
        ), ARRAY_N);
    """
    return post.site.php(code, post=post.id)


@pytest.mark.parametrize("api", ["rest", "xmlrpc"])
def test_the_reply_answers_the_winner_comment_also_where_comments_are_closed(wordpress, tmp_path, api):
    post = write_post(wordpress, comment_status="closed")
    with installed(tmp_path, wordpress.base_url, wordpress, WORDPRESS_API=api) as tirage:
        contest = tirage.open(post.id, post.closes_at, *AUTO)
        tirage.start_worker()
        told = tirage.wait_for_phase(contest, "announced")
        winner = told["draw"]["winners"][0]["comment_id"]
        asked = ("contest", "disqualify-winner", contest, str(winner), "--reason", "works for the publisher")
        strike = tirage.json(*asked)["draws"][0]["strikes"][0]
        tirage.wait_for(contest, lambda told: told["draw"]["strikes"][0]["reply"]["comment_id"])
        tirage.wait_for(contest, lambda _: post.comment_status() == "closed")
    ((parent, state, text),) = replies(post)
    assert (int(parent), state) == (told["announcement"]["comment_id"], "1")
    assert all(clean_text(strike[who]["author"]) in unescape(text) for who in ("struck", "promoted"))
    assert text.endswith("/promotions/1-1")
    assert "publisher" not in text
