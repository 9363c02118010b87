"""The plugin on the demo's blog: it rings the service, and shows readers how the contest stands."""

from __future__ import annotations

import html
import re
import time
from pathlib import Path

import requests

from demo.service import DemoFailed, Service
from testbed.wordpress import Site

FOLDER = Path(__file__).parents[1] / "wp_bridge/plugin/tirage"
PATIENCE_SECONDS = 90  # what readers see is fetched at most once a minute

_CONNECT = "update_option('tirage_service_url', $args['url']); update_option('tirage_secrets', [$args['secret']]);"
_TAKEN = "return (int) $wpdb->get_var(\"SELECT COUNT(*) FROM {$wpdb->prefix}tirage_events WHERE state = 'sent'\");"


def connect(site: Site, service: Service) -> None:
    """Install it, and set what its page under Settings → Tirage would."""
    site.install_plugin(FOLDER)
    site.php(_CONNECT, url=service.url, secret=service.secret)


def doorbells_taken(site: Site) -> int:
    """How many events the service has accepted, by the plugin's own table."""
    return int(site.php(_TAKEN))


def winners_shown_to_readers(site: Site, post_id: int) -> str:
    """The block's text on the post, once it names winners. Raises DemoFailed when they don't come."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        page = requests.get(f"{site.base_url}/?p={post_id}", timeout=30).text
        block = re.search(r'<div class="tirage".*?</div>', page, re.DOTALL)
        text = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", block[0])).split()) if block else ""
        if block and "tirage-winners" in block[0]:
            return text
        time.sleep(1)
    raise DemoFailed(f"The block on the post names no winner but says “{text}”.")
