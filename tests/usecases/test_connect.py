"""Connecting to the blog that the plugin hands over: tried first, kept encrypted, and then everything goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.contest import Phase, Problem
from service.domain.errors import Conflict
from service.storage import connections, contests
from service.usecases.connect import Credentials, connect
from service.usecases.ports import BlogProblem
from service.vault import Vault
from tests.factories import make_site
from tests.fakes import FakeBlog

GIVEN = Credentials(url="https://new.example", user="ada", password="abcd efgh")
REFUSED = BlogProblem("The password is wrong.", code="credentials_refused", permanent=True)


class Handover:
    """A service without a blog of its own; `opened` lists the logins that were tried on `blog`."""

    def __init__(self, world) -> None:
        self.world = world
        self.blog = FakeBlog(make_site(name="The new blog", url="https://new.example"))
        self.opened: list[tuple[str, str, str]] = []
        self.services = replace(world.services, is_blog_fixed=False, open_blog=self.open)

    def open(self, url: str, user: str, password: str) -> FakeBlog:
        self.opened.append((url, user, password))
        return self.blog

    @property
    def kept(self):
        with self.services.store.read() as tx:
            return connections.find(tx)


@pytest.fixture
def handover(world):
    return Handover(world)


def test_a_login_that_works_is_kept_with_its_password_encrypted(handover):
    assert connect(handover.services, GIVEN).name == "The new blog"
    assert handover.opened == [("https://new.example", "ada", "abcd efgh")]
    assert {"site", "check"} <= set(handover.blog.calls)
    kept = handover.kept
    assert (kept.url, kept.user, kept.connected_at) == ("https://new.example", "ada", handover.world.clock())
    assert kept.password != GIVEN.password
    assert handover.services.vault.unlock(kept.password) == GIVEN.password


@pytest.mark.parametrize("method", ["site", "check"])
@pytest.mark.parametrize("problem", [REFUSED, BlogProblem("No answer.", code="blog_unreachable")])
def test_a_login_that_does_not_work_is_not_kept(handover, method, problem):
    connect(handover.services, GIVEN)
    before = handover.kept
    handover.blog.fail(method, problem)
    with pytest.raises(BlogProblem, match=problem.message):
        connect(handover.services, replace(GIVEN, user="bob"))
    assert handover.kept == before


def test_the_last_login_counts(handover):
    for user in ("ada", "bob"):
        connect(handover.services, replace(GIVEN, user=user))
    assert handover.kept.user == "bob"


def test_where_the_settings_name_a_blog_nobody_else_can(handover):
    services = replace(handover.services, is_blog_fixed=True)
    with pytest.raises(Conflict, match="WORDPRESS_URL") as caught:
        connect(services, GIVEN)
    assert caught.value.code == "blog_fixed"
    assert handover.opened == []
    assert handover.kept is None


@pytest.mark.parametrize("key", ["", "short"])
def test_without_a_key_to_encrypt_with_nothing_is_tried(handover, key):
    services = replace(handover.services, vault=Vault(key))
    with pytest.raises(Conflict, match="SECRET_KEY") as caught:
        connect(services, GIVEN)
    assert caught.value.code == "secret_key_missing"
    assert handover.opened == []
    assert handover.kept is None


@pytest.mark.parametrize("phase", list(Phase))
def test_whatever_waited_for_a_blog_goes_on_at_once(handover, phase):
    handover.world.open()
    now = handover.world.clock()
    waiting = Problem(code="credentials_refused", message="The password is wrong.", since=now, tries=9)
    with handover.services.store.write() as tx:
        due_at = None if phase is Phase.ANNOUNCED else now + timedelta(minutes=15)
        contests.update(tx, 1, phase=phase, problem=waiting, due_at=due_at)
    connect(handover.services, GIVEN)
    assert handover.world.contest().due_at == (None if phase is Phase.ANNOUNCED else now)


def test_a_password_is_not_shown_by_accident():
    assert "abcd" not in repr(GIVEN)
