"""Pools and the message to post: set up in both editors, handed over, taken over, and never damaged."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from testbed.site import Site
from tests.plugin.conftest import ask, log_in, state_of
from tests.plugin.standin import StandIn
from tests.plugin.test_contest import BEFORE, accept, panel, save, saves
from tests.plugin.test_words import in_english


def pool(name: str, channel: str, **given: object) -> dict[str, Any]:
    return {"name": name, "channel": channel, "winners": 1, "alternates": 3, "prize": "", **given}


COMMENTS = pool("Commentaires", "comments", winners=2, alternates=1, prize="Un livre")
POSTS = pool("Publications", "posts", prize="Une tasse")
STRANGE = [
    pool('Livres "d’or" <3', "comments", winners=7, alternates=0, prize="50 % %20 <b>de</b> réduction"),
    pool("Tasses", "posts"),
    pool("Reste", "both"),
]
NO_MESSAGE = {"text": "", "links": [], "hashtags": [], "mentions": []}
RULES = {"replies_count": False, "staff_may_win": False, "leave_out_held": False, "excluded": ["Ada", "#12"]}


def fetch(site: Site, post: int) -> dict[str, Any]:
    """The settings once the service was asked again."""
    code = "tirage_fetch_states([$args['post']], 5); return tirage_settings($args['post']);"
    settings: dict[str, Any] = site.php(code, post=post)
    return settings


def test_two_pools_and_the_message_are_handed_over(each_blog: Site, service: StandIn):
    post = each_blog.create_post("Gagnez")
    accept(service, post)
    message: dict[str, Any] = {"message": "Je participe & <3", "hashtags": ["#livres"], "mentions": ["@blog"]}
    save(each_blog, post, pools=[COMMENTS, POSTS], one_prize=False, **message)
    (wish,) = saves(service)
    assert wish["pools"] == [COMMENTS, POSTS]
    assert wish["message"] == {
        "text": "Je participe & <3",
        "links": [each_blog.php("return get_permalink($args['post']);", post=post)],
        "hashtags": ["livres"],
        "mentions": ["blog"],
    }
    assert (wish["rules"]["one_prize"], wish.keys() & {"winners", "alternates"}) == (False, set())


def test_nothing_but_the_post_s_own_link_is_asked_for_unless_something_is_named(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post)
    save(blog, post, pools=[POSTS])
    assert saves(service)[0]["message"] == NO_MESSAGE  # the service puts the post's address in
    link = blog.php("return get_permalink($args['post']);", post=post)
    accept(service, post, pools=[POSTS], message={**NO_MESSAGE, "links": [link]}, winners=1)
    assert fetch(blog, post)["links"] == []


def test_a_message_is_handed_over_only_where_posts_take_part(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post)
    save(blog, post, message="Je participe")
    save(blog, post, message="Je participe aussi")
    (wish,) = saves(service)
    assert "message" not in wish
    save(blog, post, message="Je participe aussi", pools=[pool("Publications", "posts")])
    assert saves(service)[1]["message"]["text"] == "Je participe aussi"  # an existing text stays


def test_a_message_that_is_there_already_outlives_the_service_s_answers(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    settings = {"enabled": False, "message": "Je participe"}  # as an earlier version has it
    blog.php("update_post_meta($args['p'], '_tirage_settings', $args['kept']);", p=post, kept=settings)
    accept(service, post, pools=[pool("comments", "comments", winners=4)], winners=4, message=NO_MESSAGE)
    kept = fetch(blog, post)
    assert (kept["winners"], kept["pools"], kept["message"]) == (4, [], "Je participe")


@pytest.mark.parametrize("pools", [STRANGE, [pool("comments", "comments", prize="Un livre")], [COMMENTS, POSTS]])
def test_pools_that_were_made_elsewhere_are_taken_over_and_sent_back_unchanged(
    blog: Site, service: StandIn, pools: list[dict[str, Any]]
):
    post = blog.create_post("Gagnez")
    message = {"text": "a\nb <3 100%20", "links": [], "hashtags": ["livres"], "mentions": ["blog@m.example"]}
    rules = {**RULES, "one_prize": False, "needs_all": True, "reposts_count": True}
    told = {"pools": pools, "message": message, "rules": rules, "winners": 9, "alternates": 6}
    accept(service, post, closes_at="2030-11-27T16:00:00Z", **told)
    fetch(blog, post)
    ask(blog, "POST", f"wp/v2/posts/{post}", login="author", json={"title": "Another title"})
    assert saves(service, post) == []
    # The block editor sends all settings as it got them, with what the writer changed.
    edited = ask(blog, "GET", f"wp/v2/posts/{post}", login="author", params={"context": "edit"}).json()
    settings = {**edited["meta"]["_tirage_settings"], "staff_may_win": True}
    answer = ask(blog, "POST", f"wp/v2/posts/{post}", login="author", json={"meta": {"_tirage_settings": settings}})
    assert answer.ok, answer.text
    (wish,) = saves(service, post)
    assert (wish["pools"], wish["rules"]) == (pools, {**rules, "staff_may_win": True})
    sent = wish.get("message")
    assert sent == (message if any(one["channel"] != "comments" for one in pools) else None)


def test_one_plain_pool_is_the_simple_case_again(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post)
    save(blog, post, pools=[COMMENTS, POSTS])
    accept(service, post, pools=[pool("comments", "comments", winners=5, alternates=0)], rules=RULES, winners=5)
    kept = fetch(blog, post)
    assert (kept["pools"], kept["winners"], kept["alternates"]) == ([], 5, 0)
    save(blog, post, winners=6)
    assert saves(service)[-1]["winners"] == 6
    assert "pools" not in saves(service)[-1]


def test_a_service_that_tells_of_no_pools_changes_none(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post)
    save(blog, post, pools=[COMMENTS, POSTS])
    state = state_of(post, rules=RULES)
    del state["pools"], state["message"], state["compose"]
    service.calls["contest.show"] = (200, {"contests": {str(post): state}})
    assert fetch(blog, post)["pools"] == [COMMENTS, POSTS]


def test_pools_have_names_in_the_blog_s_language_whatever_the_writer_s_is(each_blog: Site):
    names = "return tirage_pool_names();"
    french = {"comments": "Commentaires", "posts": "Publications", "both": "Commentaires et publications"}
    assert {channel: first for channel, (first, *_) in each_blog.php(names).items()} == french
    with in_english(each_blog):
        post = each_blog.create_post("Gagnez", author="admin")
        editor = f"{each_blog.base_url}/wp-admin/post.php?post={post}&action=edit"
        facts = re.search(r"window\.tirageEditor = (.*?);\n", log_in(each_blog, "admin").get(editor, timeout=60).text)
    assert facts
    assert '"poolNames":{"comments":["Commentaires"' in facts[1]
    assert '"open":"Open"' in facts[1]


# The box

SEND = """
wp_set_current_user($args['admin']);
$_POST = ['tirage_nonce' => wp_create_nonce('tirage_box'), 'post_ID' => $args['post']];
$_POST['tirage'] = wp_slash($args['fields']);
wp_update_post(['ID' => $args['post'], 'post_excerpt' => 'x' . wp_rand()]);
return tirage_settings($args['post']);
"""


def shown_box(site: Site, post: int) -> tuple[str, dict[str, str]]:
    """The box, and what a browser sends of it when nobody touches anything."""
    html: str = site.php(BEFORE, admin=site.users["admin"].id, post=post)
    fields = {}
    for tag in re.findall(r"<input [^>]*>", html):
        name, value = re.search(r'name="tirage\[(\w+)\]"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and (not re.search(r"checkbox|radio", tag) or "checked" in tag):
            fields[name[1]] = unescape(value[1])
    for name, value in re.findall(r'<textarea[^>]* name="tirage\[(\w+)\]"[^>]*>(.*?)</textarea>', html, re.DOTALL):
        fields[name] = unescape(value)
    return html, fields


def send(site: Site, post: int, fields: dict[str, str]) -> dict[str, Any]:
    settings: dict[str, Any] = site.php(SEND, admin=site.users["admin"].id, post=post, fields=fields)
    return settings


BASIS = {"enabled": "1", "closes": "2030-11-27T17:00"}
FIRST = {"winners": "2", "alternates": "1", "prize": "Un livre"}
SECOND = {"posts_winners": "1", "posts_alternates": "3", "posts_prize": "Une tasse"}


@pytest.mark.parametrize(
    ("who", "pools"),
    [
        ("each", [COMMENTS, POSTS]),
        ("both", [{**COMMENTS, "name": "Commentaires et publications", "channel": "both"}]),
        ("posts", [{**COMMENTS, "name": "Publications", "channel": "posts"}]),
        ("comments", [COMMENTS]),
        ("other", []),
        ("nonsense", []),
    ],
)
def test_the_box_offers_the_same_choices(blog: Site, service: StandIn, who: str, pools: list[dict[str, Any]]):
    post = blog.create_post("Gagnez", author="admin")
    accept(service, post)
    message = {
        "message": "Je participe",
        "hashtags": "#livres, #lire",
        "mentions": "@blog",
        "links": "",
        "no_link": "1",
    }
    kept = send(blog, post, {**BASIS, **FIRST, **SECOND, **message, "who": who})
    assert (kept["pools"], kept["winners"], kept["one_prize"]) == (pools, 2, False)
    assert (kept["hashtags"], kept["mentions"], kept["no_link"]) == (["livres", "lire"], ["blog"], True)
    _, fields = shown_box(blog, post)
    assert fields["who"] == (who if pools else "comments")
    assert send(blog, post, fields) == kept
    assert len(saves(service, post)) == 1


def test_commenters_alone_without_a_prize_stay_the_simple_case_in_the_box(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez", author="admin")
    accept(service, post)
    _, fields = shown_box(blog, post)
    assert (fields["who"], fields["one_prize"]) == ("comments", "1")
    assert send(blog, post, {**fields, **BASIS})["pools"] == []
    (wish,) = saves(service)
    assert (wish["winners"], wish["rules"]["one_prize"], "pools" in wish) == (1, True, False)


def test_the_box_shows_pools_of_others_to_read_and_leaves_them_and_their_rules_alone(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez", author="admin")
    rules = {**RULES, "one_prize": False, "needs_all": True, "reposts_count": True}
    accept(service, post, pools=STRANGE, rules=rules, message={**NO_MESSAGE, "text": "a\nb", "hashtags": ["livres"]})
    fetch(blog, post)
    html, fields = shown_box(blog, post)
    assert (
        '<li>Livres "d’or" &lt;3 – 50 % %20 &lt;b&gt;de&lt;/b&gt; réduction – 7 personnes gagnantes'
        in unescape_quotes(html)
    )
    assert "tirage[winners]" not in html
    kept = send(blog, post, {**fields, "staff_may_win": "1"})
    assert (kept["pools"], kept["one_prize"], kept["needs_all"], kept["reposts_count"]) == (STRANGE, False, True, True)
    (wish,) = saves(service, post)
    assert (wish["pools"], wish["rules"]) == (STRANGE, {**rules, "staff_may_win": True})
    assert wish["message"] == {"text": "a\nb", "links": [], "hashtags": ["livres"], "mentions": []}


def unescape_quotes(html: str) -> str:
    return html.replace("&quot;", '"')


def test_pools_that_were_changed_elsewhere_while_the_box_was_open_stay_changed(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez", author="admin")
    accept(service, post, pools=[COMMENTS, POSTS], rules=RULES)
    fetch(blog, post)
    _, fields = shown_box(blog, post)
    accept(service, post, pools=STRANGE, rules=RULES)
    fetch(blog, post)
    kept = send(blog, post, {**fields, "how_to": "Dites bonjour"})
    assert (kept["pools"], kept["how_to"]) == (STRANGE, "Dites bonjour")
    assert saves(service, post) == []


def test_once_the_list_is_sealed_the_box_changes_neither_pools_nor_message(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez", author="admin")
    message = {"text": "Je participe", "links": ["https://a.example/"], "hashtags": [], "mentions": []}
    sealed = {"phase": "sealed", "is_changeable": False, "message": message, "rules": RULES}
    accept(service, post, pools=[COMMENTS, POSTS], **sealed)
    before = fetch(blog, post)
    kept = send(blog, post, {"who": "posts", "message": "other", "prize": "other", "how_to": "Dites bonjour"})
    assert kept == {**before, "how_to": "Dites bonjour"}
    assert kept["message"] == "Je participe"


def test_the_writer_is_told_where_the_message_is_too_long(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez", author="admin")
    composed = {"network": "x", "url": "https://x.com/intent/post?text=a", "text": "a", "length": 292, "longest": 280}
    accept(service, post, pools=[POSTS], compose=[{**composed, "fits": False}])
    fetch(blog, post)
    html, _ = shown_box(blog, post)
    assert "Le message dépasse de 12 caractères ce qu’accepte X." in html
    told = panel(blog, post, login="admin")["contest"]["compose"]
    assert [(one["network"], one["fits"], one["length"]) for one in told] == [("x", False, 292)]
