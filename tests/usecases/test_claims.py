"""Winners are asked once each, a prize that isn't claimed passes on, and nobody loses one by a hair or by a crash."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.contest import Claims, Phase
from service.domain.errors import Conflict, LeaseLost
from service.domain.pools import Channel, Pool
from service.domain.strikes import StrikeKind
from service.storage import claims, contests, draws, log, strikes
from service.storage.tables import entries as entries_table
from service.usecases import adopt, announce, claim_page, privacy, prizes, seal, terms
from service.usecases import claims as claiming
from service.usecases.claim_page import open_claim, take_prize
from service.usecases.claim_states import ClaimState
from service.usecases.ports import MailProblem, NoMailer

DAYS = 14
ANSWERS = ["1 rue de la Paix"]


class FakeMailer:
    """The port `Mailer` in memory; `problems` are raised in turn, `after` is called once a mail is out."""

    def __init__(self):
        self.sent = []
        self.problems = []
        self.after = lambda: None

    def send(self, to, subject, text):
        if self.problems:
            raise self.problems.pop(0)
        self.sent.append((to, subject, text))
        self.after()


@pytest.fixture
def mailer(world):
    mailer = FakeMailer()
    world.services = replace(world.services, mailer=mailer)
    return mailer


def announced(world, *, comments=4, winners=1, days=DAYS, fields=("Adresse",), **given):
    """A contest of comments whose winner comment stands; the worker has done what was due."""
    for number in range(comments):
        world.blog.add(author_name=f"Reader {number}", author_email=f"reader{number}@example.org", **given)
    world.open(winners=winners, claims=Claims(days=days, fields=fields))
    return finish(world)


def finish(world):
    world.pass_deadline()
    seal.seal(world.services, 1, actor="ada")
    world.run()
    announce.announce(world.services, 1, actor="ada")
    return world.run()


def all_claims(world):
    with world.services.store.read() as tx:
        return claims.of_contest(tx, 1)


def held(world):
    with world.services.store.read() as tx:
        return [holder.entry for holder in prizes.holders(tx, contests.get(tx, 1), 1)]


def struck(world):
    with world.services.store.read() as tx:
        return strikes.of_draw(tx, 1, 1)


def draw_of(world):
    with world.services.store.read() as tx:
        return draws.get(tx, 1, 1)


def token_of(world, claim=None):
    return world.services.vault.unlock((claim or all_claims(world)[-1]).token)


def state(world, token):
    return open_claim(world.services, token).state


def strike(world, entry):
    prizes.disqualify_winner(world.services, 1, entry, reason="two accounts", actor="ada")


def past_term(world, claim):
    world.clock.move_to(claim.expires_at + timedelta(seconds=claiming.MARGIN))


# Asking


def test_every_winner_gets_one_mail_with_a_link_of_their_own(world, mailer):
    announced(world, winners=3)
    assert len({to for to, _, _ in mailer.sent}) == 3
    assert len({claim.token_hash for claim in all_claims(world)}) == 3
    world.clock.forward(3600)
    world.run()
    assert len(mailer.sent) == 3
    assert [claim.mail_problem for claim in all_claims(world)] == ["", "", ""]


def test_the_mail_says_in_the_blog_s_language_who_won_what_where_and_until_when(world, mailer):
    world.blog.add(author_name="Zoé\n\u202eEvil", author_email="zoe@example.org")
    world.blog.add_post(7, title='Deux\r\nlivres 100 % "gratuits"')
    plan = adopt.plan(
        world.services,
        "7",
        closes="2026-11-27T17:00:00+01:00",
        pools=(Pool(name="livres", prize="le premier tome, 50 % plus grand"),),
        claims=Claims(days=DAYS, fields=("Adresse", "Taille")),
    )
    adopt.open_contest(world.services, plan, actor="ada")
    finish(world)
    [(to, subject, text)] = mailer.sent
    claim = all_claims(world)[0]
    assert to == "zoe@example.org"
    assert "\n" not in subject
    for told in (
        "Zoé Evil",
        "le premier tome, 50 % plus grand",
        'Deux livres 100 % "gratuits"',
        "https://blog.example/deux-livres-7/",
        f"https://tirage.example/claims/{token_of(world)}",
        "11 décembre 2026 à 17:",
        "heure de Paris",
        "Adresse, Taille",
        f"https://tirage.example/contests/{world.contest().slug}/draws/1",
    ):
        assert told in text
    assert claim.expires_at - world.clock() >= timedelta(days=DAYS)
    assert claim.expires_at - world.clock() <= timedelta(days=DAYS, minutes=1)


def test_a_contest_that_asks_nobody_mails_nobody(world, mailer):
    announced(world, days=0)
    assert all_claims(world) == []
    assert mailer.sent == []


def test_the_database_holds_no_link_that_opens(world, mailer):
    announced(world)
    token = token_of(world)
    assert token in mailer.sent[0][2]
    with world.services.store.read() as tx:
        assert token not in "\n".join(tx.connection.driver_connection.iterdump())


def test_without_a_key_the_contest_says_what_to_set_and_the_rest_goes_on(world, mailer, monkeypatch):
    from service.usecases import follow_up

    def lock(_text):
        raise Conflict("Set SECRET_KEY.", code="secret_key_missing")

    others = []
    for_others = [lambda *_: others.append("term"), claiming.tend_claims, lambda *_: others.append("replies")]
    monkeypatch.setattr(follow_up, "STEPS", for_others)
    world.blog.add()
    world.open(claims=Claims(days=DAYS))
    monkeypatch.setattr(world.services.vault, "lock", lock)
    contest = finish(world)
    assert contest.problem.code == "secret_key_missing"
    assert others[-2:] == ["term", "replies"]
    monkeypatch.undo()
    world.clock.forward(900)
    assert world.run().problem is None
    assert len(mailer.sent) == 1


# Mails that aren't taken


@pytest.mark.parametrize("address", ["", "a@b, c@d", "x\n@example.org"])
def test_who_has_no_address_that_a_mail_can_go_to_is_left_to_the_moderator(world, mailer, address):
    """What can't be sent doesn't go on being tried, and the winner still has the whole term."""
    mailer.problems = [MailProblem("No.", permanent=True)] if address else []
    world.blog.add(author_email=address)
    world.open(claims=Claims(days=DAYS))
    finish(world)
    [claim] = all_claims(world)
    assert claim.mail_at is None
    assert claim.mailed_at is None
    assert claim.mail_problem == ("No." if address else claiming.NO_ADDRESS)
    assert state(world, token_of(world)) is ClaimState.WAITING
    assert world.contest().problem is None


def test_a_mail_server_in_trouble_is_tried_with_growing_pauses_and_costs_no_time_of_the_term(world, mailer):
    mailer.problems = [MailProblem("It doesn't answer.")] * 3
    announced(world)
    pauses = []
    while not mailer.sent:
        [claim] = all_claims(world)
        assert claim.mail_problem == "It doesn't answer."
        pauses.append((claim.mail_at - world.clock()).total_seconds())
        assert world.contest().due_at == claim.mail_at
        world.clock.move_to(claim.mail_at)
        world.run()
    assert pauses == [60, 120, 240]
    [claim] = all_claims(world)
    assert (claim.mail_problem, claim.mail_at) == ("", None)
    assert claim.expires_at >= world.clock() + timedelta(days=DAYS)


def test_a_mail_is_given_up_at_last_and_the_prize_stays_until_a_moderator_wrote_to_the_winner(world, mailer):
    mailer.problems = [MailProblem("It doesn't answer.")] * 100
    announced(world, days=1)
    first = all_claims(world)[0].entry
    for _ in range(claiming.MOST_TRIES):
        world.clock.forward(claiming.LONGEST_PAUSE)
        world.run()
    claim = all_claims(world)[0]
    assert (claim.mail_tries, claim.mail_at) == (claiming.MOST_TRIES, None)
    assert claim.mail_problem == "It doesn't answer."
    world.clock.forward(5 * 86_400)
    world.run()
    assert held(world) == [first]
    assert state(world, token_of(world)) is ClaimState.WAITING
    noted = claiming.note_sent(world.services, 1, claim.id, actor="ada")
    assert noted.expires_at >= world.clock() + timedelta(days=1)
    world.run()
    assert held(world) == [first]
    world.clock.move_to(noted.expires_at)
    world.clock.forward(claiming.MARGIN)
    world.run()
    assert held(world) != [first]


def test_a_mail_server_that_hangs_is_asked_once_a_pause_however_many_winners_wait(world, mailer):
    mailer.problems = [MailProblem("It doesn't answer.")] * 100
    announced(world, winners=4)
    tried = []
    for _ in range(4):
        due_at = world.contest().due_at
        assert due_at - world.clock() >= timedelta(seconds=claiming.FIRST_PAUSE)
        tried.append(sum(claim.mail_tries for claim in all_claims(world)))
        world.clock.move_to(due_at)
        world.run()
    assert tried == [1, 2, 3, 4]
    assert [claim.mail_tries for claim in all_claims(world)] == [2, 1, 1, 1]


def test_one_address_that_is_refused_holds_up_nobody(world, mailer):
    mailer.problems = [MailProblem("No such mailbox.", permanent=True)]
    announced(world, winners=3)
    assert len(mailer.sent) == 2


def test_many_winners_are_mailed_a_few_at_a_time(world, mailer):
    announced(world, comments=claiming.MOST_AT_ONCE + 3, winners=claiming.MOST_AT_ONCE + 3)
    assert len(mailer.sent) == claiming.MOST_AT_ONCE + 3


def test_a_crash_after_sending_costs_a_second_mail_and_no_winner(world, mailer):
    def die():
        mailer.after = lambda: None
        raise KeyboardInterrupt

    mailer.after = die
    with pytest.raises(KeyboardInterrupt):
        announced(world)
    world.clock.forward(61)
    world.run()
    first, second = mailer.sent
    assert first[0] == second[0]
    world.clock.forward(3600)
    world.run()
    assert len(mailer.sent) == 2


def test_who_lost_the_lease_while_sending_still_notes_the_mail(world, mailer):
    def lose():
        with world.services.store.write() as tx:
            contests.update(tx, 1, lease_token="another")

    mailer.after = lose
    announced(world)
    assert all_claims(world)[0].mailed_at is not None


def test_a_moderator_can_have_a_mail_sent_again(world, mailer):
    announced(world)
    world.clock.forward(3 * 86_400)
    claim = claiming.send_again(world.services, 1, all_claims(world)[0].id, actor="ada")
    world.run()
    assert len(mailer.sent) == 2
    take_prize(world.services, token_of(world), ANSWERS)
    with pytest.raises(Conflict, match="claimed"):
        claiming.send_again(world.services, 1, claim.id, actor="ada")


@pytest.mark.parametrize("given", ["no mailer", "no mail taken"])
def test_sending_again_takes_no_term_away(world, mailer, given):
    announced(world)
    first, token = all_claims(world)[0], token_of(world)
    world.clock.forward(13 * 86_400)
    if given == "no mailer":
        world.services = replace(world.services, mailer=NoMailer())
        with pytest.raises(Conflict, match="SMTP_HOST"):
            claiming.send_again(world.services, 1, first.id, actor="ada")
    else:
        mailer.problems = [MailProblem("No such mailbox.", permanent=True)]
        claiming.send_again(world.services, 1, first.id, actor="ada")
    world.run()
    world.clock.forward((DAYS + 1) * 86_400)
    world.run()
    assert state(world, token) is ClaimState.EXPIRED
    assert held(world) != [first.entry]


# Claiming and the term


def test_a_claim_ends_the_matter(world, mailer):
    announced(world)
    take_prize(world.services, token_of(world), ANSWERS)
    assert world.run().due_at is not None  # the term of the personal data
    past_term(world, all_claims(world)[0])
    world.run()
    assert struck(world) == []
    assert len(mailer.sent) == 1


def test_what_is_not_claimed_passes_on_to_the_next_who_gets_a_full_term(world, mailer):
    announced(world)
    first = all_claims(world)[0]
    world.clock.move_to(first.expires_at)
    world.run()
    assert struck(world) == []
    past_term(world, first)
    world.run()
    [passed_on] = struck(world)
    assert (passed_on.entry, passed_on.kind, passed_on.actor) == (first.entry, StrikeKind.UNCLAIMED, "worker")
    assert "14" in passed_on.reason
    second = all_claims(world)[1]
    assert held(world) == [second.entry]
    assert second.expires_at - world.clock() >= timedelta(days=DAYS)
    assert len(mailer.sent) == 2
    assert state(world, token_of(world, first)) is ClaimState.EXPIRED


def test_no_term_outlasts_the_personal_data_and_no_prize_is_stuck(world, mailer):
    world.services = replace(world.services, personal_data_days=20)
    announced(world, comments=5)
    drawn_at, asked = draw_of(world).drawn_at, 0
    while world.contest().erased_at is None:
        if len(all_claims(world)) > asked:  # one more was asked, and their link works until the day that they were told
            asked += 1
            world.clock.move_to(all_claims(world)[-1].expires_at)
            world.clock.forward(-1)
            world.run()
            assert state(world, token_of(world)) is ClaimState.WAITING
        world.clock.move_to(max(world.contest().due_at, world.clock()))
        world.clock.forward(claiming.MARGIN)
        world.run()
    assert all(claim.expires_at <= drawn_at + timedelta(days=20) for claim in all_claims(world))
    assert [strike.kind for strike in struck(world)] == [StrikeKind.UNCLAIMED] * 2
    assert len(mailer.sent) == 2  # the third holds the prize without a link: there was no day left for one
    assert held(world) == [struck(world)[-1].promoted]


def test_a_day_that_a_winner_was_told_holds_though_the_data_are_to_go_sooner_now(world, mailer):
    announced(world)
    world.services = replace(world.services, personal_data_days=3)
    terms.look_again(world.services)
    world.clock.forward(10 * 86_400)
    world.run()
    assert state(world, token_of(world)) is ClaimState.WAITING
    take_prize(world.services, token_of(world), ANSWERS)


def test_a_link_that_is_noted_too_late_is_refused(world, mailer):
    mailer.problems = [MailProblem("No such mailbox.", permanent=True)]
    announced(world)
    world.clock.move_to(draw_of(world).drawn_at + timedelta(days=89, hours=1))
    with pytest.raises(Conflict, match="deleted"):
        claiming.note_sent(world.services, 1, all_claims(world)[0].id, actor="ada")


def test_it_goes_on_until_nobody_is_left(world, mailer):
    announced(world, comments=2)
    for _ in range(2):
        past_term(world, all_claims(world)[-1])
        world.run()
    assert held(world) == []
    assert len(mailer.sent) == 2


def test_a_claim_in_the_last_moment_counts_though_the_worker_comes_at_once(world, mailer, monkeypatch):
    """It asked before the end, and waited for the database until after it."""
    announced(world)
    [claim] = all_claims(world)
    world.clock.move_to(claim.expires_at - timedelta(microseconds=1))
    check = claim_page.check_answers

    def slow(fields, given):
        world.clock.forward(5)
        world.run()
        return check(fields, given)

    monkeypatch.setattr(claim_page, "check_answers", slow)
    assert take_prize(world.services, token_of(world), ANSWERS).is_new
    past_term(world, claim)
    world.run()
    assert struck(world) == []


def test_of_two_claims_at_once_one_counts(world, mailer, monkeypatch):
    announced(world)
    token = token_of(world)
    check = claim_page.check_answers

    def meanwhile(fields, given):
        monkeypatch.undo()
        assert take_prize(world.services, token, ["the other"]).is_new
        return check(fields, given)

    monkeypatch.setattr(claim_page, "check_answers", meanwhile)
    late = take_prize(world.services, token, ANSWERS)
    assert (late.is_new, late.state) == (False, ClaimState.CLAIMED)
    assert "the other" in world.services.vault.unlock(all_claims(world)[0].answers)
    with world.services.store.read() as tx:
        assert [line.action for line in log.lines(tx, 1)].count("claim") == 1


# Struck, replaced, erased


def test_who_is_struck_by_a_moderator_loses_the_link_and_the_next_is_asked(world, mailer):
    announced(world)
    first = all_claims(world)[0]
    strike(world, first.entry)
    assert state(world, token_of(world, first)) is ClaimState.LAPSED
    world.run()
    assert [claim.entry for claim in all_claims(world)][1:] == held(world)
    assert len(mailer.sent) == 2
    past_term(world, first)
    world.run()
    assert first.entry not in [later.entry for later in struck(world)[1:]]


def test_nobody_struck_before_their_mail_went_out_gets_one(world, mailer):
    mailer.problems = [MailProblem("It doesn't answer.")]
    announced(world)
    first = all_claims(world)[0]
    strike(world, first.entry)
    world.clock.forward(120)
    world.run()
    [(to, _, _)] = mailer.sent
    assert to != f"reader{int(first.entry.removeprefix('comment:')) - 100}@example.org"


def test_the_claims_of_a_draw_that_is_replaced_lapse(world, mailer):
    announced(world)
    token = token_of(world)
    with world.services.store.write() as tx:
        draws.update(tx, 1, 1, replaced_at=world.clock())
    assert state(world, token) is ClaimState.REPLACED
    assert not take_prize(world.services, token, ANSWERS).is_new
    past_term(world, all_claims(world)[0])
    world.run()
    assert struck(world) == []


def test_once_the_data_are_deleted_nobody_is_asked_or_struck(world, mailer):
    announced(world)
    with world.services.store.write() as tx:
        claims.erase(tx, 1, now=world.clock())
        contests.update(tx, 1, erased_at=world.clock(), due_at=world.clock())
    past_term(world, all_claims(world)[0])
    world.run()
    assert struck(world) == []


def test_a_person_s_erasure_takes_what_they_told(world, mailer):
    announced(world)
    take_prize(world.services, token_of(world), ANSWERS)
    [(to, _, _)] = mailer.sent
    told, _ = privacy.export(world.services, to)
    assert told
    privacy.erase(world.services, to, actor="wordpress")
    [claim] = all_claims(world)
    assert (claim.answers, claim.token) == ("", "")
    assert claim.claimed_at is not None


# Whom a post's mail goes to


def test_a_post_s_mail_goes_to_the_comment_without_which_it_would_not_take_part(world, mailer):
    reference = world.network.add(1)
    world.blog.add(author_email="ana@example.org", posts=reference)
    pools = (Pool(name="posts", channel=Channel.POSTS),)
    with_claims(world, pools)
    assert [to for to, _, _ in mailer.sent] == ["ana@example.org"]


def test_who_only_calls_themselves_like_a_poster_gets_no_link_to_their_prize(world, mailer):
    world.blog.add(author_email="mallory@example.org", handles="x:poster1")
    world.network.add(1)
    from service.usecases.add_posts import add_posts

    open_with_claims(world, (Pool(name="posts", channel=Channel.POSTS),))
    add_posts(world.services, 1, ["https://x.com/i/web/status/" + world.network.key(1)], reason="found", actor="ada")
    world.run()
    finish(world)
    assert mailer.sent == []
    assert all_claims(world)[0].mail_problem == claiming.NO_ADDRESS


def open_with_claims(world, pools):
    given = {"closes": "2026-11-27T17:00:00+01:00", "pools": pools, "claims": Claims(days=DAYS)}
    plan = adopt.plan(world.services, "7", **given)
    return adopt.open_contest(world.services, plan, actor="ada")


def with_claims(world, pools):
    open_with_claims(world, pools)
    world.run()
    return finish(world)


def test_an_address_that_was_erased_before_the_mail_is_not_written_to(world, mailer):
    mailer.problems = [MailProblem("It doesn't answer.")]
    announced(world)
    with world.services.store.write() as tx:
        tx.execute(entries_table.update().values(author_email=""))
    world.clock.forward(120)
    world.run()
    assert mailer.sent == []
    assert all_claims(world)[0].mail_problem == claiming.NO_ADDRESS
    assert world.contest().phase is Phase.ANNOUNCED


def test_nothing_is_sent_by_who_holds_no_lease(world, mailer):
    announced(world)
    with pytest.raises(LeaseLost):
        claiming.tend_claims(world.services, contests.Lease(contest_id=1, token="old"))
