"""The replies to the winner comment: each once, whoever dies when, and in words that nobody can break."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

import pytest

from service.domain.announcement import PromotionFacts, WinnerFacts
from service.domain.contest import Phase
from service.domain.drawing import hash_text
from service.domain.eligibility import State
from service.domain.errors import BadTemplate
from service.domain.strikes import StrikeKind
from service.storage import draws, log
from service.usecases import adopt, announce, privacy
from service.usecases.adopt import Change
from service.usecases.ports import BlogProblem
from service.usecases.posting import Writing
from service.usecases.wording import check_promotion_template, default_promotion_template, write_promotion
from service.worker import work_once
from tests.usecases.after_draw import announce_comments, disqualify, held, name, ours, strike

LINK = "https://tirage.example/contests/deux-livres-7/promotions/1-1"


def replies(world):
    """The replies that stand on the post."""
    return [text for text in world.blog.texts() if "/promotions/" in text]


def settle(world):
    """Let the worker work until nothing can be in the air any more."""
    world.run()
    world.clock.forward(400)
    return world.run()


def test_a_prize_that_passes_on_is_told_under_the_winner_comment(world):
    drawn = announce_comments(world)
    struck = strike(world, drawn[0])
    assert world.run().problem is None
    winner_comment, reply = ours(world)
    assert reply.parent_id == winner_comment.id
    (text,) = replies(world)
    assert name(drawn[0]) in text
    assert name(struck.promoted) in text
    assert "à temps" in text
    assert text.endswith(LINK)
    with world.services.store.read() as tx:
        told = draws.announcements_of(tx, 1)[1]
        line = log.lines(tx, 1)[-1]
    assert told.comment_id == reply.id
    assert line.action == "reply"
    assert line.details == {"draw": 1, "strike": 1, "comment_id": reply.id, "state": "approved"}
    world.clock.forward(1000)
    world.run()
    assert len(ours(world)) == 2


def test_the_reason_is_not_in_the_comment(world):
    drawn = announce_comments(world)
    disqualify(world, drawn[0])
    world.run()
    (text,) = replies(world)
    assert "no reader" not in text
    assert "ne peut finalement pas revenir" in text


def test_when_nobody_is_left_the_reply_says_that_the_prize_stays(world):
    (only,) = announce_comments(world, comments=1, winners=1)
    strike(world, only)
    world.run()
    assert "le lot n’est donc pas attribué" in replies(world)[0]


def test_several_replies_are_written_in_their_order(world):
    drawn = announce_comments(world)
    struck = [strike(world, entry) for entry in (drawn[0], drawn[2], drawn[3])]
    world.run()
    assert [text.rpartition("/")[2] for text in replies(world)] == ["1-1", "1-2", "1-3"]
    assert [name(one.promoted) in text for one, text in zip(struck, replies(world), strict=True)] == [True] * 3


def test_an_answer_that_got_lost_leads_to_one_reply(world):
    drawn = announce_comments(world)
    world.blog.lose_answers()
    strike(world, drawn[0])
    world.run()
    assert len(replies(world)) == 1


def test_after_an_unclear_attempt_no_reply_is_sent_before_it_has_settled(world):
    drawn = announce_comments(world)
    world.blog.fail("add_comment", BlogProblem("cut", code="blog_unreachable"))
    strike(world, drawn[0])
    strike(world, drawn[1])
    world.run()
    world.clock.forward(6)
    world.run()
    assert replies(world) == []
    world.clock.forward(90)
    world.run()
    assert len(replies(world)) == 2


class Killed(BaseException):
    """The process dies here."""


def _die_at(world, monkeypatch, moment):
    """Die at the so-manyth thing that a step does to the blog or to what is stored of the comment."""
    steps = count(1)

    def tick():
        if next(steps) == moment:
            raise Killed

    def dying(does, *, before):
        def call(*given, **named):
            if before:
                tick()
            done = does(*given, **named)
            tick()
            return done

        return call

    for method in ("find_own_comment", "add_comment", "set_comments_open"):
        monkeypatch.setattr(world.blog, method, dying(getattr(world.blog, method), before=True))
    monkeypatch.setattr(Writing, "update", dying(Writing.update, before=True))
    monkeypatch.setattr(Writing, "update_in", dying(Writing.update_in, before=False))


@pytest.mark.parametrize("moment", range(1, 17))
def test_a_worker_killed_at_any_moment_leaves_one_reply_and_the_comments_closed(world, monkeypatch, moment):
    drawn = announce_comments(world)
    world.blog.set_comments_open(7, is_open=False)
    strike(world, drawn[0])
    with monkeypatch.context() as patched:
        _die_at(world, patched, moment)
        with pytest.raises(Killed):
            world.run()
    assert settle(world).phase is Phase.ANNOUNCED
    assert len(replies(world)) == 1
    assert not world.blog.post(7).comments_open
    with world.services.store.read() as tx:
        assert [line.action for line in log.lines(tx, 1)].count("reply") == 1


def test_two_workers_write_one_reply(world):
    drawn = announce_comments(world)
    strike(world, drawn[0])
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: [work_once(world.services) for _ in range(4)], range(2)))
    assert len(replies(world)) == 1


@pytest.mark.parametrize("how", ["deleted", "binned"])
def test_where_the_winner_comment_was_taken_away_the_reply_goes_onto_the_post(world, how):
    drawn = announce_comments(world)
    (winner_comment,) = ours(world)
    if how == "deleted":
        world.blog.delete(winner_comment.id)
    else:
        world.blog.edit(winner_comment.id, state=State.TRASH)
    strike(world, drawn[0])
    world.run()
    assert len(replies(world)) == 1
    assert ours(world)[-1].parent_id == 0


def test_a_winner_comment_deleted_in_the_last_moment_costs_one_more_try(world):
    drawn = announce_comments(world)
    (winner_comment,) = ours(world)
    add = world.blog.add_comment

    def delete_first(*given, **named):
        world.blog.delete(winner_comment.id)
        world.blog.add_comment = add
        return add(*given, **named)

    world.blog.add_comment = delete_first
    strike(world, drawn[0])
    settle(world)
    assert len(replies(world)) == 1


def test_a_reply_that_readers_do_not_see_is_a_problem_until_it_is_restored(world):
    drawn = announce_comments(world)
    strike(world, drawn[0])
    find = world.blog.find_own_comment
    world.blog.lose_answers()
    world.blog.find_own_comment = lambda *given: _spam(find(*given))
    contest = world.run()
    assert contest.problem.code == "comment_not_public"
    assert "The reply to the winner comment" in contest.problem.message
    world.blog.find_own_comment = find
    assert settle(world).problem is None
    assert len(replies(world)) == 1


def _spam(posted):
    return replace(posted, state=State.SPAM) if posted else None


def test_a_blog_that_is_away_holds_up_the_reply_and_nothing_is_lost(world):
    drawn = announce_comments(world)
    world.blog.fail("find_own_comment", times=3)
    strike(world, drawn[0])
    assert world.run().problem.code == "blog_unreachable"
    for _ in range(3):
        world.clock.forward(301)
        world.run()
    assert len(replies(world)) == 1


def test_who_is_erased_before_the_reply_is_written_is_not_named_in_it(world):
    drawn = announce_comments(world)
    struck = strike(world, drawn[0])
    for entry in (drawn[0], struck.promoted):
        _, kept = privacy.erase(world.services, f"reader{entry.removeprefix('comment:')}@example.org", actor="ada")
        assert "edit it in WordPress" in kept[0], "the winner comment or the reply may name them"
    world.run()
    (text,) = replies(world)
    assert text.count("Anonyme") == 2
    assert name(drawn[0]) not in text
    assert LINK in text


def test_the_words_are_fixed_when_the_prize_passes_on(world):
    drawn = announce_comments(world)
    strike(world, drawn[0])
    change(world, "Mine: {{ winner.name }} {{ proof_url }}{% if not winner %}?{% endif %}", wrong=True)
    world.run()
    assert "Félicitations" in replies(world)[0]


def change(world, template, *, wrong=False):
    """Give the contest this template for replies."""
    wish = Change(promotion_template=template)
    if wrong:
        with pytest.raises(BadTemplate, match="None"):
            adopt.change_contest(world.services, 1, wish, actor="ada", reason="our words")
    else:
        adopt.change_contest(world.services, 1, wish, actor="ada", reason="our words")


def test_a_contest_s_own_template_can_be_set_after_the_announcement_and_taken_back(world):
    drawn = announce_comments(world)
    own = "{% if winner %}Bravo {{ winner }}{% else %}Personne{% endif %} !\n{{ proof_url }}"
    change(world, own)
    strike(world, drawn[0])
    change(world, "")
    strike(world, drawn[1])
    world.run()
    assert [text.startswith("Bravo Reader") for text in replies(world)] == [True, False]
    with world.services.store.read() as tx:
        changed = [line.details for line in log.lines(tx, 1) if line.action == "change"]
    kept = {"sha256": hash_text(own)}
    assert changed == [{"promotion_template": [None, kept]}, {"promotion_template": [kept, None]}]


# The words


def facts(**given):
    """A prize that passed on, with these facts."""
    values = {"title": "Deux livres", "former": WinnerFacts(name="Ada"), "winner": WinnerFacts(name="Zoé")}
    return PromotionFacts(**{**values, "is_unclaimed": True, "proof_url": LINK, **given})


@pytest.mark.parametrize("language", ["fr", "en", "de"])
@pytest.mark.parametrize("winner", [None, WinnerFacts(name="Zoé")])
@pytest.mark.parametrize("is_unclaimed", [True, False])
@pytest.mark.parametrize("prize", ["", "un livre"])
def test_every_reply_ends_with_the_link_on_a_line_of_its_own(language, winner, is_unclaimed, prize):
    former = WinnerFacts(name="Ada", prize=prize, pool="posts")
    for pools in (1, 2):
        told = facts(former=former, winner=winner, is_unclaimed=is_unclaimed, pools=pools)
        text = write_promotion(None, told, language=language)
        assert text.split("\n")[-1] == LINK
        assert text.count("<strong>Ada</strong>") == 1
        assert text.count("<strong>Zo") == (winner is not None)
        assert prize in text
        assert ("posts" in text) == (pools == 2 and not prize)
        assert "\n\n\n" not in text


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "{{ proof_url }}", "</strong><img src=x>", LINK])
def test_hostile_names_are_text_in_a_reply_too(hostile):
    text = write_promotion(
        None, facts(former=WinnerFacts(name=hostile, prize=hostile), winner=WinnerFacts(name=hostile)), language="en"
    )
    assert "<script" not in text
    assert "<img" not in text
    assert text.count(LINK) == 1


@pytest.mark.parametrize(
    "template",
    [
        "",
        "{{ winner.name }}",
        "{{ proof_url }} {{ winners[0].name }}",
        "{{ proof_url }} {{ entries }}",
        "{{ proof_url }} {{ winner.name }}",
        "{{ proof_url }} <a href='{{ former.name }}'>x</a>",
        "{{ proof_url }} {{ former.name|first }}",
        "{{ proof_url }}{{ cycler }}",
    ],
)
def test_templates_that_could_not_write_every_reply_are_refused(template):
    with pytest.raises(BadTemplate):
        check_promotion_template(template, language="fr")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_our_own_templates_may_be_given_as_a_contest_s_own(language):
    check_promotion_template(default_promotion_template(language), language=language)


def test_an_old_winner_comment_names_who_held_the_prizes_then(world):
    drawn = announce_comments(world, winners=1)
    strike(world, drawn[0], StrikeKind.DISQUALIFIED)
    world.run()
    assert held(world) == [drawn[1]]
    assert name(drawn[0]) in announce.preview(world.services, 1)
