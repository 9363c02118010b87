"""Bad input gets one clear sentence on stderr and exit code 2; nothing on stdout, no trace."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import installed


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
    assert "COMMENT_ID" in refused(tirage.run("contest", "readmit", "1", str(2**63), "--reason", "x"))
