"""What every WordPress of the test bed gives, whatever its version and database."""

import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import requests

from testbed.wordpress import Site

NOON = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)


def get(site: Site, path: str, *, login: str | None = None, **params: str) -> requests.Response:
    auth = (login, site.users[login].app_password) if login else None
    return requests.get(f"{site.base_url}/wp-json/wp/v2/{path}", params=params, auth=auth, timeout=30)


@pytest.mark.parametrize("login", ["admin", "moderateur", "author", "reader"])
def test_every_kind_of_user_enters_with_an_application_password(any_site: Site, login: str) -> None:
    me = get(any_site, "users/me", login=login, context="edit").json()

    user = any_site.users[login]
    assert (me["id"], me["roles"], me["name"]) == (user.id, [user.role], user.display_name)


def test_the_editor_is_the_moderateur(any_site: Site) -> None:
    assert any_site.users["moderateur"].display_name == "Modérateur"
    assert any_site.users["moderateur"].role == "editor"


def test_the_blog_is_french_and_in_paris(any_site: Site) -> None:
    root = requests.get(f"{any_site.base_url}/wp-json/", timeout=30).json()

    assert root["timezone_string"] == "Europe/Paris"
    assert 'lang="fr-FR"' in requests.get(any_site.base_url, timeout=30).text
    assert any_site.php("return __('Password');") == "Mot de passe"


def test_the_version_is_the_real_one(any_site: Site) -> None:
    assert any_site.version == any_site.php("return get_bloginfo('version');")


def test_xml_rpc_answers(any_site: Site) -> None:
    with xmlrpc.client.ServerProxy(f"{any_site.base_url}/xmlrpc.php") as server:
        blogs = server.wp.getUsersBlogs("moderateur", any_site.users["moderateur"].password)

    assert isinstance(blogs, list)
    assert [blog["blogName"] for blog in blogs] == ["Le carnet de Camille"]


def test_inserted_comments_are_read_back_as_given(any_site: Site) -> None:
    post = any_site.create_post("Concours", "<p>À gagner</p>", author="moderateur", date_gmt=NOON)
    reader = any_site.users["reader"]
    ids = any_site.insert_comments(
        post,
        [
            {
                "author": "Ada <b>\\",
                "email": "ada@mail.example",
                "content": "Bravo 🎉 'é' \\o/",
                "date_gmt": NOON,
            },
            {"user_id": reader.id, "content": "Moi", "approved": "0", "ip": "192.0.2.9"},
            {"author": "Spam", "content": "x", "approved": "spam"},
            {"author": "Bin", "content": "x", "approved": "trash"},
            {"author": "Ping", "content": "x", "type": "pingback"},
        ],
    )
    ids += any_site.insert_comments(post, [{"author": "Bob", "content": "À Ada", "parent": ids[0]}])

    listed = get(
        any_site,
        "comments",
        login="moderateur",
        post=str(post),
        context="edit",
        status="any",
        orderby="id",
        order="asc",
    ).json()

    assert [comment["id"] for comment in listed] == [*ids[:4], ids[5]]
    assert listed[0]["author_name"] == "Ada <b>\\"
    assert listed[0]["content"]["raw"] == "Bravo 🎉 'é' \\o/"
    assert (listed[0]["date_gmt"], listed[0]["date"]) == ("2026-11-02T11:00:00", "2026-11-02T12:00:00")
    assert (listed[1]["author"], listed[1]["author_email"], listed[1]["author_ip"]) == (
        reader.id,
        reader.email,
        "192.0.2.9",
    )
    assert [comment["status"] for comment in listed] == ["approved", "hold", "spam", "trash", "approved"]
    assert listed[4]["parent"] == ids[0]


def test_bulk_comments_are_all_there_and_counted(any_site: Site) -> None:
    post = any_site.create_post("Beaucoup")
    any_site.bulk_comments(post, 2500, first_date_gmt=NOON)

    answer = get(any_site, "comments", login="moderateur", post=str(post), context="edit", order="asc")

    assert answer.headers["X-WP-Total"] == "2500"
    assert answer.json()[1]["date_gmt"] == "2026-11-02T11:00:01"
    assert any_site.php("return get_comment_count($args['id'])['approved'];", id=post) == 2500
    assert any_site.php("return (int) get_post($args['id'])->comment_count;", id=post) == 2500


def test_many_writers_at_once_all_succeed(any_site: Site) -> None:
    post = any_site.create_post("Simultané")
    url = f"{any_site.base_url}/wp-json/wp/v2/comments"
    auth = ("moderateur", any_site.users["moderateur"].app_password)

    def write(number: int) -> int:
        body = {"post": post, "content": f"Écrit en même temps que les autres, {number}"}
        return requests.post(url, json=body, auth=auth, timeout=60).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write, range(40))) == [201] * 40


def test_guests_comment_by_the_form_and_wait_for_approval(any_site: Site) -> None:
    post = any_site.create_post("Ouvert")
    url = f"{any_site.base_url}/wp-comments-post.php"
    form = {"comment_post_ID": str(post), "author": "Iris", "email": "iris@mail.example"}
    any_site.switch_off("flood_check")

    for text in ("Je participe", "Moi aussi"):
        answer = requests.post(url, data={**form, "comment": text}, timeout=30, allow_redirects=False)
        assert answer.status_code == 302

    any_site.switch_off()
    held = get(any_site, "comments", login="moderateur", post=str(post), context="edit", status="hold").json()
    assert [comment["author_name"] for comment in held] == ["Iris", "Iris"]
