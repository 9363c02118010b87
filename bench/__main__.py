"""`python -m bench`: measure, print a table, write results.json; exit code 1 when a bound is broken."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from bench import report
from bench.parts import PARTS, Wish
from bench.report import Line
from bench.worker import BenchFailed
from service.logs import set_up_logs
from testbed.shell import TestbedError, say


def main() -> int:
    """The command line: 0 when every bound holds, 1 when one is broken, 2 when something couldn't be measured."""
    given = _parser().parse_args()
    wish = _wish(given)
    set_up_logs("warning")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped too
    lines: list[Line] = []
    load = os.getloadavg()[0]  # others at work make what needs several cores look worse than it is
    say(f"{os.cpu_count()} cores, load {load:.1f}")
    report.print_head()
    try:
        for name in given.only or PARTS:
            for line in PARTS[name](wish):
                report.print_line(line)
                lines.append(line)
    except (TestbedError, BenchFailed) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    report.write(given.output, lines, load=load, wordpress=wish.version, database=wish.database)
    return 0 if all(line.is_ok for line in lines) else 1


def _wish(given: argparse.Namespace) -> Wish:
    small, large, calls, seconds, rounds = (
        (1_000, 10_000, 600, 10, 5) if given.quick else (10_000, 100_000, 2_000, 60, 16)
    )
    return Wish(
        version=given.version,
        database=given.database,
        small=small,
        large=large,
        repeats=given.repeats,
        calls=calls,
        seconds=seconds,
        rounds=rounds,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Speed and memory, beside bare baselines.")
    env = os.environ.get
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, to try the bench itself")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part; may be given several times")
    parser.add_argument("--repeats", type=int, default=3, help="how often a pair is timed; the best of each counts")
    parser.add_argument("--version", default=env("WORDPRESS_VERSION") or "6.1", help="WordPress's version")
    parser.add_argument("--database", default=env("WORDPRESS_DATABASE") or "sqlite", help="sqlite or mariadb")
    parser.add_argument("--output", type=Path, default=report.RESULTS, help="where the JSON goes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
