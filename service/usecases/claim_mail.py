"""The mail that tells a winner of their prize, with the link to claim it: whom it goes to, and its words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.domain.drawing import comment_id_of
from service.domain.pools import is_comment
from service.i18n import show_day, show_zone, translator
from service.storage import entries, strikes
from service.storage.claims import Claim
from service.usecases.plain_text import clean_text
from service.usecases.services import Services
from service.usecases.winners import entrants

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail of plain text. `to` is as the commenter typed it; empty where no address is known."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prize:
    """What a claim is for, as people read it; `prize` may be empty, `is_only`: the contest has no other pool."""

    name: str
    pool: str
    prize: str
    is_only: bool


def prize_of(tx: Connection, contest: Contest, claim: Claim) -> Prize:
    """Who won what, in the words of the draw that the claim belongs to."""
    pools = strikes.drawn_pools(tx, contest.id, claim.draw_number)
    pool = pools[claim.pool - 1]
    name = entrants(tx, contest.id, [claim.entry])[claim.entry].name
    return Prize(name=name, pool=pool.name, prize=pool.prize, is_only=len(pools) == 1)


def find_address(tx: Connection, contest: Contest, claim: Claim) -> str:
    """The winner's e-mail address; empty where none is known.

    A post has the address of the comment without which it wouldn't take part. That a commenter merely calls themselves
    like the poster is no reason to send them somebody's prize.
    """
    entry = claim.entry if is_comment(claim.entry) else claim.given_by
    return entries.email(tx, contest.id, comment_id_of(entry)) if entry else ""


def write_mail(tx: Connection, services: Services, contest: Contest, claim: Claim) -> Mail:
    """The mail as it would go out now. Raises Conflict where the link can't be decrypted."""
    link = services.claim_url(services.vault.unlock(claim.token))
    won = prize_of(tx, contest, claim)
    title = clean_text(contest.post_title, longest=LONGEST_TITLE)
    prize = clean_text(won.prize, longest=LONGEST_TITLE)
    words = translator(contest.language)
    subject = words.gettext("You have won: %(prize)s") if prize else words.gettext("You have won: “%(title)s”")
    parts = [
        _greeting(contest, won.name),
        words.gettext("You took part in the giveaway “%(title)s” and you have won."),
        words.gettext("Your prize: %(prize)s") if prize else "",
        words.gettext("The blog post: %(post)s"),
        words.gettext("Please open this link and say that you take the prize, by %(day)s:"),
        "%(link)s",
        _asked(contest),
        words.gettext("The link is for you alone: whoever has it can take the prize. It works once."),
        words.gettext("If you don't want the prize, do nothing. It then goes to the next in the draw."),
        words.gettext("How the draw was made, and how to check it: %(proof)s"),
    ]
    facts = {
        "title": title,
        "prize": prize,
        "name": clean_text(won.name),
        "post": contest.post_url,
        "day": _day(contest, claim),
        "link": link,
        "fields": ", ".join(contest.claims.fields),
        "proof": services.proof_url(contest.slug, claim.draw_number),
    }
    text = "\n\n".join(part % facts for part in parts if part)
    return Mail(to=find_address(tx, contest, claim), subject=subject % facts, text=text + "\n")


def _greeting(contest: Contest, name: str) -> str:
    words = translator(contest.language)
    return words.gettext("Hello %(name)s,") if clean_text(name) else words.gettext("Hello,")


def _asked(contest: Contest) -> str:
    words = translator(contest.language)
    return words.gettext("You will be asked for: %(fields)s") if contest.claims.fields else ""


def _day(contest: Contest, claim: Claim) -> str:
    zone = show_zone(claim.expires_at, contest.timezone, contest.language)
    return f"{show_day(claim.expires_at, contest.timezone, contest.language)} ({zone})"
