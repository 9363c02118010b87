"""The proof page: every step of every kind of draw, what happened afterwards, and the order by page."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from html import unescape
from pathlib import Path

import pytest

from service.domain.receipt import random_value
from service.storage import draws
from service.storage.draws import Announcement, Draw
from service.usecases.ports import BeaconProblem
from service.web.paging import read_paging
from tests.factories import CLOSES_AT

SLUG = "/contests/deux-livres-7"
PROOF = f"{SLUG}/draws/1"
KEPT = Path(__file__).parents[1] / "domain"


def run_lines(world, folder, proof=PROOF):
    """Run a page's lines for a shell; what they print, and what the page says they print."""
    block = re.findall(r"<pre[^>]*><code>(curl .*?)</code></pre>", world.page(f"{proof}?lang=en").text, re.DOTALL)[0]
    lines = unescape(block)
    expected = [line[2:] for line in lines.splitlines() if re.match("# [0-9a-f]{64}", line)]
    (folder / "sealed.txt").write_text(world.page(f"{proof}/sealed.txt").text, "utf-8", newline="\n")
    script = "\n".join(line for line in lines.splitlines() if not line.startswith("curl"))
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=folder, check=True, capture_output=True, text=True)
    return [line.removesuffix("  -").removesuffix("  sealed.txt") for line in done.stdout.splitlines()], expected


def give_up_the_beacon(world):
    """Seal for a round that never comes, and let the secret decide an hour later."""
    world.close()
    world.post("/contests/1/seal", {})
    world.beacon.problem = BeaconProblem("No mirror answers.", code="unreachable", retry_after=1.0)
    world.clock.forward(4_000)
    world.post("/contests/1/draw", {"secret_reason": "the mirrors were <away>"})
    world.post("/contests/1/announce")


@pytest.mark.parametrize("randomness", ["drand", "commit-reveal", "instead"])
def test_the_lines_on_the_page_repeat_the_draw(world, tmp_path, randomness):
    for _ in range(20):
        world.blog.add()
    pools = [{"name": "a", "channel": "comments", "winners": 2}, {"name": "b", "channel": "comments", "winners": 1}]
    world.open_contest(pools=pools, randomness="commit-reveal" if randomness == "commit-reveal" else "drand")
    if randomness == "instead":
        give_up_the_beacon(world)
    else:
        world.announce()
    told = world.get("/contests/1/receipt")
    printed, expected = run_lines(world, tmp_path)
    assert printed == expected
    assert expected[0] == told["seal"]["digest"]
    assert expected[1] == told["randomness"]["randomness" if randomness == "drand" else "commitment"]
    assert len([line for line in expected if "comment:" in line]) >= 2 + 3 + 1 + 3


@pytest.mark.parametrize("version", [1, 2])
def test_draws_of_the_formats_before_are_shown_as_ever(world, tmp_path, version):
    told = json.loads((KEPT / f"receipt-{version}.json").read_text("utf-8"))
    world.blog.add_post(8, slug=told["contest"]["slug"])
    world.post("/contests", {"post": "8", "closes": "2026-11-27 17:00"}, 201)
    keep_draw(world, told)
    proof = f"/contests/{told['contest']['slug']}/draws/{told['draw']['number']}"
    page = world.page(f"{proof}?lang=en")
    assert page.status_code == 200
    assert random_value(told["randomness"]) in page.text
    printed, expected = run_lines(world, tmp_path, proof)
    assert printed == expected
    assert world.page(f"{proof}/receipt.json").json == told
    assert world.page(f"{proof}/receipt.pdf").status_code == 200


def keep_draw(world, told):
    """A finished and announced draw as an older version left it."""
    number = told["draw"]["number"]
    sealed = Draw(
        number=number,
        sealed_at=CLOSES_AT,
        sealed_text=told["seal"]["text"],
        digest=told["seal"]["digest"],
        rules=told["rules"],
        entries=told["entries"],
        commitment=told["randomness"]["commitment"],
    )
    announced = Announcement(
        draw_number=number, text="", proof_url="", actor="ada", posted_at=CLOSES_AT, comment_id=9, comment_url=""
    )
    with world.services.store.write() as tx:
        draws.add(tx, 1, sealed)
        draws.finish(tx, 1, number, drawn_at=CLOSES_AT, receipt=told)
        draws.add_announcement(tx, 1, announced)


def test_a_draw_by_the_beacon_shows_the_round_with_all_that_it_is_checked_with(world):
    world.open_contest(randomness="drand")
    world.announce()
    told = world.get("/contests/1/receipt")["randomness"]
    page = world.page(f"{PROOF}?lang=en").text
    for value in (told["signature"], told["randomness"], told["chain"]["hash"], told["chain"]["public_key"]):
        assert value in page
    assert f'data-check="round">{told["round"]}<' in page
    assert "It came out on" in page


def test_a_secret_in_the_rounds_stead_says_why(world):
    world.open_contest(randomness="drand")
    give_up_the_beacon(world)
    told = world.get("/contests/1/receipt")["randomness"]
    for address in (PROOF, SLUG):
        page = world.page(f"{address}?lang=en").text
        assert "the mirrors were &lt;away&gt;" in page
        assert str(told["instead_of"]["round"]) in page
    assert told["secret"] in world.page(PROOF).text


def strike(world, *, winners=2):
    """A draw whose first winner was struck after the winner comment."""
    for number in range(10):
        world.blog.add(author_name=f"Name {number}")
    world.open_contest(winners=winners, alternates=2)
    world.announce()
    struck = world.get("/contests/1")["draw"]["winners"][0]
    world.post("/contests/1/disqualify-winner", {"entry": struck["entry"], "reason": "works for the <publisher>"})
    return struck


def test_a_prize_that_passed_on_is_told_with_place_reason_and_who_got_it(world):
    struck = strike(world)
    draw = world.get("/contests/1")["draw"]
    promoted, second = draw["alternates"][0], draw["winners"][1]
    page = unescape(world.page(f"{PROOF}?lang=en").text)
    part = page[page.index('id="strike-1"') : page.index("The alternates")]
    assert f"Place 1 of the draw: <bdi>Comment {struck['comment_id']}</bdi>" in part
    assert "works for the <publisher>" in part
    assert f"#comment-{promoted['comment_id']}" in part
    assert struck["author"] not in page
    holders = re.findall(r'data-check="winner" data-pool="comments" data-entry="([^"]+)"', page)
    assert holders == [promoted["entry"], second["entry"]]
    assert page.count('<tr data-check="row"') == 12
    assert page.count('class="won"') == 2


def test_nobody_left_for_a_prize_is_said(world):
    for number in (100, 102, 103, 104, 105):
        world.blog.delete(number)
    world.open_contest()
    world.announce()
    world.post("/contests/1/disqualify-winner", {"entry": "comment:101", "reason": "a joke"})
    for address in (PROOF, SLUG):
        page = world.page(f"{address}?lang=en").text
        assert "Nobody holds a prize." in page
        assert "1 prize is left" in page
    assert "Nobody is left to whom the prize could go" in world.page(f"{PROOF}?lang=en").text


def test_the_link_in_a_reply_leads_to_what_happened(world):
    strike(world)
    answer = world.page(f"{SLUG}/promotions/1-1")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{PROOF}#strike-1"
    for other in ("1-2", "2-1", "0-0", "1-", "1-1-1", "x-y", "1-99999999999999999999"):
        assert world.page(f"{SLUG}/promotions/{other}").status_code == 404


def test_the_order_goes_by_page(world):
    for _ in range(220):
        world.blog.add()
    world.open_contest()
    world.announce()
    ranking = world.get("/contests/1/receipt")["draw"]["pools"][0]["ranking"]
    assert len(ranking) == 222
    shown = []
    for number in (1, 2, 3):
        page = world.page(f"{PROOF}?page={number}").text
        shown += re.findall(r'<tr data-check="row"[^>]* data-entry="([^"]+)"', page)
        links = re.findall(r'<a rel="(\w+)" href="\?pool=1&amp;page=(\d)#order">', page)
        assert links == [("prev", str(number - 1))] * (number > 1) + [("next", str(number + 1))] * (number < 3)
    assert shown == [place["entry"] for place in ranking]


@pytest.mark.parametrize("asked", ["page=0", "page=-1", "page=x", "page=%00", "pool=9", "page=1e9", "pool=1&page=٣"])
def test_a_page_that_is_none_is_the_nearest(world, asked):
    world.open_contest()
    world.announce()
    answer = world.page(f"{PROOF}?{asked}")
    assert answer.status_code == 200
    assert "<td>1</td>" in answer.text


def test_pages_are_numbered_within_their_list():
    assert read_paging({"page": "99999999999999999999", "pool": "2"}, [5, 201]).page == 3
    assert read_paging({"page": "3"}, [200]).page == 2
    assert read_paging({}, [0]).pages == 1


def test_files_are_given_as_stored_once_and_packed_for_those_who_ask(world):
    world.open_contest()
    world.announce()
    for name in ("receipt.json", "sealed.txt"):
        plain = world.page(f"{PROOF}/{name}")
        packed = world.page(f"{PROOF}/{name}", **{"Accept-Encoding": "gzip, br"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert "immutable" in plain.headers["Cache-Control"]
        assert int(plain.headers["Content-Length"]) == len(plain.data)
        again = world.page(f"{PROOF}/{name}", **{"If-None-Match": packed.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert world.page(f"{PROOF}/{name}", **{"If-None-Match": '"another"'}).status_code == 200
    assert world.page(f"{PROOF}/receipt.json").json == world.get("/contests/1/receipt")


def test_only_the_proof_page_runs_scripts_and_they_are_ours(world):
    world.open_contest()
    world.announce()
    policy = world.page(PROOF).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in world.page(SLUG).headers["Content-Security-Policy"]
    for address in (PROOF, SLUG):
        assert "form-action 'self'" in world.page(address).headers["Content-Security-Policy"]


def test_a_name_with_markup_in_a_pool_or_prize_is_text(world):
    hostile = '"><script>alert(2)</script>'
    pools = [{"name": hostile, "prize": f"{hostile} prize"}, {"name": "b", "channel": "comments"}]
    world.open_contest(pools=[{"channel": "comments", "winners": 1, **pool} for pool in pools])
    world.announce()
    for address in (SLUG, PROOF, f"{SLUG}/why?entry=101"):
        assert "<script>alert" not in world.page(address).text


def test_a_post_in_the_order_is_linked_by_its_name_alone(world):
    from service.web.public import entry_url
    from tests.factories import make_contest

    with world.app.test_request_context():
        assert entry_url(make_contest(), "x:1990000000000000001").startswith("https://x.com/")
        assert entry_url(make_contest(), "mastodon:mastodon.example/113") == "https://mastodon.example/web/statuses/113"
        for unknown in ("x:unseen-0123456789abcdef", "x:", "y:1", "mastodon:127.0.0.1/1"):
            assert entry_url(make_contest(), unknown) == ""
