"""The switches with which a test turns a blog into a difficult one."""

import re
import xmlrpc.client
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from testbed import wordpress
from testbed.wordpress import Site


def discovery(site: Site) -> str:
    return requests.head(site.base_url + "/", timeout=30).headers["Link"]


def root(site: Site) -> dict[str, Any]:
    facts: dict[str, Any] = requests.get(f"{site.base_url}/wp-json/", timeout=30).json()
    return facts


def test_plain_permalinks_and_back(site: Site) -> None:
    site.set_permalinks("plain")
    assert "rest_route=/" in discovery(site)
    site.set_permalinks("pretty")
    assert f"<{site.base_url}/wp-json/>" in discovery(site)


def test_application_passwords_can_be_off(site: Site) -> None:
    site.switch_off("application_passwords")
    assert requests.get(f"{site.base_url}/wp-json/", timeout=30).json()["authentication"] == []
    site.switch_off()
    assert "application-passwords" in requests.get(f"{site.base_url}/wp-json/", timeout=30).json()["authentication"]


def test_the_rest_api_can_be_off(site: Site) -> None:
    site.switch_off("rest")
    assert requests.get(f"{site.base_url}/wp-json/", timeout=30).status_code == 403
    site.switch_off()


def test_xml_rpc_can_be_off(site: Site) -> None:
    site.switch_off("xmlrpc")
    with (
        xmlrpc.client.ServerProxy(f"{site.base_url}/xmlrpc.php") as server,
        pytest.raises(xmlrpc.client.ProtocolError, match="405"),
    ):
        server.wp.getUsersBlogs("moderateur", site.users["moderateur"].password)
    site.switch_off()


def test_an_unknown_switch_is_refused(site: Site) -> None:
    with pytest.raises(ValueError, match="no such switch"):
        site.switch_off("everything")


def test_old_posts_close_their_comments(site: Site) -> None:
    post = site.create_post("Vieux", date_gmt=datetime(2026, 1, 5, 9, tzinfo=UTC))
    site.close_comments_after(14)
    assert site.php("return comments_open($args['id']);", id=post) is False
    site.close_comments_after(0)
    assert site.php("return comments_open($args['id']);", id=post) is True


def test_comments_break_into_pages(site: Site) -> None:
    post = site.create_post("Pages")
    site.bulk_comments(post, 30, first_date_gmt=datetime(2026, 11, 2, tzinfo=UTC))
    site.break_comments_into_pages(10)
    link = site.php("return get_comment_link(get_comments(['post_id' => $args['id'], 'number' => 1])[0]);", id=post)
    site.break_comments_into_pages(0)

    assert re.search(r"comment-page-\d", link)


def test_an_old_blogs_comments_hold_no_emoji() -> None:
    with wordpress.running(database="mariadb") as site:
        site.use_three_byte_comments()
        auth = ("moderateur", site.users["moderateur"].app_password)
        body = {"post": site.create_post("Ancien"), "content": "Bravo 🎉"}

        answer = requests.post(f"{site.base_url}/wp-json/wp/v2/comments", json=body, auth=auth, timeout=30)

    assert (answer.status_code, answer.json()["code"]) == (500, "rest_comment_failed_create")


def test_on_a_production_site_plain_http_takes_no_application_passwords() -> None:
    with wordpress.running(environment="production", permalinks="plain") as site:
        answer = requests.get(f"{site.base_url}/?rest_route=/", timeout=30).json()

    assert answer["authentication"] == []
