"""Messages made ready for X: the link that opens its editor, and lengths as X counts them.

The link: https://docs.x.com/x-for-websites/post-button/guides/web-intent. Counting:
https://docs.x.com/fundamentals/counting-characters, where letters of most alphabets count 1, others and emoji 2, and
any address 23.
"""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

import regex

from service.domain.posts import Composed, Message, NetworkName
from service.networks.x_addresses import read_handle

LONGEST_POST = 280
LINK_LENGTH = 23
_LIGHT = (range(0x0000, 0x1100), range(0x2000, 0x200E), range(0x2010, 0x2020), range(0x2032, 0x2038))
# A name without a scheme only counts as an address where its end is a known one, "etc.fr" but not "etc.Then"; which
# ends are known changes, so any in small letters counts: rather a post too short than one that doesn't fit.
_LINK = regex.compile(r"https?://[^\s<>]+|(?<![\w@.-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[^\s<>]*)?", regex.IGNORECASE)
_AFTER_LINK = ".,:;!?'\")]}»”’…"
_CLUSTER = regex.compile(r"\X")
_EMOJI = regex.compile(r"\p{Emoji_Presentation}|\p{Emoji}\N{VARIATION SELECTOR-16}|\N{COMBINING ENCLOSING KEYCAP}")


def compose(message: Message) -> Composed:
    """A message with the link to X's editor, which puts the address and the hashtags behind the text."""
    handles = (f"@{handle}" for name in message.mentions if (handle := read_handle(name)))
    text = " ".join(part for part in (message.text.strip(), *handles) if part)
    link, tags = "".join(message.links[:1]), message.hashtags
    parts = {"text": text, "url": link, "hashtags": ",".join(tags)}
    asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in parts.items() if value)
    whole = " ".join(part for part in (text, link, *(f"#{tag}" for tag in tags)) if part)
    return Composed(
        network=NetworkName.X,
        url=f"https://x.com/intent/tweet?{asked}",
        text=whole,
        length=count_length(whole),
        longest=LONGEST_POST,
    )


def count_length(text: str) -> int:
    """How long X finds a text."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    length, last = 0, 0
    for match in _LINK.finditer(text):
        end = match.start() + len(match[0].rstrip(_AFTER_LINK))
        if "://" not in match[0] and not match[0].partition("/")[0].rpartition(".")[2].islower():
            continue
        length += _count_signs(text[last : match.start()]) + LINK_LENGTH
        last = end
    return length + _count_signs(text[last:])


def _count_signs(text: str) -> int:
    return sum(2 if _EMOJI.search(sign[0]) else sum(map(_weight, sign[0])) for sign in _CLUSTER.finditer(text))


def _weight(char: str) -> int:
    return 1 if any(ord(char) in light for light in _LIGHT) else 2
