"""Exports: every row, read back as it was, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text

from service.domain.eligibility import Status
from service.domain.errors import Conflict, NotFound
from service.domain.log_checks import verify
from service.domain.strikes import StrikeKind
from service.exports import ENTRY_COLUMNS, LOG_COLUMNS, WINNER_COLUMNS, What, export
from service.i18n import status_words
from service.storage import claims, contests
from service.storage.claims import Claim
from service.tables_out import MARK, Form, Table, write
from service.usecases import announce, draw, prizes, redraw, review, seal
from service.usecases.add_posts import add_posts
from tests.usecases.test_terms import pass_term

HOSTILE = '=HYPERLINK("http://evil.example";"Zoé, ""la"" gagnante")'
FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠"


def read_csv(whole):
    """The rows of a CSV, as a program of RFC 4180 reads them."""
    assert whole.startswith(MARK)
    return list(csv.reader(io.StringIO(whole.removeprefix(MARK), newline=""), strict=True))


def rows(world, what, form=Form.CSV):
    whole = "".join(write(export(world.services, 1, what), form))
    if form is Form.JSON:
        return json.loads(whole)
    header, *found = read_csv(whole)
    return [dict(zip(header, row, strict=True)) for row in found]


@pytest.fixture
def mixed_world(world):
    """Comments 100 to 102, of which one is late and one struck, a post that was seen and one that wasn't."""
    world.blog.add(author_name=HOSTILE, author_email="zoe@example.org")
    world.blog.add(author_name="Réglo")
    world.blog.add(author_name="En retard", submitted_at=world.clock().replace(day=28))
    world.network.add(1, author_name="＝1+1", author_handle="ana", url="https://x.com/ana/status/1")
    world.network.unclear = {"2"}
    world.open_pools()
    world.run()
    for key in (world.network.key(1), "2"):
        add_posts(world.services, 1, [f"https://x.com/i/web/status/{key}"], reason="by hand", actor="ada")
    world.run()
    review.disqualify(world.services, 1, 101, reason="travaille pour l'éditeur", actor="ada")
    return world


def finish(world):
    world.pass_deadline()
    review.disqualify_post(world.services, 1, "x:2", reason="nobody sees it", actor="ada")
    seal.seal(world.services, 1, actor="ada")
    draw.draw(world.services, 1, actor="ada")


# The form


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2), max_size=4))
@example([["=1+1", "\r"], ["'=1", '"'], ["＝1", "\ufeff"], ["a\x00b", "\n"]])
def test_whatever_a_name_is_it_is_read_back_and_never_a_formula(names):
    table = Table("t", ("a", "b"), [{"a": one, "b": other} for one, other in names])
    header, *found = read_csv("".join(write(table, Form.CSV)))
    assert header == ["a", "b"]
    for row, told in zip(found, names, strict=True):
        assert [cell.replace("'", "") for cell in row] == [name.replace("'", "") for name in told]
        assert all(cell[:1] not in FORMULA_SIGNS or not cell for cell in row)
    assert json.loads("".join(write(table, Form.JSON))) == [{"a": one, "b": other} for one, other in names]


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("name", ["x;=1+1", 'x; "=1+1', "x\t@SUM(A1)", 'x,"\n-1+1', 'x\r\n＝1+1";=1'])
def test_nor_where_a_spreadsheet_parts_cells_elsewhere_as_excel_in_french_does(name, separator):
    whole = "".join(write(Table("t", ("entry", "author"), [{"entry": "comment:1", "author": name}]), Form.CSV))
    cells = [cell for row in csv.reader(io.StringIO(whole, newline=""), delimiter=separator) for cell in row]
    assert all(cell.lstrip(' "')[:1] not in FORMULA_SIGNS or not cell.lstrip(' "') for cell in cells)


def test_numbers_of_ours_stay_numbers():
    value = {"a": -1, "b": -0.5, "c": None, "d": True, "e": ["-1", "x"], "f": "-1"}
    table = Table("t", tuple("abcdef"), [value])
    assert "".join(write(table, Form.CSV)) == f"{MARK}a,b,c,d,e,f\r\n-1,-0.5,,yes,'-1; x,'-1\r\n"
    assert json.loads("".join(write(table, Form.JSON))) == [value]


def test_a_table_without_rows_is_a_header_or_an_empty_list():
    table = Table("t", ("a", "b"), [])
    assert "".join(write(table, Form.CSV)) == f"{MARK}a,b\r\n"
    assert "".join(write(table, Form.JSON)) == "[]\n"


# What is in it


def test_entries_are_comments_and_posts_with_verdicts_in_words(mixed_world):
    found = rows(mixed_world, What.ENTRIES)
    assert tuple(found[0]) == ENTRY_COLUMNS
    assert [(row["entry"], row["verdict"], row["reasons"]) for row in found] == [
        ("comment:100", "eligible", ""),
        ("comment:101", "ineligible", "disqualified"),
        ("comment:102", "ineligible", "late"),
        ("x:1990000000000000001", "eligible", ""),
        ("x:2", "undecided", "unchecked"),
    ]
    first, struck, late, seen, unseen = found
    assert (first["author"], first["author_email"]) == (f"'{HOSTILE}", "zoe@example.org")
    assert (first["submitted_at"], first["submitted_at_local"]) == (
        "2026-11-27T15:01:40Z",
        "2026-11-27T16:01:40+01:00",
    )
    assert struck["reasons_words"] == "disqualifiée par la modération\u00a0: travaille pour l'éditeur"
    assert (struck["moderator"], struck["moderator_reason"]) == ("disqualify", "travaille pour l'éditeur")
    assert late["verdict_words"] == status_words(Status.INELIGIBLE, language="fr")
    assert (seen["author"], seen["handle"], seen["state"]) == ("'＝1+1", "ana", "seen")
    assert (unseen["author"], unseen["submitted_at"], unseen["state"]) == ("", "", "unseen")


def test_json_has_the_same_rows_with_lists_and_nulls(mixed_world):
    found = rows(mixed_world, What.ENTRIES, Form.JSON)
    assert found[0]["author"] == HOSTILE
    assert found[0]["reasons"] == []
    assert found[1]["reasons"] == ["disqualified"]
    assert found[4]["submitted_at"] is None


def test_before_the_draw_there_are_no_winners_to_export(mixed_world):
    with pytest.raises(Conflict, match="isn't drawn yet"):
        export(mixed_world.services, 1, What.WINNERS)
    with pytest.raises(NotFound):
        export(mixed_world.services, 2, What.ENTRIES)


def test_after_a_redraw_it_is_said_that_the_winners_there_were_are_none_any_more(mixed_world):
    finish(mixed_world)
    redraw.redraw(mixed_world.services, 1, reason="the prize was a different one", actor="ada")
    words = "The draw of contest 1 was replaced, and the new one isn't drawn yet."
    with pytest.raises(Conflict) as caught:
        export(mixed_world.services, 1, What.WINNERS)
    assert (caught.value.message, caught.value.code) == (words, "not_drawn")
    seal.seal(mixed_world.services, 1, actor="ada")
    with pytest.raises(Conflict, match=words):
        export(mixed_world.services, 1, What.WINNERS)
    draw.draw(mixed_world.services, 1, actor="ada")
    assert {row["draw"] for row in rows(mixed_world, What.WINNERS)} == {"2"}


def test_winners_tell_who_won_who_lost_it_and_who_holds_it_now(world):
    for _ in range(3):
        world.blog.add()
    world.open(winners=2)
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    done = draw.draw(world.services, 1, actor="ada")
    assert done.receipt is not None
    first, second = done.receipt["draw"]["pools"][0]["winners"]
    (third,) = done.receipt["draw"]["pools"][0]["alternates"]
    announce.announce(world.services, 1, actor="ada")
    with world.services.store.write() as tx:
        contest = contests.lock(tx, 1)
        kind = StrikeKind.DISQUALIFIED
        prizes.strike_in(tx, world.services, contest, pool=1, entry=first, kind=kind, reason="-cheated", actor="ada")
        now = world.clock()
        claim = {"draw_number": 1, "pool": 1, "token": "", "created_at": now, "expires_at": now}
        claims.add(tx, 1, Claim(entry=second, token_hash="1" * 64, claimed_at=now, **claim))
    found = rows(world, What.WINNERS)
    assert tuple(found[0]) == WINNER_COLUMNS
    told = [(row["place"], row["entry"], row["state"], row["reason"], row["holds_prize"]) for row in found]
    assert told == [
        ("1", first, "struck", "'-cheated", "no"),
        ("1", third, "promoted", "", "yes"),
        ("2", second, "claimed", "", "yes"),
    ]
    number = first.partition(":")[2]
    assert (found[0]["author"], found[0]["author_email"]) == (f"Reader {number}", f"reader{number}@example.org")
    assert [bool(row["claimed_at"]) for row in found] == [False, False, True]
    assert rows(world, What.WINNERS, Form.JSON)[2]["holds_prize"] is True


def test_a_post_that_won_goes_by_its_handle_and_address(mixed_world):
    finish(mixed_world)
    winner = rows(mixed_world, What.WINNERS)[-1]
    assert winner["author"] == "'@ana (＝1+1)"
    assert (winner["entry"], winner["url"]) == ("x:1990000000000000001", "https://x.com/ana/status/1")


def test_the_exported_log_is_checked_as_it_is(mixed_world):
    finish(mixed_world)
    whole = rows(mixed_world, What.LOG, Form.JSON)
    assert verify(whole) == []
    table = rows(mixed_world, What.LOG)
    assert tuple(table[0]) == LOG_COLUMNS
    assert [row["hash"] for row in table] == [line["hash"] for line in whole]
    assert json.loads(table[0]["details"]) == whole[0]["details"]


def test_after_the_term_exports_work_and_name_nobody(mixed_world):
    finish(mixed_world)
    pass_term(mixed_world)
    mixed_world.run()
    assert {row["author"] for row in rows(mixed_world, What.ENTRIES)} == {"Anonyme", ""}
    assert {row["author_email"] + row["handle"] + row["url"] for row in rows(mixed_world, What.ENTRIES)} == {""}
    assert {row["author"] for row in rows(mixed_world, What.WINNERS)} == {""}
    assert verify(rows(mixed_world, What.LOG, Form.JSON)) == []


def test_many_rows_are_never_in_memory_at_once(world):
    """What is deleted while the first rows are sent isn't in those that are read later."""
    world.blog.add()
    world.open()
    world.run()
    columns = "contest_id, parent_id, account_id, author_name, author_email, author_url, author_ip, kind, state, "
    columns += "submitted_at, content_hash, is_empty, posts, handles, first_seen_at, status, reasons, overruled"
    counted = "WITH RECURSIVE counted(n) AS (SELECT 1000 UNION ALL SELECT n + 1 FROM counted WHERE n < 2999)"
    with world.services.store.write() as tx:
        tx.execute(
            text(f"INSERT INTO entries (comment_id, {columns}) {counted} SELECT n, {columns} FROM entries, counted")
        )
    assert "".join(write(export(world.services, 1, What.ENTRIES), Form.CSV)).count("\r\n") == 2_002
    pieces = write(export(world.services, 1, What.ENTRIES), Form.CSV)
    begin = next(pieces) + next(pieces)
    with world.services.store.write() as tx:
        tx.execute(text("DELETE FROM entries"))
    assert (begin + "".join(pieces)).count("\r\n") == 501
