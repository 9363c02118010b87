"""What goes out to networks goes to public addresses only, and what comes back has an end."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from service.networks.dialling import Dialler, is_public
from service.networks.http import Http, HttpAnswer
from service.networks.origins import read_origins
from service.usecases.ports import NetworkProblem
from tests.networks.sockets import certificate, drip, ok, say, serve
from wp_bridge.deadline import Deadline

PUBLIC = "93.184.216.34"
HOST = "mastodon.example"


@contextmanager
def asking(talk, **options):
    """Http for which that server stands in for mastodon.example."""
    with serve(talk) as (address, port):
        http = Http(user_agent="test", origins={HOST: f"http://{address}:{port}"}, **options)
        yield http
        http.close()


def never(*_):
    raise AssertionError("nobody may be asked")


def refusal(http, url=f"https://{HOST}/", **more):
    with pytest.raises(NetworkProblem) as caught:
        http.get(url, **more)
    http.close()
    return caught.value


def leading_to(*addresses):
    return Http(user_agent="test", dialler=Dialler(resolve=lambda _: addresses, connect=never))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1", "192.0.0.8"),
        *("::1", "::", "::ffff:127.0.0.1", "::ffff:93.184.216.34", "::127.0.0.1", "fe80::1", "fe80::1%eth0"),
        *("fc00::1", "fd00:ec2::254", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1"),
        *("2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:53aa:64c::1", "2001:db8::1", "fec0::1", "what?"),
    ],
)
def test_a_name_that_leads_into_a_house_is_refused(address):
    problem = refusal(leading_to(address))
    assert (problem.code, problem.host, problem.permanent) == ("host_refused", HOST, True)


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    assert refusal(leading_to(PUBLIC, "10.0.0.1")).code == "host_refused"


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("http://mastodon.example/", "ftp://mastodon.example/", "mastodon.example/", "//mastodon.example/", ""),
        *("https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.1/", "https://127.1/"),
        *("https://localhost/", "https://localhost./", "https://printer.local/", "https://x.com./", "https:///x"),
        *("https://ana@mastodon.example/", "https://ana:b@mastodon.example/", "https://mastodon.example:8443/"),
        *("https://mastodon.example:x/", "https://mastodon.example\\@evil.example/", "https://mastodon.example /"),
        *("https://mastodon.example/a\r\nX: y", "https://mastodon.example/a b", "https://mastodon。example/"),
        *("https://ｍastodon.example/", "https://mastodon.example/\\", "https://[mastodon.example/", "https://é.fr/"),
        "https://" + "a." * 130 + "example/",
    ],
)
def test_addresses_that_nobody_honest_gives_are_refused_unasked(url):
    http = Http(user_agent="test", dialler=Dialler(resolve=never, connect=never))
    assert refusal(http, url).code == "host_refused"


def test_only_the_hosts_that_are_allowed_are_asked():
    http = Http(user_agent="test", dialler=Dialler(resolve=never, connect=never))
    assert refusal(http, "https://evil.example/", hosts={"t.co"}).code == "host_refused"


def test_a_name_that_leads_elsewhere_later_is_connected_to_as_it_was_checked(tmp_path):
    context, trusted = certificate(HOST, tmp_path)
    asked, answers = [], [[PUBLIC], ["127.0.0.1"]]
    with serve(say(ok(b"hello")), tls=context) as here:

        def connect(address, seconds):
            asked.append(address)
            return socket.create_connection(here, seconds)

        http = Http(user_agent="test", dialler=Dialler(resolve=lambda _: answers.pop(0), connect=connect))
        http._public.verify = str(trusted)
        assert http.get(f"https://{HOST}/").body == b"hello"
        assert asked == [(PUBLIC, 443)]
        assert refusal(http).code == "host_refused"  # the server closed, so this is a new connection
        assert asked == [(PUBLIC, 443)]


def test_the_certificate_must_be_for_the_name(tmp_path):
    context, trusted = certificate("other.example", tmp_path)
    with serve(say(ok(b"hello")), tls=context) as here:
        dialler = Dialler(
            resolve=lambda _: [PUBLIC], connect=lambda _, seconds: socket.create_connection(here, seconds)
        )
        http = Http(user_agent="test", dialler=dialler)
        http._public.verify = str(trusted)
        problem = refusal(http)
    assert (problem.code, problem.message) == ("unreachable", f"{HOST} has no valid https certificate.")


def test_the_next_address_is_tried_when_one_does_not_answer():
    tried = []

    def connect(address, _seconds):
        tried.append(address[0])
        raise ConnectionRefusedError

    http = Http(user_agent="test", dialler=Dialler(resolve=lambda _: [PUBLIC, "1.1.1.1"], connect=connect))
    assert refusal(http).code == "unreachable"
    assert tried == [PUBLIC, "1.1.1.1"]


def test_a_name_without_an_address_is_unreachable():
    def resolve(_):
        raise socket.gaierror

    http = Http(user_agent="test", dialler=Dialler(resolve=resolve, connect=never))
    assert refusal(http).code == "unreachable"
    assert refusal(leading_to()).code == "unreachable"


def test_a_name_server_that_keeps_one_waiting_is_given_up():
    end = threading.Event()

    def resolve(_):
        end.wait(30)
        return [PUBLIC]

    http = Http(user_agent="test", timeout=0.2, dialler=Dialler(resolve=resolve, connect=never))
    problem = refusal(http)
    end.set()
    assert problem.code == "too_slow"


def test_a_redirect_is_an_answer_and_is_not_followed():
    heard: list[bytes] = []
    answer = ok(b"", "Location: https://127.0.0.1/secret", status="302 Found")
    with asking(say(answer, heard)) as http:
        given = http.get(f"https://{HOST}/")
    assert (given.status, given.headers["location"]) == (302, "https://127.0.0.1/secret")
    assert len(heard) == 1


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"],
)
def test_an_answer_that_drips_ends_at_the_deadline(start):
    with asking(drip(start), timeout=0.3) as http:
        assert refusal(http).code == "too_slow"


def test_a_server_that_never_greets_is_given_up():
    with serve(say(b"")) as here:
        dialler = Dialler(
            resolve=lambda _: [PUBLIC], connect=lambda _, seconds: socket.create_connection(here, seconds)
        )
        assert refusal(Http(user_agent="test", timeout=0.3, dialler=dialler)).code == "too_slow"


@pytest.mark.parametrize("key", ["two\nlines", "кey", "ключ"])
def test_a_key_with_a_sign_that_no_key_has_is_refused_unsent(key):
    heard: list[bytes] = []
    with asking(say(ok(b"{}"), heard)) as http:
        problem = refusal(http, headers={"Authorization": f"Bearer {key}"})
    assert (problem.code, problem.permanent, heard) == ("key_refused", True, [])
    assert key not in problem.message


def test_more_than_the_limit_is_not_read():
    with asking(say(ok(b"x" * 10_000_000)), max_bytes=1_000_000) as http:
        assert refusal(http).code == "too_big"


def test_what_unpacks_to_more_than_the_limit_is_not_unpacked_to_its_end():
    bomb = gzip.compress(gzip.compress(b"\0" * 50_000_000))
    with asking(say(ok(bomb, "Content-Encoding: gzip, gzip"))) as http:
        assert refusal(http).code == "too_big"


def test_an_answer_that_breaks_off_is_no_answer():
    with asking(say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")) as http:
        assert refusal(http).code == "unreachable"


def test_what_does_not_speak_http_is_unreachable():
    with asking(say(b"SSH-2.0-OpenSSH\r\n")) as http:
        assert refusal(http).code == "unreachable"


def test_cookies_are_not_kept():
    heard: list[bytes] = []
    with asking(say(ok(b"{}", "Set-Cookie: a=b; Path=/"), heard)) as http:
        http.get(f"https://{HOST}/")
        http.get(f"https://{HOST}/")
    assert all(b"cookie" not in head.lower() for head in heard)


def test_neither_proxies_nor_logins_of_the_environment_are_used(monkeypatch, tmp_path):
    heard: list[bytes] = []
    (tmp_path / "netrc").write_text("default login ana password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with asking(say(ok(b"{}"), heard)) as http:
        assert http.get(f"https://{HOST}/").status == 200
        assert refusal(http, "https://other.example/", hosts={"t.co"}).code == "host_refused"
    assert b"authorization" not in heard[0].lower()


def test_a_stand_in_is_asked_in_the_name_of_the_host():
    heard: list[bytes] = []
    with asking(say(ok(b"{}"), heard)) as http:
        http.get(f"https://{HOST}/a?b=1#c", params={"d": ["2", "3"]}, headers={"X-Y": "z"})
        http.post_json(f"https://{HOST}/login", {"é": "ü"})
    assert heard[0].startswith(b"GET /a?b=1&d=2&d=3 HTTP/1.1\r\n")
    assert heard[0].count(b"\r\nHost: mastodon.example\r\n") == 1
    assert b"X-Y: z" in heard[0]
    assert heard[1].startswith(b"POST /login ")
    assert b"Content-Type: application/json" in heard[1]


def test_a_failure_never_tells_what_was_asked():
    with asking(drip(b""), timeout=0.1) as http:
        problem = refusal(http, f"https://{HOST}/?q=secret", headers={"Authorization": "Bearer secret"})
    assert "secret" not in repr(problem) + str(problem.__cause__) + problem.message
    assert problem.__suppress_context__


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff\xff", b"[" * 100_000, b"1" * 5_000])
def test_what_is_no_json_is_a_bad_answer(body):
    with pytest.raises(NetworkProblem) as caught:
        HttpAnswer(200, {}, body, HOST).json()
    assert caught.value.code == "bad_answer"


def test_origins_are_read_from_a_setting():
    text = "publish.x.com=http://127.0.0.1:8123  t.co=https://gateway.example/ m.example=http://[::1]:80"
    assert read_origins(text) == {
        "publish.x.com": "http://127.0.0.1:8123",
        "t.co": "https://gateway.example",
        "m.example": "http://[::1]:80",
    }
    assert read_origins(" ") == {}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "t.co",
            "t.co=",
            "=http://127.0.0.1",
            "t.co=http://10.0.0.1",
            "t.co=http://gateway.example",
            "t.co=ftp://t.co",
        ),
        *(
            "t.co=https://a.example/path",
            "t.co=https://a@b.example",
            "t.co=https://b.example:x",
            "127.0.0.1=https://a.b",
        ),
        *("t.co=https://a.example t.co=https://b.example", "t.co=https://a.example?x", "t.co=https://[a"),
    ],
)
def test_a_malformed_origin_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"^(must|names|has) "):
        read_origins(text)


def test_the_body_of_a_redirect_has_the_same_limit():
    """requests would unpack it whole, to see where the redirect leads."""
    bomb = gzip.compress(b"\0" * 50_000_000)
    answer = ok(bomb, "Content-Encoding: gzip", "Location: /y", status="302 Found")
    with asking(say(answer)) as http:
        assert refusal(http).code == "too_big"


@pytest.mark.parametrize("location", ["http://[", "//[", "\xff"])
def test_a_redirect_to_nowhere_is_only_an_answer(location):
    with asking(say(ok(b"", f"Location: {location}", status="302 Found"))) as http:
        assert http.get(f"https://{HOST}/").status == 302


def test_cookies_are_taken_out_before_anybody_reads_them():
    """Reading many long ones takes Python seconds, with no deadline."""
    with asking(say(ok(b"", "Set-Cookie: a=b", *[f"Set-Cookie2: {'a;' * 30_000}" for _ in range(20)]))) as http:
        answer = http.get(f"https://{HOST}/")
    assert answer.status == 200


def test_a_connection_that_comes_after_the_deadline_is_ended_at_once():
    ours, theirs = socket.socketpair()
    with ours, theirs, Deadline(0.01) as deadline:
        time.sleep(0.05)
        deadline.guard(ours)
        theirs.settimeout(5)
        assert theirs.recv(1) == b""
