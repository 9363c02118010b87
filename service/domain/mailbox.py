"""An e-mail address to which a mail may go: one, plain, and nothing that a mail server could read otherwise."""

from __future__ import annotations

import re

LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3: a path of 256 with its angle brackets
LONGEST_LOCAL = 64
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"  # RFC 5322, 3.2.3
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@{_LABEL}(?:\.{_LABEL})+")


def read_mailbox(text: str) -> str:
    """The address, without blanks around it.

    Raises ValueError for none, several, one with a name, quotes, comments or letters beyond ASCII, or a long one.
    """
    address = text.strip(" ")
    if len(address) > LONGEST_ADDRESS:
        raise ValueError("it is too long")
    match = _ADDRESS.fullmatch(address)
    if match is None or len(match[1]) > LONGEST_LOCAL:
        raise ValueError("it isn't an e-mail address that mail can be sent to")
    return address
