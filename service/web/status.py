"""How the service is doing: for the process supervisor, the load balancer, and Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy import func, select

from service.domain.contest import Phase
from service.storage.tables import contests
from service.usecases.services import Services
from service.web.answers import Health, Ready
from service.web.context import context, services
from service.web.readiness import Check

part = APIBlueprint("status", __name__)


@part.get("/healthz", responses={"200": Health})
def healthz() -> Any:
    """Tell that the process is alive, whatever else is"""
    return {"status": "ok"}


@part.get("/readyz", responses={"200": Ready, "503": Ready})
def readyz() -> Any:
    """Tell whether the database and the blog answer, and if not, why"""
    readiness = context().readiness
    checks = {"database": readiness.database(), "blog": readiness.blog()}
    is_ready = all(check.is_ok for check in checks.values())
    told = {name: _told(check) for name, check in checks.items()}
    return {"status": _word(is_ready), "checks": told}, 200 if is_ready else 503


def _told(check: Check) -> dict[str, str | None]:
    return {"status": _word(check.is_ok), "detail": check.failure or None}


def _word(is_ok: bool) -> str:
    return "ok" if is_ok else "failing"


@part.get("/metrics", doc_ui=False)
def metrics() -> Response:
    """Numbers for Prometheus, read from the database when asked."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Contests(services()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Contests:
    """Contests by phase, how many wait for something, and how late the worker is."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        """The numbers now."""
        with self._services.store.read() as tx:
            query = select(contests.c.phase, func.count(), func.count(contests.c.problem))
            rows = tx.execute(query.group_by(contests.c.phase)).all()
            due_at = tx.execute(select(func.min(contests.c.due_at))).scalar_one()
        by_phase = {row[0]: row[1] for row in rows}
        phases = GaugeMetricFamily("tirage_contests", "Contests by phase", labels=["phase"])
        for phase in Phase:
            phases.add_metric([phase.value], by_phase.get(phase.value, 0))
        yield phases
        waiting = sum(row[2] for row in rows)
        yield GaugeMetricFamily("tirage_contests_waiting", "Contests that a problem holds up", value=waiting)
        lag = _lag(self._services.clock(), due_at)
        yield GaugeMetricFamily("tirage_due_lag_seconds", "How long the most overdue contest waits", value=lag)


def _lag(now: datetime, due_at: datetime | None) -> float:
    return max(0.0, (now - due_at).total_seconds()) if due_at else 0.0
