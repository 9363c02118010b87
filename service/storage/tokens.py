"""Bearer tokens of the admin API, kept as SHA-256 only: a token has 256 random bits, so a slow hash adds nothing."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from service.domain.errors import Conflict, NotFound
from service.storage.tables import tokens


def add(tx: Connection, *, name: str, token: str, now: datetime) -> None:
    """Keep a token's hash under a name. Raises Conflict for a name that is taken."""
    try:
        with tx.begin_nested():
            tx.execute(tokens.insert().values(name=name, hash=_hash(token), created_at=now))
    except IntegrityError:
        raise Conflict(f"There is a token named {name!r} already; choose another name.") from None


def find_name(tx: Connection, token: str) -> str | None:
    """Whose token this is; None for an unknown or revoked one."""
    query = select(tokens.c.name).where(tokens.c.hash == _hash(token), tokens.c.revoked_at.is_(None))
    return tx.execute(query).scalar_one_or_none()


def revoke(tx: Connection, *, name: str, now: datetime) -> None:
    """Make a token useless. Raises NotFound."""
    done = tx.execute(
        tokens.update().where(tokens.c.name == name, tokens.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    if not done.rowcount:
        raise NotFound(f"There is no valid token named {name!r}.")


def names(tx: Connection) -> list[tuple[str, datetime, datetime | None]]:
    """Every token's name, when it was made and when revoked."""
    query = select(tokens.c.name, tokens.c.created_at, tokens.c.revoked_at).order_by(tokens.c.id)
    return [(row.name, row.created_at, row.revoked_at) for row in tx.execute(query)]


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
