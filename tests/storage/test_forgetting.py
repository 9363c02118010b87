"""The end of the term on both databases: nothing personal in the rows, and the rows of others untouched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from service.domain.contest import Phase
from service.domain.eligibility import Action, Code, Override, Reason, Status, Verdict
from service.domain.posts import NetworkName, PostAddress
from service.storage import contests, entries, forgetting, posts, searches
from service.storage.tables import entries as entry_table
from service.storage.tables import posts as post_table
from service.storage.tables import references, rests
from tests.factories import make_comment, make_evidence
from tests.storage.test_contests import NOW, add_contest

UNSEEN = PostAddress(network=NetworkName.BLUESKY, key="xenia.example/3k", id="3k", url="")
NAMES = {"x:1990000000000000001": "x:1990000000000000001", UNSEEN.reference: "bluesky:unseen-" + "0" * 32}


@pytest.fixture
def filled(store):
    """Two contests with the same commenter, a post that was seen and one that wasn't, of which the first is a copy."""
    both = [add_contest(store, number) for number in (1, 2)]
    with store.write() as tx:
        for contest in both:
            comment = make_comment(1, posts=UNSEEN.reference, handles="x:ana", author_url="https://ana.example/")
            entries.save_page(tx, contest.id, [comment], now=NOW)
            evidence = make_evidence(1, links=("https://ana.example/",), hashtags=("twobooks",))
            posts.save_found(tx, contest.id, evidence, key="1", host="h", brought_by="x:search", now=NOW)
            posts.add(tx, contest.id, UNSEEN, host="pds.example", brought_by="hand", is_found=True, now=NOW)
            duplicate = Verdict(Status.INELIGIBLE, (Reason(Code.DUPLICATE, UNSEEN.reference), Reason(Code.LATE, 3)))
            posts.save_verdicts(tx, contest.id, {"x:1990000000000000001": duplicate})
            posts.set_override(tx, contest.id, UNSEEN.reference, Override(Action.READMIT, "known"))
            searches.save(tx, contest.id, "x:search", cursor={"since": "1"}, found=7)
    return both


def forget(store, contest):
    with store.write() as tx:
        forgetting.forget_commenters(tx, contest.id, name="Nobody", now=NOW)
        assert forgetting.forget_posters(tx, contest.id, NAMES, now=NOW) == 2
        forgetting.forget_traces(tx, contest.id, now=NOW)


def everything(store, contest_id):
    with store.read() as tx:
        tables = (entry_table, post_table, references)
        found = [tx.execute(select(table).where(table.c.contest_id == contest_id)).all() for table in tables]
        rows = [tuple(row) for part in found for row in part]  # a Row shows itself shortened
        return str(rows) + str(searches.of_contest(tx, contest_id))


def test_nothing_personal_is_left_in_its_rows_and_no_other_contest_loses_any(store, filled):
    first, second = filled
    before = everything(store, second.id)
    traces = ("Reader", "reader1", "192.0.2", "ana", "xenia", "poster1", "Poster", "pds.example", "since", "twobooks")
    assert [trace for trace in traces if trace not in everything(store, first.id)] == []
    forget(store, first)
    assert [trace for trace in traces if trace in everything(store, first.id)] == []
    assert everything(store, second.id) == before


def test_posts_are_found_by_their_public_names_and_keep_their_verdicts(store, filled):
    forget(store, filled[0])
    with store.read() as tx:
        seen, unseen = posts.page(tx, filled[0].id)
        assert posts.one(tx, filled[0].id, NAMES[UNSEEN.reference]).id == unseen.id
    assert (seen.facts.references, unseen.facts.references) == (
        ("x:1990000000000000001",),
        (NAMES[UNSEEN.reference],),
    )
    assert [reason.detail for reason in seen.verdict.reasons] == [NAMES[UNSEEN.reference], 3]
    assert unseen.facts.override == Override(Action.READMIT, "known")
    assert seen.facts.evidence is not None
    assert (seen.facts.evidence.posted_at, seen.facts.evidence.text_hash) == (make_evidence(1).posted_at, "")
    assert (seen.facts.is_erased, unseen.facts.evidence) == (True, None)


def test_hosts_that_rest_no_more_are_forgotten(store, filled):
    with store.write() as tx:
        searches.rest(tx, "over.example", until=NOW, code="a", message="")
        searches.rest(tx, "resting.example", until=NOW + timedelta(seconds=1), code="a", message="")
    forget(store, filled[0])
    with store.read() as tx:
        assert list(tx.execute(select(rests.c.host)).scalars()) == ["resting.example"]


def test_contests_that_keep_their_data_are_rung_and_no_others(store):
    later = NOW + timedelta(days=9)
    given = [
        (Phase.DRAWN, None, None),
        (Phase.ANNOUNCED, later, None),
        (Phase.DRAWN, None, NOW),
        (Phase.OPEN, later, None),
    ]
    ids = [add_contest(store, number, phase=phase, erased_at=at).id for number, (phase, _, at) in enumerate(given, 1)]
    with store.write() as tx:
        for contest_id, (_, due_at, _) in zip(ids, given, strict=True):
            contests.update(tx, contest_id, due_at=due_at)
        forgetting.ring_all(tx, (Phase.DRAWN, Phase.ANNOUNCED), at=NOW)
        assert [contests.get(tx, contest_id).due_at for contest_id in ids] == [NOW, NOW, None, later]
