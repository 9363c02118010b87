"""Pools and posts over the API and on the public pages."""

from __future__ import annotations

from typing import Any

import pytest

from service.domain.posts import Sighting
from service.storage import contests, posts
from service.usecases.judging import judge_entries
from tests.factories import make_evidence

HOSTILE = "<script>alert(1)</script>\u202e"
POOLS = [
    {"name": "comments", "channel": "comments", "winners": 1, "alternates": 1, "prize": f"un livre {HOSTILE[:25]}"},
    {"name": "posts", "channel": "posts", "winners": 1, "alternates": 1, "prize": ""},
]
ADDRESS = "https://x.com/ana/status/1990000000000000001"


@pytest.fixture
def pooled(world):
    """A contest of both pools, with three comments and two posts, one of them undecided."""
    for number in (100, 101, 102):
        world.blog.add(comment_id=number, author_name=HOSTILE if number == 100 else f"Reader {number}")
    world.open_contest(pools=POOLS, message={"hashtags": ["livres"], "links": ["https://blog.example/x/"]})
    world.post("/contests/1/collect")
    world.post("/contests/1/posts", {"addresses": [ADDRESS, ADDRESS[:-1] + "2"], "reason": "by hand"})
    show(world, 1, author_name=HOSTILE, links=("https://blog.example/x",))
    return world


def show(world, number: int, **given: Any) -> None:
    """Have the network show a post now."""
    with world.services.store.write() as tx:
        contest = contests.get(tx, 1)
        known = posts.one(tx, 1, f"x:199000000000000000{number}")
        evidence = make_evidence(number, checked_at=world.clock(), **given)
        sighting = Sighting(reference=known.facts.entry, sight="seen", evidence=evidence)  # type: ignore[arg-type]
        posts.save_sighting(tx, 1, known.id, sighting, now=world.clock(), check_at=None)
        judge_entries(tx, contest)


def test_posts_are_added_listed_and_decided(pooled):
    told = pooled.get("/contests/1/posts")
    assert [(post["post"], post["verdict"]["status"]) for post in told["posts"]] == [
        ("x:1990000000000000001", "eligible"),
        ("x:1990000000000000002", "undecided"),
    ]
    assert pooled.get("/contests/1/posts?status=undecided&reason=unchecked")["posts"][0]["author"] is None
    page = pooled.get("/contests/1/posts?limit=1")
    assert pooled.ask("GET", page["next"].removeprefix("/api/v1")).json["posts"][0]["post"] == "x:1990000000000000002"
    let_in = pooled.post("/contests/1/posts/x:1990000000000000002/readmit", {"reason": "I saw it"})
    assert (let_in["verdict"]["status"], let_in["overruled"][0]["code"]) == ("eligible", "unchecked")
    struck = pooled.post(f"/contests/1/posts/{ADDRESS}/disqualify", {"reason": "a bot"})
    assert struck["verdict"] == {"status": "ineligible", "reasons": ["disqualified"]}
    assert pooled.ask("POST", "/contests/1/posts/x:5/readmit", json={"reason": "r"}).status_code == 404


def test_a_preview_adds_nothing(pooled):
    body = {"csv": "date;url\n1;https://twitter.com/a/status/1990000000000000003\n", "reason": "r", "dry_run": True}
    lines = pooled.post("/contests/1/posts", body)["lines"]
    assert [(line["line"], line["became"]) for line in lines] == [(1, "no_address"), (2, "added")]
    assert len(pooled.get("/contests/1/posts")["posts"]) == 2


def test_how_posts_stand_and_the_links_to_post_are_told(pooled):
    told = pooled.get("/contests/1")
    assert told["pools"] == POOLS
    assert told["posts"]["counts"] == {"eligible": 1, "ineligible": 0, "undecided": 1}
    assert [composed["network"] for composed in told["posts"]["compose"]] == ["x", "mastodon", "bluesky"]
    assert all("livres" in composed["url"] for composed in told["posts"]["compose"])


def test_the_page_asks_for_posts_while_the_contest_is_open(pooled):
    page = pooled.page("/contests/deux-livres-7?lang=fr").text
    assert "https://x.com/intent/tweet?" in page
    assert "#livres" in page
    assert "<script>" not in page


def test_an_undecided_post_stops_the_seal_whatever_is_left_out(pooled):
    pooled.close()
    answer = pooled.ask("POST", "/contests/1/seal", json={"leave_out_undecided": True, "without_search": True})
    assert (answer.status_code, answer.json["code"]) == (409, "undecided_posts")


def test_both_pools_are_on_the_proof_page_and_hostile_names_are_text(pooled):
    pooled.close()
    show(pooled, 1, author_name=HOSTILE, links=("https://blog.example/x",))
    pooled.post("/contests/1/posts/x:1990000000000000002/disqualify", {"reason": "nobody saw it"})
    pooled.post("/contests/1/seal", {})
    drawn = pooled.post("/contests/1/draw")
    assert [(winner["pool"], winner["comment_id"] is None) for winner in drawn["winners"]] == [
        ("comments", False),
        ("posts", True),
    ]
    pooled.post("/contests/1/announce")
    for path in ("/contests/deux-livres-7", "/contests/deux-livres-7/draws/1"):
        page = pooled.page(path).text
        assert "@poster1" in page
        assert "https://x.com/i/web/status/1990000000000000001" in page
        assert "<script>alert" not in page
    assert "@poster1" in pooled.blog.texts()[0].replace("&#64;", "@")


@pytest.mark.parametrize(
    "body",
    [
        {"pools": []},
        {"pools": [{"name": "a", "channel": "tweets"}]},
        {"pools": [{"name": "a"}, {"name": "A"}]},
        {"pools": [{"name": "a"}], "winners": 2},
        {"pools": [{"name": " "}]},
        {"pools": [{"name": "a", "winners": 0}]},
        {"message": {"links": ["blog.example"]}},
        {"message": {"hashtags": ["two words"]}},
        {"pools": [{"name": "a", "channel": "posts"}], "search": {"x": "search"}},
        {"pools": [{"name": "a", "channel": "posts"}], "search": {"mastodon": ["127.0.0.1"]}},
        {"search": {"x_cap_cents": -1}},
    ],
)
def test_what_can_not_be_is_refused_with_what_to_mend(world, body):
    answer = world.ask("POST", "/contests", json={"post": "7", "closes": "2026-11-27 17:00", **body})
    assert answer.status_code == 422, answer.text
    assert answer.json["detail"]
    assert world.get("/contests")["contests"] == []


def test_an_entry_of_several_pools_is_counted_once(world):
    world.open_contest(pools=[{"name": "books"}, {"name": "mugs"}])
    world.announce()
    assert world.get("/contests/1")["counts"]["eligible"] == 2
    assert "from 2 eligible entries among 6" in world.page("/contests/deux-livres-7/draws/1?lang=en").text
    template = {"template": "{{ entries }} / {{ proof_url }}"}
    assert world.post("/contests/1/preview", template)["text"].startswith("2 / ")
