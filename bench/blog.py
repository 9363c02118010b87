"""A blog full of comments, and Tirage on it as in real life."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

import wp_bridge
from service.app import make_services
from service.domain.contest import Contest
from service.domain.drawing import rfc3339
from service.settings import Settings
from service.usecases import adopt
from service.usecases.services import Services
from testbed.wordpress import Site, User
from wp_bridge import rest_plugin

PER_PAGE = 100


def write_post(site: Site, comments: int) -> int:
    """A post with so many approved comments, one a second until a day ago; its id."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1, seconds=comments)
    post_id = site.create_post(f"{comments} readers take part", date_gmt=start - timedelta(days=1))
    site.bulk_comments(post_id, comments, first_date_gmt=start, seconds_apart=1)
    return post_id


def moderator(site: Site) -> tuple[str, User]:
    """The editor's login and account."""
    return next((login, user) for login, user in site.users.items() if user.role == "editor")


def environment(site: Site, database: Path) -> dict[str, str]:
    """Tirage's settings for the blog and a database file."""
    login, user = moderator(site)
    return {
        "WORDPRESS_URL": site.base_url,
        "WORDPRESS_USER": login,
        "WORDPRESS_PASSWORD": user.app_password,
        "WORDPRESS_API": "rest",
        "DATABASE_URL": f"sqlite:///{database}",
        "LOG_LEVEL": "warning",
    }


@contextmanager
def tirage(site: Site, database: Path) -> Iterator[Services]:
    """The services on a fresh database file, as the command line makes them."""
    given: dict[str, Any] = {name.lower(): value for name, value in environment(site, database).items()}
    services = make_services(Settings(**given, _env_file=None))
    services.store.upgrade()
    try:
        yield services
    finally:
        services.store.close()


def open_contest(services: Services, post_id: int, *, is_over: bool = False) -> Contest:
    """Adopt the post: still open for a month, or over since an hour and then left to run by itself."""
    closes_at = datetime.now(UTC) + (timedelta(hours=-1) if is_over else timedelta(days=30))
    plan = adopt.plan(services, str(post_id), closes=rfc3339(closes_at), is_automatic=is_over)
    return adopt.open_contest(services, plan, actor="bench")


def read_plainly(site: Site, post_id: int) -> int:
    """What anybody would write first: page after page with `requests`, all fields; how many comments."""
    login, user = moderator(site)
    session = requests.Session()
    session.auth = (login, user.app_password)
    query: dict[str, int | str] = {"post": post_id, "status": "any", "context": "edit", "per_page": PER_PAGE}
    found, page, pages = 0, 1, 1
    while page <= pages:
        answer = session.get(f"{site.base_url}/wp-json/wp/v2/comments", params={**query, "page": page}, timeout=300)
        answer.raise_for_status()
        pages = int(answer.headers["X-WP-TotalPages"])
        found += len(answer.json())
        page += 1
    return found


def download_route(site: Site, post_id: int) -> int:
    """The pages of the plugin's route with `requests` and nothing more, as large as ours are; how many comments."""
    login, user = moderator(site)
    session = requests.Session()
    session.auth = (login, user.app_password)
    found, last, is_more = 0, "0", True
    while is_more:
        query: dict[str, int | str] = {"post": post_id, "after_id": last, "limit": rest_plugin.FIRST}
        answer = session.get(f"{site.base_url}/wp-json/{rest_plugin.COMMENTS}", params=query, timeout=300)
        answer.raise_for_status()
        page = answer.json()
        found, last, is_more = found + len(page["comments"]), page["comments"][-1]["comment_ID"], page["more"]
    return found


@contextmanager
def bridge(site: Site) -> Iterator[wp_bridge.Blog]:
    """The blog as wp_bridge connects to it."""
    login, user = moderator(site)
    connected = wp_bridge.connect(site.base_url, user=login, password=user.app_password, api="rest")
    try:
        yield connected
    finally:
        connected.close()
