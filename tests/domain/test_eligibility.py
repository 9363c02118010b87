"""Who is in and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.contest import Contest, Rules
from service.domain.eligibility import (
    Action,
    Code,
    EntryFacts,
    Kind,
    Override,
    State,
    Status,
    Verdict,
    judge,
    leave_out_undecided,
)
from service.domain.errors import BadInput
from tests.factories import CLOSES_AT, make_contest, make_entry


def judge_one(entry: EntryFacts, contest: Contest | None = None) -> Verdict:
    return judge(contest or make_contest(), [entry])[0]


def codes(verdict: Verdict) -> list[Code]:
    return [reason.code for reason in verdict.reasons]


def test_a_comment_of_the_closing_second_counts():
    assert judge_one(make_entry(submitted_at=CLOSES_AT)).status is Status.ELIGIBLE


def test_one_second_later_is_late_by_one_second():
    verdict = judge_one(make_entry(submitted_at=CLOSES_AT + timedelta(seconds=1)))
    assert verdict.status is Status.INELIGIBLE
    assert [(r.code, r.detail) for r in verdict.reasons] == [(Code.LATE, 1)]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"account_id": 1}, Code.POST_AUTHOR),
        ({"account_id": 5}, Code.STAFF),
        ({"parent_id": 3}, Code.REPLY),
        ({"kind": Kind.PINGBACK}, Code.PINGBACK),
        ({"kind": Kind.TRACKBACK}, Code.TRACKBACK),
        ({"kind": Kind.NOTE}, Code.NOTE),
        ({"kind": Kind.OTHER}, Code.OTHER_KIND),
        ({"state": State.SPAM}, Code.SPAM),
        ({"state": State.TRASH}, Code.TRASH),
        ({"state": State.DELETED}, Code.DELETED),
        ({"is_empty": True}, Code.EMPTY),
        ({"author_name": "  BOB "}, Code.EXCLUDED),
        ({"author_email": "Car.la+x@gmail.com"}, Code.EXCLUDED),
        ({"account_id": 9}, Code.EXCLUDED),
    ],
)
def test_each_fact_has_its_reason(facts, code):
    contest = make_contest(staff_ids=frozenset({5}), rules=Rules(excluded=("bob", "carla@gmail.com", "#9")))
    verdict = judge_one(make_entry(**facts), contest)
    assert (verdict.status, codes(verdict)) == (Status.INELIGIBLE, [code])


def test_a_held_comment_is_undecided_until_the_seal_leaves_it_out():
    verdict = judge_one(make_entry(state=State.HELD))
    assert (verdict.status, codes(verdict)) == (Status.UNDECIDED, [Code.HELD])
    assert leave_out_undecided(verdict).status is Status.INELIGIBLE


def test_a_second_entry_by_the_same_person_is_a_duplicate_of_the_first():
    first, second = make_entry(10, author_email="bob@x.org"), make_entry(11, author_email="BOB+win@X.org")
    verdicts = judge(make_contest(), [second, first])
    assert verdicts[1].status is Status.ELIGIBLE
    assert [(r.code, r.detail) for r in verdicts[0].reasons] == [(Code.DUPLICATE, 10)]


def test_the_same_account_is_the_same_person_whatever_the_address():
    entries = [make_entry(10, account_id=4), make_entry(11, account_id=4)]
    assert codes(judge(make_contest(), entries)[1]) == [Code.DUPLICATE]


def test_a_shared_address_on_the_net_is_no_reason():
    entries = [make_entry(10, author_ip="192.0.2.1"), make_entry(11, author_ip="192.0.2.1")]
    assert {verdict.status for verdict in judge(make_contest(), entries)} == {Status.ELIGIBLE}


def test_a_first_comment_that_does_not_count_leaves_the_place_to_the_second():
    reply, proper = (
        make_entry(10, author_email="a@x.org", parent_id=3),
        make_entry(11, author_email="a@x.org"),
    )
    verdicts = judge(make_contest(), [reply, proper])
    assert [verdict.status for verdict in verdicts] == [Status.INELIGIBLE, Status.ELIGIBLE]


def test_an_earlier_held_comment_does_not_cost_the_approved_one_its_place():
    held = make_entry(10, author_email="a@x.org", state=State.HELD)
    approved = make_entry(11, author_email="a@x.org")
    verdicts = judge(make_contest(), [held, approved])
    assert [verdict.status for verdict in verdicts] == [Status.UNDECIDED, Status.ELIGIBLE]


def test_who_is_disqualified_is_not_back_with_a_second_comment():
    struck = make_entry(10, author_email="a@x.org", override=Override(Action.DISQUALIFY, "bought votes"))
    verdicts = judge(make_contest(), [struck, make_entry(11, author_email="a@x.org")])
    assert [verdict.status for verdict in verdicts] == [Status.INELIGIBLE, Status.INELIGIBLE]
    assert codes(verdicts[0]) == [Code.DISQUALIFIED]


def test_readmitting_sets_the_reasons_aside_and_keeps_them_visible():
    late = make_entry(
        submitted_at=CLOSES_AT + timedelta(seconds=9), override=Override(Action.READMIT, "server down", (Code.LATE,))
    )
    verdict = judge_one(late)
    assert verdict.status is Status.ELIGIBLE
    assert [reason.code for reason in verdict.overruled] == [Code.LATE]


@pytest.mark.parametrize("facts", [{"state": State.SPAM}, {"state": State.HELD}, {"kind": Kind.PINGBACK}])
def test_what_the_blog_does_not_show_as_a_comment_can_not_be_readmitted(facts):
    entry = make_entry(override=Override(Action.READMIT, "please", tuple(Code)), **facts)
    assert judge_one(entry).status is not Status.ELIGIBLE


@pytest.mark.parametrize("state", [State.TRASH, State.SPAM, State.DELETED, State.HELD])
def test_who_is_disqualified_and_then_binned_is_not_back_either(state):
    struck = make_entry(10, author_email="a@x.org", state=state, override=Override(Action.DISQUALIFY, "cheated"))
    verdicts = judge(make_contest(), [struck, make_entry(11, author_email="a@x.org")])
    assert codes(verdicts[1]) == [Code.DUPLICATE]


def test_striking_a_second_comment_leaves_the_first_in():
    struck = make_entry(11, author_email="a@x.org", override=Override(Action.DISQUALIFY, "wrote twice"))
    verdicts = judge(make_contest(), [make_entry(10, author_email="a@x.org"), struck])
    assert verdicts[0].status is Status.ELIGIBLE


def test_readmitting_the_late_does_not_let_a_person_in_twice():
    late = make_entry(
        11,
        author_email="a@x.org",
        submitted_at=CLOSES_AT + timedelta(seconds=9),
        override=Override(Action.READMIT, "server down", (Code.LATE,)),
    )
    verdicts = judge(make_contest(), [make_entry(10, author_email="a@x.org"), late])
    assert [verdict.status for verdict in verdicts] == [Status.ELIGIBLE, Status.INELIGIBLE]
    assert codes(verdicts[1]) == [Code.LATE, Code.DUPLICATE]
    assert judge_one(late).status is Status.ELIGIBLE


def test_a_stranger_s_spam_under_an_excluded_name_bars_nobody():
    spam = make_entry(10, author_name="Bob", author_email="victim@x.org", state=State.SPAM)
    contest = make_contest(rules=Rules(excluded=("bob",)))
    assert judge(contest, [spam, make_entry(11, author_email="victim@x.org")])[1].status is Status.ELIGIBLE


@pytest.mark.parametrize(("listed", "name"), [("Zoé", "Zoe\u0301"), (" Ada", "ada"), ("Ada  L.", "Ada L.")])
def test_a_name_is_excluded_however_it_is_typed(listed, name):
    contest = make_contest(rules=Rules(excluded=(listed,)))
    assert codes(judge_one(make_entry(author_name=name), contest)) == [Code.EXCLUDED]


def test_an_account_is_excluded_by_its_number_and_nobody_by_nothing():
    contest = make_contest(rules=Rules(excluded=("#012",)))
    assert codes(judge_one(make_entry(account_id=12), contest)) == [Code.EXCLUDED]
    with pytest.raises(BadInput, match="needs a name"):
        Rules(excluded=(" ",))


def test_the_author_writing_as_a_guest_is_known_by_the_address_of_the_account():
    logged_in, guest = (
        make_entry(10, account_id=1, author_email="me@x.org"),
        make_entry(11, author_email="ME@x.org"),
    )
    assert codes(judge(make_contest(), [logged_in, guest])[1]) == [Code.POST_AUTHOR]


def test_rules_may_let_replies_and_staff_in():
    contest = make_contest(staff_ids=frozenset({5}), rules=Rules(replies_count=True, staff_may_win=True))
    assert judge_one(make_entry(parent_id=3, account_id=5), contest).status is Status.ELIGIBLE


entries = st.builds(
    make_entry,
    st.integers(1, 40),
    author_email=st.sampled_from(["", "a@x.org", "A@x.org", "b@x.org"]),
    account_id=st.sampled_from([0, 0, 1, 2, 5]),
    parent_id=st.sampled_from([0, 0, 3]),
    state=st.sampled_from(State),
    kind=st.sampled_from(Kind),
    submitted_at=st.integers(-5, 5).map(lambda seconds: CLOSES_AT + timedelta(seconds=seconds)),
)


@given(st.lists(entries, max_size=15, unique_by=lambda entry: entry.comment_id), st.randoms())
def test_the_order_of_reading_changes_no_verdict_and_nobody_is_in_twice(found, random):
    contest = make_contest(staff_ids=frozenset({5}))
    verdicts = {e.comment_id: v for e, v in zip(found, judge(contest, found), strict=True)}
    shuffled = random.sample(found, len(found))
    assert {e.comment_id: v for e, v in zip(shuffled, judge(contest, shuffled), strict=True)} == verdicts
    winners = [e for e in found if verdicts[e.comment_id].status is Status.ELIGIBLE]
    addresses = [e.author_email.lower() for e in winners if e.author_email]
    assert len(addresses) == len(set(addresses))
    assert all((v.status is Status.ELIGIBLE) == (not v.reasons) for v in verdicts.values())
