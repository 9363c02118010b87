"""A draw that is replaced: it stays as it was, and everything after it follows from the new one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from service.domain import receipt_checks
from service.domain.contest import Phase, Randomness, Rules
from service.domain.drawing import hash_text
from service.domain.eligibility import State
from service.domain.errors import BadInput, Conflict
from service.domain.pools import Channel, Pool
from service.storage import contests, draws, listing, log
from service.usecases import announce, privacy, review, seal
from service.usecases.draw import draw
from service.usecases.ports import BlogProblem
from service.usecases.redraw import redraw
from service.usecases.save_contest import Wish, save_contest
from tests.factories import SECRET
from tests.usecases.after_draw import announce_comments, disqualify, draw_comments, held, name, order, ours, strike

OTHER = "07e4" + "1" * 60
REASON = "the prize was a different one"


def both(world) -> tuple[Any, Any]:
    """The first draw and the second."""
    with world.services.store.read() as tx:
        return draws.get(tx, 1, 1), draws.get(tx, 1, 2)


def draw_again(world, *, announced=False):
    """Replace the draw, seal and draw anew."""
    again(world)
    seal.seal(world.services, 1, actor="ada")
    draw(world.services, 1, actor="ada")
    if announced:
        announce.announce(world.services, 1, actor="ada")
        world.run()


def again(world):
    """Replace the draw; the contest."""
    world.services = replace(world.services, make_secret=lambda: OTHER)
    return redraw(world.services, 1, reason=REASON, actor="ada")


def test_the_contest_is_in_review_again_with_a_fresh_secret_and_waits_for_the_moderator(world):
    announce_comments(world)
    contest = again(world)
    assert contest.phase is Phase.REVIEW
    assert contest.commitment == hash_text(OTHER)
    world.clock.forward(100)
    assert world.run().phase is Phase.REVIEW
    with world.services.store.read() as tx:
        assert contests.secret(tx, 1) == OTHER
        line = log.lines(tx, 1)[-1]
    assert (line.action, line.reason, line.actor) == ("redraw", REASON, "ada")
    assert line.details == {
        "draw": 1,
        "commitment": hash_text(OTHER),
        "automatic": [False, False],
        "disqualified": [],
    }


def test_an_automatic_contest_is_automatic_no_more(world):
    world.blog.add()
    world.open(auto=True)
    world.pass_deadline()
    world.run()
    contest = again(world)
    assert not contest.is_automatic
    assert world.run().phase is Phase.REVIEW
    with world.services.store.read() as tx:
        assert log.lines(tx, 1)[-1].details["automatic"] == [True, False]


def test_both_draws_verify_and_the_first_stays_as_it_was(world):
    announce_comments(world)
    with world.services.store.read() as tx:
        before = draws.get(tx, 1, 1)
    draw_again(world, announced=True)
    first, second = both(world)
    assert first == replace(before, replaced_at=first.replaced_at, replaced_reason=REASON)
    assert first.replaced_at == world.clock()
    assert [receipt_checks.verify(one.receipt) for one in (first, second)] == [[], []]
    assert first.receipt["randomness"]["secret"] == SECRET
    assert second.receipt["randomness"]["secret"] == OTHER
    assert second.receipt["draw"]["number"] == 2
    assert second.log.lines > first.log.lines, "that it was drawn again is sealed with the second"


def test_the_new_draw_gets_a_winner_comment_of_its_own(world):
    announce_comments(world, winners=1)
    draw_again(world)
    second = order(world, draw=2)
    assert "/draws/2" in announce.preview(world.services, 1)
    done = announce.announce(world.services, 1, actor="ada")
    assert world.run().phase is Phase.ANNOUNCED
    one, two = world.blog.texts()
    assert one.endswith("/draws/1")
    assert two.endswith("/draws/2")
    assert name(second[0]) in two
    assert done.draw_number == 2
    assert announce.announce(world.services, 1, actor="ada") == done


def test_a_preview_in_between_names_nobody_who_won_in_the_draw_that_was(world):
    announce_comments(world, winners=1)
    again(world)
    text = announce.preview(world.services, 1)
    assert "Camille" in text
    assert text.endswith("/draws/2")


def test_prizes_of_the_new_draw_pass_on_and_those_of_the_old_do_not(world):
    old = announce_comments(world)
    strike(world, old[0])
    world.run()
    draw_again(world, announced=True)
    new = order(world, draw=2)
    assert held(world, draw=2) == new[:2]
    struck = strike(world, new[0])
    assert (struck.draw_number, struck.number, struck.promoted) == (2, 1, new[2])
    world.run()
    assert ours(world)[-1].parent_id == ours(world)[-2].id, "the new winner comment"
    assert world.blog.texts()[-1].endswith("/promotions/2-1")
    assert held(world, draw=1) == [old[2], old[1]]


def test_who_was_disqualified_after_the_draw_stays_out_until_somebody_readmits_them(world):
    drawn = announce_comments(world)
    disqualify(world, drawn[0])
    strike(world, drawn[1])
    world.run()
    again(world)
    number = int(drawn[0].removeprefix("comment:"))
    with world.services.store.read() as tx:
        entry = listing.one(tx, 1, number)
        assert log.lines(tx, 1)[-1].details["disqualified"] == [drawn[0]]
    assert [(reason.code.value, reason.detail) for reason in entry.verdict.reasons] == [("disqualified", "no reader")]
    review.readmit(world.services, 1, number, reason="a mistake", actor="ada")
    seal.seal(world.services, 1, actor="ada")
    draw(world.services, 1, actor="ada")
    assert set(order(world, draw=2)) == set(drawn)


def test_a_disqualified_post_stays_out_too_also_one_that_nobody_saw(world):
    for number in (1, 2):
        world.blog.add(posts=world.network.add(number), author_email=f"ana{number}@example.org")
    world.network.posts.pop(world.network.key(2))
    world.open_pools(Pool(name="posts", channel=Channel.POSTS, winners=2))
    world.pass_deadline()
    world.run()
    for known in world.posts().values():
        review.readmit_post(world.services, 1, known.facts.entry, reason="I saw it", actor="ada")
    seal.seal(world.services, 1, actor="ada")
    draw(world.services, 1, actor="ada")
    winners = held(world)
    assert any(":unseen-" in entry for entry in winners)
    for entry in winners:
        disqualify(world, entry)
    again(world)
    struck = [(status, reasons[0]) for status, reasons in world.verdicts().values()]
    assert struck == [("ineligible", "disqualified")] * 2


def test_saving_the_post_in_wordpress_makes_it_automatic_no_more(world):
    """Its settings there still say so, and the post is saved for a typing error."""
    world.blog.add()
    given: dict[str, Any] = {"pools": None, "message": None, "search": None, "rules": Rules(), "is_automatic": True}
    wish = Wish(post_id=7, closes="2026-11-27 17:00", **given)
    save_contest(world.services, wish, actor="wordpress:ada")
    world.pass_deadline()
    assert world.run().phase is Phase.ANNOUNCED
    again(world)
    assert not save_contest(world.services, wish, actor="wordpress:ada").is_automatic
    assert world.run().phase is Phase.REVIEW


def test_who_is_erased_while_the_contest_is_in_review_again_goes_out_of_the_first_draw_s_words(world):
    (winner,) = announce_comments(world, comments=1, winners=1)
    again(world)
    privacy.erase(world.services, f"reader{winner.removeprefix('comment:')}@example.org", actor="ada")
    with world.services.store.read() as tx:
        (stored,) = draws.announcements_of(tx, 1)
    assert name(winner) not in stored.text
    assert "Anonyme" in stored.text


def test_comments_are_read_again_before_the_second_seal(world):
    drawn = announce_comments(world)
    late = world.blog.add(comment_id=300, state=State.HELD)
    again(world)
    world.blog.edit(late.id, state=State.APPROVED)
    world.blog.delete(int(drawn[0].removeprefix("comment:")))
    seal.seal(world.services, 1, actor="ada")
    draw(world.services, 1, actor="ada")
    assert set(order(world, draw=2)) == {*drawn[1:], "comment:300"}


def test_a_contest_of_the_beacon_commits_to_a_new_round(world):
    world.blog.add()
    world.open(randomness=Randomness.DRAND)
    world.pass_deadline()
    for number in (1, 2):
        seal.seal(world.services, 1, actor="ada")
        world.clock.forward(100)
        draw(world.services, 1, actor="ada")
        if number == 1:
            redraw(world.services, 1, reason=REASON, actor="ada")
    first, second = both(world)
    assert second.beacon.round > first.beacon.round
    assert second.receipt["randomness"]["round"] == second.beacon.round


@pytest.mark.parametrize("reason", ["", "ask ada@example.org"])
def test_the_reason_is_checked(world, reason):
    draw_comments(world)
    with pytest.raises(BadInput):
        redraw(world.services, 1, reason=reason, actor="ada")
    assert world.contest().phase is Phase.DRAWN


def test_only_a_finished_draw_is_replaced_and_only_once(world):
    world.blog.add()
    world.open()
    with pytest.raises(Conflict, match="must be drawn or announced"):
        again(world)
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    with pytest.raises(Conflict, match="is sealed"):
        again(world)
    draw(world.services, 1, actor="ada")
    announce.request_announcement(world.services, 1, actor="ada")
    with pytest.raises(Conflict, match="is announcing"):
        again(world)
    world.run()
    again(world)
    with pytest.raises(Conflict, match="is review"):
        again(world)


def test_two_commands_at_once_replace_it_once(world):
    draw_comments(world)

    def ask(_):
        try:
            return redraw(world.services, 1, reason=REASON, actor="ada").phase
        except Conflict as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, range(2))) == ["phase_review", "review"]
    with world.services.store.read() as tx:
        assert [line.action for line in log.lines(tx, 1)].count("redraw") == 1


def test_a_reply_that_may_be_on_its_way_is_waited_for(world):
    drawn = announce_comments(world)
    strike(world, drawn[0])
    world.blog.fail("add_comment", BlogProblem("cut", code="blog_unreachable"))
    world.run()
    with pytest.raises(Conflict, match="wait until it stands on the blog"):
        again(world)
    world.clock.forward(400)
    world.run()
    assert again(world).phase is Phase.REVIEW


def test_a_reply_that_was_never_sent_lapses_with_its_draw(world):
    drawn = announce_comments(world)
    strike(world, drawn[0])
    draw_again(world, announced=True)
    assert [text.rpartition("/")[2] for text in world.blog.texts()] == ["1", "2"]


def test_once_the_personal_data_are_deleted_nothing_is_drawn_again(world):
    announce_comments(world)
    world.clock.forward(91 * 86_400)
    world.run()
    assert world.contest().erased_at
    with pytest.raises(Conflict, match="who is one person can't be told"):
        again(world)


def test_somebody_named_by_the_first_draw_alone_is_told_of_and_taken_out_of_its_words(world):
    drawn = announce_comments(world, comments=3, winners=1)
    disqualify(world, drawn[0])
    world.run()
    draw_again(world, announced=True)
    for entry in drawn[:2]:
        _, kept = privacy.erase(world.services, f"reader{entry.removeprefix('comment:')}@example.org", actor="ada")
        assert kept
    with world.services.store.read() as tx:
        stored = " ".join(one.text for one in draws.announcements_of(tx, 1))
    assert not any(name(entry) in stored for entry in drawn[:2])


def test_announcing_while_a_redraw_came_in_between_announces_nothing(world):
    """The command asked for the winner comment of draw 1, and gets the lease only after the redraw."""
    announce_comments(world)
    again(world)
    with world.services.hold(1) as lease, pytest.raises(Conflict, match="is review"):
        announce.announce_under(world.services, lease)
    assert world.contest().phase is Phase.REVIEW
