"""`tirage post`: what is known of one post, and whether the networks accept their keys."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from testbed.x import Answer, X


@pytest.fixture
def x() -> Iterator[X]:
    with X() as x:
        yield x


def tirage(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `tirage` in a process of its own, with no settings but these."""
    return subprocess.run(
        [sys.executable, "-m", "service.cli", *arguments],
        env={"PATH": "/usr/bin:/bin", "DATABASE_URL": "sqlite://", **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_offline_the_address_alone_tells(x):
    done = tirage("post", "check", "https://twitter.com/Ana/status/1578516068309794817?s=20", "--offline", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "network": "x",
        "id": "1578516068309794817",
        "author": "ana",
        "posted_at": "2022-10-07T22:42:12Z",
        "canonical_url": "https://x.com/i/web/status/1578516068309794817",
        "evidence": None,
    }


@pytest.mark.parametrize("token", ["", "app-token"])
def test_online_the_network_tells(x, token):
    address = x.post("Ana", "I'm in! https://blog.example/two-books/ #TwoBooks")
    done = tirage("post", "check", address, "--json", NETWORK_ORIGINS=x.setting, X_BEARER_TOKEN=token)
    told = json.loads(done.stdout)
    assert (done.returncode, told["author"], told["evidence"]["hashtags"]) == (0, "ana", ["twobooks"])
    assert "https://blog.example/two-books/" in told["evidence"]["links"]
    x.delete(address)
    gone = tirage("post", "check", address, "--json", NETWORK_ORIGINS=x.setting, X_BEARER_TOKEN=token)
    assert (gone.returncode, json.loads(gone.stdout)["evidence"]) == (1, None)
    assert gone.stderr == "x doesn't show this post: it is gone.\n"


@pytest.mark.parametrize(
    "address",
    ["https://example.org/", "", "two words", "https://x.com/ana/status/0x1", "\u202ehttps://x.com/a/status/1"],
)
def test_what_is_no_address_is_one_sentence_and_exit_code_2(address):
    done = tirage("post", "check", address, "--offline", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "no address of a post" in done.stderr


def test_a_network_that_is_away_is_exit_code_3(x):
    address = x.post("Ana", "I'm in!")
    x.fail(Answer(503), times=9)
    done = tirage("post", "check", address, NETWORK_ORIGINS=x.setting)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)


def test_a_wrong_key_is_one_clear_sentence(x):
    assert tirage("post", "keys", NETWORK_ORIGINS=x.setting, X_BEARER_TOKEN="app-token").returncode == 0
    done = tirage("post", "keys", "--json", NETWORK_ORIGINS=x.setting, X_BEARER_TOKEN="wrong-secret-key")
    told = {check["network"]: check["failure"] for check in json.loads(done.stdout)}
    assert (done.returncode, told["mastodon"], told["bluesky"]) == (1, None, None)
    assert "X_BEARER_TOKEN" in told["x"]
    assert "wrong-secret-key" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X_USER_TOKEN", "token-without-id"),
        ("X_USER_ID", "not-a-number"),
        ("BLUESKY_HANDLE", "ana.example"),
        ("MASTODON_TOKENS", "no-server"),
        ("NETWORK_ORIGINS", "publish.x.com=http://10.0.0.1"),
    ],
)
def test_half_a_key_is_refused_and_not_shown(name, value):
    done = tirage("post", "keys", **{name: value})
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert name in done.stderr
