"""Run the demo: `python -m demo`. ONCE=1 ends it after the contest, with one line of JSON."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from demo import contest
from demo.service import DemoFailed, Service
from testbed import wordpress
from testbed.drand import Drand
from testbed.shell import TestbedError
from testbed.x import X


def main() -> int:
    """Start everything, run the contest, and stay until Ctrl-C unless ONCE is set."""
    began = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with (
        _blog() as site,
        TemporaryDirectory(prefix="tirage-demo-") as folder,
        X() as x,
        Drand(period=3) as drand,
        Service(site, Path(folder), origins=f"{x.setting} {drand.setting}", drand_info=drand.info) as service,
    ):
        result = contest.run(site, service, x)
        result["seconds"] = round(time.monotonic() - began, 1)
        if os.environ.get("ONCE"):
            print(json.dumps(result, ensure_ascii=False), flush=True)
        else:
            contest.show_where_to_look(site, service)
            _stay()
    return 0


@contextmanager
def _blog() -> Iterator[wordpress.Site]:
    contest.say("A real WordPress is being set up (the first time this downloads Debian's packages) …")
    with wordpress.running(
        version=os.environ.get("WORDPRESS_VERSION", "6.1"),
        database=os.environ.get("WORDPRESS_DATABASE", "sqlite"),
    ) as site:
        contest.say(f"WordPress {site.version} answers on {site.base_url}")
        yield site


def _stay() -> None:
    print("It keeps running until you press Ctrl-C.", flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (TestbedError, DemoFailed) as error:
        print(f"demo: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
