"""Finding the API, and saying in one sentence what is wrong."""

from __future__ import annotations

import base64
import json
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import wp_bridge
from testbed import processes
from testbed import wordpress as testbed_wordpress
from testbed.php import find as find_php
from testbed.proxy import Proxy
from testbed.proxy_exchange import Answer
from testbed.site import Site
from tests.wp_bridge.conftest import APIS, Connect
from tests.wp_bridge.servers import Answers, serve

INDEX = b'{"name":"x","namespaces":["wp\\/v2"],"authentication":{"application-passwords":{}}}'


def refusal(connect: Connect, site: Site, **wishes: object) -> wp_bridge.BlogError:
    """The error of a connection that fails, checked for being one sentence that gives nothing away."""
    with pytest.raises(wp_bridge.BlogError) as caught:
        connect(site, **{"timeout": 10, **wishes})
    message = str(caught.value)
    assert re.fullmatch(r"[^\n]{20,250}\.", message), message
    for user in site.users.values():
        assert user.password not in message
        assert user.app_password not in message
    return caught.value


@pytest.fixture
def switched(site: Site) -> Iterator[Site]:
    """A blog that gets all its parts back in the end."""
    yield site
    site.switch_off()
    site.set_permalinks("pretty")


def test_auto_takes_the_rest_api(connect: Connect, site: Site) -> None:
    assert connect(site).api == "rest"


def test_the_password_may_be_typed_with_its_blanks(connect: Connect, site: Site) -> None:
    password = site.users["moderateur"].app_password
    spaced = " ".join(password[start : start + 4] for start in range(0, 24, 4))
    assert connect(site, password=spaced, api="rest").me.login == "moderateur"


def test_the_user_may_be_an_email_address(connect: Connect, site: Site) -> None:
    user = site.users["moderateur"]
    for api in APIS:
        assert connect(site, api=api, user=user.email, password=user.app_password).me.id == user.id


@pytest.mark.parametrize("path", ["", "/", "/2026/11/", "/nothing/here/at/all/of/this/?x=1", "/wp-admin/", "/wp-json/"])
@pytest.mark.parametrize("api", APIS)
def test_any_address_of_the_blog_will_do(connect: Connect, wordpress: Site, api: str, path: str) -> None:
    assert connect(wordpress, url=wordpress.base_url + path, api=api).site.url == wordpress.base_url


def test_the_scheme_may_be_left_out(connect: Connect, wordpress: Site) -> None:
    assert connect(wordpress, url=wordpress.base_url.removeprefix("http://")).site.url == wordpress.base_url


@pytest.mark.parametrize("api", APIS)
def test_plain_permalinks_work(connect: Connect, switched: Site, api: str) -> None:
    switched.set_permalinks("plain")
    blog = connect(switched, api=api)
    post = blog.post(switched.create_post("Sans permaliens"))
    comment = blog.add_comment(post.id, "Bravo")
    assert list(blog.comments(post.id)) == [[comment]]
    assert blog.find_post(post.link) == post


@pytest.fixture
def in_a_folder(tmp_path: Path) -> Iterator[Site]:
    """A blog at http://127.0.0.1:…/blog."""
    site = testbed_wordpress.start()
    port = processes.free_port()
    (tmp_path / "blog").symlink_to(site.root)
    settings = site.folder / "testbed.json"
    address = f"http://127.0.0.1:{port}/blog"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"base_url": address}))
    php = find_php(mysql=False)
    env = {**php.env, "PHP_CLI_SERVER_WORKERS": "4"}
    pid = processes.spawn(
        [*php.command, "-S", f"127.0.0.1:{port}", "-t", str(tmp_path)], env=env, log=tmp_path / "php.log"
    )
    _wait_for(port)
    yield replace(site, base_url=address)
    processes.end(pid, f" -t {tmp_path}")
    testbed_wordpress.stop(site)


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


@pytest.mark.parametrize("style", ["pretty", "plain"])
def test_a_blog_in_a_folder_works(connect: Connect, in_a_folder: Site, style: str) -> None:
    in_a_folder.set_permalinks(style)
    for api in APIS:
        blog = connect(in_a_folder, url=f"{in_a_folder.base_url}/nothing/here/", api=api)
        assert blog.site.url == in_a_folder.base_url
        post = blog.post(in_a_folder.create_post("Sous-dossier"))
        assert blog.find_post(post.link) == post
        assert blog.add_comment(post.id, "Bravo").post_id == post.id
        with pytest.raises(wp_bridge.NotFound):
            blog.find_post(in_a_folder.base_url.removesuffix("/blog") + f"/?p={post.id}")


@pytest.mark.parametrize("api", APIS)
def test_a_wrong_password(connect: Connect, site: Site, api: str) -> None:
    error = refusal(connect, site, password="abcd EFGH 1234 ijkl MNOP 5678", api=api)
    assert type(error) is wp_bridge.CredentialsRefused
    assert "Users → Profile" in str(error)


def test_an_unknown_user(connect: Connect, site: Site) -> None:
    wish = {"user": "nobody", "password": "abcd EFGH 1234 ijkl MNOP 5678"}
    assert type(refusal(connect, site, **wish)) is wp_bridge.CredentialsRefused


def test_the_login_password_where_an_application_password_is_needed(connect: Connect, site: Site) -> None:
    error = refusal(connect, site, password=site.users["moderateur"].password)
    assert type(error) is wp_bridge.CredentialsRefused
    assert "the one for logging in does not work" in str(error)


def test_a_wrong_password_is_tried_once_only(connect: Connect, wordpress: Site, proxy: Proxy) -> None:
    refusal(connect, wordpress, url=proxy.url, password="abcd EFGH 1234 ijkl MNOP 5678")
    assert len([request for request in proxy.requests if "Authorization" in request.headers]) == 1
    assert proxy.count(method="POST") == 0


@pytest.mark.parametrize("user", ["author", "reader"])
@pytest.mark.parametrize("api", ["auto", *APIS])
def test_a_user_who_may_not_moderate(connect: Connect, site: Site, api: str, user: str) -> None:
    error = refusal(connect, site, user=user, api=api)
    assert type(error) is wp_bridge.NotAllowed
    assert f"{user} may not moderate" in str(error)


def test_application_passwords_switched_off(connect: Connect, switched: Site) -> None:
    switched.switch_off("application_passwords")
    for wish in ({"api": "rest"}, {"api": "auto"}):
        error = refusal(connect, switched, **wish)
        assert type(error) is wp_bridge.ApplicationPasswordsOff
        assert "https" in str(error)


def test_without_application_passwords_the_login_password_works_by_xmlrpc(connect: Connect, switched: Site) -> None:
    switched.switch_off("application_passwords")
    assert connect(switched, password=switched.users["moderateur"].password).api == "xmlrpc"


def test_no_password_is_sent_where_application_passwords_are_off(
    connect: Connect, wordpress: Site, proxy: Proxy
) -> None:
    wordpress.switch_off("application_passwords")
    try:
        refusal(connect, wordpress, url=proxy.url, api="rest")
    finally:
        wordpress.switch_off()
    assert not [request for request in proxy.requests if "Authorization" in request.headers]


def test_xmlrpc_switched_off(connect: Connect, switched: Site) -> None:
    switched.switch_off("xmlrpc")
    error = refusal(connect, switched, api="xmlrpc")
    assert type(error) is wp_bridge.NotABlog
    assert "XML-RPC switched off" in str(error)
    assert connect(switched).api == "rest"


def test_a_closed_rest_api(connect: Connect, switched: Site) -> None:
    switched.switch_off("rest")
    error = refusal(connect, switched, api="rest")
    assert type(error) is wp_bridge.NotABlog
    assert "plugin that closes the API" in str(error)
    blog = connect(switched)
    assert blog.api == "xmlrpc"
    # The name of the zone is only told by the REST API: what remains is the offset of the day.
    assert blog.site.timezone in ("+01:00", "+02:00")
    assert not blog.site.timezone_is_named


def test_both_apis_closed(connect: Connect, switched: Site) -> None:
    switched.switch_off("rest", "xmlrpc")
    assert type(refusal(connect, switched)) is wp_bridge.NotABlog


@pytest.mark.parametrize("page", ["login_page", "error_page"])
def test_a_page_where_the_api_should_be(connect: Connect, wordpress: Site, proxy: Proxy, page: str) -> None:
    getattr(proxy.when(path="wp-json"), page)()
    getattr(proxy.when(path="rest_route"), page)()
    error = refusal(connect, wordpress, url=proxy.url, api="rest")
    assert type(error) is wp_bridge.NotABlog
    assert "where its REST API should be" in str(error)
    assert connect(wordpress, url=proxy.url).api == "xmlrpc"
    getattr(proxy.when(path="xmlrpc.php", method="POST"), page)()
    assert type(refusal(connect, wordpress, url=proxy.url)) is wp_bridge.NotABlog


def test_a_page_where_the_user_should_be(connect: Connect, wordpress: Site, proxy: Proxy) -> None:
    proxy.when(path="users/me").login_page()
    assert type(refusal(connect, wordpress, url=proxy.url, api="rest")) is wp_bridge.NotABlog


def test_links_that_only_the_html_holds(connect: Connect, wordpress: Site, proxy: Proxy) -> None:
    def bare(answer: Answer) -> Answer:
        kept = [header for header in answer.headers if header[0].lower() not in ("link", "x-pingback")]
        return replace(answer, headers=kept)

    proxy.when().change(bare)
    assert connect(wordpress, url=proxy.url).api == "rest"


def test_a_blog_that_hides_its_links(connect: Connect, wordpress: Site, proxy: Proxy) -> None:
    proxy.when(path="/").answer(200, "<html><body>Bienvenue", {"Content-Type": "text/html"})
    for path in ("rest_route", "wp-json", "xmlrpc"):
        proxy.when(path=path).change(lambda answer: answer)
    assert connect(wordpress, url=proxy.url).api == "rest"


def test_something_that_is_no_wordpress(connect: Connect, wordpress: Site) -> None:
    with serve(Answers("<html><body>A shop</body></html>")) as server:
        error = refusal(connect, wordpress, url=server.url)
        assert type(error) is wp_bridge.NotABlog
        assert "No WordPress was found" in str(error)
        assert not server.credentials_seen()


def test_a_site_that_keeps_programs_out(connect: Connect, wordpress: Site) -> None:
    with serve(Answers("<html>Forbidden", status=403)) as server:
        assert "keeps programs out (status 403)" in str(refusal(connect, wordpress, url=server.url))


def test_a_strange_pingback_address_does_not_stand_in_the_way_of_rest(
    connect: Connect, wordpress: Site, proxy: Proxy
) -> None:
    def add(answer: Answer) -> Answer:
        headers = [header for header in answer.headers if header[0].lower() != "x-pingback"]
        return replace(answer, headers=[*headers, ("X-Pingback", "https://elsewhere.example/xmlrpc.php")])

    proxy.when(path="/").change(add)
    assert connect(wordpress, url=proxy.url).api == "rest"
    assert type(refusal(connect, wordpress, url=proxy.url, api="xmlrpc")) is wp_bridge.NotABlog


def test_nothing_that_answers(connect: Connect, wordpress: Site) -> None:
    error = refusal(connect, wordpress, url=f"http://127.0.0.1:{processes.free_port()}")
    assert type(error) is wp_bridge.BlogUnreachable
    assert not error.permanent
    assert "does not answer" in str(error)


def test_a_name_that_does_not_exist(connect: Connect, wordpress: Site) -> None:
    assert type(refusal(connect, wordpress, url="http://blog.invalid/")) is wp_bridge.BlogUnreachable


@pytest.mark.parametrize(
    "url", ["", " ", "ftp://blog.example/", "file:///etc/passwd", "http://", "https://[::1", "http://a b/",
            "http://x:99999/", "javascript:alert(1)", "https://user:secret@blog.example/", "http://" + "a" * 70 + ".x/"]
)  # fmt: skip
def test_what_is_no_web_address(connect: Connect, wordpress: Site, url: str) -> None:
    error = refusal(connect, wordpress, url=url)
    assert isinstance(error, wp_bridge.NotABlog | wp_bridge.BlogUnreachable)
    assert "secret" not in str(error)


def test_an_unknown_api_is_a_mistake_of_the_program(wordpress: Site) -> None:
    with pytest.raises(ValueError, match="soap"):
        wp_bridge.connect(wordpress.base_url, user="x", password="y", api="soap")  # type: ignore[arg-type]


def test_a_blog_that_moved_is_not_followed_to_another_host(connect: Connect, wordpress: Site, proxy: Proxy) -> None:
    with serve(Answers("<html>")) as other:
        proxy.when().redirect(other.url.replace("127.0.0.1", "localhost"), 301)
        error = refusal(connect, wordpress, url=proxy.url)
        assert type(error) is wp_bridge.NotABlog
        assert "give its address" in str(error)
        assert not other.requests


def test_a_redirect_on_the_same_host_is_followed(connect: Connect, wordpress: Site, proxy: Proxy) -> None:
    proxy.when(path="/accueil").redirect("/", 302)
    proxy.when(path="/accueil", times=1).redirect("/accueil/", 301)
    assert connect(wordpress, url=proxy.url + "/accueil").api == "rest"


def test_a_redirect_in_circles_ends(connect: Connect, wordpress: Site, proxy: Proxy) -> None:
    proxy.when().redirect("/", 302)
    assert "circles" in str(refusal(connect, wordpress, url=proxy.url))


@pytest.mark.parametrize("where", ["users/me", "wp-json"])
def test_credentials_do_not_follow_a_redirect(connect: Connect, wordpress: Site, proxy: Proxy, where: str) -> None:
    with serve(Answers(INDEX)) as other:
        proxy.when(path=where).redirect(other.url + "/wp-json/wp/v2/users/me", 307)
        proxy.when(path="xmlrpc.php", method="POST").redirect(other.url + "/xmlrpc.php", 307)
        refusal(connect, wordpress, url=proxy.url)
        refusal(connect, wordpress, url=proxy.url, api="xmlrpc")
        assert not other.requests


def test_credentials_are_not_sent_to_an_api_on_another_host(connect: Connect, wordpress: Site) -> None:
    with serve(Answers(INDEX)) as other:
        links = {"Link": f'<{other.url}/wp-json/>; rel="https://api.w.org/"', "X-Pingback": f"{other.url}/xmlrpc.php"}
        with serve(Answers("<html>", headers=links)) as server:
            for api in ("auto", *APIS):
                error = refusal(connect, wordpress, url=server.url, api=api)
                assert type(error) is wp_bridge.NotABlog
                assert "its API is at" in str(error)
        assert not other.credentials_seen()


def test_a_plugin_that_closes_the_index_to_strangers_only(connect: Connect, wordpress: Site, proxy: Proxy) -> None:
    strangers_only = proxy.when(path="_fields=name", times=1)
    strangers_only.answer(401, '{"code":"rest_login_required"}', {"Content-Type": "application/json"})
    assert connect(wordpress, url=proxy.url, api="rest").api == "rest"


def test_basic_auth_is_sent_in_utf8(connect: Connect, wordpress: Site, proxy: Proxy) -> None:
    refusal(connect, wordpress, url=proxy.url, user="zoé", password="mot de passé")
    sent = [request.headers["Authorization"] for request in proxy.requests if "Authorization" in request.headers]
    assert base64.b64decode(sent[0].removeprefix("Basic ")).decode() == "zoé:mot de passé"


def test_a_blog_that_is_busy_is_tried_again(connect: Connect, wordpress: Site, proxy: Proxy) -> None:
    proxy.when().unavailable(retry_after="600")
    error = refusal(connect, wordpress, url=proxy.url)
    assert type(error) is wp_bridge.BlogBusy
    assert error.retry_after == 600
