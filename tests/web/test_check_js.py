"""The check in the visitor's browser, in a real one: what it finds on a draw's page, and in receipts of all kinds."""

from __future__ import annotations

import copy
import json
import random
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from werkzeug.serving import make_server
from werkzeug.test import run_wsgi_app

from service.domain import receipt_checks
from testbed import browser
from tests.domain.test_receipt import DRAND, OLD, make, rebuilt
from tests.web.conftest import World, make_world
from tests.web.test_verify_py import CHAINS, FORGED, GOOD, LEAVES, UNSIGNED, put, sealed_again

PATIENCE_SECONDS = 60
PROOF = "/contests/deux-livres-7/draws/1"
NOTHING_SHOWN = {"values": [], "isReplaced": True, "winners": [], "alternates": [], "struck": [], "rows": []}
pytestmark = pytest.mark.xdist_group("check-js")
_CHECK = """
const [texts, shown, chain, done] = arguments;
const worker = new Worker("/static/check-worker.js", { type: "module" });
const found = [];
let failures = [];
worker.onerror = (error) => done(String(error.message));
worker.onmessage = ({ data }) => {
  failures.push(...(data.failures ?? []).map(({ where, word }) => ({ where, word })));
  if ("valid" in data) {
    found.push({ valid: data.valid, failures, round: data.round });
    failures = [];
    texts.length ? worker.postMessage({ text: texts.shift(), shown, chain }) : done(found);
  }
};
worker.postMessage({ text: texts.shift(), shown, chain });
"""


@dataclass
class Site:
    """The service as a browser sees it, with a liar in between: `lies` change what is answered, by the end of a path.

    None of it is kept by the browser, so that the next test sees what is told then.
    """

    world: World
    url: str = ""
    lies: dict[str, Callable[[str], str | None]] = field(default_factory=dict)

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        pieces, status, headers = run_wsgi_app(self.world.app, environ, buffered=True)
        body = b"".join(pieces)
        lie = next((lie for end, lie in self.lies.items() if environ["PATH_INFO"].endswith(end)), None)
        told = lie(body.decode()) if lie else body.decode("latin-1")
        if told is None:
            start("503 Service Unavailable", [])
            return [b""]
        ours = ("Content-Length", "ETag", "Cache-Control")
        kept = [(name, value) for name, value in headers if name not in ours]
        start(status, [*kept, ("Cache-Control", "no-store")])
        return [told.encode("utf-8" if lie else "latin-1")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A contest whose draw is public, of thirty who take part and two winners."""
    worlds = make_world(tmp_path_factory.mktemp("check"))
    site = Site(next(worlds))
    site.world.blog.add_post(8, slug="drand")
    for number in range(40):
        site.world.blog.add(7 if number < 28 else 8)
    site.world.open_contest(winners=2)
    by_beacon = {"post": "8", "closes": "2026-11-27 17:00", "winners": 3, "randomness": "drand"}
    site.world.post("/contests", by_beacon, 201)
    site.world.announce()
    announce(site.world, 2)
    server = make_server("127.0.0.1", 0, site, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    yield site
    server.shutdown()
    server.server_close()
    thread.join()
    next(worlds, None)


def announce(world: World, contest: int) -> None:
    """From its deadline, or from a redraw, to the winner comment."""
    world.post(f"/contests/{contest}/seal", {})
    world.clock.forward(120)
    world.post(f"/contests/{contest}/draw")
    world.post(f"/contests/{contest}/announce")


@pytest.fixture(scope="module")
def window() -> Iterator[Chrome]:
    with browser.running() as window:
        window.set_script_timeout(PATIENCE_SECONDS)
        yield window


@dataclass
class Page:
    """The page of the draw, open in the browser."""

    window: Chrome
    site: Site

    def open(self, query: str = "?lang=en", proof: str = PROOF) -> None:
        self.window.get(f"{self.site.url}{proof}{query}")

    def wait(self) -> str:
        """Until the check has ended; "ok" or "bad"."""
        ended = WebDriverWait(self.window, PATIENCE_SECONDS, 0.02).until(
            lambda window: window.find_elements(By.CSS_SELECTOR, ".check-result.ok, .check-result.bad")
        )
        return (ended[0].get_attribute("class") or "").split()[-1]

    def text(self, css: str) -> str:
        return self.window.find_element(By.CSS_SELECTOR, css).text

    def states(self) -> dict[str, str]:
        """How each step ended."""
        steps = self.window.find_elements(By.CSS_SELECTOR, ".check-steps > li")
        return {str(step.get_attribute("data-step")): str(step.get_attribute("data-state")) for step in steps}

    def wrong(self) -> list[str]:
        """The places that the page tells."""
        places = self.window.find_elements(By.CSS_SELECTOR, ".check-steps ul > li > code:first-child")
        return [place.text for place in places]

    def complaints(self) -> list[str]:
        logged: list[dict[str, Any]] = self.window.get_log("browser")
        return [entry["message"] for entry in logged if entry["level"] in ("SEVERE", "WARNING")]


@pytest.fixture
def page(window: Chrome, site: Site) -> Iterator[Page]:
    """The page, once all that was told of it is forgotten."""
    page = Page(window, site)
    yield page
    site.lies.clear()
    page.complaints()


def test_a_draw_is_found_right_by_itself_and_every_step_turns_green(page: Page):
    page.open()
    assert page.wait() == "ok"
    assert "Everything follows" in page.text(".check-result")
    assert set(page.states().values()) == {"ok"}
    assert len(page.states()) == 9
    assert {
        step.value_of_css_property("color") for step in page.window.find_elements(By.CSS_SELECTOR, ".check-steps > li")
    } == {"rgba(26, 127, 55, 1)"}
    assert page.complaints() == []


def in_receipt(change: Callable[[Any], None]) -> dict[str, Callable[[str], str]]:
    def lie(text: str) -> str:
        told = json.loads(text)
        change(told)
        return json.dumps(told)

    return {"receipt.json": lie}


def in_page(pattern: str, by: str) -> dict[str, Callable[[str], str]]:
    def lie(text: str) -> str:
        changed, times = re.subn(pattern, by, text, count=1)
        assert times == 1, pattern
        return changed

    return {"/draws/1": lie}


def other_winner(told: Any) -> None:
    pool = told["draw"]["pools"][0]
    pool["winners"][0] = pool["alternates"][0]


LIES = {
    "digest": (in_receipt(lambda told: told["seal"].update(digest="0" * 64)), "seal.digest"),
    "ticket": (in_receipt(lambda told: told["draw"]["pools"][0]["ranking"][7].update(ticket="0")), "ranking[7]"),
    "order": (in_receipt(lambda told: told["draw"]["pools"][0]["ranking"].reverse()), "ranking[0]"),
    "winner": (in_receipt(other_winner), "draw.pools[0].winners"),
    "passed over": (in_receipt(lambda told: told["draw"]["pools"][0].update(passed_over=["x"])), "passed_over"),
    "rules": (in_receipt(lambda told: told["rules"].update(replies_count=True)), "rules"),
    "verdict": (in_receipt(lambda told: told["entries"][0].update(submitted_at=None)), "entries"),
    "another draw": (in_receipt(lambda told: told["contest"].update(slug="another")), "page.slug"),
    "shown ticket": (in_page(r"(data-place=\"3\".*?<code>)[0-9a-f]{8}", r"\g<1>00000000"), "page.list[3]"),
    "shown entry": (in_page(r"(data-place=\"4\" data-entry=\"comment:)", r"\g<1>1"), "page.list[4]"),
    "shown winner": (in_page(r"(data-check=\"winner\" [^>]*comment:)", r"\g<1>1"), "page.winners"),
    "shown alternate": (in_page(r"(data-check=\"alternate\" [^>]*comment:)", r"\g<1>1"), "page.alternates"),
    "linked winner": (in_page(r"(data-check=\"winner\".*?#comment-)", r"\g<1>1"), "page.link"),
    "shown digest": (in_page(r"(data-check=\"digest\"[^>]*>)", r"\g<1>0"), "page.digest"),
    "shown seed": (in_page(r"(data-check=\"seed\"[^>]*>)", r"\g<1>0"), "page.seed"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_page_and_a_receipt_that_differ_are_told_with_the_place(page: Page, name: str):
    lies, place = LIES[name]
    page.site.lies.update(lies)
    page.open()
    assert page.wait() == "bad"
    assert "NOT" in page.text(".check-result")
    assert any(place in where for where in page.wrong()), page.wrong()
    assert "bad" in page.states().values()


def test_a_receipt_that_does_not_come_can_be_asked_for_again(page: Page):
    page.site.lies["receipt.json"] = lambda _: None
    page.open()
    assert page.wait() == "bad"
    assert "503" in page.text(".check-result")
    page.site.lies.clear()
    page.window.find_element(By.CSS_SELECTOR, ".check-start").click()
    assert page.wait() == "ok"


def test_a_large_receipt_waits_for_a_press_of_the_button(page: Page):
    page.site.lies.update(in_page(r"data-entries=\"\d+\"", 'data-entries="90000"'))
    page.open()
    button = page.window.find_element(By.CSS_SELECTOR, ".check-start")
    assert button.text == "Check the draw"
    assert not page.text(".check-result")
    button.send_keys("\n")  # by the keyboard
    assert page.wait() == "ok"


def test_a_browser_that_computes_no_hashes_says_what_to_do(page: Page):
    """As by http from another machine."""
    source = {"source": "Object.defineProperty(window, 'crypto', { value: {} })"}
    script = page.window.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", source)
    page.open()
    page.window.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    assert "https" in page.text(".check-result")
    assert not page.window.find_element(By.CSS_SELECTOR, ".check-start").is_displayed()


def test_what_a_receipt_tells_is_never_taken_for_html(page: Page):
    page.site.lies.update(in_receipt(lambda told: told["entries"][0].update(id="<img src=x onerror=document.title=1>")))
    page.open("?lang=fr")
    assert page.wait() == "bad"
    assert "<img src=x" in page.text(".check-steps")
    assert not page.window.find_elements(By.CSS_SELECTOR, ".check img")


def test_a_draw_by_the_beacon_tells_where_its_signature_can_be_compared(page: Page):
    page.open(proof="/contests/drand/draws/1")
    assert page.wait() == "ok"
    assert "trials" in page.text(".check-result")  # the fakes' chain is none that everybody knows
    told = page.site.world.get("/contests/2/receipt")["randomness"]
    assert page.text(".check-signature") == told["signature"]
    links = page.window.find_elements(By.CSS_SELECTOR, ".check-mirrors a")
    address = f"https://api.drand.sh/{told['chain']['hash']}/public/{told['round']}"
    assert (len(links), links[0].get_attribute("href")) == (4, address)


def test_what_came_after_a_draw_is_no_difference_and_a_prize_given_to_another_is(page: Page):
    world, proof = page.site.world, "/contests/drand/draws/1"
    winner = world.get("/contests/2")["draw"]["winners"][0]["entry"]
    world.post("/contests/2/disqualify-winner", {"entry": winner, "reason": "works for the publisher"})
    page.open(proof=proof)
    assert page.wait() == "ok"
    page.site.lies.update(in_page(r'data-check="struck" data-pool="comments"', 'data-pool="comments"'))
    page.open(proof=proof)
    assert page.wait() == "bad"
    assert page.wrong() == ["page.winners"]
    page.site.lies.clear()
    world.post("/contests/2/redraw", {"reason": "the publisher asked for it"})
    announce(world, 2)
    for number in (1, 2):
        page.open(proof=f"/contests/drand/draws/{number}")
        assert page.wait() == "ok", page.wrong()


def check(page: Page, receipts: list[dict[str, Any]], shown: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """What the worker finds in each of these, checked in the browser without a page about them."""
    if not page.window.current_url.startswith(page.site.url):
        page.open()
    texts = [json.dumps(told) for told in receipts]
    found = page.window.execute_async_script(_CHECK, texts, shown or NOTHING_SHOWN, CHAINS[1])
    assert isinstance(found, list), found
    return found


def test_good_receipts_of_every_format_and_kind_are_green(page: Page):
    found = check(page, list(GOOD.values()))
    assert [one["failures"] for one in found] == [[]] * len(GOOD)
    rounds = [name for name, one in zip(GOOD, found, strict=True) if one["round"]]
    assert rounds == ["beacon", "pools"]


def test_a_round_comes_with_the_addresses_where_its_signature_can_be_compared(page: Page):
    [found] = check(page, [GOOD["beacon"]])
    told = GOOD["beacon"]["randomness"]
    assert found["round"]["signature"] == told["signature"]
    assert found["round"]["isTrial"]  # its chain is none that everybody knows
    assert found["round"]["pages"][0] == f"https://api.drand.sh/{DRAND.chain.hash}/public/{told['round']}"


def test_a_chain_that_neither_we_nor_the_site_know_is_red(page: Page):
    page.open()
    stranger = {**CHAINS[1], "hash": "0" * 64}
    found = page.window.execute_async_script(_CHECK, [json.dumps(GOOD["beacon"])], NOTHING_SHOWN, stranger)
    assert [failure["where"] for failure in found[0]["failures"]] == ["randomness.chain"]


def next_round(told: Any) -> None:
    told["randomness"]["round"] += 1


def other_signature(told: Any) -> None:
    told["randomness"]["signature"] = DRAND.round(7).signature


def other_person(told: Any) -> None:
    told["entries"][0]["person"] = "comment:101"


def silenced(told: Any) -> None:
    out = next(entry for entry in told["entries"] if entry["verdict"]["status"] != "eligible")
    out["verdict"]["reasons"] = []


BROKEN: dict[str, tuple[str, Callable[[Any], None], str]] = {
    "round": ("beacon", next_round, "randomness.round"),
    "signature": ("beacon", other_signature, "randomness.randomness"),
    "out at": ("beacon", lambda told: told["randomness"].update(out_at="2026-11-27T16:00:00Z"), "randomness.out_at"),
    "secret": ("secret", lambda told: told["randomness"].update(secret="0"), "randomness.secret"),
    "given up early": ("given up", lambda told: told["draw"].update(drawn_at="2026-11-27T17:05:59Z"), "draw.drawn_at"),
    "person": ("pools", other_person, "entries"),
    "no reason": ("pools", silenced, "entries"),
    "pool": ("pools", lambda told: told["draw"]["pools"].pop(), "draw.pools"),
    "a name that turns": ("pools", lambda told: told["rules"]["pools"][0].update(name="a\u202eb"), "rules.pools"),
    "log": ("secret", lambda told: told["log"].update(lines=4), "log"),
    "1: seed": ("1", lambda told: told["draw"].update(seed="0"), "draw.seed"),
    "2: winners": ("2", lambda told: told["draw"]["pools"][1].update(winners=[]), "draw.pools[1].winners"),
}


def test_one_wrong_place_of_any_kind_is_red_and_named(page: Page):
    receipts = []
    for name, change, _ in BROKEN.values():
        receipts.append(copy.deepcopy(GOOD[name]))
        change(receipts[-1])
    for (what, (_, _, place)), found in zip(BROKEN.items(), check(page, receipts), strict=True):
        assert not found["valid"], what
        assert place in [failure["where"] for failure in found["failures"]], what


def test_the_signature_alone_is_left_to_those_who_can_check_it(page: Page):
    forged = rebuilt(make(by_beacon=True), DRAND.round(7))
    [found] = check(page, [forged])
    assert found["valid"]
    assert found["round"]["signature"] == DRAND.round(7).signature


VALUES: list[Any] = [
    *(-1, 0, 1, 3, 1.0, 0.5, -0.0, 1e16, 1e-7, 2**64, "", "1", "é\u2028", "\ud800", "\U0001f600\ue000"),
    *("x:1", "comment:100", "comment:0100", "eligible", "both", "2026-11-27T16:05:60Z", None, True, [], {}),
    {"\ue000": 1.5e300, "\U0001f600": 2, "a": "\x7f"},
]


def test_the_browser_and_our_own_check_agree_on_whatever_is_changed(page: Page):
    """Single values, and forgeries whose hashes fit: the same JSON, the same times, the same places."""
    chance = random.Random(page.site.url[:7])
    receipts = []
    for number in range(400):
        name, path = chance.choice(FORGED if number % 2 else LEAVES)
        told = copy.deepcopy(GOOD[name])
        put(told, path, chance.choice(VALUES))
        receipts.append(json.loads(json.dumps(sealed_again(told) if number % 2 else told)))
    expected = [not receipt_checks.verify(told, UNSIGNED) for told in receipts]
    assert [one["valid"] for one in check(page, receipts)] == expected
    assert 20 < sum(expected) < 200


UNREADABLE = {
    "empty": "",
    "deep": "[" * 100_000,
    "twice": '{"a":1,"a":1}',
    "cut": json.dumps(OLD[1])[:-1],
    "longer": json.dumps(OLD[1]) + "x",
    "prototype": '{"__proto__":1}',
    "constant": "NaN",
    "control": '"\n"',
    "escape": '"\\x"',
    "octal": "[01]",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_json_for_everybody_is_red(page: Page, name: str):
    if not page.window.current_url.startswith(page.site.url):
        page.open()
    [found] = page.window.execute_async_script(_CHECK, [UNREADABLE[name]], NOTHING_SHOWN, None)
    assert [failure["word"] for failure in found["failures"]] == ["broken"]
