"""The plugin's routes: comments as raw rows, and a comment that is written at most once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from testbed.site import Site
from tests.plugin.conftest import ask

COMMENTS, WINNER = "tirage/v1/comments", "tirage/v1/winner-comment"
KEY = "https://draws.example/contests/gagnez/draws/1"


def write(site: Site, post_id: int, **given: object) -> requests.Response:
    wish = {"post": post_id, "key": KEY, "content": f"The winner is Ada: {KEY}", **given}
    return ask(site, "POST", WINNER, json=wish)


def stored(site: Site, post: int) -> int:
    number: int = site.php("return (int) get_comments(['post_id' => $args['id'], 'count' => true]);", id=post)
    return number


def test_comments_come_by_id_with_counts_at_the_end(each_blog: Site):
    post = each_blog.create_post("Gagnez")
    states = ["1", "0", "spam", "trash", "post-trashed"] * 3
    ids = each_blog.insert_comments(post, [{"content": f"Zoé {n} 🎉", "approved": s} for n, s in enumerate(states)])
    each_blog.insert_comments(post, [{"content": "An editor's note", "type": "note"}])
    first = ask(each_blog, "GET", COMMENTS, params={"post": post, "limit": 10}).json()
    assert [int(row["comment_ID"]) for row in first["comments"]] == ids[:10]
    assert (first["more"], first["counts"]) == (True, None)
    rest = ask(each_blog, "GET", COMMENTS, params={"post": post, "limit": 10, "after_id": ids[9]}).json()
    assert [int(row["comment_ID"]) for row in rest["comments"]] == ids[10:]
    assert (rest["more"], rest["counts"]) == (False, dict.fromkeys(["0", "1", "post-trashed", "spam", "trash"], 3))
    assert rest["comments"][0]["comment_content"] == "Zoé 10 🎉"
    counts = ask(each_blog, "GET", COMMENTS, params={"post": post, "limit": 0}).json()
    assert (counts["comments"], counts["counts"]) == ([], rest["counts"])


def test_an_answer_is_cut_before_it_is_too_big(blog: Site):
    post = blog.create_post("Gagnez")
    blog.insert_comments(post, [{"content": "x" * 65_000} for _ in range(130)])
    answer = ask(blog, "GET", COMMENTS, params={"post": post})
    assert len(answer.content) < 9_000_000
    assert answer.json()["more"]
    assert len(answer.json()["comments"]) > 100


def test_thousands_of_the_longest_comments_fit_into_little_memory(blog: Site):
    post = blog.create_post("Gagnez")
    code = """
        $before = memory_get_usage();
        $rows = tirage_enough_rows($args['id'], 0, 5000);
        return [count($rows), memory_get_peak_usage() - $before];
    """
    for _ in range(8):
        blog.insert_comments(post, [{"content": "x" * 65_000} for _ in range(130)])
    number, most = blog.php(code, id=post)
    assert number < 300
    assert most < 64 * 2**20


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({}, 400),
        ({"post": "x"}, 400),
        ({"post": 0}, 400),
        ({"post": 1, "limit": 5001}, 400),
        ({"post": 1, "limit": -1}, 400),
        ({"post": 1, "after_id": "1 OR 1=1"}, 400),
        ({"post": 999_999}, 404),
    ],
)
def test_wrong_parameters_are_refused(blog: Site, params: dict[str, object], status: int):
    assert ask(blog, "GET", COMMENTS, params=params).status_code == status


@pytest.mark.parametrize("login", [None, "reader", "author"])
@pytest.mark.parametrize(("method", "route"), [("GET", f"{COMMENTS}?post=1"), ("POST", WINNER)])
def test_who_may_not_moderate_gets_nothing(blog: Site, login: str | None, method: str, route: str):
    wish = {"post": 1, "key": KEY, "content": KEY} if method == "POST" else None
    answer = ask(blog, method, route, login=login, json=wish)
    assert answer.status_code == (403 if login else 401)
    assert "comment_author_email" not in answer.text


def test_asked_at_once_by_many_it_is_written_once(each_blog: Site):
    post = each_blog.create_post("Gagnez")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: write(each_blog, post), range(8)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes.count(201) == 1
    assert set(codes) <= {200, 201, 409}
    assert stored(each_blog, post) == 1
    again = write(each_blog, post, content=f"Other words: {KEY}")
    assert (again.status_code, stored(each_blog, post)) == (200, 1)


def test_another_key_or_another_post_is_another_comment(blog: Site):
    post, other = blog.create_post("Gagnez"), blog.create_post("Encore")
    assert write(blog, post).status_code == 201
    assert write(blog, other).status_code == 201
    assert write(blog, post, key=KEY + "2", content=KEY + "2").status_code == 201


def test_what_wordpress_refuses_can_be_asked_again(blog: Site):
    post = blog.create_post("Gagnez", comment_status="closed")
    refused = write(blog, post)
    assert (refused.status_code, refused.json()["code"]) == (403, "rest_comment_closed")
    blog.php("wp_update_post(['ID' => $args['id'], 'comment_status' => 'open']);", id=post)
    assert write(blog, post).status_code == 201


def test_a_request_that_died_after_writing_is_found_again(blog: Site):
    post = blog.create_post("Gagnez")
    first = write(blog, post).json()["id"]
    mark_as_pending(blog, post, seconds_ago=61)
    assert write(blog, post).json() == {"id": first}
    assert stored(blog, post) == 1


def test_a_request_that_died_before_writing_is_taken_over_after_a_minute(blog: Site):
    post = blog.create_post("Gagnez")
    write(blog, post)
    blog.php("foreach (get_comments(['post_id' => $args['id']]) as $c) wp_delete_comment($c, true);", id=post)
    mark_as_pending(blog, post, seconds_ago=30)
    early = write(blog, post)
    assert (early.status_code, early.json()["code"]) == (409, "tirage_comment_pending")
    mark_as_pending(blog, post, seconds_ago=61)
    assert write(blog, post).status_code == 201
    assert stored(blog, post) == 1


def test_one_that_was_deleted_for_good_is_written_anew(blog: Site):
    post = blog.create_post("Gagnez")
    first = write(blog, post).json()["id"]
    blog.php("wp_delete_comment($args['id'], true);", id=first)
    assert write(blog, post).status_code == 201


def mark_as_pending(site: Site, post: int, *, seconds_ago: int) -> None:
    """As a request leaves it that has claimed the key and not said what came of it."""
    code = """
        $option = 'tirage_comment_' . sha1($args['post'] . '|' . $args['key']);
        update_option($option, 'pending:' . (time() - $args['ago']) . ':x');
    """
    site.php(code, post=post, key=KEY, ago=seconds_ago)


@pytest.mark.parametrize("given", [{"key": ""}, {"key": "elsewhere"}, {"content": ""}, {"post": 0}, {"parent": "x"}])
def test_a_comment_without_its_key_is_refused(blog: Site, given: dict[str, object]):
    post = blog.create_post("Gagnez")
    assert write(blog, post, **{"post": post, **given}).status_code == 400
    assert stored(blog, post) == 0
