"""`tirage beacon verify`: a round and a signature, with no network, no settings and no database."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from service.cli.main import main
from tests.beacons.published import ROUNDS

SIGNATURE, RANDOMNESS = ROUNDS[42]
INVALID = {"valid": False, "randomness": None}


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Verify = Callable[..., Done]


@pytest.fixture
def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Verify:
    """The command, with settings that nothing could start with and no way out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORDPRESS_URL", "no address")
    monkeypatch.setenv("DATABASE_URL", "no database")
    monkeypatch.delattr(socket, "socket")

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["tirage", "beacon", "verify", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return Done(int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.mark.parametrize("number", ROUNDS)
def test_a_published_round_is_valid(verify: Verify, number: int) -> None:
    signature, randomness = ROUNDS[number]
    done = verify(str(number), "--signature", signature, "--json")
    assert (done.code, json.loads(done.out), done.err) == (0, {"valid": True, "randomness": randomness}, "")


def test_a_signature_may_be_typed_in_capitals(verify: Verify) -> None:
    done = verify("42", "--signature", SIGNATURE.upper(), "--json")
    assert (done.code, json.loads(done.out)) == (0, {"valid": True, "randomness": RANDOMNESS})


@pytest.mark.parametrize(
    ("number", "signature"),
    [
        *[("43", SIGNATURE), ("42", ROUNDS[657413][0]), (str(2**64 - 1), SIGNATURE)],
        *[("42", text) for text in ("", "zz", SIGNATURE[:-2], f"{SIGNATURE}00", f"c0{'00' * 47}", "é" * 96)],
    ],
)
def test_what_is_no_signature_of_the_round_is_invalid(verify: Verify, number: str, signature: str) -> None:
    done = verify(number, "--signature", signature, "--json")
    assert (done.code, json.loads(done.out), done.err) == (1, INVALID, "")


def test_people_are_told_in_a_sentence(verify: Verify) -> None:
    genuine = f"Round 42 of drand's quicknet is genuine. Its randomness is {RANDOMNESS}.\n"
    false = "This is NOT the signature of round 43 of drand's quicknet.\n"
    assert verify("42", "--signature", SIGNATURE) == (0, genuine, "")
    assert verify("43", "--signature", SIGNATURE) == (1, false, "")


@pytest.mark.parametrize(
    "words",
    [("0", "--signature", SIGNATURE), ("x", "--signature", SIGNATURE), (str(2**64), "--signature", SIGNATURE), ("42",)],
    ids=["zero", "no number", "too large", "no signature"],
)
def test_what_cannot_be_asked_is_one_sentence(verify: Verify, words: tuple[str, ...]) -> None:
    done = verify(*words, "--json")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("tirage: ")
    assert done.err.count("\n") == 1
