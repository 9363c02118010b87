"""What is still to do once a contest is drawn: replies on the blog, claims, and the end of its personal data."""

from __future__ import annotations

from datetime import datetime

from service.storage.contests import Lease
from service.usecases.claims import tend_claims
from service.usecases.replies import write_replies
from service.usecases.services import Services
from service.usecases.terms import end_term


def follow_up(services: Services, lease: Lease) -> datetime | None:
    """One step of each; when something is to do again, None for never. Raises BlogProblem, Blocked."""
    times = [step(services, lease) for step in (end_term, tend_claims, write_replies)]
    return min((at for at in times if at is not None), default=None)
