"""Runs a search from a cursor to its last page, as the service does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from service.domain.posts import Message, SearchPage, SearchPlan
from service.usecases.ports import Source
from tests.networks.worlds import now

MOST_PAGES = 30


@dataclass(frozen=True)
class Run:
    """All pages of one run."""

    pages: list[SearchPage]

    @property
    def entries(self) -> list[str]:
        """The posts found, in order, each once."""
        return list(dict.fromkeys(post.entry for page in self.pages for post in page.posts))

    @property
    def addresses(self) -> list[str]:
        """The posts that must be looked at elsewhere."""
        return [address.reference for page in self.pages for address in page.addresses]

    @property
    def cursor(self) -> Mapping[str, Any]:
        """Where the next run begins, after a stay in the database."""
        kept: dict[str, Any] = json.loads(json.dumps(dict(self.pages[-1].cursor)))
        return kept


def plan_for(*, hours: float = 24, **parts: Any) -> SearchPlan:
    """A contest that began so many hours ago and runs for a day more."""
    return SearchPlan(
        message=Message(**parts), starts_at=now() - timedelta(hours=hours), ends_at=now() + timedelta(days=1)
    )


def run(source: Source, plan: SearchPlan, cursor: Mapping[str, Any] | None = None) -> Run:
    """One run to its last page."""
    pages: list[SearchPage] = []
    place = cursor or {}
    while not pages or not pages[-1].is_last:
        assert len(pages) < MOST_PAGES, "the search doesn't end"
        pages.append(source.page(plan, place))
        place = Run(pages).cursor
    return Run(pages)
