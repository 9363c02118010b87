"""What tests of every room share: the logs, and real WordPress blogs, one of each kind for the whole run."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from pathlib import Path

import pytest
import structlog

from service.logs import set_up_logs
from testbed import wordpress as testbed_wordpress
from testbed.site import Site

PLUGIN = Path(__file__).parents[1] / "wp_bridge/plugin/tirage"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The demo waits minutes for its beacon: it begins first, so that all others pass in the meantime."""
    items.sort(key=lambda item: "test_demo" not in item.nodeid)


@pytest.fixture
def logs() -> Iterator[Callable[[], str]]:
    """The logs as a process of the service writes them, on a stream of their own."""
    stream = io.StringIO()
    with redirect_stderr(stream):
        set_up_logs("info")
    yield stream.getvalue
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def wordpress() -> Iterator[Site]:
    """WordPress 6.1 on SQLite, French. Tests share it: make posts of your own, undo switches."""
    yield from _blog(version="6.1")


@pytest.fixture(scope="session")
def wordpress_68() -> Iterator[Site]:
    """The same with WordPress 6.8."""
    yield from _blog(version="6.8")


@pytest.fixture(scope="session")
def wordpress_with_plugin() -> Iterator[Site]:
    """WordPress 6.8 on MariaDB with our plugin, connected to no service."""
    for site in _blog(version="6.8", database="mariadb"):
        site.install_plugin(PLUGIN)
        yield site


@pytest.fixture(scope="session")
def wordpress_on_mariadb() -> Iterator[Site]:
    """WordPress 6.1 on MariaDB, whose comments hold no emoji, as on a blog that was never converted."""
    for site in _blog(version="6.1", database="mariadb"):
        site.use_three_byte_comments()
        yield site


def _blog(*, version: str, database: str = "sqlite") -> Iterator[Site]:
    site = testbed_wordpress.start(version=version, database=database)
    try:
        yield site
    finally:
        testbed_wordpress.stop(site)
