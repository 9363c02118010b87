"""Saving a post hands its contest over; what went wrong stays with the post and is tried again."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import requests

from testbed.site import Site
from tests.plugin.conftest import ask, log_in, state_of
from tests.plugin.standin import StandIn

BOX = """
wp_set_current_user($args['admin']);
$_POST = ['tirage_nonce' => wp_create_nonce('tirage_box'), 'post_ID' => $args['post'], 'tirage' => ['enabled' => '1']];
foreach ($args['saved'] as $id) {
    wp_update_post(['ID' => $id, 'post_excerpt' => 'x']);
    $enabled[$id] = tirage_settings($id)['enabled'];
}
return $enabled;
"""
RULES = dict.fromkeys(("replies_count", "staff_may_win", "leave_out_held", "needs_all", "reposts_count"), False)
RULES["one_prize"] = True
SETTINGS = {"enabled": True, "closes": "2030-11-27 17:00", "winners": 2, "alternates": 1, "excluded": ["Ada", "#12"]}


def save(site: Site, post: int, login: str = "author", **changed: object) -> None:
    meta = {"_tirage_settings": {**SETTINGS, **changed}}
    answer = ask(site, "POST", f"wp/v2/posts/{post}", login=login, json={"meta": meta})
    assert answer.ok, answer.text


def accept(service: StandIn, post: int, **given: object) -> None:
    state = state_of(post, **given)
    service.calls = {"contest.save": (200, {"contest": state}), "contest.show": (200, {"contests": {str(post): state}})}


def saves(service: StandIn, post: int | None = None) -> list[dict[str, Any]]:
    """What was handed over, of one post or of all."""
    return [data for name, data in service.asked if name == "contest.save" and post in (None, data["post"])]


def panel(site: Site, post: int, login: str = "author") -> dict[str, Any]:
    answer = ask(site, "GET", f"tirage/v1/contest/{post}", login=login)
    assert answer.ok, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_saving_a_post_opens_its_contest_and_saving_it_again_does_nothing(each_blog: Site, service: StandIn):
    post = each_blog.create_post("Gagnez")
    accept(service, post)
    save(each_blog, post)
    (wish,) = saves(service)
    assert wish == {
        "post": post,
        "actor": "author",
        "url": f"{each_blog.base_url}/",
        "closes": "2030-11-27T17:00:00+01:00",
        "winners": 2,
        "alternates": 1,
        "automatic": False,
        "rules": RULES | {"excluded": ["Ada", "#12"]},
    }
    ask(each_blog, "POST", f"wp/v2/posts/{post}", login="author", json={"title": "Another title"})
    assert len(saves(service)) == 1
    save(each_blog, post, winners=3)
    assert saves(service)[1]["winners"] == 3
    told = panel(each_blog, post)
    assert (told["contest"]["entries"], told["problem"]) == (31, "")


def test_a_post_that_is_no_contest_is_nobody_s_business(blog: Site, service: StandIn):
    post = blog.create_post("Pas un concours")
    save(blog, post, enabled=False)
    assert saves(service) == []


def test_what_the_service_refuses_is_told_with_the_post(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    service.calls = {"contest.save": (409, {"code": "sealed", "detail": "English", "status": 409})}
    save(blog, post)
    assert "sealed" in panel(blog, post)["problem"] or "scell" in panel(blog, post)["problem"]
    scheduled = blog.php("return wp_get_scheduled_event('tirage_save_again') !== false;")
    assert not scheduled


def test_a_service_that_is_down_is_tried_again_by_itself(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    service.calls = {"contest.save": (503, {"code": "database_unavailable", "detail": "x", "status": 503})}
    save(blog, post)
    assert panel(blog, post)["problem"]
    accept(service, post)
    blog.php("do_action('tirage_save_again', $args['post'], 'author', 2);", post=post)
    assert panel(blog, post)["problem"] == ""
    assert saves(service)[-1]["actor"] == "author"


def test_what_wp_cron_lost_is_tried_again_by_the_sweep_when_it_is_due(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    service.calls = {"contest.save": (503, {"code": "database_unavailable", "detail": "x", "status": 503})}
    save(blog, post)
    sweep = """
        wp_unschedule_hook('tirage_save_again');
        $problem = get_post_meta($args['post'], '_tirage_problem', true);
        $problem['again_at'] -= $args['seconds'];
        update_post_meta($args['post'], '_tirage_problem', $problem);
        do_action('tirage_sweep');
    """
    accept(service, post)
    blog.php(sweep, post=post, seconds=0)
    assert len(saves(service, post)) == 1
    blog.php(sweep, post=post, seconds=31)
    assert [wish["actor"] for wish in saves(service, post)] == ["author"] * 2
    assert panel(blog, post)["problem"] == ""


def test_what_is_no_contest_any_more_is_not_tried_again(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    save(blog, post)
    assert panel(blog, post)["problem"]
    save(blog, post, enabled=False)
    assert panel(blog, post)["problem"] == ""
    accept(service, post)
    before = len(saves(service))
    blog.php("do_action('tirage_save_again', $args['post'], 'author', 2);", post=post)
    assert len(saves(service)) == before


def test_without_a_deadline_nothing_is_sent(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    save(blog, post, closes="next friday")
    assert saves(service) == []
    assert panel(blog, post)["problem"]


def test_a_contest_that_was_opened_elsewhere_is_found(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post, entries=7)
    assert panel(blog, post)["contest"]["entries"] == 7


def test_readers_never_see_who_is_excluded(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post)
    save(blog, post, excluded=["hidden@example.org"])
    for login in (None, "reader"):
        answer = ask(blog, "GET", f"wp/v2/posts/{post}", login=login)
        assert answer.ok
        assert "hidden" not in answer.text
        assert "_tirage" not in answer.text


@pytest.mark.parametrize("login", [None, "reader"])
def test_who_may_not_publish_can_not_set_up_a_contest(blog: Site, service: StandIn, login: str | None):
    post = blog.create_post("Gagnez")
    meta = {"meta": {"_tirage_settings": SETTINGS}}
    assert ask(blog, "POST", f"wp/v2/posts/{post}", login=login, json=meta).status_code in (401, 403)
    assert ask(blog, "GET", f"tirage/v1/contest/{post}", login=login).status_code in (401, 403)
    assert saves(service) == []


def test_an_author_can_not_touch_another_s_post(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez", author="moderateur")
    assert ask(blog, "GET", f"tirage/v1/contest/{post}", login="author").status_code == 403


def test_hostile_settings_are_made_harmless(blog: Site):
    value = {
        "enabled": "yes",
        "closes": "<script>",
        "winners": 10**9,
        "alternates": -5,
        "excluded": ["<script>alert(1)</script>Ada", {"a": 1}, "x" * 5000, *[str(n) for n in range(2000)]],
        "message": "m" * 5000,
        "links": ["javascript:alert(1)", "https://a.example/<script>"],
        "hashtags": {"a": ["b"]},
        "how_to": ["list"],
        "pools": [{"channel": "<script>", "winners": 10**9, "alternates": -5}, "<i>"],
        "one_prize": "no",
        "other": "dropped",
    }
    told = blog.php("return tirage_clean_settings($args['value']);", value=value)
    assert (told["closes"], told["winners"], told["alternates"], told["how_to"]) == ("", 1000, 0, "")
    assert "<" not in str(told)
    assert len(told["excluded"]) <= 500
    assert len(told["message"]) == 1000
    assert told["links"] == ["https://a.example/script"]
    assert (told["hashtags"], told["one_prize"]) == ([], True)
    assert "other" not in told


def test_the_classic_editor_saves_the_same(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez", author="admin")
    accept(service, post)
    session = log_in(blog, "admin")
    blog.switch_off("flood_check", "block_editor")
    page = session.get(f"{blog.base_url}/wp-admin/post.php?post={post}&action=edit", timeout=30).text
    blog.switch_off("flood_check")
    form = {"post_ID": post, "action": "editpost", "post_title": "Gagnez", "tirage[enabled]": "1"}
    form |= {"tirage[closes]": "2030-11-27T17:00", "tirage[winners]": "4", "tirage[excluded]": "Ada\r\n\r\n Zoé "}
    form["_wpnonce"] = find(page, r'"?name="?_wpnonce"? value="(\w+)"')
    without = session.post(f"{blog.base_url}/wp-admin/post.php", form, timeout=30)
    assert without.ok
    assert saves(service) == []  # our own nonce is missing
    form["tirage_nonce"] = find(page, r'name="tirage_nonce" value="(\w+)"')
    session.post(f"{blog.base_url}/wp-admin/post.php", form, timeout=30)
    (wish,) = saves(service)
    assert (wish["winners"], wish["rules"]["excluded"], wish["closes"]) == (
        4,
        ["Ada", "Zoé"],
        "2030-11-27T17:00:00+01:00",
    )


def test_a_post_that_a_plugin_saves_along_with_another_gets_none_of_its_settings(blog: Site):
    post, other = blog.create_post("Gagnez", author="admin"), blog.create_post("Win", author="admin")
    enabled = blog.php(BOX, admin=blog.users["admin"].id, post=post, saved=[post, other])
    assert enabled == {str(post): True, str(other): False}


def find(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    assert found, pattern
    return found[1]


PUBLISH_BY_SCHEDULE = """
wp_set_current_user(0);
$wpdb->update($wpdb->posts, ['post_date_gmt' => gmdate('Y-m-d H:i:s', time() - 5)], ['ID' => $args['post']]);
clean_post_cache($args['post']);
do_action('publish_future_post', $args['post']);
return get_post_status($args['post']);
"""


def test_a_draft_s_contest_opens_when_the_post_is_published(each_blog: Site, service: StandIn):
    post = each_blog.create_post("Gagnez", status="draft")
    accept(service, post)
    service.calls["contest.show"] = (200, {"contests": {}})
    save(each_blog, post)
    assert (saves(service), panel(each_blog, post)["problem"]) == ([], "")
    answer = ask(each_blog, "POST", f"wp/v2/posts/{post}", login="author", json={"status": "publish"})
    assert answer.ok
    (wish,) = saves(service)
    assert wish["post"] == post


def test_a_scheduled_post_s_contest_opens_with_it_in_its_author_s_name(each_blog: Site, service: StandIn):
    post = each_blog.create_post("Gagnez", status="future", date_gmt=datetime.now(UTC) + timedelta(days=2))
    accept(service, post)
    service.calls["contest.show"] = (200, {"contests": {}})
    save(each_blog, post, login="moderateur")
    assert saves(service) == []
    assert each_blog.php(PUBLISH_BY_SCHEDULE, post=post) == "publish"
    (wish,) = saves(service)
    assert (wish["post"], wish["actor"]) == (post, "author")


@pytest.mark.parametrize("status", ["publish", "future"])
def test_a_deadline_before_the_post_s_publication_is_told_at_once(blog: Site, service: StandIn, status: str):
    date = datetime.now(UTC) + timedelta(days=2 if status == "future" else 0)
    post = blog.create_post("Gagnez", status=status, date_gmt=date)
    save(blog, post, closes=f"{date - timedelta(days=1):%Y-%m-%d %H:%M}")
    assert saves(service) == []
    assert panel(blog, post)["problem"]
    save(blog, post, enabled=False)
    assert panel(blog, post)["problem"] == ""


def test_closed_comments_are_told_before_a_scheduled_post_is_published(blog: Site, service: StandIn):
    date = datetime.now(UTC) + timedelta(days=2)
    post = blog.create_post("Gagnez", status="future", date_gmt=date, comment_status="closed")
    save(blog, post)
    assert panel(blog, post)["problem"]


def test_a_past_deadline_of_an_older_post_is_taken_as_its_comments_may_be_drawn_from(blog: Site, service: StandIn):
    now = datetime.now(UTC)
    post = blog.create_post("Gagnez", date_gmt=now - timedelta(days=9), comment_status="closed")
    accept(service, post)
    save(blog, post, closes=f"{now - timedelta(days=1):%Y-%m-%d %H:%M}")
    assert len(saves(service)) == 1


def test_what_was_unticked_before_it_opened_is_not_tried_again(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    service.calls = {"contest.save": (503, {"code": "database_unavailable", "detail": "x", "status": 503})}
    save(blog, post)
    service.calls = {}
    save(blog, post, enabled=False)
    blog.php("do_action('tirage_save_again', $args['post'], 'author', 2);", post=post)
    assert len(saves(service)) == 1


def test_what_was_changed_at_the_service_is_taken_over_and_not_undone_by_the_next_save(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post)
    save(blog, post)
    theirs = {"closes_at": "2031-01-02T09:30:00Z", "rules": {"staff_may_win": True, "excluded": ["Zoé"]}}
    accept(service, post, winners=7, **theirs)
    blog.php("tirage_fetch_states([$args['post']], 5);", post=post)
    settings = panel(blog, post)["settings"]
    assert (settings["closes"], settings["winners"]) == ("2031-01-02 10:30", 7)
    assert (settings["staff_may_win"], settings["excluded"]) == (True, ["Zoé"])
    ask(blog, "POST", f"wp/v2/posts/{post}", login="author", json={"title": "Another title"})
    assert len(saves(service)) == 1


def test_a_change_that_waits_to_be_handed_over_is_not_overwritten(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post)
    save(blog, post)
    service.calls["contest.save"] = (503, {"code": "database_unavailable", "detail": "x", "status": 503})
    save(blog, post, winners=5)
    blog.php("tirage_fetch_states([$args['post']], 5);", post=post)
    assert panel(blog, post)["settings"]["winners"] == 5


def test_a_slow_service_holds_a_save_up_only_so_long(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post)
    service.delay = 15
    began = time.monotonic()
    save(blog, post)
    service.delay = 0
    assert time.monotonic() - began < 13
    assert panel(blog, post)["problem"]


# The deadline, on a clock that may change


@contextmanager
def blog_in(site: Site, timezone: str) -> Iterator[None]:
    """The blog with another timezone for a while."""
    before = site.php("return get_option('timezone_string');")
    site.set_option("timezone_string", timezone)
    try:
        yield
    finally:
        site.set_option("timezone_string", before)


def instants(service: StandIn, post: int) -> list[str]:
    """The deadlines that were sent, in UTC."""
    times = [datetime.fromisoformat(wish["closes"]).astimezone(UTC) for wish in saves(service, post)]
    return [f"{time:%Y-%m-%dT%H:%M:%SZ}" for time in times]


def test_a_deadline_stays_where_it_is_when_the_blog_moves_to_another_timezone(each_blog: Site, service: StandIn):
    post = each_blog.create_post("Gagnez")
    accept(service, post, closes_at="2030-11-27T17:00:00Z")
    with blog_in(each_blog, "UTC"):
        save(each_blog, post)
    save(each_blog, post, winners=3)  # before anybody saw the deadline on the new clock
    service.calls["contest.save"] = (503, {"code": "database_unavailable", "detail": "x", "status": 503})
    save(each_blog, post, winners=4)
    accept(service, post, closes_at="2030-11-27T17:00:00Z", winners=5, rules={"excluded": []})
    save(each_blog, post, winners=5)
    each_blog.php("tirage_fetch_states([$args['post']], 5);", post=post)
    assert panel(each_blog, post)["settings"]["closes"] == "2030-11-27 18:00"
    save(each_blog, post, closes="2030-11-27 18:00", winners=6)
    assert instants(service, post) == ["2030-11-27T17:00:00Z"] * 5
    save(each_blog, post, closes="2030-11-27 18:30", winners=6)
    assert instants(service, post)[-1] == "2030-11-27T17:30:00Z"


@pytest.mark.parametrize("closes_at", ["2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "2027-06-01T10:00:59Z"])
def test_a_deadline_that_nobody_touched_is_kept_to_the_second_and_in_the_hour_that_comes_twice(
    blog: Site, service: StandIn, closes_at: str
):
    post = blog.create_post("Gagnez")
    accept(service, post, closes_at=closes_at, rules={"excluded": []})
    blog.php("tirage_fetch_states([$args['post']], 5);", post=post)  # opened by the command line
    save(blog, post, closes=panel(blog, post)["settings"]["closes"], winners=9)
    assert instants(service, post) == [closes_at]


def test_a_minute_that_comes_twice_means_its_second_time_and_one_that_never_comes_is_refused(blog: Site):
    code = "return array_map('tirage_local_time', $args['texts']);"
    texts = ["2027-10-31 02:30", "2027-03-28 02:30", "2027-03-28 03:30", "2027-02-30 12:00", ""]
    twice, skipped, after, no_day, none = blog.php(code, texts=texts)
    assert twice == datetime(2027, 10, 31, 1, 30, tzinfo=UTC).timestamp()
    assert after == datetime(2027, 3, 28, 1, 30, tzinfo=UTC).timestamp()
    assert (skipped, no_day, none) == (None, None, None)
    with blog_in(blog, "Australia/Lord_Howe"):
        (twice,) = blog.php(code, texts=["2027-04-04 01:45"])
    assert twice == datetime(2027, 4, 3, 15, 15, tzinfo=UTC).timestamp()


def test_a_deadline_that_the_clock_skips_is_told_and_not_sent(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    save(blog, post, closes="2027-03-28 02:30")
    assert saves(service) == []
    assert panel(blog, post)["problem"]


def test_what_the_seal_refused_is_taken_back_and_its_complaint_with_it(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post, winners=2)
    save(blog, post)
    service.calls["contest.save"] = (409, {"code": "sealed", "detail": "English", "status": 409})
    save(blog, post, winners=5)
    assert panel(blog, post)["problem"]
    rules = {"replies_count": False, "staff_may_win": False, "leave_out_held": False, "excluded": []}
    sealed = state_of(post, phase="sealed", winners=2, rules=rules, is_changeable=False)
    service.calls["contest.show"] = (200, {"contests": {str(post): sealed}})
    forget(blog, post)
    told = panel(blog, post)
    assert (told["problem"], told["settings"]["winners"]) == ("", 2)


# Copies, and another service

COPY = """
$copy = wp_insert_post(['post_title' => 'Copy', 'post_status' => $args['status'], 'post_author' => $args['author']]);
foreach (get_post_meta($args['post']) as $key => $values) {
    foreach ($values as $value) {
        add_post_meta($copy, $key, wp_slash(maybe_unserialize($value)));
    }
}
wp_update_post(['ID' => $copy, 'post_title' => 'Copied']);
return $copy;
"""
RENDER = "return tirage_render($args['post']);"


@pytest.mark.parametrize("status", ["draft", "publish"])
def test_a_copy_of_a_post_starts_as_no_contest(each_blog: Site, service: StandIn, status: str):
    post = each_blog.create_post("Gagnez")
    accept(service, post, phase="announced", drawn=[{"name": "Zoé", "comment": 1}], is_changeable=False)
    save(each_blog, post)
    copy = each_blog.php(COPY, post=post, status=status, author=each_blog.users["author"].id)
    ask(each_blog, "POST", f"wp/v2/posts/{copy}", login="author", json={"status": "publish"})
    assert saves(service, copy) == []
    told = panel(each_blog, copy)
    assert (told["contest"], told["settings"]["enabled"], told["settings"]["closes"]) == (None, False, "")
    edited = ask(each_blog, "GET", f"wp/v2/posts/{copy}", login="author", params={"context": "edit"}).json()
    assert edited["meta"]["_tirage_settings"]["enabled"] is False
    assert "Zoé" not in each_blog.php(RENDER, post=copy)
    assert "Zoé" in each_blog.php(RENDER, post=post)


def test_a_copy_becomes_a_contest_of_its_own(each_blog: Site, service: StandIn):
    post = each_blog.create_post("Gagnez")
    accept(service, post)
    save(each_blog, post)
    copy = each_blog.php(COPY, post=post, status="publish", author=each_blog.users["author"].id)
    accept(service, copy, entries=5)
    save(each_blog, copy)
    assert saves(service)[-1]["post"] == copy
    told = panel(each_blog, copy)
    assert (told["contest"]["entries"], told["settings"]["enabled"], told["problem"]) == (5, True, "")


def test_a_copy_that_is_saved_as_no_contest_stays_none(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post)
    save(blog, post)
    copy = blog.php(COPY, post=post, status="publish", author=blog.users["author"].id)
    edited = ask(blog, "GET", f"wp/v2/posts/{copy}", login="author", params={"context": "edit"}).json()
    ask(blog, "POST", f"wp/v2/posts/{copy}", login="author", json={"meta": edited["meta"]})
    assert saves(service, copy) == []
    assert panel(blog, copy)["settings"]["enabled"] is False


def test_another_service_gets_an_open_contest_with_the_next_save(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    accept(service, post)
    save(blog, post)
    blog.set_option("tirage_service_url", service.url.replace("127.0.0.1", "localhost"))
    ask(blog, "POST", f"wp/v2/posts/{post}", login="author", json={"title": "Another title"})
    ask(blog, "POST", f"wp/v2/posts/{post}", login="author", json={"title": "And another"})
    assert [wish["winners"] for wish in saves(service, post)] == [2, 2]


def forget(site: Site, post: int) -> None:
    """The service answers, and doesn't know the contest; what is known of it is some seconds old."""
    code = """
        $state = get_post_meta($args['post'], '_tirage_state', true);
        $state['fetched_at'] -= 5;
        update_post_meta($args['post'], '_tirage_state', wp_slash($state));
        tirage_fetch_states([$args['post']], 5);
    """
    site.php(code, post=post)


def test_an_open_contest_that_the_service_no_longer_knows_is_opened_again_by_the_next_save(
    blog: Site, service: StandIn
):
    post = blog.create_post("Gagnez")
    accept(service, post)
    save(blog, post)
    for says_nothing in [(503, {"code": "database_unavailable", "detail": "x", "status": 503}), (200, {"ok": True})]:
        service.calls["contest.show"] = says_nothing
        forget(blog, post)
        assert blog.php("return tirage_state($args['post']);", post=post)
        blog.php("tirage_note_answer();")
    service.calls["contest.show"] = (200, {"contests": {}})
    forget(blog, post)
    assert panel(blog, post)["contest"] is None
    ask(blog, "POST", f"wp/v2/posts/{post}", login="author", json={"title": "Another title"})
    assert len(saves(service, post)) == 2


def test_a_contest_that_is_over_is_never_opened_again_by_another_service(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez", date_gmt=datetime.now(UTC) - timedelta(days=9))
    accept(service, post, phase="announced", closes_at=f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}")
    save(blog, post)
    blog.set_option("tirage_service_url", service.url.replace("127.0.0.1", "localhost"))
    ask(blog, "POST", f"wp/v2/posts/{post}", login="author", json={"title": "Another title"})
    service.calls["contest.show"] = (200, {"contests": {}})
    forget(blog, post)
    ask(blog, "POST", f"wp/v2/posts/{post}", login="author", json={"title": "And another"})
    assert len(saves(service, post)) == 1
    told = panel(blog, post)
    assert (told["contest"], told["settings"]["enabled"]) == (None, False)


# Who may not publish

CONTRIBUTOR = """
$id = username_exists('contributor') ?: wp_insert_user(
    ['user_login' => 'contributor', 'user_pass' => wp_generate_password(), 'role' => 'contributor']
);
[$password] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'x' . wp_rand()]);
$post = wp_insert_post(['post_title' => 'Draft', 'post_author' => $id, 'post_status' => 'draft']);
if ($args['settings']) {
    update_post_meta($post, '_tirage_settings', tirage_clean_settings($args['settings']));
}
return [$post, $password];
"""


@pytest.mark.parametrize("kept", [None, {"enabled": True, "closes": "2030-01-01 10:00"}])
def test_a_contributor_saves_a_post_with_all_its_meta_and_changes_no_settings(
    each_blog: Site, kept: dict[str, Any] | None
):
    post, password = each_blog.php(CONTRIBUTOR, settings=kept)
    before = each_blog.php("return tirage_settings($args['post']);", post=post)
    for meta in ({"_tirage_settings": before}, {"_tirage_settings": SETTINGS}, {"_tirage_settings": None}):
        answer = requests.post(
            f"{each_blog.base_url}/wp-json/wp/v2/posts/{post}",
            auth=("contributor", password),
            json={"title": "Written on", "meta": meta},
            timeout=30,
        )
        assert answer.ok, answer.text
        assert answer.json()["title"]["raw"] == "Written on"
    assert each_blog.php("return tirage_settings($args['post']);", post=post) == before
    created = requests.post(
        f"{each_blog.base_url}/wp-json/wp/v2/posts",
        auth=("contributor", password),
        json={"title": "New", "meta": {"_tirage_settings": SETTINGS}},
        timeout=30,
    ).json()["id"]
    assert each_blog.php("return tirage_settings($args['post']);", post=created)["enabled"] is False


def test_an_author_creates_a_post_with_its_contest_at_once(blog: Site, service: StandIn):
    service.calls = {"contest.save": (200, {"contest": state_of(1)})}
    new = {"title": "Gagnez", "status": "publish", "meta": {"_tirage_settings": SETTINGS}}
    answer = ask(blog, "POST", "wp/v2/posts", login="author", json=new)
    assert answer.ok, answer.text
    assert [wish["post"] for wish in saves(service)].count(answer.json()["id"]) == 1


# The box

PLAIN_TYPE = """<?php
add_action('init', function () {
    register_post_type('plain', ['public' => true, 'show_in_rest' => true, 'supports' => ['editor', 'comments']]);
});
"""


@pytest.mark.parametrize(("post_type", "shows_box"), [("plain", True), ("post", False)])
def test_the_block_editor_shows_the_box_where_posts_bring_no_meta(each_blog: Site, post_type: str, shows_box: bool):
    plugin = each_blog.root / "wp-content/mu-plugins/plain-type.php"
    plugin.write_text(PLAIN_TYPE, "utf-8")
    try:
        code = "return wp_insert_post(['post_type' => $args['type'], 'post_title' => 'x', 'post_status' => 'publish']);"
        post = each_blog.php(code, type=post_type)
        url = f"{each_blog.base_url}/wp-admin/post.php?post={post}&action=edit"
        page = log_in(each_blog, "admin").get(url, timeout=30).text
    finally:
        plugin.unlink()
    assert "block-editor" in page
    assert ('name="tirage[closes]"' in page) is shows_box
    assert ("window.tirageEditor" in page) is not shows_box


SEND_BOX = """
wp_set_current_user($args['admin']);
$fields = $args['fields'] + ['enabled' => '1', 'closes' => '2030-11-27T17:00', 'winners' => '2', 'alternates' => '1'];
$fields += ['excluded' => "Ada\r\n#12", 'before' => $args['before'], 'message' => '', 'how_to' => ''];
$_POST = ['tirage_nonce' => wp_create_nonce('tirage_box'), 'post_ID' => $args['post'], 'tirage' => wp_slash($fields)];
wp_update_post(['ID' => $args['post'], 'post_excerpt' => 'x']);
return tirage_settings($args['post']);
"""
BEFORE = """
wp_set_current_user($args['admin']);
require_once ABSPATH . 'wp-admin/includes/admin.php';
ob_start();
tirage_print_box(get_post($args['post']));
return ob_get_clean();
"""


def test_what_nobody_touched_in_the_box_stays_as_it_was_changed_elsewhere_meanwhile(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez", author="admin")
    accept(service, post, rules={})
    save(blog, post, login="admin")
    admin = blog.users["admin"].id
    before = unescape(find(blog.php(BEFORE, admin=admin, post=post), r'name="tirage\[before\]" value="([^"]*)"'))
    theirs = {"closes_at": "2031-01-02T09:30:00Z", "winners": 2, "alternates": 1}
    accept(service, post, rules={"excluded": ["Ada", "#12"]}, **theirs)
    blog.php("tirage_fetch_states([$args['post']], 5);", post=post)
    kept = blog.php(SEND_BOX, admin=admin, post=post, before=before, fields={"how_to": "Dites bonjour"})
    assert (kept["closes"], kept["how_to"], kept["excluded"]) == ("2031-01-02 10:30", "Dites bonjour", ["Ada", "#12"])
    assert len(saves(service, post)) == 1
    kept = blog.php(SEND_BOX, admin=admin, post=post, before=before, fields={"closes": "2030-12-01T12:00"})
    assert kept["closes"] == "2030-12-01 12:00"
