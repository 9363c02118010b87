"""Checking a draw in a visitor's browser: the receipt's download and every hash, beside a loop that only hashes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome

from bench import web
from bench.report import Line
from bench.worker import BenchFailed
from service.domain import receipt
from service.domain.contest import Contest, Phase, Rules
from service.domain.drawing import hash_text, rfc3339
from service.domain.log_chain import LogHead
from service.domain.pools import default_pools
from service.storage import contests, draws
from service.storage.draws import Announcement, Draw
from service.storage.store import Store
from service.usecases.draw import make_receipt
from testbed import browser

MOST_SECONDS = 10.0  # for a hundred thousand entries, download and all
MOST_OF_BARE = 6.0
MEANT_FROM = 100_000
PATIENCE_SECONDS = 300
SECRET = "5ec7e7" + "0" * 58
SLUG = "crowd"
CLOSES_AT = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
SEALED_AT = CLOSES_AT + timedelta(minutes=5)

_CHECK = """
const done = arguments[0];
const [result, button] = [".check-result", ".check-start"].map((name) => document.querySelector(name));
const tasks = [];
const measure = () => {
  if (button.disabled) {
    setTimeout(measure, 50); // a small one was checked by itself
    return;
  }
  new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask" });
  const began = performance.now();
  new MutationObserver(() => {
    if (/\\b(ok|bad)\\b/.test(result.className)) {
      const seconds = (performance.now() - began) / 1000;
      const longest = Math.max(0, ...tasks.map((task) => task.duration)) / 1000;
      done({ seconds, longest, isRight: result.classList.contains("ok"), words: result.textContent });
    }
  }).observe(result, { attributes: true, attributeFilter: ["class"] });
  button.click();
};
measure();
"""
_BARE = """
const [number, seed, done] = arguments;
const encoder = new TextEncoder();
const hash = async () => {
  const began = performance.now();
  for (let start = 0; start < number; start += 1000) {
    const length = Math.min(1000, number - start);
    const names = Array.from({ length }, (_, place) => `${seed}|comment:${start + place}`);
    await Promise.all(names.map((name) => crypto.subtle.digest("SHA-256", encoder.encode(name))));
  }
  return (performance.now() - began) / 1000;
};
hash().then(done);
"""


def checking(folder: Path, entries: int, *, repeats: int) -> Iterator[Line]:
    """A draw of so many entries on its own page; in turns with the loop, so that both meet the same noise."""
    url = f"sqlite:///{folder}/tirage.sqlite3"
    _fill(url, entries)
    samples: dict[str, list[float]] = {"bare_seconds": [], "check_seconds": [], "frozen_seconds": []}
    with web.serving(web.SERVICE, url) as port, browser.running() as window:
        window.set_script_timeout(PATIENCE_SECONDS)
        for _ in range(repeats):
            window.get(f"http://127.0.0.1:{port}/contests/{SLUG}/draws/1?lang=en")
            samples["bare_seconds"].append(_bare(window, entries))
            found = _check(window)
            samples["check_seconds"].append(found["seconds"])
            samples["frozen_seconds"].append(found["longest"])
    bare, ours = (min(samples[name]) for name in ("bare_seconds", "check_seconds"))
    is_meant = entries >= MEANT_FROM
    what = f"check {entries:,} entries in the browser"
    yield Line(name=what, measured=ours, unit="s", bound=MOST_SECONDS if is_meant else None, samples=samples)
    yield Line(name=f"{what} ÷ bare hashing", measured=ours / bare, bound=MOST_OF_BARE if is_meant else None)
    yield Line(name=f"{what}: its page stands still", measured=min(samples["frozen_seconds"]), unit="s", bound=0.2)


def _check(window: Chrome) -> dict[str, Any]:
    """Press the button and wait; a receipt that isn't right would be no measurement."""
    found: dict[str, Any] = window.execute_async_script(_CHECK)
    if not found["isRight"]:
        raise BenchFailed(f"The browser says of a draw that is right: {found['words']}")
    return found


def _bare(window: Chrome, entries: int) -> float:
    return float(window.execute_async_script(_BARE, entries, "0" * 64))


def _fill(url: str, entries: int) -> None:
    """A database with a public draw of so many comments."""
    with closing(Store(url)) as store:
        store.upgrade()
        with store.write() as tx:
            contest = contests.get(tx, contests.add(tx, _contest()))
            sealed = _seal(contest, entries)
            draws.add(tx, contest.id, sealed)
            told = make_receipt(contest, sealed, secret=SECRET, drawn_at=SEALED_AT)
            draws.finish(tx, contest.id, 1, drawn_at=SEALED_AT, receipt=told)
            comment = Announcement(draw_number=1, text="", proof_url="", actor="bench", posted_at=SEALED_AT)
            draws.add_announcement(tx, contest.id, comment)


def _contest() -> dict[str, Any]:
    return {
        "slug": SLUG,
        "post_id": 1,
        "post_url": "https://blog.example/crowd/",
        "post_title": "For a crowd",
        "post_author_id": 1,
        "timezone": "Europe/Paris",
        "language": "en",
        "phase": Phase.ANNOUNCED,
        "closes_at": CLOSES_AT,
        "rules": Rules(),
        "pools": default_pools(winners=3),
        "is_automatic": False,
        "commitment": hash_text(SECRET),
        "secret": SECRET,
        "opened_at": CLOSES_AT - timedelta(days=4),
    }


def _seal(contest: Contest, entries: int) -> Draw:
    """As the seal freezes comments that are all in order."""
    listed = [_entry(number) for number in range(1, entries + 1)]
    rules = receipt.rules_json(contest)
    text = receipt.seal(
        slug=contest.slug,
        post_url=contest.post_url,
        number=1,
        sealed_at=SEALED_AT,
        commitment=contest.commitment,
        log=LogHead(),
        rules=rules,
        entries=listed,
    )
    return Draw(
        number=1,
        sealed_at=SEALED_AT,
        sealed_text=text,
        digest=hash_text(text),
        rules=rules,
        entries=listed,
        commitment=contest.commitment,
        log=LogHead(),
    )


def _entry(number: int) -> receipt.Json:
    at = CLOSES_AT - timedelta(seconds=number % 300_000)
    return {"id": f"comment:{number}", "submitted_at": rfc3339(at), "verdict": {"status": "eligible", "reasons": []}}
