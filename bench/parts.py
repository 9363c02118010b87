"""The parts of the bench: what each starts, and which lines it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import blog, browser, commenting, doorbells
from bench.measures import Measures
from bench.report import Line
from testbed import wordpress
from testbed.shell import say
from testbed.wordpress import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How much to measure. `small` and `large` are numbers of comments."""

    version: str
    database: str
    small: int
    large: int
    repeats: int
    calls: int  # in one round of as many requests as possible
    seconds: float  # of 500 requests a second
    rounds: int  # of two comments in each state


def core_routes(wish: Wish) -> Iterator[Line]:
    """Reading a blog without the plugin, and drawing."""
    with _blog(wish) as site, _folder() as folder:
        measures = Measures(site, folder)
        small_id = blog.write_post(site, wish.small)
        yield measures.against_plain_paging(small_id, wish.small, repeats=wish.repeats)
        yield measures.reading_again(small_id, wish.small)
        large_id = blog.write_post(site, wish.large)
        yield measures.growth(large_id, wish.large, small_id, wish.small, repeats=min(wish.repeats, 2))
        yield measures.memory(large_id, wish.large, is_over=False)
        yield from measures.drawing(large_id, wish.large)
        yield measures.memory(large_id, wish.large, is_over=True)  # the last, as it adds the winner comment


def plugin_route(wish: Wish) -> Iterator[Line]:
    """Reading a blog with the plugin."""
    with _blog(wish) as site, _folder() as folder:
        site.install_plugin(commenting.PLUGIN)
        measures = Measures(site, folder, has_plugin=True)
        small_id = blog.write_post(site, wish.small)
        yield measures.against_plain_paging(small_id, wish.small, repeats=wish.repeats)
        yield from measures.against_bare_download(small_id, wish.small, repeats=2 * wish.repeats)
        large_id = blog.write_post(site, wish.large)
        yield measures.growth(large_id, wish.large, small_id, wish.small, repeats=wish.repeats)
        yield measures.memory(large_id, wish.large, is_over=False)


def doorbell_rates(wish: Wish) -> Iterator[Line]:
    """Taking doorbells, on both kinds of database."""
    with doorbells.databases() as fresh:
        for kind in ("sqlite", "postgresql"):
            yield doorbells.against_bare_view(fresh(kind), fresh(kind), kind, calls=wish.calls, repeats=wish.repeats)
        yield from doorbells.nothing_lost(fresh("sqlite"), fresh("sqlite"), seconds=wish.seconds)


def commenting_times(wish: Wish) -> Iterator[Line]:
    """Commenting while the service is away."""
    with _blog(wish) as site, commenting.hanging_service() as hanging:
        commenters = commenting.Commenters(site, hanging)
        yield from commenting.longer(commenters.one_by_one(wish.rounds))
        yield from commenting.in_a_crowd(commenters.at_once())


def browser_check(wish: Wish) -> Iterator[Line]:
    """Checking a draw in a visitor's browser."""
    with _folder() as folder:
        yield from browser.checking(folder, wish.large, repeats=wish.repeats)


PARTS: Mapping[str, Callable[[Wish], Iterator[Line]]] = {
    "core": core_routes,
    "plugin": plugin_route,
    "doorbells": doorbell_rates,
    "commenting": commenting_times,
    "browser": browser_check,
}


@contextmanager
def _blog(wish: Wish) -> Iterator[Site]:
    with wordpress.running(version=wish.version, database=wish.database) as site:
        say(f"WordPress {site.version} on {site.database}")
        yield site


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="tirage-bench-") as folder:
        yield Path(folder)
