"""What every blog promises about itself, its people and its posts, on both versions and over both APIs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

import wp_bridge
from testbed.site import Site
from tests.wp_bridge.conftest import Connect
from wp_bridge import Blog


def test_the_moderator_is_known(blog: Blog, site: Site) -> None:
    assert (blog.me.id, blog.me.login, blog.me.name) == (
        site.users["moderateur"].id,
        "moderateur",
        "Modérateur",
    )
    blog.check()


def test_the_site_is_known(blog: Blog, site: Site) -> None:
    assert blog.site == wp_bridge.Site(
        name="Le carnet de Camille",
        url=site.base_url,
        timezone="Europe/Paris",
        timezone_is_named=True,
        language="fr",
    )


def test_the_clock_is_the_blogs(blog: Blog) -> None:
    assert blog.clock is not None
    assert abs(blog.clock - datetime.now(UTC)) < timedelta(minutes=5)


def test_comments_are_closed_and_opened(blog: Blog, post_id: int) -> None:
    blog.set_comments_open(post_id, is_open=False)
    assert not blog.post(post_id).comments_open
    with pytest.raises(wp_bridge.CommentsClosed, match="closed on this post"):
        blog.add_comment(post_id, "Bravo")
    blog.set_comments_open(post_id, is_open=True)
    assert blog.post(post_id).comments_open


def test_closing_comments_changes_nothing_else_about_a_post(blog: Blog, site: Site, post_id: int) -> None:
    site.php(
        "wp_set_post_tags($args['id'], ['livre', 'prix']); stick_post($args['id']);"
        "wp_set_post_categories($args['id'], [wp_insert_term('Jeux' . $args['id'], 'category')['term_id']]);",
        id=post_id,
    )
    look = (
        "$p = get_post($args['id'], ARRAY_A);"
        "unset($p['comment_status'], $p['post_modified'], $p['post_modified_gmt']); return [$p, is_sticky($p['ID'])];"
    )
    before = site.php(look, id=post_id)
    blog.set_comments_open(post_id, is_open=False)
    assert site.php(look, id=post_id) == before


def test_no_such_post(blog: Blog) -> None:
    for ask in (
        lambda: blog.post(999_999),
        lambda: blog.find_post("999999"),
        lambda: blog.add_comment(999_999, "Bravo"),
        lambda: blog.set_comments_open(999_999, is_open=True),
    ):
        with pytest.raises(wp_bridge.NotFound):
            ask()


def test_a_post_has_all_its_values(blog: Blog, site: Site, new_post: Callable[..., int]) -> None:
    moment = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    post_id = new_post("Un <em>livre</em> à gagner & l’été", date_gmt=moment)
    slug = site.php("return get_post($args['id'])->post_name;", id=post_id)
    assert blog.post(post_id) == wp_bridge.Post(
        id=post_id,
        kind="post",
        status="publish",
        slug=slug,
        title="Un livre à gagner & l’été",
        link=f"{site.base_url}/2026/11/{slug}/",
        author_id=site.users["author"].id,
        published_at=moment,
        comments_open=True,
    )


def test_a_draft_has_no_date(blog: Blog, new_post: Callable[..., int]) -> None:
    draft = blog.post(new_post(status="draft"))
    assert (draft.status, draft.published_at) == ("draft", None)


@pytest.mark.parametrize("status", ["publish", "draft", "private", "pending"])
def test_a_post_is_found_by_its_number_and_query(
    blog: Blog, site: Site, new_post: Callable[..., int], status: str
) -> None:
    number = new_post(status=status)
    for reference in (
        str(number),
        f" {number} ",
        f"{site.base_url}/?p={number}",
        f"{site.base_url}/?p={number}&preview=true",
        f"{site.base_url}/wp-admin/post.php?post={number}&action=edit",
    ):
        assert blog.find_post(reference).id == number


def test_a_post_is_found_by_its_address(blog: Blog, new_post: Callable[..., int]) -> None:
    post = blog.post(new_post("L’été à gagner"))
    bare = post.link.removeprefix("http://")
    for reference in (
        post.link,
        post.link.rstrip("/"),
        f"{post.link}#comment-5",
        f"{post.link}comment-page-2/",
        bare,
    ):
        assert blog.find_post(reference) == post


def test_a_page_is_found_by_its_address(blog: Blog, site: Site) -> None:
    number = site.php(
        "return wp_insert_post(['post_type' => 'page', 'post_title' => 'Règlement', 'post_status' => 'publish',"
        " 'comment_status' => 'open']);"
    )
    page = blog.post(number)
    assert page.kind == "page"
    assert blog.find_post(page.link) == page
    assert blog.find_post(f"{site.base_url}/?page_id={number}") == page
    blog.set_comments_open(number, is_open=False)
    assert not blog.post(number).comments_open


def test_a_post_is_found_by_an_address_it_had_before(blog: Blog, site: Site, new_post: Callable[..., int]) -> None:
    post = blog.post(new_post(f"Ancien nom {blog.api}"))
    site.php("wp_update_post(['ID' => $args['id'], 'post_name' => 'autre-nom-' . $args['id']]);", id=post.id)
    assert blog.find_post(post.link).id == post.id


@pytest.mark.parametrize(
    "reference",
    ["", "un livre", "https://elsewhere.example/?p=1", "/?p=1", "ftp://x/?p=1", "999999999999999999999"],
)
def test_what_is_no_post_of_this_blog_is_not_found(blog: Blog, reference: str) -> None:
    with pytest.raises(wp_bridge.NotFound):
        blog.find_post(reference)


def test_an_address_without_a_post_is_not_found(blog: Blog, site: Site) -> None:
    for path in ("/", "/2026/11/nothing-here/", "/wp-login.php"):
        with pytest.raises(wp_bridge.NotFound):
            blog.find_post(site.base_url + path)


def test_an_editor_sees_the_staff_over_rest_only(blog: Blog, site: Site) -> None:
    staff = blog.staff()
    if blog.api == "xmlrpc":
        assert staff is None
    else:
        assert staff is not None
        assert {user.id for user in staff} == {site.users[name].id for name in ("admin", "moderateur", "author")}


@pytest.mark.parametrize("api", ["rest", "xmlrpc"])
def test_an_administrator_sees_the_staff_with_logins(connect: Connect, site: Site, api: str) -> None:
    staff = connect(site, user="admin", api=api).staff()
    assert staff is not None
    assert {user.login: user.email for user in staff} == {
        name: site.users[name].email for name in ("admin", "moderateur", "author")
    }
