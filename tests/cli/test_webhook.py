"""`tirage webhook`: a secret that both sides take, and the addresses that other plugins are given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import common
from service.cli.main import cli
from service.domain.errors import BadInput
from service.settings import Settings
from service.web.doorkeys import Doorkeys
from wp_bridge.signature import key_of, make_secret

OTHER = "shared-with-wp-webhooks"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but the test's, and the logs left as they are."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path / "none"))
    monkeypatch.setattr(common, "set_up_logs", lambda _level: None)


def run(*words: str, **settings: str) -> Result:
    return CliRunner(env=settings).invoke(cli, ["webhook", *words])


def test_a_secret_is_made_that_the_settings_and_the_plugin_take() -> None:
    result = run("secret")
    assert result.exit_code == 0
    made = result.stdout.strip()
    assert len(key_of(made)) == 32
    assert Settings(_env_file=None, webhook_secrets=made).webhook_secret_list == [made]
    assert "WEBHOOK_SECRETS" in result.stderr
    assert made not in result.stderr


def test_every_secret_is_another_and_nothing_is_stored(tmp_path: Path) -> None:
    assert run("secret").stdout != run("secret").stdout
    assert list(tmp_path.iterdir()) == []


def test_a_secret_for_programs_is_json_alone() -> None:
    result = run("secret", "--json")
    assert len(key_of(json.loads(result.stdout)["secret"])) == 32
    assert result.stderr == ""


@pytest.mark.parametrize("public_url", ["https://draws.example", "https://draws.example/", "https://a.example/draws/"])
def test_the_addresses_are_those_that_are_answered(public_url: str) -> None:
    secrets = f"{make_secret()} {OTHER}"
    result = run("addresses", "--json", PUBLIC_URL=public_url, WEBHOOK_SECRETS=secrets)
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    root = public_url.rstrip("/")
    keys = Doorkeys.from_settings(Settings(_env_file=None, webhook_secrets=secrets))
    assert told == {
        "tirage": root,
        "wp-webhooks": f"{root}/webhooks/wp-webhooks",
        "hookpress": f"{root}/webhooks/hookpress/{keys.addresses[0]}",
    }


def test_addresses_show_no_secret() -> None:
    secret = make_secret()
    result = run("addresses", WEBHOOK_SECRETS=f"{secret},{OTHER}")
    lines = dict(line.split("\t") for line in result.stdout.splitlines())
    assert list(lines) == ["tirage", "wp-webhooks", "hookpress"]
    assert secret not in result.output
    assert OTHER not in result.output


def test_without_a_secret_there_is_no_address_yet() -> None:
    result = run("addresses")
    assert isinstance(result.exception, BadInput)
    assert "tirage webhook secret" in result.exception.message


@pytest.mark.parametrize("secrets", ["short", "whsec_é", "whsec_" + "x" * 7, "whsec_AAAA"])
def test_a_secret_that_is_none_is_refused_and_not_shown(secrets: str) -> None:
    result = run("addresses", WEBHOOK_SECRETS=secrets)
    assert isinstance(result.exception, BadInput)
    assert "WEBHOOK_SECRETS" in result.exception.message
    assert secrets not in result.exception.message
