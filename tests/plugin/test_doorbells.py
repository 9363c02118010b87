"""What rings, how it is sent, and what happens while the service doesn't take it."""

from __future__ import annotations

import time
import xmlrpc.client

import pytest
import requests

from testbed.site import Site
from tests.plugin.conftest import ask
from tests.plugin.standin import SECRET, StandIn


def comment_by_form(site: Site, post_id: int, name: str = "Ada") -> requests.Response:
    form = {
        "comment": f"I take part, says {name} at {time.time()}",
        "author": name,
        "email": f"{name.lower()}@example.org",
        "url": "",
        "comment_post_ID": str(post_id),
        "comment_parent": "0",
    }
    return requests.post(f"{site.base_url}/wp-comments-post.php", form, allow_redirects=False, timeout=30)


def rows(site: Site) -> list[dict[str, str]]:
    found: list[dict[str, str]] = site.php('return $wpdb->get_results("SELECT * FROM {$wpdb->prefix}tirage_events");')
    return found


def wait_for(service: StandIn, event: str, post: int, comment: int = 0) -> None:
    service.wait(lambda: (event, post, comment) in service.events())


def test_a_comment_rings_by_the_form_by_rest_and_by_xmlrpc(each_blog: Site, service: StandIn):
    post = each_blog.create_post("Gagnez")
    service.wait(lambda: service.events() == [("post.published", post, 0)])
    assert comment_by_form(each_blog, post).status_code == 302
    rest = ask(each_blog, "POST", "wp/v2/comments", login="reader", json={"post": post, "content": "By REST"}).json()
    server = xmlrpc.client.ServerProxy(f"{each_blog.base_url}/xmlrpc.php")
    user = each_blog.users["reader2"]
    old = server.wp.newComment(0, "reader2", user.app_password, post, {"content": "By XML-RPC"})
    service.wait(lambda: len(service.events()) == 4)
    added = [comment for name, _, comment in service.events() if name == "comment.added"]
    assert added[1:] == [rest["id"], old]
    assert not service.forged


def test_every_change_of_a_comment_and_a_post_rings(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    (one,) = blog.insert_comments(post, [{"content": "Hello", "author": "Ada"}])
    service.wait(lambda: len(service.events()) == 2)
    steps: list[tuple[str, str, dict[str, object]]] = [
        ("comment.edited", "POST", {"content": "Hello again"}),
        ("comment.status_changed", "POST", {"status": "hold"}),
        ("comment.status_changed", "POST", {"status": "approved"}),
        ("comment.status_changed", "POST", {"status": "spam"}),
        ("comment.status_changed", "POST", {"status": "unspam"}),
        ("comment.status_changed", "DELETE", {}),
        ("comment.status_changed", "POST", {"status": "untrash"}),
        ("comment.deleted", "DELETE", {"force": True}),
    ]
    for event, method, fields in steps:
        service.reset()
        assert ask(blog, method, f"wp/v2/comments/{one}", json=fields).ok
        wait_for(service, event, post, one)
    steps = [
        ("post.changed", "POST", {"title": "Gagnez deux livres"}),
        ("post.binned", "DELETE", {}),
        ("post.restored", "POST", {"status": "publish"}),
    ]
    for event, method, fields in steps:
        service.reset()
        assert ask(blog, method, f"wp/v2/posts/{post}", json=fields).ok
        wait_for(service, event, post)
    service.reset()
    blog.php("do_action('wp_privacy_personal_data_erased', 7);")
    assert service.events() == [("privacy.erased", 0, 0)]


def test_many_events_of_one_request_are_one_call(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    service.reset()
    ids = blog.insert_comments(post, [{"content": f"Number {number}", "author": "Ada"} for number in range(120)])
    service.wait(lambda: service.deliveries)
    assert len(service.deliveries) == 1
    assert sorted(event["comment"] for event in service.deliveries[0][1]) == sorted(ids)


def test_nothing_personal_is_sent(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    service.reset()
    comment_by_form(blog, post, "Hidden")
    (delivery,) = service.wait(lambda: service.deliveries)
    assert set(delivery[1][0]) == {"event", "post", "comment"}
    assert "hidden" not in str(service.headers).lower()


def test_shop_notes_editor_notes_and_revisions_do_not_ring(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    service.wait(lambda: service.deliveries)
    service.reset()
    blog.insert_comments(post, [{"content": "x", "type": kind} for kind in ("order_note", "note", "review")])
    blog.php("wp_save_post_revision($args['id']);", id=post)
    blog.php("wp_insert_post(['post_type' => 'nav_menu_item', 'post_status' => 'publish', 'post_title' => 'x']);")
    assert service.events() == []


def test_a_refused_delivery_is_sent_again_under_its_id_until_it_is_taken(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    service.wait(lambda: service.deliveries)
    service.reset()
    service.status = 500
    comment_by_form(blog, post)
    service.wait(lambda: service.deliveries)
    first = service.deliveries[0]
    service.wait(lambda: rows(blog)[-1]["attempts"] == "1")
    service.status = 202
    deadline = time.monotonic() + 15
    while len(service.deliveries) < 2 and time.monotonic() < deadline:
        requests.get(blog.base_url, timeout=30)  # any request of the blog does it once the pause is over
        time.sleep(0.3)
    assert service.deliveries[1] == first
    service.wait(lambda: rows(blog)[-1]["state"] == "sent")


def test_while_the_service_fails_nobody_else_waits_for_it(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    service.wait(lambda: service.deliveries)
    service.reset()
    service.status = 503
    blog.php("update_option('tirage_paused_until', time() + 60);")
    for number in range(5):
        comment_by_form(blog, post, f"Guest{number}")
    time.sleep(0.5)
    assert service.deliveries == []
    assert len([row for row in rows(blog) if row["state"] == "waiting"]) == 5
    service.status = 202
    blog.php("tirage_run_deliveries(true);")
    assert len(service.deliveries) == 1
    assert len(service.deliveries[0][1]) == 5


def test_what_happens_again_once_a_delivery_is_on_its_way_rings_again(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    (one,) = blog.insert_comments(post, [{"content": "Hello", "author": "Ada"}])
    service.wait(lambda: len(service.events()) == 2)
    service.reset()
    code = """
        wp_set_comment_status($args['c'], 'hold');
        tirage_run_deliveries();
        wp_set_comment_status($args['c'], 'approve');
        wp_set_comment_status($args['c'], 'spam');
    """
    blog.php(code, c=one)
    assert service.events() == [("comment.status_changed", post, one)] * 2


def test_a_binned_post_rings_again_when_it_was_told_before_its_comments_followed(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    blog.insert_comments(post, [{"content": "Hello", "author": "Ada"}])
    service.wait(lambda: len(service.events()) == 2)
    service.reset()
    blog.php("add_action('trash_post_comments', 'tirage_on_run_deliveries'); wp_trash_post($args['p']);", p=post)
    assert service.events().count(("post.binned", post, 0)) == 2


def test_while_one_request_sends_no_other_begins_to(blog: Site, service: StandIn):
    runs = "tirage_send_after_events(); return did_action('tirage_run_deliveries');"
    assert blog.php(f"$lock = tirage_take_lock('sender', 60); {runs}") == 0
    assert blog.php(f"delete_option('tirage_lock_sender'); {runs}") == 1


def test_what_rings_while_one_request_sends_is_sent_by_that_one(blog: Site, service: StandIn):
    post = blog.create_post("Gagnez")
    service.reset()
    service.delay = 1.0
    ids = {comment_by_form(blog, post, f"Guest{number}").headers["Location"].rpartition("-")[2] for number in range(4)}
    service.wait(lambda: len(service.events()) == 4)
    assert {str(comment) for _, _, comment in service.events()} == ids
    assert len(service.deliveries) == 2


@pytest.mark.parametrize(("status", "sent_then"), [(413, [2]), (400, [2, 1])])
def test_a_delivery_that_is_refused_holds_up_no_other(blog: Site, service: StandIn, status: int, sent_then: list[int]):
    """What is too large stays so; a 400 is most often a wrong clock, and is over once something is taken."""
    blog.php("update_option('tirage_paused_until', time() + 60); tirage_ring('comment.added', 1, 1);")
    blog.php("$wpdb->query(\"UPDATE {$wpdb->prefix}tirage_events SET delivery = 'msg_bad'\");")
    service.status = status
    blog.php("tirage_run_deliveries(true);")
    service.status = 202
    blog.php("tirage_ring('comment.added', 1, 2); tirage_run_deliveries();")
    assert [event["comment"] for _, events in service.deliveries[1:] for event in events] == sent_then


def test_two_senders_at_once_send_everything_once(blog: Site, service: StandIn):
    blog.php(
        "update_option('tirage_paused_until', time() + 60); for ($i = 1; $i <= 900; $i++) tirage_ring('x', 1, $i);"
    )
    blog.php("delete_option('tirage_paused_until');")
    for _ in range(6):
        blog.php("tirage_kick('deliveries');")
    service.wait(lambda: len(service.events()) >= 900)
    time.sleep(0.5)
    assert sorted(comment for _, _, comment in service.events()) == list(range(1, 901))
    assert [len(events) for _, events in service.deliveries] == [500, 400]


def test_while_secrets_change_both_sign(blog: Site, service: StandIn):
    other = "whsec_" + "QUFB" * 8
    blog.php("update_option('tirage_secrets', [$args['new'], $args['old']]);", new=other, old=SECRET)
    blog.php("tirage_ring('post.changed', 1);")
    assert len(service.deliveries) == 1
    assert service.headers[-1]["webhook-signature"].count("v1,") == 2


def test_an_old_queue_is_kept_small(blog: Site, service: StandIn):
    blog.php("update_option('tirage_paused_until', time() + 60); for ($i = 1; $i <= 30; $i++) tirage_ring('x', 1, $i);")
    code = "foreach (range(1, 10020) as $i) { $values[] = \"('x', 1, $i, '2026-01-01 00:00:00')\"; }"
    insert = "INSERT INTO {$wpdb->prefix}tirage_events (event, post_id, comment_id, created_at) VALUES "
    blog.php(f'{code} foreach (array_chunk($values, 500) as $some) $wpdb->query("{insert}" . implode(",", $some));')
    service.status = 500
    blog.php("tirage_run_deliveries(true);")
    waiting = [row for row in rows(blog) if row["state"] == "waiting"]
    assert len(waiting) == 10_000
    assert waiting[-1]["comment_id"] == "10020"
    assert blog.php("return (int) get_option('tirage_dropped');") == 50


def test_without_a_service_nothing_is_kept(blog: Site):
    blog.php("delete_option('tirage_service_url'); tirage_ring('comment.added', 1, 1);")
    assert rows(blog) == []
