"""Reading a post, and drawing. Each measure runs against one blog, so that ratios don't depend on the machine.

What is timed several times counts with its fastest: what else the machine does can only add to that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from time import perf_counter

from bench import blog, drawing, worker
from bench.report import Line
from bench.worker import BenchFailed
from service.storage import contests, entries
from service.usecases.collect import collect
from testbed.wordpress import Site

MOST_OF_PLAIN = 0.4
MOST_OF_PLAIN_BY_PLUGIN = 0.06
MOST_OF_DOWNLOAD = 1.3
MEANT_FROM = 10_000  # on a smaller post it is mostly connecting that takes time
MOST_GROWTH = 1.6
MOST_MEGABYTES = 200.0


class Measures:
    """Measures on one blog, with a folder for databases."""

    def __init__(self, site: Site, folder: Path, *, has_plugin: bool = False) -> None:
        self._site = site
        self._folder = folder
        self._by = " by the plugin's route" if has_plugin else ""
        self._most_of_plain = MOST_OF_PLAIN_BY_PLUGIN if has_plugin else MOST_OF_PLAIN
        self._numbers = count()

    def against_plain_paging(self, post_id: int, comments: int, *, repeats: int) -> Line:
        """Reading a post the first time, beside a loop over its pages; in turns, so that both meet the same noise."""
        samples: dict[str, list[float]] = {"plain_seconds": [], "collect_seconds": []}
        for _ in range(repeats):
            samples["plain_seconds"].append(_seconds(lambda: blog.read_plainly(self._site, post_id), comments))
            samples["collect_seconds"].append(self._collect(post_id, comments))
        return Line(
            name=f"collect {comments:,} comments{self._by} ÷ plain paging",
            measured=min(samples["collect_seconds"]) / min(samples["plain_seconds"]),
            bound=self._most_of_plain if comments >= MEANT_FROM else None,
            samples=samples,
        )

    def against_bare_download(self, post_id: int, comments: int, *, repeats: int) -> Iterator[Line]:
        """The plugin's route, beside a loop that only downloads it, page after page, and parses the JSON.

        Making our own values of it is measured against it; with storing and judging as well it is for information.
        """
        names = ("download_seconds", "bridge_seconds", "collect_seconds")
        samples: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(repeats):
            samples["download_seconds"].append(_seconds(lambda: blog.download_route(self._site, post_id), comments))
            samples["bridge_seconds"].append(self._read(post_id, comments))
            samples["collect_seconds"].append(self._collect(post_id, comments))
        download, bridge, collected = (min(samples[name]) for name in names)
        bound = MOST_OF_DOWNLOAD if comments >= MEANT_FROM else None
        what = f"{comments:,} comments{self._by}"
        yield Line(name=f"read {what} ÷ a bare download", measured=bridge / download, bound=bound, samples=samples)
        yield Line(name=f"collect {what} ÷ a bare download", measured=collected / download)

    def growth(self, large_id: int, large: int, small_id: int, small: int, *, repeats: int) -> Line:
        """The cost of a comment on a large post, beside that on a small one; in turns again."""
        samples: dict[str, list[float]] = {"large_seconds": [], "small_seconds": []}
        for _ in range(repeats):
            samples["large_seconds"].append(self._collect(large_id, large))
            samples["small_seconds"].append(self._collect(small_id, small))
        return Line(
            name=f"cost per comment{self._by} at {large:,} ÷ at {small:,}",
            measured=min(samples["large_seconds"]) / min(samples["small_seconds"]) * small / large,
            bound=MOST_GROWTH,
            samples=samples,
        )

    def reading_again(self, post_id: int, comments: int) -> Line:
        """A reading that finds nothing new, beside the first: what a poll costs."""
        with blog.tirage(self._site, self._database()) as services:
            contest = blog.open_contest(services, post_id)
            first, again = (_seconds(lambda: collect(services, contest.id).comments, comments) for _ in range(2))
        return Line(name=f"read {comments:,} comments again ÷ the first time", measured=again / first)

    def memory(self, post_id: int, comments: int, *, is_over: bool) -> Line:
        """The most memory that the worker takes: for one reading, or from the deadline to the winner comment."""
        what = "takes {:,} to the winner" if is_over else "collects {:,}"
        database = self._database()
        with blog.tirage(self._site, database) as services:
            contest = blog.open_contest(services, post_id, is_over=is_over)
            megabytes, seconds = worker.peak_megabytes(self._site, database, services, contest)
            with services.store.read() as tx:
                _require(sum(entries.count_states(tx, contest.id).values()), comments)
        return Line(
            name=f"peak memory of a worker that {what.format(comments)}{self._by}",
            measured=megabytes,
            unit="MB",
            bound=None if is_over else MOST_MEGABYTES,
            samples={"seconds": [seconds]},
        )

    def drawing(self, post_id: int, comments: int) -> Iterator[Line]:
        """Seal and draw, and all that goes before and after it; each beside hashing and sorting as many names."""
        with blog.tirage(self._site, self._database()) as services:
            contest = blog.open_contest(services, post_id)
            collect(services, contest.id)
            with services.store.read() as tx:
                facts, secret = entries.facts(tx, contest.id), contests.secret(tx, contest.id)
        yield from drawing.against_hash_and_sort(contest, facts, secret)

    def _read(self, post_id: int, comments: int) -> float:
        """With wp_bridge alone."""
        with blog.bridge(self._site) as bridge:
            return _seconds(lambda: sum(len(page) for page in bridge.comments(post_id)), comments)

    def _collect(self, post_id: int, comments: int) -> float:
        with blog.tirage(self._site, self._database()) as services:
            contest = blog.open_contest(services, post_id)
            return _seconds(lambda: collect(services, contest.id).comments, comments)

    def _database(self) -> Path:
        return self._folder / f"{next(self._numbers)}.sqlite3"


def _seconds(act: Callable[[], int], comments: int) -> float:
    began = perf_counter()
    found = act()
    seconds = perf_counter() - began
    _require(found, comments)
    return seconds


def _require(found: int, comments: int) -> None:
    if found != comments:
        raise BenchFailed(f"{found} comments came where there are {comments}: nothing to compare.")
