"""What is kept about one person: found and taken off, in any number."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from service.domain.contest import Rules
from service.domain.posts import NetworkName
from service.storage import entries, personal, posts
from service.storage.tables import entries as table
from tests.factories import make_comment, make_evidence
from tests.storage.test_contests import NOW, add_contest

ADDRESS = "Ada@Example.org"


@pytest.fixture
def contest(store):
    """A contest with one entry by Ada and one by somebody else."""
    contest = add_contest(store)
    with store.write() as tx:
        entries.save_page(tx, contest.id, [make_comment(1, author_email=ADDRESS), make_comment(2)], now=NOW)
    return contest


@pytest.mark.parametrize("asked", [ADDRESS, "ada@example.org", "ADA@EXAMPLE.ORG", " ada@example.org\n"])
def test_a_person_is_found_in_any_case(store, contest, asked):
    with store.read() as tx:
        (found,) = personal.find(tx, asked)
    assert (found.contest_id, found.comment_id, found.author_email) == (contest.id, 1, ADDRESS)


def test_who_has_no_address_is_nobody_s_to_find(store, contest):
    with store.write() as tx:
        entries.save_page(tx, contest.id, [make_comment(3, author_email="")], now=NOW)
        assert personal.find(tx, "") == personal.find(tx, " ") == []


def test_an_erasure_leaves_nothing_of_the_person_and_everything_of_the_others(store, contest):
    with store.write() as tx:
        personal.erase(tx, contest.id, "ada@example.org", name="Nobody", is_read=False, now=NOW)
        assert personal.find(tx, ADDRESS) == []
        erased, other = entries.facts(tx, contest.id)
        assert (erased.author_name, erased.author_email, erased.account_id) == ("Nobody", "", 0)
        assert (erased.is_erased, other.is_erased) == (True, False)
        assert tx.execute(select(table.c.author_url, table.c.author_ip).where(table.c.comment_id == 1)).one() == (
            "",
            "",
        )


@pytest.mark.parametrize("is_read", [True, False])
def test_the_hash_of_the_text_goes_once_no_reading_would_take_it_for_an_edit(store, contest, is_read):
    with store.write() as tx:
        personal.erase(tx, contest.id, ADDRESS, name="Nobody", is_read=is_read, now=NOW)
        hashes = tx.execute(select(table.c.content_hash).order_by(table.c.comment_id)).scalars().all()
        assert [bool(one) for one in hashes] == [is_read, True]


def test_an_erasure_in_one_contest_is_none_in_another(store, contest):
    other = add_contest(store, 8)
    with store.write() as tx:
        entries.save_page(tx, other.id, [make_comment(9, author_email=ADDRESS)], now=NOW)
        personal.erase(tx, contest.id, ADDRESS, name="Nobody", is_read=False, now=NOW)
        assert [entry.contest_id for entry in personal.find(tx, ADDRESS)] == [other.id]


def test_more_entries_than_a_statement_takes_values_are_erased(store, contest):
    """SQLite takes 32 766 at most, PostgreSQL 65 535."""
    names = ", ".join(column.name for column in table.c if column.name not in ("id", "comment_id"))
    counted = "WITH RECURSIVE counted(n) AS (SELECT 3 UNION ALL SELECT n + 1 FROM counted WHERE n < 70000)"
    copies = f"SELECT n, {names} FROM entries, counted WHERE comment_id = 1"
    with store.write() as tx:
        tx.execute(text(f"INSERT INTO entries (comment_id, {names}) {counted} {copies}"))
        assert len(personal.find(tx, ADDRESS)) > 69_000
        personal.erase(tx, contest.id, ADDRESS, name="Nobody", is_read=False, now=NOW)
        assert personal.find(tx, ADDRESS) == []


def test_rules_that_list_a_person_s_mailbox_are_found_however_it_is_written(store):
    for number, name in enumerate(["ada+prize@example.org", "ADA@EXAMPLE.ORG", "Ada", "bob@example.org"], start=1):
        add_contest(store, number, post_title=name, rules=Rules(excluded=("#1", name)))
    with store.read() as tx:
        found = personal.find_exclusions(tx, ADDRESS)
        assert [exclusion.listed for exclusion in found] == ["ada+prize@example.org", "ADA@EXAMPLE.ORG"]
        assert [exclusion.contest_title for exclusion in found] == ["ada+prize@example.org", "ADA@EXAMPLE.ORG"]
        assert personal.find_exclusions(tx, "") == []


def test_the_posts_of_an_account_are_found_whatever_others_call_themselves(store):
    hostile = '", "author_handle": "a_a'
    with_posts = [add_contest(store, 1), add_contest(store, 2)]
    with store.write() as tx:
        for number, contest in enumerate(with_posts):
            for place, handle in enumerate(["a_a", "aba", "a_a2"], start=1 + 10 * number):
                evidence = make_evidence(place, author_handle=handle, author_name=hostile)
                posts.save_found(tx, contest.id, evidence, key=str(place), host="", brought_by="x:search", now=NOW)
        found = personal.find_posts(tx, NetworkName.X, "a_a")
        assert [(contest_id, [known.key for known in known_]) for contest_id, known_ in found.items()] == [
            (with_posts[0].id, ["1"]),
            (with_posts[1].id, ["11"]),
        ]
        assert personal.find_posts(tx, NetworkName.BLUESKY, "a_a") == {}


def test_comments_that_name_an_account_are_found_by_the_whole_of_it(store):
    first, second = add_contest(store, 1, post_title="first"), add_contest(store, 2, post_title="second")
    with store.write() as tx:
        entries.save_page(tx, first.id, [make_comment(1, handles="bluesky:a.example x:a_a")], now=NOW)
        entries.save_page(tx, second.id, [make_comment(2, handles="x:a_a2 x:aba")], now=NOW)
        assert personal.titles_naming(tx, "x:a_a") == ["first"]
        assert personal.titles_naming(tx, "x:a_a2") == ["second"]
        assert personal.titles_naming(tx, "x:none") == []
