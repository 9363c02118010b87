"""What a blog refuses, told by REST's codes and XML-RPC's texts in the blog's language."""

from __future__ import annotations

import json

import pytest

import wp_bridge
from testbed.site import Site
from tests.wp_bridge.conftest import APIS, Behind, Connect
from tests.wp_bridge.reads import ASKS, error_of
from wp_bridge import BlogUnreachable

ADD = ASKS["add"]


@pytest.mark.parametrize("api", APIS)
def test_a_password_that_is_withdrawn(connect: Connect, wordpress: Site, commented_post_id: int, api: str) -> None:
    password, item = wordpress.php(
        "return WP_Application_Passwords::create_new_application_password($args['id'], ['name' => $args['name']]);",
        id=wordpress.users["moderateur"].id,
        name=f"withdrawn by {api}",
    )
    blog = connect(wordpress, password=password, api=api)
    wordpress.php(
        "WP_Application_Passwords::delete_application_password($args['id'], $args['uuid']);",
        id=wordpress.users["moderateur"].id,
        uuid=item["uuid"],
    )
    for ask in ASKS.values():
        assert isinstance(error_of(ask, blog, commented_post_id), wp_bridge.CredentialsRefused)


@pytest.mark.parametrize("api", APIS)
def test_a_right_that_is_withdrawn(connect: Connect, wordpress: Site, api: str) -> None:
    user_id, password = wordpress.php(
        "$id = wp_insert_user(['user_login' => $args['n'], 'user_pass' => $args['n'], 'role' => 'editor',"
        " 'user_email' => $args['n'] . '@x.example']);"
        "return [$id, WP_Application_Passwords::create_new_application_password($id, ['name' => 'x'])[0]];",
        n=f"withdrawn-{api}",
    )
    blog = connect(wordpress, user=f"withdrawn-{api}", password=password, api=api)
    wordpress.php("(new WP_User($args['id']))->set_role('contributor');", id=user_id)
    with pytest.raises(wp_bridge.NotAllowed, match="may not moderate"):
        blog.check()


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("comment_flood", 400, wp_bridge.CommentFlood),
        ("comment_flood", 429, wp_bridge.CommentFlood),
        ("comment_duplicate", 409, wp_bridge.DuplicateComment),
        ("rest_comment_draft_post", 403, wp_bridge.CommentRefused),
        ("akismet_said_no", 400, wp_bridge.CommentRefused),
        ("incorrect_password", 401, wp_bridge.CredentialsRefused),
        ("something_new", 401, wp_bridge.CredentialsRefused),
        ("something_new", 403, wp_bridge.NotAllowed),
        ("rest_already_trashed", 410, wp_bridge.NotFound),
        ("rest_no_route", 404, wp_bridge.NotABlog),
        ("rest_comment_failed_create", 500, BlogUnreachable),
    ],
)
def test_refusals_are_told_by_their_code(
    rest_behind: Behind, commented_post_id: int, code: str, status: int, kind: type
) -> None:
    body = json.dumps({"code": code, "message": "Désolé &#8230;", "data": {"status": status}})
    rest_behind.when_commenting().answer(status, body, {"Content-Type": "application/json"})
    error = error_of(ADD, rest_behind.blog, commented_post_id)
    assert isinstance(error, kind)
    assert "Désolé" not in str(error)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("You are posting comments too quickly. Slow down.", wp_bridge.CommentFlood),
        ("Vous envoyez vos commentaires trop rapidement. Prenez votre temps.", wp_bridge.CommentFlood),
        ("Duplicate comment detected; it looks as though you&#8217;ve already said that!", wp_bridge.DuplicateComment),
        (
            "Détection d&rsquo;un doublon&nbsp;: il semble que vous avez déjà envoyé ce commentaire&nbsp!",
            wp_bridge.DuplicateComment,
        ),
        ("Sorry, comments are closed for this item.", wp_bridge.CommentsClosed),
        ("Kommentare sind geschlossen", wp_bridge.CommentRefused),
    ],
)
def test_faults_are_told_by_their_text(xmlrpc_behind: Behind, wordpress: Site, said: str, kind: type) -> None:
    post_id = wordpress.create_post("Concours")
    xmlrpc_behind.when_commenting().answer(200, fault(403, said), {"Content-Type": "text/xml"})
    assert type(error_of(ADD, xmlrpc_behind.blog, post_id)) is kind


def test_a_duplicate_in_another_language_is_told_by_looking(xmlrpc_behind: Behind, wordpress: Site) -> None:
    post_id = wordpress.create_post("Concours")
    xmlrpc_behind.blog.add_comment(post_id, "Bravo")
    xmlrpc_behind.when_commenting().answer(200, fault(403, "Doppelter Kommentar"), {"Content-Type": "text/xml"})
    assert type(error_of(ADD, xmlrpc_behind.blog, post_id)) is wp_bridge.DuplicateComment


@pytest.mark.parametrize(
    ("code", "kind"),
    [(401, wp_bridge.NotAllowed), (404, wp_bridge.NotFound), (405, wp_bridge.NotABlog), (500, BlogUnreachable),
     (-32601, wp_bridge.BlogError)],
)  # fmt: skip
def test_faults_are_told_by_their_number(xmlrpc_behind: Behind, commented_post_id: int, code: int, kind: type) -> None:
    xmlrpc_behind.proxy.when().answer(200, fault(code, "Désolé"), {"Content-Type": "text/xml"})
    assert type(error_of(ASKS["count"], xmlrpc_behind.blog, commented_post_id)) is kind


def fault(code: int, said: str) -> str:
    """What WordPress sends for an IXR_Error."""
    text = said.replace("&", "&amp;")
    return (
        f"<?xml version='1.0'?><methodResponse><fault><value><struct><member><name>faultCode</name><value><int>{code}"
        f"</int></value></member><member><name>faultString</name><value><string>{text}</string></value></member>"
        "</struct></value></fault></methodResponse>"
    )
