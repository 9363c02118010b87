"""Fill strangers' texts into a template, as HTML that shows them as text whatever they hold.

The texts never meet the template. It is filled in with tokens that nobody can guess; what comes out is cleaned of all
HTML but a little; and only then the tokens are replaced by texts that are encoded to the last sign. A template that
breaks a token, or puts one where a name can't be text, is refused.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping

import nh3

from service.domain.errors import BadTemplate
from service.usecases.comment_template import render
from service.usecases.plain_text import LONGEST_NAME, encode_four_bytes, encode_text

MOST_BYTES = 60_000  # WordPress stores 65 525
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


class Slots:
    """The strangers' texts of one comment, by the tokens that stand for them."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def add(self, text: str) -> Slot:
        """What stands for a cleaned text in the template."""
        slot = Slot(is_filled=bool(text))
        self.texts[slot.token] = text
        return slot


def write_shortest(write: Callable[[int], str], *, what: str) -> str:
    """What `write` makes with names of at most so many characters: the first that WordPress stores.

    Raises BadTemplate, which says what got too long.
    """
    for longest in _NAME_LENGTHS:
        comment = write(longest)
        if len(comment.encode()) <= MOST_BYTES:
            return comment
    raise BadTemplate(f"The {what} gets longer than WordPress stores ({MOST_BYTES} bytes); shorten it.")


def fill_in(template: str, slots: Slots, variables: Mapping[str, object], *, proof_url: str) -> str:
    """A template with its variables as HTML for WordPress, with the proof's address as bare text. Raises BadTemplate.

    The variables may hold slots; `proof_url` is one more.
    """
    comment = _fill(_sanitize(render(template, **variables, proof_url=proof_url)), slots.texts)
    _check_proof(comment, proof_url)
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


def _fill(html: str, texts: Mapping[str, str]) -> str:
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
