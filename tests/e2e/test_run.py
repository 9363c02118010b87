"""`tirage run`: both processes or neither, and an orderly end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
import requests

from testbed.processes import free_port
from tests.e2e.conftest import PATIENCE_SECONDS
from tests.e2e.test_exactly_once import AUTO, COMMENT


@pytest.fixture
def running(tirage):
    """`tirage run`, ready; its address."""
    port = free_port()
    tirage.env["BIND"] = f"127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "run"], env=tirage.env, stderr=subprocess.PIPE, text=True
    )
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: answers(f"{url}/healthz"), process)
    yield process, url
    process.kill()
    process.communicate()


def answers(url):
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


def wait_until(is_true, process):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_true():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.1)


def children(process):
    """The processes that `run` started: by role, their ids."""
    found = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(process.pid)], capture_output=True, text=True)
    rows = [line.split(None, 1) for line in found.stdout.splitlines()]
    return {"web" if "gunicorn" in args else "worker": int(pid) for pid, args in rows}


def test_it_serves_and_works_and_ends_on_a_signal(running, tirage, contest_post):
    process, url = running
    assert requests.get(f"{url}/readyz", timeout=10).json()["status"] == "ok"
    contest = tirage.open(contest_post.id, contest_post.closes_at, *AUTO)
    tirage.wait_for_phase(contest, "announced")
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) == 0
    assert not answers(f"{url}/healthz")


@pytest.mark.parametrize("victim", ["web", "worker"])
def test_when_one_process_dies_the_other_is_stopped_and_it_says_so(running, victim):
    process, _url = running
    pids = children(process)
    assert set(pids) == {"web", "worker"}
    subprocess.run(["kill", "-9", str(pids[victim])], check=True)
    _out, said = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert f"the {victim} process ended by itself" in said
    assert not children(process)


def test_sigterm_finishes_the_step_in_hand(behind_proxy, proxy, contest_post):
    gate = proxy.when(**COMMENT, times=1).hold_answer()
    contest = behind_proxy.open(contest_post.id, contest_post.closes_at, *AUTO)
    worker = behind_proxy.start_worker()
    gate.wait()
    worker.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    gate.release()
    assert worker.wait(PATIENCE_SECONDS) == 0
    told = behind_proxy.json("contest", "show", contest)
    assert (told["phase"], told["announcement"]["comment_id"] is not None) == ("announced", True)


def test_settings_that_are_missing_are_all_named_at_the_start(tirage):
    tirage.env.update(WORDPRESS_USER="", WORDPRESS_PASSWORD="")
    for command in ("run", "web", "worker"):
        done = tirage.run(command)
        assert done.returncode == 2
        assert "WORDPRESS_USER, WORDPRESS_PASSWORD" in done.stderr
