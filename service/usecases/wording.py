"""The winner comment: a template filled in with facts, as HTML that shows hostile names as text.

Names never meet the template. It is filled in with tokens that nobody can guess; what comes out is cleaned of all
HTML but a little; and only then the tokens are replaced by names that are encoded to the last sign. A template that
breaks a token, or puts one where a name can't be text, is refused.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from functools import cache

import nh3

from service.domain.announcement import AnnouncementFacts, WinnerFacts
from service.domain.errors import BadTemplate
from service.i18n import LOCALE, known_language, translator
from service.usecases.comment_template import Winner, Winners, render
from service.usecases.plain_text import LONGEST_NAME, clean_text, encode_four_bytes, encode_text

MOST_BYTES = 60_000  # WordPress stores 65 525
LONGEST_TITLE = 200
_NAME_LENGTHS = (LONGEST_NAME, 40, 15)  # tried in turn when many names make the comment too long
_TAGS = {"p", "br", "strong", "em", "b", "i", "a", "ul", "ol", "li", "blockquote"}
# Private-use characters have no upper case, no meaning in HTML and no business in a template.
_DIGITS = [chr(0xF1A00 + digit) for digit in range(16)]
_OPEN, _CLOSE = chr(0xF1A10), chr(0xF1A11)
_TOKEN = re.compile(f"{_OPEN}[{_DIGITS[0]}-{_DIGITS[15]}]+{_CLOSE}")
_PIECE = re.compile(f"[{_DIGITS[0]}-{_CLOSE}]")
_PIECE_IN_TAG = re.compile(f"<[^>]*{_PIECE.pattern}")  # nh3 writes every other "<" and ">" as an entity


class Slot:
    """Stands for a stranger's text in a template: shows as its token, and is true when there is something to show."""

    __slots__ = ("is_filled", "token")

    def __init__(self, *, is_filled: bool) -> None:
        self.is_filled = is_filled
        self.token = _OPEN + "".join(_DIGITS[int(digit, 16)] for digit in secrets.token_hex(16)) + _CLOSE

    def __str__(self) -> str:
        return self.token

    def __bool__(self) -> bool:
        return self.is_filled


def write_comment(template: str | None, facts: AnnouncementFacts, *, language: str) -> str:
    """The winner comment as HTML for WordPress, at most 60 000 bytes, with the proof's address as bare text.

    `template` None takes the default of the language. Raises BadTemplate.
    """
    source = default_template(language) if template is None else template
    nobody = translator(language).gettext("Anonymous")
    for longest in _NAME_LENGTHS:
        comment = _write(source, facts, nobody=nobody, longest=longest)
        if len(comment.encode()) <= MOST_BYTES:
            return comment
    raise BadTemplate(f"The winner comment gets longer than WordPress stores ({MOST_BYTES} bytes); shorten it.")


@cache
def default_template(language: str) -> str:
    """The template that is used where a moderator gave none: where to begin an own one."""
    return (LOCALE / known_language(language) / "winner_comment.txt").read_text(encoding="utf-8")


def check_template(template: str, *, language: str) -> None:
    """Raise BadTemplate unless a comment can be written for nobody, one and several winners."""
    for winners, prizes_left in ((0, 3), (1, 2), (3, 0)):
        names = tuple(WinnerFacts(name="Camille", comment_id=place + 1) for place in range(winners))
        facts = AnnouncementFacts(
            title="Concours",
            winners=names,
            entries=winners,
            prizes_left=prizes_left,
            proof_url="https://example.org/proof/1",
        )
        write_comment(template, facts, language=language)


def _write(source: str, facts: AnnouncementFacts, *, nobody: str, longest: int) -> str:
    texts = [clean_text(facts.title, longest=LONGEST_TITLE)]
    for winner in facts.winners:
        texts += [clean_text(winner.name, longest=longest) or nobody]
        texts += [clean_text(winner.pool, longest=LONGEST_TITLE), clean_text(winner.prize, longest=LONGEST_TITLE)]
    title, *others = slots = [Slot(is_filled=bool(text)) for text in texts]
    winners = zip(others[::3], others[1::3], others[2::3], facts.winners, strict=True)
    rendered = render(
        source,
        title=title,
        winners=Winners(
            Winner(name=name, comment_id=winner.comment_id, pool=pool, prize=prize)
            for name, pool, prize, winner in winners
        ),
        pools=facts.pools,
        entries=facts.entries,
        prizes_left=facts.prizes_left,
        proof_url=facts.proof_url,
    )
    tokens = (slot.token for slot in slots)
    comment = _fill(_sanitize(rendered), dict(zip(tokens, texts, strict=True)))
    _check_proof(comment, facts.proof_url)
    return encode_four_bytes(re.sub(r"\s*\n\s*\n\s*", "\n\n", comment).strip())


def _sanitize(rendered: str) -> str:
    html = nh3.clean(
        rendered,
        tags=_TAGS,
        attributes={"a": {"href"}, "*": set()},
        url_schemes={"http", "https"},
        link_rel=None,
    )
    is_lost = Counter(_PIECE.findall(rendered)) != Counter(_PIECE.findall(html))
    if is_lost or _PIECE_IN_TAG.search(html):
        raise BadTemplate("The template puts a name or the title inside an HTML tag; they can only stand in the text.")
    return html


def _fill(html: str, texts: dict[str, str]) -> str:
    """Replace every token by its text; refuse what a filter left of a broken one."""
    if _PIECE.search(_TOKEN.sub("", html)) or not texts.keys() >= set(_TOKEN.findall(html)):
        raise BadTemplate("The template takes a name or the title apart; write {{ winner.name }} without filters.")
    return _TOKEN.sub(lambda match: encode_text(texts[match[0]]), html)


def _check_proof(comment: str, proof_url: str) -> None:
    """The address must stand in the text, whole and by itself: by it the service finds its own comment again."""
    text = re.sub(r"<[^>]*>", "<>", comment)
    if not re.search(rf"(?:^|(?<=[\s>(])){re.escape(proof_url)}(?=$|[\s<)]|[.,;:!?]+(?:$|[\s<]))", text):
        raise BadTemplate(
            "The template must show the link to the proof as text: put {{ proof_url }} on a line of its own."
        )
