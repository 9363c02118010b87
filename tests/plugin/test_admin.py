"""The settings page, the privacy tools, and deleting the plugin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from testbed import wordpress
from testbed.site import Site
from tests.conftest import PLUGIN
from tests.plugin.conftest import UNINSTALL, log_in, prepare
from tests.plugin.standin import SECRET, StandIn
from wp_bridge.signature import make_secret

PAGE = "wp-admin/options-general.php?page=tirage"


@pytest.fixture
def admin(blog: Site) -> requests.Session:
    """The administrator's browser."""
    return log_in(blog, "admin")


def show(blog: Site, admin: requests.Session) -> str:
    answer = admin.get(f"{blog.base_url}/{PAGE}", timeout=30)
    assert answer.ok
    return answer.text


def press(blog: Site, admin: requests.Session, action: str, value: str = "") -> str:
    """Send one of the page's forms; the notice that comes."""
    return send(blog, admin, action, value, form_nonce(blog, admin, action))


def form_nonce(blog: Site, admin: requests.Session, action: str) -> str:
    form = re.search(rf'value="tirage_{action}">.*?name="_wpnonce" value="(\w+)"', show(blog, admin), re.DOTALL)
    assert form, action
    return form[1]


def send(blog: Site, admin: requests.Session, action: str, value: str, nonce: str) -> str:
    fields = {"action": f"tirage_{action}", "value": value, "_wpnonce": nonce}
    answer = admin.post(f"{blog.base_url}/wp-admin/admin-post.php", fields, timeout=60)
    notice = re.search(r'class="notice notice-(\w+)[^>]*><p>(.*?)</p>', answer.text, re.DOTALL)
    return f"{notice[1]}: {notice[2]}" if notice else f"{answer.status_code}"


def option(blog: Site, name: str) -> Any:
    return blog.php("return get_option($args['name'], null);", name=name)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "https://draws.example/tirage/"])
def test_an_address_is_kept_without_its_last_slash(blog: Site, admin: requests.Session, url: str):
    assert press(blog, admin, "save_url", url).startswith("success")
    assert option(blog, "tirage_service_url") == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    ["draws", "ftp://draws.example", "javascript:alert(1)", "https://a:b@draws.example", "https://d.example/?x=1"],
)
def test_what_is_no_address_is_refused(blog: Site, admin: requests.Session, service: StandIn, url: str):
    told = press(blog, admin, "save_url", url)
    assert told.startswith("error"), (told, option(blog, "tirage_service_url"))
    assert option(blog, "tirage_service_url") == service.url


def test_a_secret_is_made_with_one_click_and_the_old_one_stays_until_it_is_retired(blog: Site, admin: requests.Session):
    assert press(blog, admin, "make_secret").startswith("success")
    new, old = option(blog, "tirage_secrets")
    assert old == SECRET
    assert f"WEBHOOK_SECRETS={new} {old}" in show(blog, admin)
    assert press(blog, admin, "retire_secret").startswith("success")
    assert option(blog, "tirage_secrets") == [new]
    assert press(blog, admin, "paste_secret", "whsec_short").startswith("error")
    assert press(blog, admin, "paste_secret", SECRET).startswith("success")
    assert option(blog, "tirage_secrets") == [SECRET, new]


@pytest.mark.parametrize("action", ["make_secret", "paste_secret"])
def test_no_third_secret_pushes_out_the_one_in_use(blog: Site, admin: requests.Session, action: str):
    nonce = form_nonce(blog, admin, action)
    blog.php("tirage_do_make_secret();")
    both = option(blog, "tirage_secrets")
    assert send(blog, admin, action, make_secret(), nonce).startswith("error")
    assert option(blog, "tirage_secrets") == both
    assert both[1] == SECRET


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, b"<html>", "Tirage"),
        (401, {"code": "signature_wrong", "detail": "x"}, "WEBHOOK_SECRETS"),
        (400, {"code": "timestamp_refused", "detail": "x"}, "clock|horloge"),
        (503, {"code": "no_secret", "detail": "x"}, "WEBHOOK_SECRETS"),
        (409, {"code": "other_blog", "detail": "x"}, "autre blog"),
        (500, {"code": "internal", "detail": "<script>Its own words"}, "Its own words"),
        (200, {"service": "other"}, "Tirage"),
        (200, {"service": "tirage", "problem": "Blog is down.", "blog": None}, "Blog is down"),
        (200, {"service": "tirage", "problem": None, "blog": {"url": "https://other.example"}}, "other.example"),
    ],
)
def test_the_test_tells_what_is_wrong(
    blog: Site, admin: requests.Session, service: StandIn, status: int, body: Any, words: str
):
    service.calls = {"ping": (status, body)}
    told = press(blog, admin, "test")
    assert told.startswith("error")
    assert re.search(words, told)
    assert "<script" not in told


def test_the_test_tells_that_nothing_answers(blog: Site, admin: requests.Session):
    blog.set_option("tirage_service_url", "http://127.0.0.1:9")
    assert "127.0.0.1:9" in press(blog, admin, "test")


def test_the_test_tells_that_all_is_well(blog: Site, admin: requests.Session, service: StandIn):
    service.calls = {"ping": (200, {"service": "tirage", "problem": None, "blog": {"url": blog.base_url}})}
    assert press(blog, admin, "test").startswith("success")


def judge(blog: Site, url: str) -> bool:
    """Whether all is well when the service says that it works with this blog."""
    told = {"service": "tirage", "problem": None, "blog": {"url": url}}
    return bool(blog.php("return is_string(tirage_judge_ping($args['told']));", told=told))


@pytest.mark.parametrize("other", ["/second/", ":1/", "x/"])
def test_another_blog_on_the_same_host_is_not_this_one(blog: Site, other: str):
    assert judge(blog, f"{blog.base_url}/")
    assert not judge(blog, f"{blog.base_url if other[0] != ':' else 'http://127.0.0.1'}{other}")


@pytest.mark.parametrize(
    ("home", "same", "other"),
    [
        ("https://blog.example/a", "http://www.Blog.example/a/", "https://blog.example/b"),
        ("https://blog.example", "http://blog.example:80/", "https://blog.example:8443/"),
    ],
)
def test_spellings_of_one_address_are_the_same_blog(blog: Site, home: str, same: str, other: str):
    compare = "return tirage_bare_address($args['a']) === tirage_bare_address($args['b']);"
    assert blog.php(compare, a=home, b=same)
    assert not blog.php(compare, a=home, b=other)


def test_a_service_that_takes_too_long_is_not_said_to_be_down(blog: Site, service: StandIn):
    service.delay = 3
    words = blog.php("return tirage_call('ping', [], 1)->get_error_message();")
    assert "plus de 1 seconde" in words
    service.wait(lambda: service.asked)
    blog.set_option("tirage_service_url", "http://127.0.0.1:9")
    assert "n’a pas répondu" in blog.php("return tirage_call('ping', [], 1)->get_error_message();")


def test_a_service_without_a_blog_asks_for_the_third_step(blog: Site, admin: requests.Session, service: StandIn):
    no_blog = {"service": "tirage", "blog": None, "problem": "No blog is connected yet.", "code": "settings_missing"}
    service.calls = {"ping": (200, no_blog)}
    assert press(blog, admin, "test").startswith("success")
    assert "is-done" not in re.findall(r'<section class="([^"]*)"', show(blog, admin))[2]


def test_another_address_takes_the_tick_off_the_third_step(blog: Site, admin: requests.Session, service: StandIn):
    service.calls = {"connect": (200, {"blog": {}})}
    press(blog, admin, "connect", str(blog.users["moderateur"].id))
    assert show(blog, admin).count("tirage-step is-done") == 3
    press(blog, admin, "save_url", service.url)
    assert show(blog, admin).count("tirage-step is-done") == 3
    press(blog, admin, "save_url", "https://draws.example")
    assert show(blog, admin).count("tirage-step is-done") == 2


def passwords(blog: Site, login: str) -> list[str]:
    ours = """
    $passwords = WP_Application_Passwords::get_user_application_passwords($args['id']);
    return array_values(wp_list_pluck(wp_list_filter($passwords, ['app_id' => tirage_app_id()]), 'uuid'));
    """
    ids: list[str] = blog.php(ours, id=blog.users[login].id)
    return ids


def test_connecting_hands_over_a_login_that_works(blog: Site, admin: requests.Session, service: StandIn):
    service.calls = {"connect": (200, {"blog": {}})}
    assert press(blog, admin, "connect", str(blog.users["moderateur"].id)).startswith("success")
    assert press(blog, admin, "connect", str(blog.users["moderateur"].id)).startswith("success")
    data = service.asked[-1][1]
    assert data["user"] == "moderateur"
    answer = requests.get(
        f"{blog.base_url}/wp-json/wp/v2/users/me?context=edit", auth=(data["user"], data["password"]), timeout=30
    )
    assert answer.ok
    assert len(passwords(blog, "moderateur")) == 1  # the former one is taken back
    assert data["password"] not in show(blog, admin)


def test_a_login_that_the_service_refuses_is_taken_back(blog: Site, admin: requests.Session, service: StandIn):
    before = passwords(blog, "admin")
    service.calls = {"connect": (409, {"code": "secret_key_missing", "detail": "x"})}
    assert "SECRET_KEY" in press(blog, admin, "connect", str(blog.users["admin"].id))
    assert passwords(blog, "admin") == before


def test_the_former_moderator_s_login_is_taken_back(blog: Site, admin: requests.Session, service: StandIn):
    service.calls = {"connect": (200, {"blog": {}})}
    before = len(passwords(blog, "admin"))
    for login in ("moderateur", "admin"):
        press(blog, admin, "connect", str(blog.users[login].id))
    assert passwords(blog, "moderateur") == []
    assert len(passwords(blog, "admin")) == 1 + before
    service.calls = {"connect": (409, {"code": "secret_key_missing", "detail": "x"})}
    press(blog, admin, "connect", str(blog.users["moderateur"].id))
    assert (len(passwords(blog, "moderateur")), len(passwords(blog, "admin"))) == (0, 1 + before)


def test_without_an_address_the_login_is_taken_back_and_that_is_told(
    blog: Site, admin: requests.Session, service: StandIn
):
    service.calls = {"connect": (200, {"blog": {}})}
    blog.php("WP_Application_Passwords::create_new_application_password(1, ['name' => 'Phone' . microtime()]);")
    press(blog, admin, "connect", str(blog.users["moderateur"].id))
    assert len(passwords(blog, "moderateur")) == 1
    assert "mot de passe" in press(blog, admin, "save_url", "")
    assert passwords(blog, "moderateur") == []
    assert "Phone" in str(blog.php("return WP_Application_Passwords::get_user_application_passwords(1);"))


@pytest.mark.parametrize("url", ["http://draws.example", "http://192.0.2.7:8000"])
def test_the_password_is_not_sent_where_others_can_read_it(
    blog: Site, admin: requests.Session, service: StandIn, url: str
):
    blog.set_option("tirage_service_url", url)
    assert "https" in press(blog, admin, "connect", str(blog.users["moderateur"].id))
    assert passwords(blog, "moderateur") == []


@pytest.mark.parametrize("login", ["reader", "author"])
def test_who_may_not_moderate_can_not_be_handed_over(blog: Site, admin: requests.Session, service: StandIn, login: str):
    assert press(blog, admin, "connect", str(blog.users[login].id)).startswith("error")
    assert service.asked == []


def test_the_last_deliveries_are_shown_and_sent_again(blog: Site, admin: requests.Session, service: StandIn):
    service.status = 500
    blog.php("tirage_ring('comment.added', 1, 2);")
    assert "500" in show(blog, admin)
    service.status = 202
    delivery = service.deliveries[0][0]
    press(blog, admin, "send_one", delivery)
    assert [told for told, _ in service.deliveries] == [delivery, delivery]


def test_what_waits_is_sent_by_a_button_that_is_there_only_then(blog: Site, admin: requests.Session, service: StandIn):
    service.status = 500
    blog.php("tirage_ring('comment.added', 1, 2);")
    service.status = 202
    press(blog, admin, "send_all")
    assert service.deliveries[0] == service.deliveries[1]
    assert "tirage_send_all" not in show(blog, admin)


def test_what_still_waits_is_not_said_to_be_sent(blog: Site, admin: requests.Session, service: StandIn):
    service.status = 503
    blog.php("tirage_ring('comment.added', 1, 2);")
    assert press(blog, admin, "send_all").startswith("error")
    assert press(blog, admin, "send_one", service.deliveries[0][0]).startswith("error")
    service.status = 202
    lock = blog.php("return tirage_take_lock('sender', 60);")
    assert press(blog, admin, "send_one", service.deliveries[0][0]).startswith("error")
    assert press(blog, admin, "send_all").startswith("error")
    blog.php("tirage_give_lock('sender', $args['lock']);", lock=lock)
    assert press(blog, admin, "send_one", service.deliveries[0][0]).startswith("success")


@pytest.mark.parametrize("action", ["send_one", "send_all"])
def test_a_button_waits_for_a_try_that_is_under_way(blog: Site, admin: requests.Session, service: StandIn, action: str):
    service.status = 500
    blog.php("tirage_ring('comment.added', 1, 2);")
    service.wait(lambda: service.deliveries)
    nonce = form_nonce(blog, admin, action)
    service.status = 202
    blog.php("tirage_take_lock('sender', 2);")  # another request, which ends within some two seconds
    assert send(blog, admin, action, service.deliveries[0][0], nonce).startswith("success")


ACTIONS = ["save_url", "make_secret", "paste_secret", "retire_secret", "test", "connect", "send_one", "send_all"]


@pytest.mark.parametrize("action", ACTIONS)
def test_without_a_nonce_or_the_right_nothing_happens(blog: Site, service: StandIn, action: str):
    for login in ("admin", "moderateur", "reader"):
        send(blog, log_in(blog, login), action, "https://evil.example", "wrong")
    send(blog, requests.Session(), action, "https://evil.example", "wrong")
    code = "wp_set_current_user($args['id']); return wp_create_nonce('tirage_' . $args['action']);"
    assert blog.php(code, id=blog.users["moderateur"].id, action=action)
    assert option(blog, "tirage_service_url") == service.url
    assert option(blog, "tirage_secrets") == [SECRET]
    assert (service.asked, service.deliveries) == ([], [])


def test_an_editor_does_not_see_the_page(blog: Site):
    answer = log_in(blog, "moderateur").get(f"{blog.base_url}/{PAGE}", timeout=30)
    assert SECRET not in answer.text
    assert answer.status_code == 403


def test_the_exporter_shows_what_the_service_keeps(blog: Site, service: StandIn):
    entry = {"name": "<b>Ada</b>", "email": "ada@example.org", "ip": "192.0.2.1", "other": "x"}
    item = {"contest": 1, "comment": 2, "title": "Gagnez", "data": entry}
    listed = {"contest": 1, "comment": None, "title": "Gagnez", "data": {"excluded": "ADA@example.org"}}
    service.calls = {"privacy.export": (200, {"items": [item, "odd", listed]})}
    told = blog.php("return tirage_export('ada@example.org');")
    assert told["done"] is True
    assert [field["value"] for field in told["data"][0]["data"]] == [
        "Gagnez",
        "&lt;b&gt;Ada&lt;/b&gt;",
        "ada@example.org",
        "192.0.2.1",
    ]
    assert [field["value"] for field in told["data"][1]["data"]] == ["Gagnez", "ADA@example.org"]


def test_the_eraser_tells_what_stays(blog: Site, service: StandIn):
    service.calls = {"privacy.erase": (200, {"erased": 2, "kept": ["The winner comment may name this person."]})}
    told = blog.php("return tirage_erase('ada@example.org');")
    assert (told["items_removed"], told["items_retained"], told["done"]) == (True, True, True)
    assert service.asked == [("privacy.erase", {"email": "ada@example.org"})]


def test_a_service_that_is_down_fails_the_privacy_tools_loudly(blog: Site, service: StandIn):
    for call in ("tirage_export", "tirage_erase"):
        assert blog.php(f"return is_wp_error({call}('ada@example.org'));")


def test_the_eraser_tells_of_a_service_that_is_not_connected_any_more(blog: Site, admin: requests.Session):
    erase = "return tirage_erase('ada@example.org');"
    url = option(blog, "tirage_service_url")
    press(blog, admin, "save_url", "")
    told = blog.php(erase)
    assert (told["items_removed"], told["items_retained"], told["done"]) == (False, True, True)
    assert url in told["messages"][0]
    press(blog, admin, "save_url", "https://draws.example")
    blog.php("delete_option('tirage_service_url');")
    assert blog.php(erase)["messages"] == []


def test_when_all_erasers_are_through_ours_asks_once_more(blog: Site, service: StandIn):
    service.calls = {"privacy.erase": (200, {"erased": 0, "kept": []})}
    request = "$id = wp_create_user_request($args['email'], 'remove_personal_data', [], 'confirmed');"
    blog.php(f"{request} do_action('wp_privacy_personal_data_erased', $id);", email="ada@example.org")
    assert service.asked == [("privacy.erase", {"email": "ada@example.org"})]
    blog.php("do_action('wp_privacy_personal_data_erased', 0);")
    assert len(service.asked) == 1


@pytest.fixture
def doomed() -> Iterator[Site]:
    with wordpress.running(version="6.1") as site:
        prepare(site)
        yield site


_FILL = """
update_option('tirage_service_url', $args['url']);
update_option('tirage_secrets', [$args['secret']]);
foreach (['settings', 'state', 'saved', 'problem', 'stale'] as $key) {
    update_post_meta($args['post'], "_tirage_$key", 'x');
}
update_option('tirage_comment_abc', '1');
wp_schedule_single_event(time() + 99, 'tirage_save_again', [1, 'a', 1]);
"""
_LEFT = """
$places = [$wpdb->options => 'option_name', $wpdb->postmeta => 'meta_key', $wpdb->usermeta => 'meta_value'];
foreach ($places as $table => $column) {
    foreach ($wpdb->get_col("SELECT $column FROM $table WHERE $column LIKE '%irage%'") as $found) {
        if (strpos($found, $args['what']) !== false) {
            $left[] = "$table: $found";
        }
    }
}
foreach (_get_cron_array() as $hooks) {
    $left = array_merge($left ?? [], preg_grep('/tirage/', array_keys($hooks)));
}
return array_merge($left ?? [], preg_grep('/tirage/', $wpdb->get_col('SHOW TABLES')));
"""


def test_deleting_the_plugin_leaves_nothing(doomed: Site, service: StandIn):
    service.reset()
    service.calls = {"connect": (200, {"blog": {}})}
    doomed.php(_FILL, url=service.url, secret=SECRET, post=doomed.create_post("Gagnez"))
    press(doomed, log_in(doomed, "admin"), "connect", str(doomed.users["admin"].id))
    ours = ("tirage_", "Tirage 2")  # what is in options and meta, and the name of the Application Password
    assert all(doomed.php(_LEFT, what=name) for name in ours)
    doomed.php(UNINSTALL)
    assert [doomed.php(_LEFT, what=name) for name in ours] == [[], []]
    assert PLUGIN.exists()
