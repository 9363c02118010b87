"""What is still to do once a contest is drawn: replies on the blog, claims, and the end of its personal data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from service.domain.errors import LeaseLost, TirageError
from service.storage.contests import Lease
from service.usecases.claims import tend_claims
from service.usecases.ports import BlogProblem
from service.usecases.replies import write_replies
from service.usecases.services import Services
from service.usecases.terms import end_term

Step = Callable[[Services, Lease], datetime | None]
STEPS: tuple[Step, ...] = (tend_claims, write_replies, end_term)


def follow_up(services: Services, lease: Lease) -> datetime | None:
    """One step of each; when something is to do again, None for never.

    What holds up one of them holds up no other: only then the first problem is raised, as BlogProblem or TirageError.
    """
    times: list[datetime | None] = []
    problems: list[BlogProblem | TirageError] = []
    for step in STEPS:
        try:
            times.append(step(services, lease))
        except LeaseLost:
            raise
        except (BlogProblem, TirageError) as problem:
            problems.append(problem)
    if problems:
        raise problems[0]
    return min((at for at in times if at is not None), default=None)
