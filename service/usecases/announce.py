"""The winner comment: look at it, fix its words, and write it on the post."""

from __future__ import annotations

from time import sleep
from urllib.parse import urlsplit

from service.domain.contest import Phase, require_kept, require_phase
from service.domain.errors import Conflict
from service.storage import contests, draws
from service.storage.contests import Lease
from service.storage.draws import Announcement
from service.usecases.draw import DRAWN
from service.usecases.facts import announcement_facts, sample_facts
from service.usecases.posting import Waiting, Writing, write_once
from service.usecases.services import Services
from service.usecases.wording import write_comment


def preview(services: Services, contest_id: int, *, template: str | None = None) -> str:
    """The winner comment as it would be posted; with made-up names before the draw. Raises BadTemplate, NotFound."""
    with services.store.read() as tx:
        contest = contests.get(tx, contest_id)
        number = draws.latest_number(tx, contest_id)
        if contest.phase in DRAWN:
            facts = announcement_facts(tx, services, contest, number=number)
        else:
            facts = sample_facts(services, contest, number=number if contest.phase is Phase.SEALED else number + 1)
    return write_comment(contest.template if template is None else template, facts, language=contest.language)


def announce(services: Services, contest_id: int, *, actor: str) -> Announcement:
    """Write the winner comment, or find that it stands there; waits out an attempt that is still in the air.

    Raises Conflict before the draw, BlogProblem; the worker goes on with what could not be finished.
    """
    require_public_url(services)
    request_announcement(services, contest_id, actor=actor)
    with services.hold(contest_id) as lease:
        while True:
            outcome = announce_under(services, lease)
            if isinstance(outcome, Announcement):
                return outcome
            _wait(services, lease, outcome)


def require_public_url(services: Services) -> None:
    """Raises Conflict where readers of the blog couldn't open the proof link. Raises BlogProblem."""
    if _is_local(services.public_url) and not _is_local(services.blog.site().url):
        raise Conflict(
            f"PUBLIC_URL is {services.public_url}, which readers of the blog can't open; "
            "set it to the address under which this service is reached from outside.",
            code="public_url",
        )


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")


def request_announcement(services: Services, contest_id: int, *, actor: str, lease: Lease | None = None) -> None:
    """Fix the words of the winner comment and have it written. Does nothing the second time."""
    with services.store.write() as tx:
        contest = contests.lock(tx, contest_id, lease)
        if contest.phase in (Phase.ANNOUNCING, Phase.ANNOUNCED):
            return
        require_phase(contest, Phase.DRAWN, to="announce it")
        require_kept(contest, to="announce it")
        number = draws.latest_number(tx, contest_id)
        facts = announcement_facts(tx, services, contest, number=number)
        text = write_comment(contest.template, facts, language=contest.language)
        announcement = Announcement(draw_number=number, text=text, proof_url=facts.proof_url, actor=actor)
        draws.add_announcement(tx, contest_id, announcement)
        contests.update(tx, contest_id, phase=Phase.ANNOUNCING)
        contests.ring(tx, contest_id, at=services.clock())


def announce_under(services: Services, lease: Lease) -> Announcement | Waiting:
    """One step towards the winner comment of the newest draw. Raises BlogProblem, Blocked, Conflict."""
    with services.store.read() as tx:
        require_phase(contests.get(tx, lease.contest_id), Phase.ANNOUNCING, Phase.ANNOUNCED, to="write its comment")
        number = draws.latest_number(tx, lease.contest_id)
    outcome = write_once(Writing(services=services, lease=lease, draw_number=number))
    if isinstance(outcome, Announcement):
        with services.store.write() as tx:
            contests.lock(tx, lease.contest_id, lease)
            contests.update(tx, lease.contest_id, phase=Phase.ANNOUNCED)
    return outcome


def _wait(services: Services, lease: Lease, waiting: Waiting) -> None:
    """Sleep a little, keeping the lease."""
    with services.store.write() as tx:
        contests.renew(tx, lease, now=services.clock(), seconds=services.timing.lease)
    left = (waiting.until - services.clock()).total_seconds()
    sleep(min(max(left, 0.05), 5.0))
