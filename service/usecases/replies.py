"""Write the replies to the winner comment that tell who got a prize next."""

from __future__ import annotations

from datetime import datetime

from service.storage.contests import Lease
from service.usecases.services import Services


def write_replies(services: Services, lease: Lease) -> datetime | None:
    """Nothing yet."""
    return None
