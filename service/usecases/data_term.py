"""When the personal data of a drawn contest end: some days after its newest draw."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from service.domain.contest import Contest
from service.storage import forgetting
from service.usecases.services import Services


def data_end(tx: Connection, services: Services, contest: Contest) -> datetime | None:
    """When they are due to be deleted, or were; None before the draw."""
    drawn_at = forgetting.last_drawn_at(tx, contest.id)
    return None if drawn_at is None else drawn_at + timedelta(days=services.personal_data_days)
