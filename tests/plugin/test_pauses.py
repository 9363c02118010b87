"""When what waits is tried again: after an outage, beside a delivery that always fails, after a sender was killed."""

from __future__ import annotations

import time

import requests

from testbed.site import Site
from tests.plugin.conftest import log_in
from tests.plugin.standin import StandIn
from tests.plugin.test_admin import show
from tests.plugin.test_doorbells import comment_by_form, rows

_OLD = """
tirage_ring('comment.added', 1, 1);
remove_action('shutdown', 'tirage_send_after_events', 1);
$wpdb->query("UPDATE {$wpdb->prefix}tirage_events SET delivery = 'msg_old', attempts = 6");
"""
_SLEEPS = (
    '$wpdb->query("UPDATE {$wpdb->prefix}tirage_events SET next_at = " . (time() + 3600)); tirage_note_what_waits();'
)


def option(site: Site, name: str) -> int:
    value: int = site.php("return (int) tirage_read_option($args['name']);", name=name)
    return value


def test_once_the_service_is_back_everything_is_sent_with_the_next_event(blog: Site, service: StandIn):
    service.status = 503
    blog.php(_OLD + "tirage_run_deliveries(true);")
    service.status = 202
    blog.php(_SLEEPS + "update_option('tirage_paused_until', time() - 1);")
    service.reset()
    blog.php("tirage_ring('comment.added', 1, 2);")
    assert service.events() == [("comment.added", 1, 2), ("comment.added", 1, 1)]
    assert option(blog, "tirage_next_at") == 0


def test_what_rings_waits_a_minute_at_most_however_old_the_outage(blog: Site, service: StandIn):
    service.status = 503
    blog.php(_OLD + "tirage_run_deliveries(true);")
    assert int(rows(blog)[0]["next_at"]) > time.time() + 3000
    blog.php("tirage_ring('comment.added', 1, 2);")
    assert time.time() + 50 < option(blog, "tirage_next_at") <= time.time() + 60
    assert len(service.deliveries) == 1


def test_a_delivery_that_always_fails_holds_up_nothing_new(blog: Site, service: StandIn):
    blog.php(_OLD + _SLEEPS)
    for comment in (2, 3):
        service.reset()
        blog.php(f"tirage_ring('comment.added', 1, {comment});")
        assert service.events() == [("comment.added", 1, comment)]
    service.status = 500
    blog.php('$wpdb->query("UPDATE {$wpdb->prefix}tirage_events SET next_at = 0");')
    service.reset()
    blog.php("tirage_ring('comment.added', 1, 4);")
    assert service.events() == [("comment.added", 1, 4), ("comment.added", 1, 1)]  # the old one last, and its failure
    assert option(blog, "tirage_paused_until") == 0  # is its own


def test_a_sender_that_was_killed_is_made_up_for_when_its_lock_ends(blog: Site, service: StandIn):
    blog.php("tirage_take_lock('sender', 60); tirage_ring('comment.added', 1, 1);")
    assert 55 < option(blog, "tirage_next_at") - time.time() <= 62
    blog.php("tirage_write_option('tirage_lock_sender', (time() - 1) . ':x'); update_option('tirage_next_at', time());")
    requests.get(blog.base_url, timeout=30)
    service.wait(lambda: service.events() == [("comment.added", 1, 1)])


def test_whether_anything_is_due_is_asked_without_making_a_delivery_of_it(blog: Site, service: StandIn):
    blog.php("update_option('tirage_paused_until', time() + 60); tirage_ring('comment.added', 1, 1);")
    assert blog.php("return tirage_is_due();") is True
    assert rows(blog)[0]["delivery"] == ""
    assert blog.php("return tirage_send('msg_gone');") == 202
    assert service.deliveries == []


def test_what_was_dropped_is_forgotten_once_nothing_waits(blog: Site, service: StandIn):
    blog.php("update_option('tirage_dropped', 50); tirage_ring('comment.added', 1, 1);")
    assert service.events() == [("comment.added", 1, 1)]
    assert blog.php("return get_option('tirage_dropped', 'gone');") == "gone"


def test_switched_off_the_plugin_leaves_nothing_to_wp_cron(blog: Site):
    code = """
        foreach (['tirage_retry', 'tirage_save_again', 'tirage_sweep'] as $hook) {
            wp_schedule_single_event(time() + 999, $hook, [1, 'a', 1]);
        }
        tirage_unschedule();
        return preg_grep('/tirage/', array_merge(...array_map('array_keys', array_values(_get_cron_array()))));
    """
    assert blog.php(code) == []
    blog.php("tirage_schedule_sweep();")


def test_a_table_that_could_not_be_made_is_tried_again_and_told(each_blog: Site, service: StandIn):
    code = """
        add_filter('dbdelta_create_queries', '__return_empty_array');
        $wpdb->query("DROP TABLE {$wpdb->prefix}tirage_events");
        delete_option('tirage_db_version');
        tirage_install_tables();
        ob_start();
        tirage_print_deliveries();
        return [get_option('tirage_db_version', ''), ob_get_clean()];
    """
    version, text = each_blog.php(code)
    assert version == ""
    assert "CREATE" in text
    page = show(each_blog, log_in(each_blog, "admin"))
    assert "CREATE" not in page
    assert each_blog.php("return get_option('tirage_db_version');") == "1"
    post = each_blog.create_post("Gagnez")
    assert comment_by_form(each_blog, post).status_code == 302
    service.wait(lambda: len(service.events()) == 2)
