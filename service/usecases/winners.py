"""Who stands behind an entry of a draw: the name that readers know, and where the entry can be seen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from service.domain.drawing import comment_id_of
from service.domain.pools import is_comment
from service.storage import contests, listing, posts
from service.storage.post_rows import KnownPost
from service.usecases.freezing import UNSEEN, public_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """An entry's person as strangers wrote it. `comment_id` is 0 for a post; `url` is empty where it isn't known."""

    entry: str
    name: str
    comment_id: int = 0
    url: str = ""


def entrants(tx: Connection, contest_id: int, wanted: Collection[str]) -> dict[str, Entrant]:
    """The people behind these entries, by entry; one that isn't kept any more has an empty name.

    So has everybody once the term of the personal data is over: then pages tell comments by their numbers.
    """
    is_over = contests.get(tx, contest_id).erased_at is not None
    numbers = {entry: comment_id_of(entry) for entry in wanted if is_comment(entry)}
    names = {} if is_over else listing.authors(tx, contest_id, list(numbers.values()))
    found = posts.by_entry(tx, contest_id, [entry for entry in wanted if not is_comment(entry)])
    if any(UNSEEN in entry for entry in wanted):
        found |= {public_name(known.facts): known for known in posts.without_evidence(tx, contest_id)}
    return {
        entry: Entrant(entry=entry, name=names.get(numbers[entry], ""), comment_id=numbers[entry])
        if entry in numbers
        else _poster(entry, found.get(entry))
        for entry in wanted
    }


def _poster(entry: str, post: KnownPost | None) -> Entrant:
    if post is None:
        return Entrant(entry=entry, name="")
    evidence = post.facts.evidence
    if evidence is None:  # nobody saw it and a moderator let it in: its address is all there is
        return Entrant(entry=entry, name="" if post.facts.is_erased else post.facts.entry)
    return Entrant(entry=entry, name=show_handle(evidence.author_handle, evidence.author_name), url=evidence.url)


def show_handle(handle: str, name: str) -> str:
    """A poster's name for readers: the handle, which is theirs alone, and what they call themselves."""
    if not handle:
        return name
    return f"@{handle} ({name})" if name and name.casefold().lstrip("@") != handle.casefold() else f"@{handle}"
