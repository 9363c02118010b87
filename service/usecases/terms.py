"""The term of personal data."""

from __future__ import annotations

from datetime import datetime

from service.storage.contests import Lease
from service.usecases.services import Services


def end_term(services: Services, lease: Lease) -> datetime | None:
    """Nothing yet."""
    return None
