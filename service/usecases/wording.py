"""The words of the winner comment, and of the replies to it that tell who got a prize next."""

from __future__ import annotations

from functools import cache, partial

from service.domain.announcement import AnnouncementFacts, PromotionFacts, WinnerFacts
from service.i18n import LOCALE, known_language, translator
from service.usecases.comment_template import Winner, Winners
from service.usecases.filling import Slots, fill_in, write_shortest
from service.usecases.plain_text import clean_text

LONGEST_TITLE = 200


def write_comment(template: str | None, facts: AnnouncementFacts, *, language: str) -> str:
    """The winner comment as HTML for WordPress, at most 60 000 bytes, with the proof's address as bare text.

    `template` None takes the default of the language. Raises BadTemplate.
    """
    source = default_template(language) if template is None else template
    return write_shortest(partial(_write_comment, source, facts, _nobody(language)), what="winner comment")


def write_promotion(template: str | None, facts: PromotionFacts, *, language: str) -> str:
    """The reply that tells who got a prize next, in the same way. Raises BadTemplate."""
    source = default_promotion_template(language) if template is None else template
    return write_shortest(partial(_write_promotion, source, facts, _nobody(language)), what="reply")


@cache
def default_template(language: str) -> str:
    """The template that is used where a moderator gave none: where to begin an own one."""
    return (LOCALE / known_language(language) / "winner_comment.txt").read_text(encoding="utf-8")


@cache
def default_promotion_template(language: str) -> str:
    """The same for the replies."""
    return (LOCALE / known_language(language) / "promotion.txt").read_text(encoding="utf-8")


def check_template(template: str, *, language: str) -> None:
    """Raise BadTemplate unless a comment can be written for nobody, one and several winners, also of more entries."""
    for entries, winners, prizes_left in ((0, 0, 3), (1, 0, 3), (1, 1, 2), (2, 1, 2), (3, 3, 0)):
        names = tuple(WinnerFacts(name="Camille", comment_id=place + 1) for place in range(winners))
        facts = AnnouncementFacts(
            title="Concours",
            winners=names,
            entries=entries,
            prizes_left=prizes_left,
            proof_url="https://example.org/proof/1",
            digest="0" * 64,
            round=1,
        )
        write_comment(template, facts, language=language)


def check_promotion_template(template: str, *, language: str) -> None:
    """Raise BadTemplate unless a reply can be written for either reason, and also where nobody is left."""
    camille = WinnerFacts(name="Camille", comment_id=1)
    for winner, is_unclaimed in ((camille, True), (camille, False), (None, True), (None, False)):
        facts = PromotionFacts(
            title="Concours",
            former=camille,
            winner=winner,
            is_unclaimed=is_unclaimed,
            proof_url="https://example.org/promotions/1-1",
        )
        write_promotion(template, facts, language=language)


def _nobody(language: str) -> str:
    return translator(language).gettext("Anonymous")


def _write_comment(source: str, facts: AnnouncementFacts, nobody: str, longest: int) -> str:
    slots = Slots()
    variables = {
        "title": slots.add(clean_text(facts.title, longest=LONGEST_TITLE)),
        "winners": Winners(_winner(slots, winner, nobody, longest) for winner in facts.winners),
        "pools": facts.pools,
        "entries": facts.entries,
        "prizes_left": facts.prizes_left,
        "digest": facts.digest,
        "round": facts.round,
        "fingerprint": facts.fingerprint,
    }
    return fill_in(source, slots, variables, proof_url=facts.proof_url)


def _write_promotion(source: str, facts: PromotionFacts, nobody: str, longest: int) -> str:
    slots = Slots()
    variables = {
        "title": slots.add(clean_text(facts.title, longest=LONGEST_TITLE)),
        "former": _winner(slots, facts.former, nobody, longest),
        "winner": _winner(slots, facts.winner, nobody, longest) if facts.winner else None,
        "pool": slots.add(clean_text(facts.former.pool, longest=LONGEST_TITLE)),
        "prize": slots.add(clean_text(facts.former.prize, longest=LONGEST_TITLE)),
        "pools": facts.pools,
        "is_unclaimed": facts.is_unclaimed,
    }
    return fill_in(source, slots, variables, proof_url=facts.proof_url)


def _winner(slots: Slots, winner: WinnerFacts, nobody: str, longest: int) -> Winner:
    return Winner(
        name=slots.add(clean_text(winner.name, longest=longest) or nobody),
        comment_id=winner.comment_id,
        pool=slots.add(clean_text(winner.pool, longest=LONGEST_TITLE)),
        prize=slots.add(clean_text(winner.prize, longest=LONGEST_TITLE)),
    )
