"""`python -m bench`: measure, print a table, write results.json; exit code 1 when a bound is broken."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import blog, report
from bench.measures import Measures
from bench.report import Line
from bench.worker import BenchFailed
from service.logs import set_up_logs
from testbed import wordpress
from testbed.shell import TestbedError, say
from testbed.wordpress import Site

SIZES = (10_000, 100_000)
QUICK_SIZES = (1_000, 10_000)


def main() -> int:
    """The command line: 0 when every bound holds, 1 when one is broken, 2 when nothing could be measured."""
    wish = _parser().parse_args()
    small, large = QUICK_SIZES if wish.quick else SIZES
    set_up_logs("warning")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the blog and the worker are stopped too
    lines: list[Line] = []
    load = os.getloadavg()[0]  # others at work make parallel reading look worse than it is
    try:
        with (
            wordpress.running(version=wish.version, database=wish.database) as site,
            TemporaryDirectory(prefix="tirage-bench-") as folder,
        ):
            say(f"WordPress {site.version} on {site.database}; {os.cpu_count()} cores, load {load:.1f}")
            report.print_head()
            for line in _measure(site, Path(folder), small, large, wish.repeats):
                report.print_line(line)
                lines.append(line)
    except (TestbedError, BenchFailed) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    report.write(wish.output, site, lines, load=load, sizes=(small, large))
    return 0 if all(line.is_ok for line in lines) else 1


def _measure(site: Site, folder: Path, small: int, large: int, repeats: int) -> Iterator[Line]:
    measures = Measures(site, folder)
    small_id = blog.write_post(site, small)
    yield measures.against_plain_paging(small_id, small, repeats=repeats)
    yield measures.reading_again(small_id, small)
    large_id = blog.write_post(site, large)
    yield measures.growth(large_id, large, small_id, small, repeats=min(repeats, 2))
    yield measures.memory(large_id, large, is_over=False)
    yield measures.drawing(large_id, large)
    yield measures.memory(large_id, large, is_over=True)  # the last, as it adds the winner comment


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Speed and memory on a real WordPress.")
    env = os.environ.get
    parser.add_argument("--quick", action="store_true", help="a tenth of the comments, to try the bench itself")
    parser.add_argument("--repeats", type=int, default=3, help="how often each reading is timed; the fastest counts")
    parser.add_argument("--version", default=env("WORDPRESS_VERSION") or "6.1", help="WordPress's version")
    parser.add_argument("--database", default=env("WORDPRESS_DATABASE") or "sqlite", help="sqlite or mariadb")
    parser.add_argument("--output", type=Path, default=report.RESULTS, help="where the JSON goes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
