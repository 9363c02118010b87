"""`tirage receipt verify`: the beacon's signature is checked too, with no network and whatever the settings are."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from service.cli.receipt import verify
from testbed.drand import Drand
from tests.domain.test_receipt import DRAND, make, rebuilt

RECEIPT = make(by_beacon=True)
OTHER = Drand(period=3, genesis_time=1_700_000_000, seed=b"another key").round(RECEIPT["randomness"]["round"])


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No way out, no database, and an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "no database")
    monkeypatch.delattr(socket, "socket")


def check(told: dict[str, Any]) -> tuple[int, list[str]]:
    """The exit code, and the places that fail."""
    Path("receipt.json").write_text(json.dumps(told))
    done = CliRunner().invoke(verify, ["receipt.json", "--json"], standalone_mode=False)
    assert done.exception is None
    answer = json.loads(done.stdout)
    assert set(answer) == {"valid", "failures"}
    assert answer["valid"] is (done.return_value == 0)
    return done.return_value, [failure["where"] for failure in answer["failures"]]


def test_a_round_of_the_chain_in_the_settings_is_checked(monkeypatch):
    monkeypatch.setenv("DRAND_INFO", DRAND.info)
    assert check(RECEIPT) == (0, [])
    assert check(rebuilt(make(by_beacon=True), OTHER)) == (1, ["randomness.signature"])


@pytest.mark.parametrize("settings", [{}, {"WORDPRESS_TIMEOUT_SECONDS": "soon"}, {"DRAND_INFO": "{}"}])
def test_a_chain_that_nobody_pinned_is_not_believed_whatever_the_settings_are(monkeypatch, settings):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert check(RECEIPT) == (1, ["randomness.chain"])


@pytest.mark.parametrize("settings", [{}, {"WORDPRESS_TIMEOUT_SECONDS": "soon"}])
def test_a_receipt_by_the_secret_needs_no_settings(monkeypatch, settings):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert check(make()) == (0, [])


@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, "\ud800"])
def test_what_is_not_json_is_told_as_such(content):
    Path("receipt.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    done = CliRunner().invoke(verify, ["receipt.json"], standalone_mode=False)
    assert (done.return_value, done.stdout) == (1, "The receipt does NOT hold:\n  receipt: is not JSON\n")


def test_a_check_that_fails_itself_is_not_told_as_a_receipt_that_is_not_json(monkeypatch):
    def fail(*_: object) -> None:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr("service.cli.receipt.find_failures", fail)
    Path("receipt.json").write_text("{}")
    done = CliRunner().invoke(verify, ["receipt.json"], standalone_mode=False)
    assert str(done.exception) == "a mistake of ours"


@pytest.mark.parametrize("buffered", [[], ["-u"]], ids=["buffered", "at once"])
def test_a_full_disk_is_told_in_a_sentence(buffered):
    Path("receipt.json").write_text("{}")
    command = [sys.executable, *buffered, "-m", "service.cli", "receipt", "verify", "receipt.json"]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=env)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert "No space left on device" in done.stderr
