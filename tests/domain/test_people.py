"""Who is one person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.people import email_key, group_people


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bob@Example.org", " bob@example.ORG "),
        ("bob+contest@example.org", "bob@example.org"),
        ("b.o.b@gmail.com", "bob@googlemail.com"),
        ("b.ob+x@pm.me", "bob@protonmail.com"),
        ("zoe@bücher.example", "ZOE@xn--bcher-kva.example"),
        ("bob@example.org.", "bob@example.org"),
    ],
)
def test_one_mailbox_has_one_key(one, other):
    assert email_key(one) == email_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("b.ob@example.org", "bob@example.org"),
        ("bob@example.org", "bob@example.com"),
        ("+a@example.org", "+b@example.org"),
        ("", "bob@example.org"),
    ],
)
def test_different_mailboxes_have_different_keys(one, other):
    assert email_key(one) != email_key(other)


def test_a_person_is_found_through_a_third_entry():
    people = group_people([(4, "a@x.org"), (0, "b@x.org"), (4, "b@x.org"), (0, ""), ()])
    assert people[0] == people[1] == people[2]
    assert len({people[0], people[3], people[4]}) == 3


@given(st.text(max_size=80))
def test_any_text_has_a_key_that_stays_the_same(text):
    assert email_key(email_key(text)) == email_key(text)
