"""The plugin's PHP: not a notice on the oldest and the newest PHP, in WordPress's style, small parts that hold."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from testbed import php_tools, wordpress
from testbed.site import Site
from tests.conftest import PLUGIN
from tests.plugin.conftest import ask, connect_anew, log_in, prepare, state_of
from tests.plugin.standin import SECRET, StandIn
from tests.plugin.test_admin import press, show
from tests.plugin.test_doorbells import comment_by_form

HERE = Path(__file__).parent
BLOGS = {"7.4": ("6.1", "mariadb"), "8.4": ("6.8", "sqlite")}  # with the oldest PHP the oldest WordPress, and so on
EACH_PHP = [pytest.param(version, marks=pytest.mark.xdist_group(f"php-{version}")) for version in BLOGS]


@pytest.mark.parametrize("version", EACH_PHP)
def test_php_has_nothing_to_say_about_any_file(version: str):
    said = {file.name: php_tools.lint(file, version=version) for file in sorted(PLUGIN.rglob("*.php"))}
    assert len(said) > 15
    assert {name: words for name, words in said.items() if words} == {}


def test_the_code_keeps_to_the_ruleset():
    found = php_tools.sniff(PLUGIN.parent / "phpcs.xml")
    assert found == "", found


@pytest.fixture(scope="module", params=EACH_PHP)
def blog_of_its_php(request) -> Iterator[Site]:
    version, database = BLOGS[request.param]
    with wordpress.running(version=version, database=database, php_version=request.param) as site:
        shutil.copy(HERE / "notices.php", site.root / "wp-content/mu-plugins")
        prepare(site)
        yield site


@pytest.fixture
def quiet_blog(blog_of_its_php: Site, service: StandIn) -> Iterator[Site]:
    """A blog with that PHP, connected; whoever uses it must cause no notice, no misuse and no database error."""
    connect_anew(blog_of_its_php, service)
    yield blog_of_its_php
    notices = blog_of_its_php.folder / "notices.log"
    assert not notices.exists(), notices.read_text()
    log = (blog_of_its_php.folder / "php.log").read_text(errors="replace")
    assert [line for line in log.splitlines() if re.search(r"PHP (Fatal|Parse|Warning)|database error", line)] == []


def test_the_units(blog_of_its_php: Site):
    passed, words = php_tools.phpunit(blog_of_its_php, HERE / "unit")
    assert passed, words


def test_it_is_the_php_that_was_asked_for(quiet_blog: Site):
    assert quiet_blog.php("return PHP_VERSION;").startswith(f"{quiet_blog.php_version}.")


def test_a_comment_rings(quiet_blog: Site, service: StandIn):
    post = quiet_blog.create_post("Gagnez")
    assert comment_by_form(quiet_blog, post).status_code == 302
    service.wait(lambda: [event for event in service.events() if event[:2] == ("comment.added", post)])
    assert service.forged == []


def test_a_contest_is_set_up_and_shown(quiet_blog: Site, service: StandIn):
    post = quiet_blog.create_post("Gagnez", "<!-- wp:tirage/contest /-->[tirage]")
    pool = {"name": "Publications", "channel": "posts", "winners": 1, "alternates": 3, "prize": "Un livre"}
    composed = {"network": "x", "url": "https://x.com/intent/post?text=a", "text": "a", "length": 999, "longest": 280}
    state = state_of(post, entries=77, pools=[pool], compose=[composed | {"fits": False}])
    service.calls = {"contest.save": (200, {"contest": state}), "contest.show": (200, {"contests": {str(post): state}})}
    settings = {"enabled": True, "closes": "2030-11-27 17:00", "message": "Je participe", "hashtags": ["livres"]}
    meta = {"_tirage_settings": settings | {"pools": [pool]}}
    assert ask(quiet_blog, "POST", f"wp/v2/posts/{post}", login="author", json={"meta": meta}).ok
    assert ask(quiet_blog, "GET", f"tirage/v1/contest/{post}", login="author").json()["problem"] == ""
    page = log_in(quiet_blog, "reader").get(f"{quiet_blog.base_url}/?p={post}", timeout=30).text
    assert page.count("77") >= 2
    assert "x.com/intent/post" in page


def test_both_editors_offer_the_settings(quiet_blog: Site):
    post = quiet_blog.create_post("Gagnez", author="admin")
    editor = f"{quiet_blog.base_url}/wp-admin/post.php?post={post}&action=edit"
    admin = log_in(quiet_blog, "admin")
    assert "window.tirageEditor" in admin.get(editor, timeout=30).text
    quiet_blog.switch_off("flood_check", "block_editor")
    assert 'name="tirage[closes]"' in admin.get(editor, timeout=30).text
    quiet_blog.switch_off("flood_check")


def test_the_settings_page_works(quiet_blog: Site, service: StandIn):
    admin = log_in(quiet_blog, "admin")
    told = {"service": "tirage", "problem": None, "blog": {"url": quiet_blog.base_url}}
    service.calls = {"ping": (200, told), "connect": (200, {"blog": {}})}
    assert press(quiet_blog, admin, "test").startswith("success")
    assert press(quiet_blog, admin, "connect", str(quiet_blog.users["moderateur"].id)).startswith("success")
    assert press(quiet_blog, admin, "make_secret").startswith("success")
    assert SECRET in show(quiet_blog, admin)


def test_the_routes_answer(quiet_blog: Site):
    post = quiet_blog.create_post("Gagnez")
    wish = {"post": post, "key": "the-key", "content": "The winner is Ada: the-key"}
    assert ask(quiet_blog, "POST", "tirage/v1/winner-comment", json=wish).status_code == 201
    read = ask(quiet_blog, "GET", "tirage/v1/comments", params={"post": post}).json()
    assert [row["comment_content"] for row in read["comments"]] == [wish["content"]]


def test_the_privacy_tools_and_wp_cron_do_their_work(quiet_blog: Site, service: StandIn):
    service.calls = {"privacy.export": (200, {"items": []}), "privacy.erase": (200, {"erased": 1, "kept": []})}
    assert quiet_blog.php("return tirage_export('ada@example.org');") == {"data": [], "done": True}
    assert quiet_blog.php("return tirage_erase('ada@example.org')['items_removed'];") is True
    quiet_blog.php("tirage_ring('post.changed', 1); do_action('tirage_sweep');")
    assert ("post.changed", 1, 0) in service.events()
