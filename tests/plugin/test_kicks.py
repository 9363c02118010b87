"""How a request has deliveries sent without waiting: after its response, or by a request of the blog to itself."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
import requests

from testbed import processes
from testbed.site import Site
from tests.plugin.standin import StandIn
from tests.plugin.test_doorbells import comment_by_form, rows

Meddle = Callable[[str], None]

_WAITS = """
tirage_ring('comment.added', 1, 1);
remove_action('shutdown', 'tirage_send_after_events', 1);
$wpdb->query("UPDATE {$wpdb->prefix}tirage_events SET delivery = 'msg_1', attempts = 1");
update_option('tirage_next_at', time() - 1);
"""
_LOG = """
if (strpos($_SERVER['REQUEST_URI'] ?? '', 'deliver')) {
    file_put_contents(ABSPATH . '../kicks.log', '.', FILE_APPEND);
}
"""
_TRY = """
add_filter('admin_url', fn() => $args['url'] . '/wp-admin/admin-post.php?action=tirage_deliver');
$began = microtime(true);
return [tirage_kick('deliveries'), microtime(true) - $began, (bool) wp_next_scheduled('tirage_retry')];
"""


@pytest.fixture
def meddle(blog: Site) -> Iterator[Meddle]:
    """Runs PHP with each of the blog's requests, and counts those that the blog makes to itself."""
    plugin = blog.root / "wp-content/mu-plugins/meddle.php"
    (blog.folder / "kicks.log").write_text("")
    yield lambda code: (plugin.write_text(f"<?php define('DISABLE_WP_CRON', true); {_LOG} {code}"), None)[1]
    plugin.unlink(missing_ok=True)


def kicks(site: Site) -> int:
    return len((site.folder / "kicks.log").read_text())


def comment_and_hear_of_it(blog: Site, service: StandIn) -> None:
    """A guest comments on a new post, and the service is told."""
    post = blog.create_post("Gagnez")
    service.wait(lambda: service.deliveries)
    service.reset()
    assert comment_by_form(blog, post).status_code == 302
    service.wait(lambda: [event for event in service.events() if event[:2] == ("comment.added", post)])


def test_a_kick_whose_address_was_taken_out_makes_no_other(blog: Site, meddle: Meddle):
    meddle("")
    blog.php(_WAITS + "delete_option('tirage_service_url');")
    requests.get(blog.base_url, timeout=30)
    time.sleep(1.5)
    assert kicks(blog) == 0


def test_a_kick_that_is_refused_makes_no_other(blog: Site, service: StandIn, meddle: Meddle):
    meddle("if (strpos($_SERVER['REQUEST_URI'], 'deliver')) { add_action('init', function () { exit; }, 99); }")
    blog.php(_WAITS)
    for _ in range(3):
        requests.get(blog.base_url, timeout=30)
    time.sleep(1.5)
    assert kicks(blog) == 1
    assert service.deliveries == []
    assert blog.php("return (int) get_option('tirage_next_at') - time();") > 50


def test_a_kick_makes_no_other_even_when_something_is_due(blog: Site, service: StandIn, meddle: Meddle):
    meddle("")
    service.status = 503
    blog.php(_WAITS)
    for _ in range(3):
        requests.post(f"{blog.base_url}/wp-admin/admin-post.php?action=tirage_deliver", timeout=30)
    time.sleep(0.5)
    assert kicks(blog) == 3
    assert service.deliveries == []


def test_where_the_rest_api_is_closed_to_strangers_a_comment_rings_at_once(
    blog: Site, service: StandIn, meddle: Meddle
):
    meddle("""
        add_filter('rest_authentication_errors', fn($was) => is_user_logged_in() ? $was
            : new WP_Error('rest_not_logged_in', 'No.', ['status' => 401]));
    """)
    comment_and_hear_of_it(blog, service)
    assert kicks(blog) == 1


@pytest.mark.parametrize("fields", [{}, {"code": ""}, {"code": "wrong"}, {"code": "0" * 64}, {"code[]": "x"}])
def test_a_stranger_can_not_have_deliveries_run(blog: Site, service: StandIn, fields: dict[str, str]):
    blog.php(_WAITS)
    url = f"{blog.base_url}/wp-admin/admin-post.php?action=tirage_deliver"
    assert requests.post(url, {"what": "deliveries", **fields}, timeout=30).status_code == 403
    assert requests.get(url, {"what": "deliveries", **fields}, timeout=30).status_code == 403
    assert service.deliveries == []


def test_a_code_for_other_work_runs_nothing(blog: Site, service: StandIn):
    code = blog.php("return tirage_kick_code('states', time());")
    blog.php(_WAITS)
    url = f"{blog.base_url}/wp-admin/admin-post.php?action=tirage_deliver"
    assert requests.post(url, {"what": "deliveries", "code": code}, timeout=30).status_code == 403
    assert requests.post(url, {"what": "states", "code": code}, timeout=30).status_code == 204
    assert service.deliveries == []


def test_an_address_of_its_own_that_refuses_is_left_alone_and_wp_cron_sends(blog: Site):
    url = f"http://127.0.0.1:{processes.free_port()}"
    assert blog.php(_TRY, url=url)[::2] == [False, True]
    assert blog.php("return (int) tirage_read_option('tirage_no_kick_before') - time();") > 500
    assert blog.php("return tirage_kick('deliveries');") is False  # though this one would be answered


def test_an_address_of_its_own_that_hangs_is_waited_for_once(blog: Site):
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        sent, seconds, is_scheduled = blog.php(_TRY, url=url)
        assert (sent, is_scheduled) == (False, True)
        assert 0.1 < seconds < 1
        assert blog.php(_TRY, url=url)[1] < 0.1


def test_what_a_kick_could_not_send_wp_cron_sends(blog: Site, service: StandIn):
    blog.php("update_option('tirage_paused_until', time() + 60); tirage_ring('comment.added', 1, 1);")
    blog.php("do_action('tirage_retry');")
    assert service.events() == [("comment.added", 1, 1)]


def test_after_ten_minutes_a_kick_is_tried_again(blog: Site):
    blog.php("tirage_write_option('tirage_no_kick_before', (string) (time() - 1));")
    assert blog.php("return tirage_kick('deliveries');") is True


def test_where_php_can_let_go_of_the_response_no_kick_is_needed(blog: Site, service: StandIn, meddle: Meddle):
    meddle("""
        if (PHP_SAPI === 'cli-server') {
            function fastcgi_finish_request() { return flush() || true; }
        }
    """)
    comment_and_hear_of_it(blog, service)
    assert kicks(blog) == 0
    service.wait(lambda: rows(blog)[-1]["state"] == "sent")
