"""Saving a post hands its contest over; what went wrong stays with the post and is tried again."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from testbed.site import Site
from tests.plugin.conftest import ask, log_in, state_of
from tests.plugin.standin import StandIn

SCHEDULED = """
foreach (_get_cron_array() as $hooks) {
    foreach ($hooks['tirage_save_again'] ?? [] as $event) {
        $all[] = $event['args'];
    }
}
return $all;
"""
BOX = """
wp_set_current_user($args['admin']);
$_POST = ['tirage_nonce' => wp_create_nonce('tirage_box'), 'post_ID' => $args['post'], 'tirage' => ['enabled' => '1']];
foreach ($args['saved'] as $id) {
    wp_update_post(['ID' => $id, 'post_excerpt' => 'x']);
    $enabled[$id] = tirage_settings($id)['enabled'];
}
return $enabled;
"""
SETTINGS = {"enabled": True, "closes": "2030-11-27 17:00", "winners": 2, "alternates": 1, "excluded": ["Ada", "#12"]}


def save(site: Site, post: int, login: str = "author", **changed: object) -> None:
    meta = {"_tirage_settings": {**SETTINGS, **changed}}
    answer = ask(site, "POST", f"wp/v2/posts/{post}", login=login, json={"meta": meta})
    assert answer.ok, answer.text


def accept(service: StandIn, post: int, **given: object) -> None:
    state = state_of(post, **given)
    service.calls = {"contest.save": (200, {"contest": state}), "contest.show": (200, {"contests": {str(post): state}})}


def saves(service: StandIn) -> list[dict[str, Any]]:
    return [data for name, data in service.asked if name == "contest.save"]


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
        "closes": "2030-11-27 17:00",
        "winners": 2,
        "alternates": 1,
        "automatic": False,
        "rules": {"replies_count": False, "staff_may_win": False, "leave_out_held": False, "excluded": ["Ada", "#12"]},
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
    args = blog.php(SCHEDULED)
    mine = [given for given in args if given[0] == post]
    assert mine == [[post, "author", 2]]
    accept(service, post)
    blog.php("do_action_ref_array('tirage_save_again', $args['args']);", args=mine[0])
    assert panel(blog, post)["problem"] == ""
    assert saves(service)[-1]["actor"] == "author"


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
        "message": "<script>alert(1)</script>" + "m" * 1000,
        "how_to": ["list"],
        "other": "dropped",
    }
    told = blog.php("return tirage_clean_settings($args['value']);", value=value)
    assert (told["closes"], told["winners"], told["alternates"], told["how_to"]) == ("", 1000, 0, "")
    assert "<" not in str(told)
    assert len(told["excluded"]) <= 500
    assert len(told["message"]) <= 240
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
    assert (wish["winners"], wish["rules"]["excluded"], wish["closes"]) == (4, ["Ada", "Zoé"], "2030-11-27 17:00")


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
