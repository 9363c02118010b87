"""Write the comments' words that are kept anew: when somebody's name is erased, it goes out of them too."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.storage import draws, strikes
from service.storage.draws import Announcement
from service.usecases.facts import announcement_facts, promotion_facts
from service.usecases.services import Services
from service.usecases.wording import write_comment, write_promotion


def reword(tx: Connection, services: Services, contest: Contest) -> None:
    """Fix the words of every winner comment and reply again, with the names as they are now; each keeps its link."""
    for announcement in draws.announcements_of(tx, contest.id):
        text = _reply(tx, services, contest, announcement) if announcement.strike else None
        text = text or _winner_comment(tx, services, contest, announcement)
        number, strike = announcement.draw_number, announcement.strike
        draws.update_announcement(tx, contest.id, number, strike=strike, text=text)


def _winner_comment(tx: Connection, services: Services, contest: Contest, announcement: Announcement) -> str:
    facts = announcement_facts(tx, services, contest, number=announcement.draw_number)
    facts = replace(facts, proof_url=announcement.proof_url)
    return write_comment(contest.template, facts, language=contest.language)


def _reply(tx: Connection, services: Services, contest: Contest, announcement: Announcement) -> str:
    struck = strikes.of_draw(tx, contest.id, announcement.draw_number)[announcement.strike - 1]
    facts = replace(promotion_facts(tx, services, contest, struck), proof_url=announcement.proof_url)
    return write_promotion(contest.promotion_template, facts, language=contest.language)
