"""How the service is put together: which blog it connects to, in every one of its processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import wp_bridge
from service import app
from service.settings import Settings
from service.storage import connections
from service.storage.connections import Handover
from service.usecases.ports import BlogProblem
from service.usecases.services import Services, utc_now
from service.vault import Vault

KEY = "correct horse battery staple"
LOGIN = {"wordpress_url": "https://named.example", "wordpress_user": "ada", "wordpress_password": "abcd"}


class Bridge:
    """As much of a connection as is needed here."""

    clock = None

    def check(self) -> None:
        """All is well."""


class Machine:
    """A database, and processes that work on it; `connected` lists (address, user, password) of each connection."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.url = f"sqlite:///{folder}/tirage.sqlite3"
        self.connected: list[tuple[str, str, str]] = []
        self.processes: list[Services] = []
        monkeypatch.setattr(wp_bridge, "connect", self._connect)

    def _connect(self, url: str, *, user: str, password: str, **_options: Any) -> Bridge:
        self.connected.append((url, user, password))
        return Bridge()

    def process(self, key: str = KEY, **settings: Any) -> Services:
        """One more process of the service."""
        given = {"database_url": self.url, "secret_key": key, **settings}
        services = app.make_services(Settings(_env_file=None, **given))
        services.store.upgrade()
        self.processes.append(services)
        return services

    def hand_over(self, services: Services, url: str) -> None:
        """As the plugin does through the web process."""
        password = services.vault.lock("efgh")
        with services.store.write() as tx:
            connections.save(tx, Handover(url=url, user="bob", password=password, connected_at=utc_now()))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    machine = Machine(tmp_path, monkeypatch)
    yield machine
    for services in machine.processes:
        services.store.close()


def problem_of(services: Services) -> BlogProblem:
    with pytest.raises(BlogProblem) as caught:
        services.blog.check()
    assert caught.value.permanent
    return caught.value


def test_without_a_blog_the_problem_names_what_is_missing(machine: Machine) -> None:
    problem = problem_of(machine.process())
    assert problem.code == "settings_missing"
    assert "WORDPRESS_URL" in problem.message


def test_what_the_plugin_hands_over_is_connected_to(machine: Machine) -> None:
    services = machine.process()
    machine.hand_over(services, "https://one.example")
    services.blog.check()
    services.blog.check()
    assert machine.connected == [("https://one.example", "bob", "efgh")]
    assert not services.is_blog_fixed


def test_another_process_sees_at_once_what_was_handed_over(machine: Machine) -> None:
    """Else a worker would go on with a login, or a whole blog, that isn't meant any more."""
    web, worker = machine.process(), machine.process()
    problem_of(worker)
    for url in ("https://one.example", "https://two.example"):
        machine.hand_over(web, url)
        worker.blog.check()
        worker.blog.check()
    assert [url for url, _, _ in machine.connected] == ["https://one.example", "https://two.example"]


def test_the_same_login_handed_over_again_is_used_anew(machine: Machine) -> None:
    web, worker = machine.process(), machine.process()
    for _ in range(2):
        machine.hand_over(web, "https://one.example")
        worker.blog.check()
    assert len(machine.connected) == 2


def test_the_settings_come_first(machine: Machine) -> None:
    machine.hand_over(machine.process(), "https://one.example")
    services = machine.process(**LOGIN)
    services.blog.check()
    assert services.is_blog_fixed
    assert machine.connected == [("https://named.example", "ada", "abcd")]


@pytest.mark.parametrize("left_out", LOGIN)
def test_settings_that_name_half_a_blog_are_not_filled_up(machine: Machine, left_out: str) -> None:
    machine.hand_over(machine.process(), "https://one.example")
    half = {name: value for name, value in LOGIN.items() if name != left_out}
    problem = problem_of(machine.process(**half))
    assert problem.code == "settings_missing"
    assert left_out.upper() in problem.message
    assert machine.connected == []


@pytest.mark.parametrize(
    ("key", "code"), [("another key altogether", "secret_key_changed"), ("", "secret_key_missing")]
)
def test_a_password_that_can_not_be_unlocked_says_what_to_do(machine: Machine, key: str, code: str) -> None:
    machine.hand_over(machine.process(), "https://one.example")
    problem = problem_of(machine.process(key))
    assert problem.code == code
    assert "SECRET_KEY" in problem.message
    assert machine.connected == []


def test_the_vault_is_made_of_the_secret_key(machine: Machine) -> None:
    assert Vault(KEY).unlock(machine.process().vault.lock("abcd")) == "abcd"
