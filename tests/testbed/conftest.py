"""Blogs for the tests of the test bed: one running site for each WordPress and database."""

from collections.abc import Iterator

import pytest

from testbed import wordpress
from testbed.proxy import Proxy
from testbed.wordpress import Site

KINDS = [
    # One worker for each kind of blog, or every worker would start all four.
    pytest.param(
        (version, database),
        id=f"{version}-{database}",
        marks=pytest.mark.xdist_group(f"{version}-{database}"),
    )
    for version in ("6.1", "6.8")
    for database in ("sqlite", "mariadb")
]


@pytest.fixture(scope="module", params=KINDS)
def any_site(request: pytest.FixtureRequest) -> Iterator[Site]:
    version, database = request.param
    with wordpress.running(version=version, database=database) as site:
        yield site


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with wordpress.running() as site:
        yield site


@pytest.fixture
def proxy(site: Site) -> Iterator[Proxy]:
    with Proxy(site.base_url) as proxy:
        yield proxy
