"""Who is one person: the same e-mail address, as mail providers compare it, or the same WordPress account."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterable, Sequence

_SAME_PROVIDER = {"googlemail.com": "gmail.com", "protonmail.com": "proton.me", "pm.me": "proton.me"}
_IGNORE_DOTS = frozenset({"gmail.com", "proton.me"})


def email_key(address: str) -> str:
    """What stays the same however a mailbox is written; empty for an empty address.

    Case and a "+tag" never make another mailbox at the providers people use; dots don't at Gmail and Proton
    (https://support.google.com/mail/answer/7436150, https://proton.me/support/addresses-and-aliases).
    """
    local, at, domain = address.strip().casefold().rpartition("@")
    if not at:
        return domain
    domain = _ascii_domain(domain.rstrip("."))
    domain = _SAME_PROVIDER.get(domain, domain)
    local = local.partition("+")[0] or local
    if domain in _IGNORE_DOTS:
        local = local.replace(".", "") or local
    return f"{local}@{domain}"


def name_key(name: str) -> str:
    """What stays the same however a name is typed: composed or not, in any case, with any blanks."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def group_people(identities: Sequence[Iterable[Hashable]]) -> list[int]:
    """For each set of marks (an account, an e-mail key, a handle; false ones don't count) the person behind it.

    Two are one person when they share a mark, also through a third. One without any is a person of its own.
    """
    parents = list(range(len(identities)))
    owners: dict[Hashable, int] = {}
    for index, marks in enumerate(identities):
        for mark in marks:
            if mark:
                _join(parents, owners.setdefault(mark, index), index)
    return [_root(parents, index) for index in range(len(parents))]


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def _join(parents: list[int], one: int, other: int) -> None:
    low, high = sorted((_root(parents, one), _root(parents, other)))
    parents[high] = low
