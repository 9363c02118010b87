"""A blog that answers badly once we are connected: every way of it is an error that says whether to try again."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

import wp_bridge
from testbed.site import Site
from tests.wp_bridge.conftest import Behind
from tests.wp_bridge.reads import ASKS, Ask, error_of
from wp_bridge import BlogBusy, BlogUnreachable

SOME = [ASKS["comments"], ASKS["add"]]


@pytest.fixture(params=sorted(ASKS))
def ask(request: pytest.FixtureRequest) -> Ask:
    return ASKS[request.param]


@pytest.fixture
def post_id(commented_post_id: int) -> int:
    return commented_post_id


@pytest.mark.parametrize("page", ["login_page", "error_page"])
def test_a_page_instead_of_data(behind: Behind, post_id: int, ask: Ask, page: str) -> None:
    getattr(behind.proxy.when(), page)()
    error = error_of(ask, behind.blog, post_id)
    assert isinstance(error, BlogUnreachable)
    assert not error.permanent
    assert "a page instead of data" in str(error)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_server_error(behind: Behind, post_id: int, ask: Ask, status: int) -> None:
    behind.proxy.when().fail(status)
    assert type(error_of(ask, behind.blog, post_id)) is BlogUnreachable


def test_half_an_answer(behind: Behind, post_id: int, ask: Ask) -> None:
    behind.proxy.when().half_json()
    assert isinstance(error_of(ask, behind.blog, post_id), BlogUnreachable)


def test_an_answer_that_breaks_off(behind: Behind, post_id: int, ask: Ask) -> None:
    behind.proxy.when().cut_answer()
    assert type(error_of(ask, behind.blog, post_id)) is BlogUnreachable


def test_a_connection_that_breaks_off(behind: Behind, post_id: int, ask: Ask) -> None:
    behind.proxy.when().cut()
    assert type(error_of(ask, behind.blog, post_id)) is BlogUnreachable


def test_a_refused_connection(behind: Behind, post_id: int, ask: Ask) -> None:
    with behind.proxy.down():
        assert "does not answer" in str(error_of(ask, behind.blog, post_id))


@pytest.mark.parametrize("ask", SOME)
def test_a_slow_blog(behind: Behind, post_id: int, ask: Ask) -> None:
    behind.proxy.when().delay(30)
    error = error_of(ask, behind.blog, post_id)
    assert type(error) is BlogUnreachable
    assert "too long" in str(error)


@pytest.mark.parametrize("ask", SOME)
def test_an_answer_that_drips(behind: Behind, post_id: int, ask: Ask) -> None:
    behind.proxy.when().drip()
    error = error_of(ask, behind.blog, post_id)
    assert type(error) is BlogUnreachable
    assert "too long" in str(error)


@pytest.mark.parametrize("ask", SOME)
def test_an_answer_that_is_too_big(behind: Behind, post_id: int, ask: Ask) -> None:
    behind.proxy.when().flood(megabytes=12)
    error = error_of(ask, behind.blog, post_id)
    assert isinstance(error, BlogUnreachable)
    assert "1024 KiB" in str(error)


@pytest.mark.parametrize("status", [429, 503])
def test_a_long_pause_is_handed_on_at_once(behind: Behind, post_id: int, ask: Ask, status: int) -> None:
    seen = len(behind.proxy.requests)
    behind.proxy.when().too_many_requests(retry_after="120", status=status)
    error = error_of(ask, behind.blog, post_id)
    assert isinstance(error, BlogBusy)
    assert (error.retry_after, error.permanent) == (120, False)
    assert len(behind.proxy.requests) - seen == 1


@pytest.mark.parametrize("header", ["0", "1", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_a_short_pause_is_kept(behind: Behind, post_id: int, header: str) -> None:
    behind.proxy.when(times=1).too_many_requests(retry_after=header)
    assert behind.blog.post(post_id).id == post_id


@pytest.mark.parametrize("header", ["soon", "-5", "1e9", "9" * 400, ""])
def test_a_pause_that_cannot_be_read(behind: Behind, post_id: int, header: str) -> None:
    behind.proxy.when().too_many_requests(retry_after=header)
    assert isinstance(error_of(ASKS["post"], behind.blog, post_id), BlogBusy)


@pytest.mark.parametrize("trouble", ["fail", "cut", "cut_answer", "unavailable"])
def test_a_read_is_repeated(behind: Behind, post_id: int, trouble: str) -> None:
    getattr(behind.proxy.when(times=1), trouble)()
    assert behind.blog.post(post_id).id == post_id


@pytest.mark.parametrize("trouble", ["fail", "cut", "cut_answer"])
def test_a_write_is_not_repeated(behind: Behind, wordpress: Site, trouble: str) -> None:
    post_id, before = wordpress.create_post("Concours"), behind.times_commented()
    rules = behind.when_commenting()
    rules.cut_answer() if trouble == "cut_answer" else getattr(rules, trouble)(after=True)
    assert isinstance(error_of(ASKS["add"], behind.blog, post_id), BlogUnreachable)
    assert behind.times_commented() - before == 1
    behind.proxy.clear()
    assert behind.blog.find_own_comment(post_id, "Bravo") is not None
    assert behind.blog.count_comments(post_id).approved == 1


def test_a_short_pause_does_not_repeat_a_write(behind: Behind, post_id: int) -> None:
    before = behind.times_commented()
    behind.when_commenting().too_many_requests(retry_after="1")
    assert isinstance(error_of(ASKS["add"], behind.blog, post_id), BlogBusy)
    assert behind.times_commented() - before == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(behind: Behind, post_id: int, ask: Ask, status: int) -> None:
    behind.proxy.when().redirect("http://elsewhere.invalid/", status)
    error = error_of(ask, behind.blog, post_id)
    assert isinstance(error, BlogUnreachable)
    assert "sends its API elsewhere" in str(error)


@pytest.fixture
def drips_headers() -> Iterator[str]:
    """A server that sends a header, a byte at a time, and never ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()
    thread = threading.Thread(target=_drip, args=(listener, stop))
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    stop.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def _drip(listener: socket.socket, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not stop.wait(0.05):
                    connection.sendall(b"x")
            except OSError:
                continue


def test_headers_that_drip(drips_headers: str) -> None:
    began = time.monotonic()
    with pytest.raises(BlogUnreachable, match="too long"):
        wp_bridge.connect(drips_headers, user="x", password="y", timeout=1)
    assert time.monotonic() - began < 20
