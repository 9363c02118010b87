"""What readers see, from what is kept on the blog: no page ever waits for the service."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import requests

from testbed.site import Site
from tests.plugin.conftest import state_of
from tests.plugin.standin import StandIn

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
BLOCK = "<!-- wp:tirage/contest /-->"
PLACES = {"winners": 1, "alternates": 3}
POOLS: list[dict[str, object]] = [
    {"name": "Commentaires", "channel": "comments", "prize": "Un livre", **PLACES},
    {"name": "Publications", "channel": "posts", "prize": "", **PLACES},
]
BOTH: list[dict[str, object]] = [{**POOLS[0], "channel": "both"}]
COMPOSE = [
    {"network": "bluesky", "url": "https://bsky.app/intent/compose?text=a", "text": "a"},
    {"network": "mastodon", "url": "https://mastodon.example/share?text=%22a%22", "text": '"a" <3 :-) --'},
    {"network": "x", "url": "https://x.com/intent/post?text=a%20%26%0Ab", "text": "a & b"},
]


def write(site: Site, content: str = BLOCK, **state: object) -> int:
    """A post whose contest stands like this; it was fetched just now."""
    post = site.create_post("Gagnez", content)
    keep(site, post, **state)
    return post


def keep(site: Site, post: int, **state: object) -> None:
    site.php("tirage_store_state($args['post'], $args['state']);", post=post, state=state_of(post, **state))


def age(site: Site, post: int, seconds: int) -> None:
    code = """
        $state = get_post_meta($args['post'], '_tirage_state', true);
        $state['fetched_at'] -= $args['seconds'];
        update_post_meta($args['post'], '_tirage_state', $state);
    """
    site.php(code, post=post, seconds=seconds)


def page(site: Site, post: int) -> str:
    answer = requests.get(f"{site.base_url}/?p={post}", timeout=30)
    assert answer.ok
    return answer.text


def shown(site: Site, post: int) -> str:
    """The part of the page that is ours."""
    text = page(site, post)
    start = text.find('<div class="tirage"')
    return text[start : text.find("</div>", start)] if start >= 0 else ""


@pytest.mark.parametrize("content", [BLOCK, "[tirage]"])
def test_an_open_contest_tells_until_when_how_and_how_many(each_blog: Site, content: str):
    post = write(each_blog, content, closes_at="2030-07-05T15:00:00Z")
    text = shown(each_blog, post)
    assert re.search(r"5 juillet 2030 \S+ 17", text)  # 17:00 on the blog's clock
    assert "Europe/Paris" in text
    assert 'datetime="2030-07-05T15:00:00Z"' in text
    assert "31" in text
    assert "https://draws.example/contests/gagnez" in text


def test_after_the_deadline_it_is_closed_without_asking_anybody(blog: Site, service: StandIn):
    past = (datetime.now(UTC) - timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    post = write(blog, closes_at=past, pools=[POOLS[1]], compose=COMPOSE)
    text = shown(blog, post)
    assert "x.com" not in text
    assert "Clos depuis" in text
    assert "31 participations" in text
    assert service.asked == []


@pytest.mark.parametrize(("winners", "words"), [(1, "1 participation. La"), (2, "1 participation. Les")])
def test_after_the_deadline_it_speaks_of_as_many_winners_as_there_will_be(blog: Site, winners: int, words: str):
    past = (datetime.now(UTC) - timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert words in shown(blog, write(blog, closes_at=past, entries=1, winners=winners))


def test_the_winners_with_the_proof(blog: Site):
    post = blog.create_post("Gagnez", BLOCK)
    (comment,) = blog.insert_comments(post, [{"content": "x", "author": "Zoé"}])
    proof = "https://draws.example/contests/gagnez/draws/1"
    drawn = [{"name": "Zoé", "comment": comment}, {"name": HOSTILE, "comment": 999_999}, {"name": "", "comment": 0}]
    keep(blog, post, phase="announced", proof_url=proof, drawn=drawn)
    text = shown(blog, post)
    assert f"#comment-{comment}" in text
    assert proof in text
    assert "<script" not in text
    assert "onerror" not in text


def links(text: str) -> list[str]:
    """Where the links for posting lead."""
    return re.findall(r'class="tirage-share"[^>]* href="([^"]*)"', text)


@pytest.mark.parametrize("content", [BLOCK, "[tirage]"])
def test_where_posts_take_part_readers_get_a_link_for_each_network(each_blog: Site, content: str):
    post = write(each_blog, content, pools=POOLS, compose=COMPOSE)
    text = shown(each_blog, post)
    assert links(text) == [
        "https://x.com/intent/post?text=a%20%26%20b",  # WordPress would drop the line break, and glue the words
        "https://mastodon.example/share?text=%22a%22",
        "https://bsky.app/intent/compose?text=a",
    ]
    assert [text.find(f"Publier sur {name}</a>") > 0 for name in ("X", "Mastodon", "Bluesky")] == [True] * 3
    assert text.count('rel="noopener nofollow"') == 3
    assert "mettez l’adresse de votre publication dans un commentaire" in text
    assert "ailleurs que sur mastodon.example" in text
    (copied,) = re.findall(r'<pre class="tirage-text">(.*?)</pre>', text)
    assert unescape(copied) == '"a" <3 :-) --'  # to be posted as it is: no curly quotes, dashes and smileys


def test_before_the_service_answered_and_without_posts_there_is_no_link_to_post(blog: Site):
    post = write(blog)
    keep_message = "tirage_keep_settings($args['p'], tirage_clean_settings(['message' => 'Je participe']));"
    blog.php(keep_message, p=post)
    text = shown(blog, post)
    assert "31" in text
    assert ("tirage-share" in text, "Je participe" in text, "x.com" in text) == (False, False, False)


@pytest.mark.parametrize(
    ("pools", "words"),
    [
        (POOLS, "ou faites les deux"),
        (BOTH, "ou publiez le message ci-dessous"),
        (POOLS[1:], "<p>Publiez le message ci-dessous."),
        ([], "<p>Laissez un commentaire sous cet article. Une"),
    ],
)
def test_how_to_enter_follows_the_pools(blog: Site, pools: list[dict[str, object]], words: str):
    assert words in shown(blog, write(blog, pools=pools, compose=COMPOSE if pools else []))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "http://x.com/intent/post",
        "https://a:b@x.com/",
        "https://x.com\\@evil.example/",
        '"><script>alert(1)</script>',
        f"https://{HOSTILE}/",
    ],
)
def test_a_link_that_is_no_plain_https_address_is_not_shown(blog: Site, url: str):
    winner = {"name": "@ana", "comment": 0, "url": url, "pool": "x", "prize": ""}
    text = shown(blog, write(blog, pools=POOLS, compose=[{"network": "x", "url": url, "text": HOSTILE}]))
    assert links(text) == []
    assert "dans un commentaire ici" not in text
    text = shown(blog, write(blog, phase="announced", drawn=[winner]))
    assert "<li><bdi>@ana</bdi></li>" in text


def test_a_text_to_copy_is_harmless(blog: Site):
    compose = [{"network": "mastodon", "url": "https://m.example/share?text=a", "text": HOSTILE}]
    text = shown(blog, write(blog, pools=POOLS, compose=compose))
    assert links(text)
    assert "<script" not in text
    assert "<img" not in text


def test_winners_stand_by_pool_with_the_prize_and_a_link_to_their_post(blog: Site):
    post = blog.create_post("Gagnez", BLOCK)
    (comment,) = blog.insert_comments(post, [{"content": "x", "author": "Zoé"}])
    drawn = [
        {"name": "Zoé", "comment": comment, "url": "", "pool": "Commentaires", "prize": "Un livre"},
        {"name": "@ana", "comment": 0, "url": "https://x.com/ana/status/1", "pool": "Publications", "prize": ""},
        {"name": "@bo", "comment": 0, "url": "", "pool": "Publications", "prize": ""},
    ]
    keep(blog, post, phase="announced", pools=POOLS, drawn=drawn)
    text = re.sub(r"\s+", " ", shown(blog, post))
    first, second = text.split('<p class="tirage-pool">')[1:]
    assert first.startswith("<bdi>Commentaires</bdi> – <bdi>Un livre</bdi></p>")
    assert f"#comment-{comment}" in first
    assert second.startswith("<bdi>Publications</bdi></p>")
    assert '<a rel="nofollow noopener" href="https://x.com/ana/status/1"><bdi>@ana</bdi></a>' in second
    assert "<li><bdi>@bo</bdi></li>" in second


def test_one_pool_is_not_named_and_its_prize_is(blog: Site):
    drawn = [{"name": "Zoé", "comment": 0, "pool": "comments", "prize": "Un livre"}]
    text = shown(blog, write(blog, phase="announced", drawn=drawn))
    assert '<p class="tirage-pool"><bdi>Un livre</bdi></p>' in text
    assert "comments</bdi>" not in text


def test_names_of_pools_and_prizes_are_not_trusted(blog: Site):
    drawn = [{"name": HOSTILE, "comment": 0, "url": "", "pool": f"{HOSTILE} {n}", "prize": HOSTILE} for n in range(2)]
    text = shown(blog, write(blog, phase="announced", drawn=drawn))
    assert text.count("tirage-pool") == 2
    assert "<script" not in text
    assert "<img" not in text


def test_what_an_earlier_version_kept_is_shown(blog: Site):
    post = write(blog, phase="announced", drawn=[{"name": "Zoé", "comment": 0}])
    code = """
        $state = get_post_meta($args['post'], '_tirage_state', true);
        unset($state['pools'], $state['compose']);
        $state['drawn'] = [array_intersect_key($state['drawn'][0], ['name' => 1, 'comment' => 1])];
        $state['phase'] = $args['phase'];
        update_post_meta($args['post'], '_tirage_state', $state);
        return tirage_render($args['post']);
    """
    assert "<li><bdi>Zoé</bdi></li>" in blog.php(code, post=post, phase="announced")
    assert "31" in blog.php(code, post=post, phase="open")


THREE_BYTES = """
$wpdb->query("ALTER TABLE $wpdb->postmeta MODIFY meta_value longtext CHARACTER SET $args[charset]");
"""


def test_an_emoji_in_a_name_does_not_keep_the_winners_from_a_blog_that_can_not_store_it(
    plugin_blog_68: Site, service: StandIn
):
    plugin_blog_68.php(THREE_BYTES, charset="utf8mb3")
    try:
        drawn = [{"name": "@ana 🎁 𝒜", "comment": 0}]
        text = shown(plugin_blog_68, write(plugin_blog_68, phase="announced", drawn=drawn))
    finally:
        plugin_blog_68.php(THREE_BYTES, charset="utf8mb4")
    assert "@ana 🎁 𝒜" in unescape(text)


def test_what_the_service_says_is_not_trusted(blog: Site):
    post = write(blog)
    keep(
        blog, post, page_url="javascript:alert(1)", problem=HOSTILE, entries="<b>", winners=-3, drawn=[1, {"name": []}]
    )
    text = shown(blog, post)
    assert "javascript" not in text
    assert "<script" not in text
    assert re.search(r"\b0 personne", text)
    assert re.search(r"\b0 participation", text)
    blog.php("tirage_store_state($args['p'], ['phase' => '<b>', 'closes_at' => 'x']);", p=post)
    assert shown(blog, post) == text


def test_a_page_does_not_wait_for_a_service_that_hangs(blog: Site, service: StandIn):
    post = write(blog)
    began = time.monotonic()
    page(blog, post)
    fresh = time.monotonic() - began
    age(blog, post, 61)
    service.delay = 5
    began = time.monotonic()
    assert shown(blog, post)
    assert time.monotonic() - began < fresh + 1
    service.wait(lambda: service.asked, 15)
    service.delay = 0


def test_what_is_stale_is_fetched_behind_the_page(blog: Site, service: StandIn):
    post = write(blog)
    service.calls = {"contest.show": (200, {"contests": {str(post): state_of(post, entries=77)}})}
    age(blog, post, 61)
    assert "31" in shown(blog, post)
    service.wait(lambda: "77" in shown(blog, post))
    asked = [data["posts"] for name, data in service.asked if name == "contest.show"]
    assert sum(post in posts for posts in asked) == 1  # wp-cron may ask for what another test left stale


@pytest.mark.parametrize("hook", ["tirage_retry", "tirage_sweep"])
def test_where_a_blog_can_not_call_itself_wp_cron_fetches_what_is_stale(blog: Site, service: StandIn, hook: str):
    post = write(blog)
    blog.php("update_post_meta($args['p'], '_tirage_stale', time());", p=post)
    service.calls = {"contest.show": (200, {"contests": {str(post): state_of(post, entries=77)}})}
    blog.php("do_action($args['hook']);", hook=hook)
    assert "77" in shown(blog, post)


def test_a_service_that_is_down_is_left_alone_for_a_minute(blog: Site, service: StandIn):
    post = write(blog)
    service.calls = {"contest.show": (500, b"<html>")}
    age(blog, post, 61)
    shown(blog, post)
    service.wait(lambda: service.asked)
    service.wait(lambda: blog.php("return (int) get_option('tirage_states_next_at');") > time.time() + 50)
    blog.php("delete_post_meta($args['p'], '_tirage_stale');", p=post)
    for _ in range(3):
        assert "31" in shown(blog, post)
    assert len(service.asked) == 1


def test_page_caches_are_told_when_the_phase_changes(blog: Site):
    post = write(blog)
    code = """
        add_action('tirage_state_changed', function ($id, $state) { $GLOBALS['told'][] = $state['phase']; }, 10, 2);
        tirage_store_state($args['p'], $args['same']);
        tirage_store_state($args['p'], $args['next']);
        return $GLOBALS['told'];
    """
    assert blog.php(code, p=post, same=state_of(post, entries=1), next=state_of(post, phase="review")) == ["review"]


def test_page_caches_are_told_when_the_deadline_has_passed_though_nothing_else_happens(blog: Site):
    closes_at = int(time.time()) + 3
    post = write(blog, closes_at=f"{datetime.fromtimestamp(closes_at, UTC):%Y-%m-%dT%H:%M:%SZ}")
    sweep = """
        add_action('tirage_state_changed', function ($id) { $GLOBALS['told'][] = $id; });
        do_action('tirage_sweep');
        return in_array($args['p'], $GLOBALS['told'] ?? [], true);
    """
    assert not blog.php(sweep, p=post)
    time.sleep(max(0.0, closes_at + 1 - time.time()))
    assert blog.php(sweep, p=post)
    assert not blog.php(sweep, p=post)


def test_a_shortcode_tells_nothing_of_a_post_that_the_reader_may_not_see(blog: Site):
    secret = write(blog)
    blog.php("wp_update_post(['ID' => $args['p'], 'post_status' => 'private']);", p=secret)
    post = blog.create_post("Autre", f"[tirage post={secret}]")
    assert shown(blog, post) == ""
    locked = blog.create_post("Fermé", BLOCK, password="sesame")
    keep(blog, locked)
    other = blog.create_post("Autre", f"[tirage post={locked}]")
    assert shown(blog, other) == ""


def test_a_post_without_a_contest_shows_nothing_to_readers(blog: Site):
    assert shown(blog, blog.create_post("Rien", BLOCK)) == ""


def test_a_contest_that_was_opened_elsewhere_shows_once_somebody_looked(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez", BLOCK)
    service.calls = {"contest.show": (200, {"contests": {str(post): state_of(post)}})}
    assert shown(blog, post) == ""
    service.wait(lambda: shown(blog, post))


def test_a_post_that_shows_a_contest_and_has_none_is_asked_about_now_and_then(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez", BLOCK)
    service.calls = {"contest.show": (200, {"contests": {}})}
    page(blog, post)
    service.wait(lambda: blog.php("return get_post_meta($args['id'], '_tirage_none_at', true);", id=post))
    for _ in range(3):
        page(blog, post)
    assert asked_about(service, post) == 1
    blog.php("update_post_meta($args['id'], '_tirage_none_at', time() - 301);", id=post)
    page(blog, post)
    service.wait(lambda: asked_about(service, post) == 2)


def asked_about(service: StandIn, post: int) -> int:
    """How often; what an earlier test's page set going may still come in between."""
    return sum(post in data["posts"] for name, data in service.asked if name == "contest.show")
