"""Settings that can't work together are refused when they are read, in one sentence and without a value."""

from __future__ import annotations

import pytest

from service.domain.errors import BadInput
from service.settings import read_settings


@pytest.fixture(autouse=True)
def no_settings(tmp_path, monkeypatch):
    """A folder without .env, and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path / "secrets"))
    for name in ("PUBLIC_URL", "LEASE_SECONDS", "SETTLE_SECONDS", "WORDPRESS_TIMEOUT_SECONDS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_the_defaults_fit():
    assert read_settings().timing.lease == 60


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"wordpress_timeout_seconds": 60}, "LEASE_SECONDS must be more than WORDPRESS_TIMEOUT_SECONDS"),
        ({"lease_seconds": 30}, "LEASE_SECONDS must be more than WORDPRESS_TIMEOUT_SECONDS"),
        ({"settle_seconds": 59}, "SETTLE_SECONDS must be at least twice WORDPRESS_TIMEOUT_SECONDS"),
        ({"public_url": "https://draws.example/?a=1"}, "PUBLIC_URL: .*without"),
        ({"public_url": "https://draws.example/?"}, "PUBLIC_URL: .*without"),
        ({"public_url": "https://draws.example/#top"}, "PUBLIC_URL: .*without"),
        ({"public_url": "https://ada:hidden@draws.example/"}, "PUBLIC_URL: .*without"),
        ({"public_url": "https://ada@draws.example/"}, "PUBLIC_URL: .*without"),
    ],
)
def test_what_can_not_work_is_refused(given, words):
    with pytest.raises(BadInput, match=words) as refused:
        read_settings(**given)
    assert "hidden" not in refused.value.message
    assert "Value error" not in refused.value.message


@pytest.mark.parametrize("url", ["https://draws.example", "https://draws.example:8443/tirage/"])
def test_an_address_with_a_port_or_a_path_is_fine(url):
    assert str(read_settings(public_url=url).public_url).rstrip("/") == url.rstrip("/")


def test_settings_files_that_are_not_utf_8(no_settings):
    (no_settings / ".env").write_bytes(b"WORDPRESS_URL=https://caf\xe9.example\n")
    with pytest.raises(BadInput, match="UTF-8"):
        read_settings()
    (no_settings / ".env").unlink()
    (no_settings / "secrets").mkdir()
    (no_settings / "secrets" / "wordpress_password").write_bytes(b"\xff")
    with pytest.raises(BadInput, match="UTF-8"):
        read_settings()
