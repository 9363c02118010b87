"""Bad input gets one clear sentence on stderr and exit code 2; nothing on stdout, no trace."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from service.domain.receipt import FORMAT
from tests.e2e.conftest import Tirage, installed
from tests.stores import new_store


def refused(done):
    """The sentence a refused command says."""
    assert (done.returncode, done.stdout) == (2, ""), done
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("post", "options", "words"),
    [
        ("999999", {}, "post"),
        ("https://elsewhere.example/x", {}, "its address on 127.0.0.1"),
        ("not a post", {}, "post"),
        (None, {"--closes": "quand les poules auront des dents"}, "poules"),
        (None, {"--closes": "2027-03-28 02:30"}, "02:30"),
        (None, {"--closes": "2026-13-45 99:99"}, "2026-13-45"),
        (None, {"--winners": "0"}, "winners"),
        (None, {"--winners": "-1"}, "winners"),
        (None, {"--winners": "many"}, "winners"),
        (None, {"--alternates": "-1"}, "alternates"),
    ],
)
def test_a_contest_that_can_not_be_opened(tirage, contest_post, post, options, words):
    given = {"--closes": "2026-11-20 17:00", **options}
    arguments = [part for option in given.items() for part in option]
    done = tirage.run("contest", "open", post or str(contest_post.id), *arguments, "--yes")
    assert words in refused(done)
    assert tirage.json("contest", "list") == []


def test_a_second_contest_on_the_same_post(tirage, contest_post):
    contest = tirage.open(contest_post.id, contest_post.closes_at)
    done = tirage.run("contest", "open", str(contest_post.id), "--closes", "2026-11-20 17:00", "--yes")
    assert f"contest {contest}" in refused(done)


def test_comments_closed_on_a_contest_that_is_still_to_run(tirage, wordpress):
    post = wordpress.create_post("Fermé", comment_status="closed")
    done = tirage.run("contest", "open", str(post), "--closes", "2030-01-01 12:00", "--yes")
    assert "Comments are closed" in refused(done)


def test_no_terminal_and_no_yes(tirage, contest_post):
    done = tirage.run("contest", "open", str(contest_post.id), "--closes", "2026-11-20 17:00")
    assert done.returncode == 2
    assert "--yes" in done.stderr


def test_a_new_deadline_is_shown_before_it_holds(tirage, contest_post):
    contest = tirage.open(contest_post.id, contest_post.closes_at)
    change = ["contest", "change", contest, "--closes", "2030-01-01 12:00", "--reason", "panne"]
    done = tirage.run(*change)
    assert (done.returncode, done.stdout) == (2, "")
    assert "2030-01-01T11:00:00Z" in done.stderr
    assert "--yes" in done.stderr
    assert tirage.json("contest", "show", contest)["closes_at"] != "2030-01-01T11:00:00Z"
    assert tirage.json(*change, "--yes")["closes_at"] == "2030-01-01T11:00:00Z"


def test_the_template_can_change_after_the_draw(tirage, contest_post, tmp_path):
    contest = tirage.open(contest_post.id, contest_post.closes_at)
    tirage.cli("contest", "seal", contest, "--yes", "--leave-out-undecided")
    tirage.cli("contest", "draw", contest)
    words = tmp_path / "words.html"
    words.write_text("Bravo ! {{ proof_url }}")
    tirage.cli("contest", "change", contest, "--template", str(words), "--reason", "faute de frappe")
    assert "Bravo !" in tirage.cli("contest", "preview", contest)


@pytest.mark.parametrize("command", ["collect", "seal", "draw", "announce", "show", "entries", "preview", "log"])
def test_a_contest_that_is_not_there(tirage, command):
    options = ["--yes"] if command in ("seal", "draw", "announce") else []
    assert "no contest 404" in refused(tirage.run("contest", command, "404", *options))


def test_steps_out_of_order(tirage, contest_post):
    contest = tirage.open(contest_post.id, contest_post.closes_at)
    assert "sealed" in refused(tirage.run("contest", "draw", contest))
    assert "drawn" in refused(tirage.run("contest", "announce", contest, "--yes"))
    tirage.cli("contest", "seal", contest, "--yes")
    done = tirage.run("contest", "change", contest, "--winners", "5", "--reason", "plus de lots")
    assert "sealed" in refused(done)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"WORDPRESS_PASSWORD": "wrong"}, "password"),
        ({"WORDPRESS_USER": "lecteur"}, "password"),
        ({"WORDPRESS_URL": ""}, "WORDPRESS_URL"),
        ({"WORDPRESS_API": "soap"}, "WORDPRESS_API"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
    ],
)
def test_settings_that_can_not_work(wordpress, contest_post, tmp_path, settings, words):
    with installed(tmp_path, wordpress.base_url, wordpress) as tirage:
        tirage.env.update(settings)
        done = tirage.run("contest", "open", str(contest_post.id), "--closes", "2026-11-20 17:00", "--yes")
        assert words.lower() in refused(done).lower()


def test_a_page_that_is_not_a_wordpress(tirage, proxy):
    proxy.when().login_page()
    tirage.env["WORDPRESS_URL"] = proxy.url
    assert "WordPress" in refused(tirage.run("contest", "open", "1", "--closes", "2026-11-20 17:00", "--yes"))


def test_a_receipt_that_is_none(tirage, tmp_path):
    assert "can't be read" in refused(tirage.run("receipt", "verify", str(tmp_path / "none.json")))
    assert "isn't a file" in refused(tirage.run("receipt", "verify", "/dev/zero"))
    nonsense = tmp_path / "nonsense.json"
    nonsense.write_text("{")
    done = tirage.run("receipt", "verify", str(nonsense), "--json")
    assert done.returncode == 1


def test_ids_that_can_not_be(tirage):
    for contest in ("99999999999999999999", "0", "x"):
        assert "CONTEST_ID" in refused(tirage.run("contest", "show", contest))
    for entry in (str(2**63), "0", "x:1"):
        assert "There is no" in refused(tirage.run("contest", "readmit", "1", entry, "--reason", "x"))


@pytest.fixture
def alone(tmp_path, monkeypatch):
    """Tirage with its tables and without a blog, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WORDPRESS_")}
    blog = {"WORDPRESS_URL": "http://127.0.0.1:9", "WORDPRESS_USER": "x", "WORDPRESS_PASSWORD": "x"}
    database = {"DATABASE_URL": f"sqlite:///{tmp_path}/tirage.sqlite3", "SECRETS_DIR": str(tmp_path / "none")}
    quiet = {"LOG_LEVEL": "error"}  # the processes of the service log on stderr
    root = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
    new_store(tmp_path).close()
    return Tirage({**kept, **blog, **database, **quiet, "PYTHONPATH": root})


def test_a_database_in_a_folder_that_can_not_be_made(alone):
    alone.env["DATABASE_URL"] = "sqlite:////proc/nope/x"
    for command in (["contest", "list"], ["db", "upgrade"], ["worker"]):
        assert "DATABASE_URL" in refused(alone.run(*command))


@pytest.mark.parametrize("revision", ["nonsense", "-99", "+1", "", "a:b"])
def test_a_revision_that_is_none(alone, revision):
    assert "no older revision" in refused(alone.run("db", "downgrade", "--yes", "--", revision))


def test_a_database_of_a_newer_version(alone):
    with closing(sqlite3.connect("tirage.sqlite3")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in (["contest", "list"], ["db", "upgrade"], ["db", "downgrade", "base", "--yes"], ["run"], ["worker"]):
        assert "install that version" in refused(alone.run(*command))


def test_a_database_of_an_older_version_waits_for_the_upgrade(alone):
    alone.cli("db", "downgrade", "base", "--yes")
    done = alone.run("contest", "list")
    assert (done.returncode, done.stdout) == (3, "")
    assert "tirage db upgrade" in done.stderr
    assert alone.json("db", "upgrade") == {"is_up_to_date": True}


def test_a_settings_file_that_is_not_utf_8(alone, tmp_path):
    (tmp_path / ".env").write_bytes(b"WORDPRESS_URL=http://caf\xe9.example\n")
    assert "UTF-8" in refused(alone.run("contest", "list"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["token", "new", b"\xff"],
        ["token", "revoke", b"\xff"],
        ["contest", "disqualify", "1", "2", "--reason", b"caf\xe9"],
        ["receipt", "verify", b"\xff.json"],
        [b"\xff"],
    ],
)
def test_bytes_that_are_no_text(alone, arguments):
    command = [sys.executable, "-m", "service.cli", *arguments]
    assert "UTF-8" in refused(subprocess.run(command, env=alone.env, capture_output=True, text=True))


def test_settings_that_contradict_each_other(alone):
    alone.env["WORDPRESS_TIMEOUT_SECONDS"] = "120"
    assert "LEASE_SECONDS" in refused(alone.run("contest", "list"))


def test_a_receipt_that_can_not_be_written(tirage, contest_post):
    contest = tirage.open(contest_post.id, contest_post.closes_at)
    tirage.cli("contest", "seal", contest, "--yes", "--leave-out-undecided")
    tirage.cli("contest", "draw", contest)
    assert "can't be written" in refused(tirage.run("contest", "receipt", contest, "--output", "/nonexist/y"))
    assert tirage.json("contest", "receipt", contest)["format"] == FORMAT
