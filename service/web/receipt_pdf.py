"""A draw's proof on paper: what the page tells, in the contest's language, by entries and without anybody's name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.domain.contest import Contest
from service.i18n import show_day, show_instant, show_zone, translator
from service.storage.published import DrawnPool
from service.web.paper import Paper
from service.web.proofs import ProofPage

MOST_PLACES = 200  # all pools together
FEWEST_PLACES = 10  # of one pool
MOST_NAMED = 200  # winners or alternates of one pool
LONGEST_TITLE = 300
_WIDTHS = (14.0, 52.0, 108.0)  # millimetres: a ticket needs the most


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is written with: the paper, the words of one language, and the proof."""

    paper: Paper
    words: Callable[[str], str]
    page: ProofPage
    language: str

    @property
    def contest(self) -> Contest:
        """The contest that was drawn."""
        return self.page.contest

    def moment(self, instant: datetime) -> str:
        """An instant on the blog's clock."""
        zone = self.contest.timezone
        return f"{show_instant(instant, zone, self.language)} ({show_zone(instant, zone, self.language)})"


def places_of_each(pools: int) -> int:
    """How many first places of each pool are printed."""
    return max(FEWEST_PLACES, MOST_PLACES // pools)


def write_pdf(page: ProofPage, rules: Sequence[str], *, base_url: str, language: str) -> bytes:
    """The proof as a PDF, the same bytes for the same draw. `rules` are sentences, `base_url` is the page's address."""
    _ = translator(language).gettext
    title = f"{_('Draw %(number)s') % {'number': page.draw.number}} · {page.contest.post_title[:LONGEST_TITLE]}"
    paper = Paper(title=title, footer_text=base_url, language=language, made_at=page.outcome.drawn_at)
    sheet = Sheet(paper=paper, words=_, page=page, language=language)
    _write_head(sheet, title, base_url)
    _write_outcome(sheet)
    _write_rules(sheet, rules)
    _write_steps(sheet)
    _write_check(sheet, base_url)
    for pool, places in zip(page.outcome.pools, page.first, strict=True):
        rows = [(str(place.place), place.entry, place.ticket) for place in places]
        paper.heading(_heading(sheet, _("The order of the draw"), pool))
        paper.grid((_("Place"), _("Entry"), _("Ticket")), rows, _WIDTHS)
        if pool.number_of_tickets > len(rows):
            told = _("The first %(shown)s of %(all)s tickets; the receipt has all of them.")
            paper.paragraph(told % {"shown": len(rows), "all": pool.number_of_tickets})
    return bytes(paper.output())


def _write_head(sheet: Sheet, title: str, base_url: str) -> None:
    _, page = sheet.words, sheet.page
    sheet.paper.heading(title, size=16)
    told = _("Drawn on %(moment)s from %(eligible)s eligible entries among %(entries)s.")
    sheet.paper.paragraph(
        told
        % {
            "moment": sheet.moment(page.outcome.drawn_at),
            "eligible": page.outcome.number_of_eligible,
            "entries": page.outcome.number_of_entries,
        }
    )
    sheet.paper.value(_("The post"), sheet.contest.post_url, link=_web(sheet.contest.post_url))
    sheet.paper.value(_("This proof"), base_url, link=_web(base_url))


def _write_outcome(sheet: Sheet) -> None:
    _, page, paper = sheet.words, sheet.page, sheet.paper
    if page.draw.replaced_at:
        paper.heading(_("This draw was replaced"))
        told = _("On %(moment)s the moderator replaced it, and nobody wins by it any more. The reason:")
        paper.paragraph(f"{told % {'moment': sheet.moment(page.draw.replaced_at)}} {page.draw.replaced_reason}")
    for pool in page.outcome.pools:
        paper.heading(_heading(sheet, _("Who was drawn"), pool))
        paper.paragraph(_named(pool.winners) or _nobody(sheet, pool))
        if pool.alternates:
            paper.paragraph(f"{_('The alternates')}{_(':')} {_named(pool.alternates)}")
    if page.passed_on:
        paper.heading(_("After the draw"))
    for strike in page.passed_on:
        what = _("A prize wasn't claimed in time.") if strike.is_unclaimed else _("A winner was disqualified.")
        place = _("Place %(place)s of the draw:") % {"place": strike.place}
        paper.paragraph(f"{sheet.moment(strike.at)}{_(':')} {what} {place} {strike.entry}. {strike.reason}")
        if strike.promoted:
            told = _("The prize goes to place %(place)s:") % {"place": strike.promoted.place}
            paper.paragraph(f"{told} {strike.promoted.entry}")
        else:
            paper.paragraph(_("Nobody is left to whom the prize could go."))


def _write_rules(sheet: Sheet, rules: Sequence[str]) -> None:
    _, closes_at, zone = sheet.words, sheet.page.closes_at, sheet.contest.timezone
    sheet.paper.heading(_("The rules"))
    day = f"{show_day(closes_at, zone, sheet.language)} ({show_zone(closes_at, zone, sheet.language)})"
    sheet.paper.paragraph(_("The deadline was %(day)s.") % {"day": day})
    sheet.paper.items(rules)


def _write_steps(sheet: Sheet) -> None:
    _, page, paper = sheet.words, sheet.page, sheet.paper
    told = page.outcome.randomness
    paper.heading(_("How it was drawn"))
    paper.value(_("The list was sealed"), sheet.moment(page.draw.sealed_at))
    paper.value(_("Fingerprint of the list (SHA-256)"), page.draw.digest)
    if page.round:
        name = _("The round of drand's chain %(chain)s") % {"chain": page.round.chain_name}
        paper.value(name, f"{page.round.number}, {sheet.moment(page.round.out_at)}")
        paper.value(_("The chain"), page.round.chain_hash)
    if page.is_drand:
        paper.value(_("The signature"), told["signature"])
        paper.value(_("The randomness (SHA-256 of the signature)"), told["randomness"])
    else:
        if page.round:
            why = _(
                "Nobody could fetch it for an hour after it was due. So the moderator let a secret decide in its "
                "place, whose fingerprint had been sealed with the list."
            )
            paper.paragraph(f"{why} {_('The reason:')} {page.draw.secret_reason}")
        paper.value(_("Fingerprint of the secret (SHA-256)"), told["commitment"])
        paper.value(_("The secret"), told["secret"])
    for pool in page.outcome.pools:
        name = _("The seed of pool %(number)s") % {"number": pool.number}
        paper.value(_("The seed") if page.is_only else name, pool.seed)


def _write_check(sheet: Sheet, base_url: str) -> None:
    _, paper = sheet.words, sheet.paper
    paper.heading(_("Check it yourself"))
    paper.paragraph(
        _(
            "A ticket is the SHA-256 of the seed and the entry. The lowest tickets win, the next are the alternates; "
            "there is nothing to choose."
        )
    )
    paper.paragraph(_("The proof's page has every line that repeats the draw, and a check that runs in the browser."))
    paper.code(
        (
            f"curl -sSO '{base_url}/receipt.json'",
            "tirage receipt verify receipt.json",
            f"curl -sSO '{base_url}/sealed.txt' && sha256sum sealed.txt",
        )
    )


def _heading(sheet: Sheet, words: str, pool: DrawnPool) -> str:
    return words if sheet.page.is_only else f"{words} · {pool.prize or pool.name}"


def _nobody(sheet: Sheet, pool: DrawnPool) -> str:
    """Why a pool drew nobody: there was nobody, or everybody had won in another pool."""
    _ = sheet.words
    return _("Nobody holds a prize.") if pool.number_of_tickets else _("Nobody was eligible, so nobody wins.")


def _named(entries: Sequence[str]) -> str:
    more = f", … (+{len(entries) - MOST_NAMED})" if len(entries) > MOST_NAMED else ""
    return ", ".join(entries[:MOST_NAMED]) + more


def _web(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""
