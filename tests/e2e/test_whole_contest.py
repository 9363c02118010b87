"""A whole contest by the command line alone, on each supported WordPress, by REST and by XML-RPC."""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import installed, write_post

EXPECTED = {
    "Zoé B.": ["duplicate"],
    "Camille Auteur": ["post_author"],
    "Modérateur": ["staff"],
    "Curieux": ["pingback"],
    "Un autre blog": ["trackback"],
    "Casino": ["spam"],
    "Fâché": ["trash"],
    "Timide": ["held"],
    "Lente": ["held"],
    "Muet": ["empty"],
    "Une seconde": ["late"],
    "Retardataire": ["late"],
}


@pytest.mark.parametrize("blog", ["wordpress", "wordpress_68"])
@pytest.mark.parametrize("api", ["rest", "xmlrpc"])
def test_from_the_post_to_the_winner_comment(request, tmp_path, blog, api):
    site = request.getfixturevalue(blog)
    post = write_post(site)
    with installed(tmp_path, site.base_url, site, WORDPRESS_API=api) as tirage:
        contest = tirage.open(post.id, post.closes_at, "--winners", "2")
        entries = check_entries(tirage, contest)
        tirage.cli("contest", "seal", contest, "--yes")
        drawn = tirage.json("contest", "draw", contest)
        check_winners(drawn, entries)
        preview = tirage.json("contest", "preview", contest)["text"]
        posted = tirage.json("contest", "announce", contest, "--yes")
        assert posted["text"] == preview
        check_receipt(tirage, contest, tmp_path / "receipt.json", drawn)
        assert [one["phase"] for one in tirage.json("contest", "list")] == ["announced"]
    assert post.winner_comments() == ["1"]


def check_entries(tirage, contest):
    counts = tirage.json("contest", "collect", contest)["counts"]
    entries = tirage.json("contest", "entries", contest)
    told = {entry["author"]: entry["verdict"]["reasons"] for entry in entries if entry["verdict"]["reasons"]}
    assert told == EXPECTED
    assert counts == {"eligible": len(entries) - len(EXPECTED), "ineligible": 10, "undecided": 2}
    return entries


def check_winners(drawn, entries):
    eligible = {entry["comment_id"] for entry in entries if entry["verdict"]["status"] == "eligible"}
    winners = [winner["comment_id"] for winner in drawn["winners"]]
    alternates = [winner["comment_id"] for winner in drawn["alternates"]]
    assert (len(winners), len(alternates), drawn["prizes_left"]) == (2, 3, 0)
    assert set(winners + alternates) <= eligible
    assert len(set(winners + alternates)) == 5


def check_receipt(tirage, contest, file, drawn):
    tirage.cli("contest", "receipt", contest, "--output", str(file))
    assert tirage.json("receipt", "verify", str(file)) == {"valid": True, "failures": []}
    receipt = json.loads(file.read_text())
    assert receipt["draw"]["pools"][0]["winners"] == [f"comment:{one['comment_id']}" for one in drawn["winners"]]
    assert "@" not in file.read_text()
    receipt["draw"]["pools"][0]["winners"].reverse()
    file.write_text(json.dumps(receipt))
    done = tirage.run("receipt", "verify", str(file), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["failures"][0]["where"] == "draw.pools[0].winners"


def test_what_a_moderator_and_the_blog_change_before_the_seal_is_seen(tirage, wordpress, contest_post):
    contest = tirage.open(contest_post.id, contest_post.closes_at)
    tirage.cli("contest", "collect", contest)
    ids = {entry["author"]: entry["comment_id"] for entry in tirage.json("contest", "entries", contest)}
    wordpress.php("wp_set_comment_status($args['id'], 'approve');", id=ids["Timide"])
    wordpress.php("wp_delete_comment($args['id'], true);", id=ids["Soizic"])
    edit = {"comment_ID": ids["Gaspard"], "comment_content": "Tout autre chose"}
    wordpress.php("wp_update_comment($args['row']);", row=edit)
    tirage.cli("contest", "disqualify", contest, str(ids["Aïcha"]), "--reason", "a déjà le livre")
    tirage.cli("contest", "readmit", contest, str(ids["Une seconde"]), "--reason", "panne du blog")
    tirage.cli("contest", "collect", contest)
    found = {entry["author"]: entry for entry in tirage.json("contest", "entries", contest)}
    assert (found["Timide"]["verdict"]["status"], found["Timide"]["flags"]) == (
        "eligible",
        ["approved_after_deadline"],
    )
    assert found["Soizic"]["verdict"]["reasons"] == ["deleted"]
    assert "edited_after_deadline" in found["Gaspard"]["flags"]
    assert found["Aïcha"]["verdict"]["reasons"] == ["disqualified"]
    assert found["Une seconde"]["verdict"]["status"] == "eligible"
    assert [line["action"] for line in tirage.json("contest", "log", contest)] == ["open", "disqualify", "readmit"]


def test_a_contest_that_is_still_open_closes_by_itself_and_waits_for_review(tirage, wordpress):
    from datetime import UTC, datetime, timedelta

    closes_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=14)
    post_id = wordpress.create_post("Vite !", date_gmt=closes_at - timedelta(days=1))
    contest = tirage.open(post_id, closes_at)
    early = tirage.run("contest", "seal", contest, "--yes")
    assert (early.returncode, "is open until" in early.stderr) == (2, True)
    tirage.start_worker()
    wordpress.insert_comments(post_id, [{"author": "Ada", "email": "ada@example.org", "content": "Moi !"}])
    told = tirage.wait_for_phase(contest, "review")
    assert told["counts"]["eligible"] == 1
    tirage.cli("contest", "change", contest, "--closes", "2030-01-01 12:00", "--reason", "prolongation", "--yes")
    assert tirage.wait_for_phase(contest, "open")["closes_at"] == "2030-01-01T11:00:00Z"
