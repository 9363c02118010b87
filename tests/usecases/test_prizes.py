"""Who holds the prizes after the draw, and how one passes on."""

from __future__ import annotations

import pytest

from service.domain.contest import Phase, Rules
from service.domain.errors import BadInput, Conflict, NotFound
from service.domain.pools import Channel, Pool
from service.domain.strikes import StrikeKind
from service.storage import contests, log, strikes
from service.usecases import announce, prizes, seal
from service.usecases.draw import draw
from tests.usecases.after_draw import announce_comments, disqualify, draw_comments, held, name, ours, strike


def test_the_next_of_the_order_takes_the_place_of_who_is_struck_and_nobody_else_moves(world):
    drawn = draw_comments(world)
    struck = strike(world, drawn[0])
    assert (struck.number, struck.promoted) == (1, drawn[2])
    assert held(world) == [drawn[2], drawn[1]]
    with world.services.store.read() as tx:
        first = prizes.holders(tx, contests.get(tx, 1), 1)[0]
        assert strikes.of_draw(tx, 1, 1) == [struck]
        line = log.lines(tx, 1)[-1]
    assert (first.place, first.strike, first.pool_name) == (1, 1, "comments")
    assert (line.action, line.reason, line.actor) == ("unclaimed", "no answer", "worker")
    assert line.details == {"draw": 1, "strike": 1, "pool": 1, "entry": drawn[0], "promoted": drawn[2]}


def test_it_passes_on_beyond_the_alternates_until_nobody_is_left(world):
    drawn = draw_comments(world, comments=6, winners=1)
    promoted = [disqualify(world, entry)[0].promoted for entry in drawn]
    assert promoted == [*drawn[1:], ""]
    assert held(world) == []
    with world.services.store.read() as tx:
        assert prizes.history(tx, contests.get(tx, 1), 1).prizes_left == 1


def test_only_who_holds_a_prize_can_be_struck_and_the_sentence_says_who_does(world):
    drawn = draw_comments(world, winners=1)
    with pytest.raises(Conflict, match=f"{drawn[1]} holds no prize: they are held by {drawn[0]}."):
        disqualify(world, drawn[1])
    disqualify(world, drawn[0])
    with pytest.raises(Conflict, match=f"held by {drawn[1]}"):
        disqualify(world, drawn[0])
    with pytest.raises(Conflict, match="of pool 2: nobody holds one"):
        disqualify(world, drawn[1], pool=2)


def test_nothing_is_struck_before_the_draw_or_while_the_winner_comment_is_written(world):
    world.blog.add(comment_id=100)
    world.open()
    with pytest.raises(Conflict, match="must be drawn or announced"):
        disqualify(world, "100")
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    draw(world.services, 1, actor="ada")
    announce.request_announcement(world.services, 1, actor="ada")
    with pytest.raises(Conflict, match="Wait until the winner comment"):
        disqualify(world, "100")


@pytest.mark.parametrize("reason", ["", " ", "write to ada@example.org", "x" * 501])
def test_the_reason_is_public_and_checked_as_all_reasons_are(world, reason):
    drawn = draw_comments(world)
    with pytest.raises(BadInput):
        prizes.disqualify_winner(world.services, 1, drawn[0], reason=reason, actor="ada")
    assert held(world) == drawn[:2]


def test_a_winner_is_named_by_number_entry_or_address(world):
    for number in (100, 101):
        world.blog.add(comment_id=number)
    world.blog.add(comment_id=102, posts=world.network.add(1))
    world.open_pools(Pool(name="p", channel=Channel.POSTS), Pool(name="c", winners=2))
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    draw(world.services, 1, actor="ada")
    post, *winners = held(world)
    assert disqualify(world, f" {winners[0].removeprefix('comment:')} ")[0].entry == winners[0]
    assert disqualify(world, winners[1])[0].entry == winners[1]
    assert disqualify(world, f"https://x.com/i/web/status/{world.network.key(1)}")[0].entry == post
    for nonsense in ("x:1", "https://blog.example/", "9" * 400, "\u0663", "'; DROP TABLE strikes", "comment:-1"):
        with pytest.raises((Conflict, NotFound)):
            disqualify(world, nonsense)


def test_every_prize_of_an_entry_is_struck_or_only_that_of_one_pool(world):
    for number in range(100, 103):
        world.blog.add(comment_id=number)
    world.open_pools(*(Pool(name=name) for name in "abcde"), rules=Rules(one_prize=False))
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    draw(world.services, 1, actor="ada")
    before = held(world)
    winner = max(before, key=before.count)
    first, *others = [pool for pool, entry in enumerate(before, 1) if entry == winner]
    assert others, "of three people one holds two of five prizes"
    assert [struck.pool for struck in disqualify(world, winner, pool=first)] == [first]
    assert [struck.pool for struck in disqualify(world, winner)] == others
    assert winner not in held(world)


def test_before_the_winner_comment_no_reply_is_owed_and_the_comment_names_who_holds_the_prize(world):
    drawn = draw_comments(world, winners=1)
    disqualify(world, drawn[0])
    assert name(drawn[1]) in announce.preview(world.services, 1)
    announce.announce(world.services, 1, actor="ada")
    world.run()
    (text,) = world.blog.texts()
    assert name(drawn[1]) in text
    assert name(drawn[0]) not in text


def test_a_prize_for_which_nobody_is_left_before_the_winner_comment_is_told_as_left(world):
    drawn = draw_comments(world, comments=1, winners=1)
    disqualify(world, drawn[0])
    announce.announce(world.services, 1, actor="ada")
    (text,) = world.blog.texts()
    assert "Cette fois, personne n’a de lot.\nLe lot n’est donc pas attribué." in text
    assert "retenue" not in text


def test_a_prize_that_is_left_since_a_disqualification_is_not_told_as_one_too_many(world):
    drawn = draw_comments(world, comments=2, winners=2)
    disqualify(world, drawn[0])
    announce.announce(world.services, 1, actor="ada")
    (text,) = world.blog.texts()
    assert "parmi les 2 participations retenues" in text
    assert "Il reste un lot." in text
    assert "moins de participations" not in text


def test_two_strikes_at_once_are_done_one_after_the_other(world):
    """Each is one write transaction that locks the contest: the second sees what the first did."""
    drawn = announce_comments(world, winners=2)
    first, second = strike(world, drawn[0]), strike(world, drawn[1], StrikeKind.DISQUALIFIED)
    assert (first.promoted, second.promoted) == (drawn[2], drawn[3])
    assert world.run().phase is Phase.ANNOUNCED
    assert len(ours(world)) == 3
