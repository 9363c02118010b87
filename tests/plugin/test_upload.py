"""The zip file goes through WordPress's own upload form, as it does for anybody who installs the plugin."""

from __future__ import annotations

import re
from html import unescape

import pytest
import requests

from testbed import wordpress
from testbed.site import Site
from tests.plugin.conftest import ask, log_in
from wp_bridge import plugin_zip


@pytest.mark.parametrize(("version", "database"), [("6.1", "sqlite"), ("6.8", "mariadb")])
def test_the_zip_is_uploaded_activated_and_replaced(version: str, database: str):
    with wordpress.running(version=version, database=database) as site:
        admin = log_in(site, "admin")
        follow(site, admin, upload(site, admin), r"plugins\.php\?action=activate")
        assert is_at_work(site)
        left_from_before = site.root / "wp-content/plugins/tirage/left-from-before.php"
        left_from_before.touch()
        follow(site, admin, upload(site, admin), r"update\.php\?action=upload-plugin&package=")
        assert not left_from_before.exists()
        assert is_at_work(site)


def upload(site: Site, admin: requests.Session) -> str:
    """Send the zip by the form under Plugins → Add New → Upload Plugin; the page that comes."""
    form = admin.get(f"{site.base_url}/wp-admin/plugin-install.php?tab=upload", timeout=60).text
    nonce = re.search(r'class="wp-upload-form".*?name="_wpnonce" value="(\w+)"', form, re.DOTALL)
    assert nonce, form
    answer = admin.post(
        f"{site.base_url}/wp-admin/update.php?action=upload-plugin",
        {"_wpnonce": nonce[1]},
        files={"pluginzip": ("tirage.zip", plugin_zip.make_zip(), "application/zip")},
        timeout=60,
    )
    assert answer.ok
    return answer.text


def follow(site: Site, admin: requests.Session, page: str, link: str) -> str:
    """Click the link on a page whose address matches; the page that comes."""
    found = [unescape(href) for href in re.findall(r'href="(.*?)"', page) if re.search(link, unescape(href))]
    assert found, page
    answer = admin.get(requests.compat.urljoin(f"{site.base_url}/wp-admin/", found[0]), timeout=60)
    assert answer.ok
    return answer.text


def is_at_work(site: Site) -> bool:
    """Whether the plugin's route answers, and its own words are French here."""
    answer = ask(site, "GET", "tirage/v1/comments", params={"post": 999_999})
    return (answer.status_code, answer.json()["message"]) == (404, "Cet article n’existe pas.")
