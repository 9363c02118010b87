"""`python -m testbed.wordpress`, as make and people use it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from testbed import cache, processes


def command(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-W", "error", "-m", "testbed.wordpress", *arguments]
    return subprocess.run(
        words, cwd=cache.PROJECT, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )


def servers_of(root: str) -> list[int]:
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if f" -t {root} " in processes.command_line(pid)]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """Where the blog is described; whatever a failed test left running is stopped."""
    yield tmp_path / "blog.json"
    command("stop", "--file", str(tmp_path / "blog.json"))


def test_start_twice_then_stop(file: Path) -> None:
    assert command("start", "--file", str(file)).returncode == 0
    facts = json.loads(file.read_text("utf-8"))
    again = command("start", "--file", str(file))
    other = command("start", "--file", str(file), WORDPRESS_VERSION="6.8")

    assert requests.get(f"{facts['base_url']}/wp-json/", timeout=30).ok
    assert {"base_url", "version", "database", "root", "pid", "users"} <= set(facts)
    assert file.stat().st_mode & 0o077 == 0
    assert "already up" in again.stderr
    assert json.loads(file.read_text("utf-8")) == facts
    assert other.returncode == 2
    assert len(servers_of(facts["root"])) == 5

    assert command("stop", "--file", str(file)).returncode == 0
    assert servers_of(facts["root"]) == []
    assert not file.exists()
    assert not Path(facts["root"]).exists()
    with pytest.raises(requests.ConnectionError):
        requests.get(facts["base_url"], timeout=5)


def test_stop_leaves_a_process_alone_that_is_not_ours(tmp_path: Path) -> None:
    file = tmp_path / "blog.json"
    with subprocess.Popen(["sleep", "60"]) as bystander:
        stale = {
            "base_url": "http://127.0.0.1:1",
            "version": "6.1.9",
            "database": "sqlite",
            "root": str(tmp_path / "gone" / "wordpress"),
            "pid": bystander.pid,
            "users": {},
        }
        file.write_text(json.dumps(stale))
        assert command("stop", "--file", str(file)).returncode == 0
        assert bystander.poll() is None
        bystander.terminate()


def test_a_version_that_is_not_packaged_is_one_sentence_and_code_2(tmp_path: Path) -> None:
    answer = command("start", "--version", "4.9", "--file", str(tmp_path / "blog.json"))

    assert answer.returncode == 2
    assert answer.stderr == "There is no WordPress 4.9 here; choose 6.1 or 6.8.\n"


def test_a_broken_description_is_one_sentence_and_code_2(tmp_path: Path) -> None:
    file = tmp_path / "blog.json"
    file.write_text("{")

    answer = command("stop", "--file", str(file))

    assert answer.returncode == 2
    assert len(answer.stderr.splitlines()) == 1
