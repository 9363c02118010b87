"""Blogs with the plugin, connected to a stand-in service; their own, as other tests want theirs without it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from testbed import wordpress
from testbed.site import Site
from tests.conftest import PLUGIN
from tests.plugin.standin import SECRET, StandIn

_CLEAN = """
$wpdb->query("DELETE FROM {$wpdb->prefix}tirage_events");
$names = ['next_at', 'paused_until', 'no_kick_before', 'states_next_at', 'states_failures', 'dropped'];
foreach ([...$names, 'lock_sender', 'lock_states'] as $name) {
    delete_option("tirage_$name");
}
foreach (get_users() as $user) { // what an earlier test handed over
    $passwords = WP_Application_Passwords::get_user_application_passwords($user->ID);
    foreach (wp_list_filter($passwords, ['app_id' => tirage_app_id()]) as $ours) {
        WP_Application_Passwords::delete_application_password($user->ID, $ours['uuid']);
    }
}
wp_unschedule_hook('tirage_retry');
foreach (['_tirage_problem', '_tirage_stale'] as $key) {
    delete_post_meta_by_key($key); // or wp-cron would ask for an earlier test's posts
}
wp_unschedule_hook('tirage_save_again');
update_option('tirage_service_url', $args['url']);
update_option('tirage_secrets', [$args['secret']]);
"""
UNINSTALL = """
require_once ABSPATH . 'wp-admin/includes/plugin.php';
require_once ABSPATH . 'wp-admin/includes/file.php';
deactivate_plugins('tirage/tirage.php');
uninstall_plugin('tirage/tirage.php');
"""


@pytest.fixture(scope="session")
def service() -> Iterator[StandIn]:
    with StandIn() as service:
        yield service


@pytest.fixture(scope="session")
def plugin_blog() -> Iterator[Site]:
    """WordPress 6.1 on SQLite with the plugin."""
    with wordpress.running(version="6.1") as site:
        prepare(site)
        yield site


@pytest.fixture(scope="session")
def plugin_blog_68() -> Iterator[Site]:
    """WordPress 6.8 on MariaDB with the plugin."""
    with wordpress.running(version="6.8", database="mariadb") as site:
        prepare(site)
        yield site


def prepare(site: Site) -> None:
    site.switch_off("flood_check")
    site.set_option("comment_previously_approved", 0)
    site.install_plugin(PLUGIN)


def connect_anew(site: Site, service: StandIn) -> None:
    """Connect the blog with nothing waiting, nor anything remembered of an earlier test, such as a slow loopback."""
    service.reset()
    site.php(_CLEAN, url=service.url, secret=SECRET)


@pytest.fixture
def blog(plugin_blog: Site, service: StandIn) -> Site:
    """The blog, connected, with nothing waiting."""
    connect_anew(plugin_blog, service)
    return plugin_blog


@pytest.fixture(params=["6.1-sqlite", "6.8-mariadb"])
def each_blog(request, service: StandIn) -> Site:
    """Both blogs, one after the other."""
    name = "plugin_blog" if request.param == "6.1-sqlite" else "plugin_blog_68"
    site: Site = request.getfixturevalue(name)
    connect_anew(site, service)
    return site


def ask(site: Site, method: str, route: str, *, login: str | None = "moderateur", **given: Any) -> requests.Response:
    """A request to the REST API as a user, or as a stranger."""
    auth = (login, site.users[login].app_password) if login else None
    return requests.request(method, f"{site.base_url}/wp-json/{route}", auth=auth, timeout=30, **given)


def log_in(site: Site, login: str) -> requests.Session:
    """A browser's session of a user."""
    session = requests.Session()
    form = {"log": login, "pwd": site.users[login].password, "testcookie": "1"}
    session.get(f"{site.base_url}/wp-login.php", timeout=30)
    answer = session.post(f"{site.base_url}/wp-login.php", form, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    return session


def state_of(post_id: int, **given: Any) -> dict[str, Any]:
    """A contest's state as the service tells it."""
    return {
        "id": 1,
        "slug": "gagnez",
        "phase": "open",
        "closes_at": (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "winners": 1,
        "alternates": 3,
        "automatic": False,
        "rules": {},
        "pools": [],
        "message": {"text": "", "links": [], "hashtags": [], "mentions": []},
        "compose": [],
        "entries": 31,
        "eligible": 27,
        "page_url": "https://draws.example/contests/gagnez",
        "proof_url": None,
        "drawn": [],
        "comment_url": None,
        "problem": None,
        "is_changeable": True,
        **given,
    }
