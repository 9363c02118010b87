"""Entries: what was read is kept once, and changes are seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.domain.contest import Phase
from service.domain.eligibility import Action, Code, Override, Reason, State, Status, Verdict
from service.domain.errors import NotFound
from service.storage import entries, listing, tables, tokens
from service.storage.listing import EntryFilter
from tests.factories import CLOSES_AT, make_comment
from tests.storage.test_contests import NOW, add_contest


@pytest.fixture
def contest(store):
    return add_contest(store, phase=Phase.OPEN)


def test_the_same_page_twice_changes_nothing(store, contest):
    page = [make_comment(1), make_comment(2), make_comment(2)]
    with store.write() as tx:
        assert entries.save_page(tx, contest.id, page, now=NOW) == 2
    with store.write() as tx:
        assert entries.save_page(tx, contest.id, page, now=NOW) == 0
        assert [fact.comment_id for fact in entries.facts(tx, contest.id)] == [1, 2]


def test_an_edit_and_an_approval_after_the_deadline_are_flagged(store, contest):
    after = CLOSES_AT + timedelta(hours=1)
    with store.write() as tx:
        entries.save_page(tx, contest.id, [make_comment(1), make_comment(2, state=State.HELD)], now=NOW)
        entries.save_page(tx, contest.id, [make_comment(1, content_hash="0" * 64), make_comment(2)], now=after)
        edited, approved = listing.page(tx, contest.id)
    assert (edited.is_edited_after_deadline, edited.is_approved_after_deadline) == (True, False)
    assert (approved.is_edited_after_deadline, approved.is_approved_after_deadline) == (False, True)


def test_an_edit_before_the_deadline_is_not_flagged(store, contest):
    with store.write() as tx:
        entries.save_page(tx, contest.id, [make_comment(1)], now=NOW)
        entries.save_page(tx, contest.id, [make_comment(1, content_hash="0" * 64)], now=NOW)
        assert not listing.one(tx, contest.id, 1).is_edited_after_deadline


def test_what_a_complete_reading_did_not_see_is_deleted_and_may_come_back(store, contest):
    with store.write() as tx:
        entries.save_page(tx, contest.id, [make_comment(1), make_comment(2)], now=NOW)
        assert entries.mark_deleted(tx, contest.id, seen={1}, before=NOW + timedelta(seconds=1)) == 1
        assert entries.count_states(tx, contest.id) == {State.APPROVED: 1, State.DELETED: 1}
        entries.save_page(tx, contest.id, [make_comment(2)], now=NOW)
        assert entries.count_states(tx, contest.id) == {State.APPROVED: 2}


def test_what_came_in_during_a_reading_is_not_taken_for_deleted(store, contest):
    with store.write() as tx:
        entries.save_page(tx, contest.id, [make_comment(1)], now=NOW)
        assert entries.mark_deleted(tx, contest.id, seen=set(), before=NOW - timedelta(seconds=1)) == 0


def test_verdicts_are_kept_and_counted(store, contest):
    late = Verdict(Status.INELIGIBLE, (Reason(Code.LATE, 9), Reason(Code.REPLY)))
    readmitted = Verdict(Status.ELIGIBLE, overruled=(Reason(Code.EMPTY),))
    with store.write() as tx:
        entries.save_page(tx, contest.id, [make_comment(1), make_comment(2)], now=NOW)
        assert entries.save_verdicts(tx, contest.id, {1: late, 2: readmitted}) == 2
        assert entries.save_verdicts(tx, contest.id, {1: late, 2: readmitted}) == 0
        assert [entry.verdict for entry in listing.page(tx, contest.id)] == [late, readmitted]
        assert entries.count_statuses(tx, contest.id)[Status.ELIGIBLE] == 1
        assert entries.count_codes(tx, contest.id, Status.INELIGIBLE) == {Code.LATE: 1}
        found = listing.page(tx, contest.id, EntryFilter(code=Code.REPLY))
    assert [entry.comment_id for entry in found] == [1]


def test_entries_are_listed_by_page_status_and_author(store, contest):
    names = ["Ada", "Bob", "100%_sure", "adam"]
    with store.write() as tx:
        page = [make_comment(n, author_name=name) for n, name in enumerate(names, start=1)]
        entries.save_page(tx, contest.id, page, now=NOW)
        assert [e.comment_id for e in listing.page(tx, contest.id, limit=2, after_id=1)] == [2, 3]
        assert [e.comment_id for e in listing.page(tx, contest.id, EntryFilter(author="ADA"))] == [1, 4]
        assert [e.comment_id for e in listing.page(tx, contest.id, EntryFilter(author="%_"))] == [3]
        assert listing.page(tx, contest.id, EntryFilter(status=Status.ELIGIBLE)) == []


def test_an_address_shared_by_two_people_is_a_hint(store, contest):
    with store.write() as tx:
        page = [make_comment(n, author_ip="192.0.2.1") for n in (1, 2)]
        entries.save_page(tx, contest.id, [*page, make_comment(3, author_ip="")], now=NOW)
        assert [entry.shares_ip_with for entry in listing.page(tx, contest.id)] == [1, 1, 0]


def test_a_decision_on_an_entry_that_is_not_there_is_not_found(store, contest):
    with store.write() as tx, pytest.raises(NotFound):
        entries.set_override(tx, contest.id, 99, Override(Action.DISQUALIFY, "x"))
    with store.read() as tx, pytest.raises(NotFound):
        listing.one(tx, contest.id, 99)


def test_large_ids_and_strange_names_fit(store, contest):
    name = "Zoé 🎉 \u202e𝒳 ' OR 1=1 --"
    with store.write() as tx:
        entries.save_page(tx, contest.id, [make_comment(2**62, author_name=name)], now=NOW)
        assert listing.one(tx, contest.id, 2**62).author_name == name


def test_a_token_is_found_by_itself_alone_and_no_more_once_revoked(store):
    with store.write() as tx:
        tokens.add(tx, name="ada", token="t" * 40, now=NOW)
        assert tokens.find_name(tx, "t" * 40) == "ada"
        assert tokens.find_name(tx, "T" * 40) is None
        tokens.revoke(tx, name="ada", now=NOW)
        assert tokens.find_name(tx, "t" * 40) is None
        with pytest.raises(NotFound):
            tokens.revoke(tx, name="ada", now=NOW)


def test_deleting_a_contest_takes_its_entries_along(store, contest):
    with store.write() as tx:
        entries.save_page(tx, contest.id, [make_comment(1)], now=NOW)
        tx.execute(tables.contests.delete())
        assert entries.facts(tx, contest.id) == []
