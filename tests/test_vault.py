"""The vault: what was locked with a key comes back with that key alone."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import Conflict
from service.vault import SHORTEST_KEY, Vault

KEY = "correct horse battery staple"
SECRET = "abcd efgh ijkl mnop"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_comes_back_as_it_was(text):
    locked = Vault(KEY).lock(text)
    assert locked.isascii()
    assert locked.isprintable()
    assert Vault(KEY).unlock(locked) == text


def test_what_is_locked_shows_nothing_and_never_looks_the_same():
    one, other = Vault(KEY).lock(SECRET), Vault(KEY).lock(SECRET)
    assert one != other
    assert SECRET.encode() not in base64.urlsafe_b64decode(one)


@pytest.mark.parametrize("key", [KEY + "!", KEY.upper(), "x" * 40])
def test_another_key_opens_nothing_and_says_what_to_do(key):
    with pytest.raises(Conflict, match="SECRET_KEY was changed") as caught:
        Vault(key).unlock(Vault(KEY).lock(SECRET))
    assert caught.value.code == "secret_key_changed"
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("locked", ["", "x", "gAAAAA", "é", "A" * 5000, SECRET])
def test_what_was_never_locked_is_refused(locked):
    with pytest.raises(Conflict) as caught:
        Vault(KEY).unlock(locked)
    assert caught.value.code == "secret_key_changed"


def test_a_text_that_was_tampered_with_is_refused():
    raw = base64.urlsafe_b64decode(Vault(KEY).lock(SECRET))
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        with pytest.raises(Conflict):
            Vault(KEY).unlock(base64.urlsafe_b64encode(changed).decode())
    with pytest.raises(Conflict):
        Vault(KEY).unlock(base64.urlsafe_b64encode(raw[:-1]).decode())


@pytest.mark.parametrize("key", ["", "x" * (SHORTEST_KEY - 1)])
def test_without_a_key_nothing_is_locked_or_unlocked(key):
    for use in (Vault(key).lock, Vault(key).unlock):
        with pytest.raises(Conflict, match="Set SECRET_KEY") as caught:
            use(SECRET)
        assert caught.value.code == "secret_key_missing"


def test_the_shortest_key_is_enough():
    vault = Vault("x" * SHORTEST_KEY)
    assert vault.unlock(vault.lock(SECRET)) == SECRET
