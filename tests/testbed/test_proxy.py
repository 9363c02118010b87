"""The proxy's ways of misbehaving, in front of a real blog."""

import socket
import threading
import time
from collections.abc import Callable

import pytest
import requests

from testbed.proxy import Proxy
from testbed.wordpress import Site

COMMENTS = "/wp/v2/comments"


def rest(proxy: Proxy, path: str = "", *, timeout: float = 20) -> requests.Response:
    return requests.get(f"{proxy.url}/wp-json{path}", timeout=timeout)


def post_comment(proxy: Proxy, site: Site, post: int, content: str = "Par le proxy") -> requests.Response:
    auth = ("moderateur", site.users["moderateur"].app_password)
    body = {"post": post, "content": content}
    return requests.post(f"{proxy.url}/wp-json{COMMENTS}", json=body, auth=auth, timeout=20)


def stored(site: Site, post: int) -> int:
    count: int = site.php("return get_comment_count($args['id'])['approved'];", id=post)
    return count


def in_background(action: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=action)
    thread.start()
    return thread


def test_links_lead_through_the_proxy(proxy: Proxy, site: Site) -> None:
    home = requests.get(proxy.url + "/", timeout=20)

    assert f"<{proxy.url}/wp-json/>" in home.headers["Link"]
    assert site.base_url not in home.text
    assert rest(proxy).json()["url"] == proxy.url
    assert site.base_url.replace("/", r"\/") not in rest(proxy).text
    assert requests.get(f"{proxy.url}/wp-json", timeout=20).url.startswith(proxy.url)


def test_requests_are_logged_and_counted(proxy: Proxy, site: Site) -> None:
    answer = post_comment(proxy, site, site.create_post("Journal"), "Noté")

    assert answer.status_code == 201
    assert proxy.count(method="POST", path=COMMENTS, body="Not") == 1
    [request] = proxy.requests
    assert (request.method, request.path, request.status) == ("POST", f"/wp-json{COMMENTS}", 201)


def test_a_rule_finds_the_route_in_a_plain_permalink(proxy: Proxy) -> None:
    proxy.when(path=COMMENTS).fail(503)

    assert requests.get(proxy.url, params={"rest_route": COMMENTS}, timeout=20).status_code == 503


def test_an_answer_is_held_after_wordpress_stored_the_comment(proxy: Proxy, site: Site) -> None:
    post = site.create_post("Retenu")
    gate = proxy.when(method="POST", path=COMMENTS).hold_answer()
    answers: list[requests.Response] = []
    client = in_background(lambda: answers.append(post_comment(proxy, site, post)))

    gate.wait()
    assert (stored(site, post), answers) == (1, [])
    gate.release()
    client.join()
    assert answers[0].status_code == 201


def test_a_request_is_held_before_it_reaches_wordpress(proxy: Proxy, site: Site) -> None:
    post = site.create_post("Attente")
    gate = proxy.when(method="POST").hold_request()
    client = in_background(lambda: post_comment(proxy, site, post))

    gate.wait()
    assert stored(site, post) == 0
    gate.release()
    client.join()
    assert stored(site, post) == 1


def test_500_though_the_comment_was_stored(proxy: Proxy, site: Site) -> None:
    post = site.create_post("Menteur")
    proxy.when(method="POST", path=COMMENTS, times=1).fail(500, after=True)

    assert post_comment(proxy, site, post).status_code == 500
    assert stored(site, post) == 1
    assert post_comment(proxy, site, post).json()["code"] == "comment_duplicate"


def test_too_many_requests_and_maintenance(proxy: Proxy) -> None:
    proxy.when(times=1).too_many_requests(retry_after="7")
    busy = rest(proxy)
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "7")
    assert rest(proxy).status_code == 200

    proxy.when().unavailable(retry_after="3")
    assert rest(proxy).status_code == 503
    proxy.clear()
    assert rest(proxy).status_code == 200


def test_each_third_request_fails(proxy: Proxy) -> None:
    proxy.when(path="/wp/v2", every=3).fail()
    assert [rest(proxy, "/wp/v2/types/post").status_code for _ in range(6)] == [200, 200, 500, 200, 200, 500]


def test_pages_where_json_should_be(proxy: Proxy) -> None:
    proxy.when().login_page()
    assert 'type="password"' in rest(proxy).text
    proxy.when().error_page()
    assert rest(proxy).status_code == 200
    assert "text/html" in rest(proxy).headers["Content-Type"]


def test_half_an_answer(proxy: Proxy) -> None:
    proxy.when(times=1).half_json()
    with pytest.raises(requests.JSONDecodeError):
        rest(proxy).json()
    proxy.when(times=1).cut_answer()
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        rest(proxy)


def test_a_cut_connection(proxy: Proxy) -> None:
    proxy.when(times=1).cut()
    with pytest.raises(requests.ConnectionError):
        rest(proxy)


def test_a_refused_connection(proxy: Proxy) -> None:
    with proxy.down(), pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(proxy.url.rsplit(":", 1)[1])), timeout=5)
    assert rest(proxy).status_code == 200


def test_a_redirect_elsewhere(proxy: Proxy) -> None:
    proxy.when().redirect("http://127.0.0.1:1/elsewhere")
    answer = requests.get(proxy.url, timeout=20, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://127.0.0.1:1/elsewhere")


def test_a_slow_answer(proxy: Proxy) -> None:
    proxy.when().delay(30)
    with pytest.raises(requests.Timeout):
        rest(proxy, timeout=0.3)


def test_an_endless_drip_outlives_the_read_time_out(proxy: Proxy) -> None:
    proxy.when(times=1).drip()
    received = 0
    began = time.monotonic()
    with requests.get(proxy.url, timeout=0.5, stream=True) as answer:
        for piece in answer.iter_content(1):
            received += len(piece)
            if time.monotonic() - began > 1.0:
                break
    assert received >= 5


def test_a_flood(proxy: Proxy) -> None:
    proxy.when(times=1).flood(megabytes=12)
    assert len(rest(proxy).json()[0]) > 12_000_000
