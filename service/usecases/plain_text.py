"""What strangers call themselves, as text and nothing but text: cleaned for the eye, and encoded for WordPress.

A comment of a moderator is stored with all its HTML, and WordPress then looks in it for addresses to link, smileys,
quotes to curl, shortcodes and its own name. All of those need a sign that isn't a letter, or two odd cases that are
met below; so a text in which every such sign is a numeric entity comes out as it went in.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 100
_ZERO_WIDTH_JOINER = "\u200d"
_EMOJI_SELECTOR = "\ufe0f"
_NEW_EMOJI = range(0x1F000, 0x1FB00)  # may be younger than this Python's tables
_BLANK_LETTERS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")  # letters and signs that show nothing
_HIDDEN_MARKS = re.compile("[\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0e\U000e0100-\U000e01ef]")
_JOINABLE = {"So", "Sk"}


def clean_text(text: str, *, longest: int = LONGEST_NAME) -> str:
    """The text as people see it: one line, nothing invisible or reordering, composed (NFC), at most `longest` long.

    Empty when there is nothing to see.
    """
    shown = "".join(_visible(_HIDDEN_MARKS.sub("", _BLANK_LETTERS.sub(" ", text))))
    line = " ".join(unicodedata.normalize("NFC", shown).split())
    if all(unicodedata.category(char)[0] in "MZ" for char in line):
        return ""
    return line if len(line) <= longest else line[: longest - 1].rstrip(" " + _ZERO_WIDTH_JOINER) + "…"


def _visible(text: str) -> list[str]:
    kept: list[str] = []
    for place, char in enumerate(text):
        before, after = kept[-1] if kept else " ", text[place + 1 : place + 2]
        category = unicodedata.category(char)
        if char.isspace() or category[0] == "Z":
            kept.append(" ")
        elif char == _EMOJI_SELECTOR:
            kept.extend(char for _ in range(unicodedata.category(before)[0] not in "LMZ"))
        elif char == _ZERO_WIDTH_JOINER:
            kept.extend(char for _ in range(_joins(before, after)))
        elif category[0] != "C" or ord(char) in _NEW_EMOJI:
            kept.append(char)
    return kept


def _joins(before: str, after: str) -> bool:
    """Whether a joiner stands inside an emoji."""
    is_emoji = before == _EMOJI_SELECTOR or unicodedata.category(before) in _JOINABLE
    return is_emoji and bool(after) and (unicodedata.category(after) == "So" or ord(after) in _NEW_EMOJI)


def encode_text(text: str) -> str:
    """HTML that shows a cleaned text: letters, their marks, digits and blanks as they are, all else as numbers."""
    encoded = ""
    for place, char in enumerate(text):
        is_plain = _is_plain(char, is_after_plain=bool(encoded) and encoded[-1] not in " ;", rest=text[place + 1 :])
        is_product_name = text.startswith("Wordpress", place)  # it would get a capital P
        encoded += char if is_plain and not is_product_name else f"&#{ord(char)};"
    return encoded


def _is_plain(char: str, *, is_after_plain: bool, rest: str) -> bool:
    category = unicodedata.category(char)
    if char == " ":
        return True
    if ord(char) > 0xFFFF:  # tables of old blogs hold three bytes a character, and lose or refuse the rest
        return False
    if category[0] == "M":  # after ">" a mark would become part of the tag when somebody composes the text
        return is_after_plain
    if category == "Nd":  # "9x9" would get a multiplication sign, "8O" would become a face
        return not rest[:1].isalpha()
    return category[0] == "L"


def encode_four_bytes(html: str) -> str:
    """The HTML with every character that takes four bytes of UTF-8 as a number, for the tables of old blogs."""
    return re.sub("[\U00010000-\U0010ffff]", lambda match: f"&#{ord(match[0])};", html)
