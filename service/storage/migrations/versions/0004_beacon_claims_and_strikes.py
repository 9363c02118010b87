"""The public beacon, the chained log, claims, and prizes that pass on"""

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from service.storage.tables import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_log = sa.table(
    "log",
    *(sa.column(name, sa.Integer()) for name in ("id", "contest_id", "number")),
    *(sa.column(name, sa.Text()) for name in ("actor", "action", "reason", "hash")),
    sa.column("at", Instant()),
    sa.column("details", sa.JSON()),
)
_contests = sa.table("contests", sa.column("phase", sa.String()), sa.column("due_at", Instant()))
_draws = sa.table(
    "draws",
    *(sa.column(name, sa.Integer()) for name in ("id", "contest_id", "number")),
    *(sa.column(name, sa.JSON(none_as_null=True)) for name in ("receipt", "outline")),
)
_PLACE = ("pool", "place", "entry", "ticket", "person")
_tickets = sa.table("tickets", *(sa.column(name) for name in ("contest_id", "draw_number", *_PLACE)))


def upgrade() -> None:
    _extend_contests()
    _extend_draws()
    _chain_log()
    _create_strikes()
    _create_claims()
    _create_tickets()


def _extend_contests() -> None:
    op.add_column(
        "contests", sa.Column("randomness", sa.String(length=16), server_default="commit-reveal", nullable=False)
    )
    op.add_column("contests", sa.Column("publishes_list", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("contests", sa.Column("claims", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("contests", sa.Column("erased_at", Instant(), nullable=True))
    op.add_column("contests", sa.Column("promotion_template", sa.Text(), nullable=True))
    is_drawn = sa.and_(_contests.c.phase.in_(["drawn", "announced"]), _contests.c.due_at.is_(None))
    op.execute(_contests.update().where(is_drawn).values(due_at=datetime.now(UTC)))  # their personal data have a term


def _extend_draws() -> None:
    op.add_column("draws", sa.Column("commitment", sa.String(length=64), nullable=True))
    op.add_column("draws", sa.Column("beacon", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("draws", sa.Column("log", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("draws", sa.Column("secret_reason", sa.Text(), server_default="", nullable=False))
    op.add_column("draws", sa.Column("outline", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("draws", sa.Column("replaced_at", Instant(), nullable=True))
    op.add_column("draws", sa.Column("replaced_reason", sa.Text(), server_default="", nullable=False))
    op.execute("UPDATE draws SET commitment = (SELECT commitment FROM contests WHERE contests.id = draws.contest_id)")
    with op.batch_alter_table("draws") as table:
        table.alter_column("commitment", existing_type=sa.String(length=64), nullable=False)
    op.add_column("announcements", sa.Column("strike", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("announcements") as table:
        table.drop_constraint("uq_announcements_contest_id_draw_number", type_="unique")
        table.create_unique_constraint(
            "uq_announcements_contest_id_draw_number_strike", ["contest_id", "draw_number", "strike"]
        )


def _chain_log() -> None:
    """Number and chain the lines that are there."""
    op.add_column("log", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("log", sa.Column("hash", sa.String(length=64), nullable=True))
    connection, heads = op.get_bind(), dict[int, tuple[int, str]]()
    for row in connection.execute(sa.select(_log).order_by(_log.c.contest_id, _log.c.id)).all():
        before, previous = heads.get(row.contest_id, (0, "0" * 64))
        number, hash_ = before + 1, _hash(previous, before + 1, row)
        connection.execute(_log.update().where(_log.c.id == row.id).values(number=number, hash=hash_))
        heads[row.contest_id] = (number, hash_)
    op.drop_index("ix_log_contest_id", "log")
    with op.batch_alter_table("log") as table:
        table.alter_column("number", existing_type=sa.Integer(), nullable=False)
        table.alter_column("hash", existing_type=sa.String(length=64), nullable=False)
        table.create_unique_constraint("uq_log_contest_id_number", ["contest_id", "number"])


def _hash(previous: str, number: int, row: Any) -> str:
    from service.domain.log_chain import LogLine, hash_line

    values = {name: getattr(row, name) for name in ("at", "actor", "action", "reason")}
    details = json.loads(row.details) if isinstance(row.details, str) else row.details
    return hash_line(previous, LogLine(number=number, details=details, **values))


def _create_strikes() -> None:
    op.create_table(
        "strikes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("draw_number", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pool", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(length=300), nullable=False),
        sa.Column("promoted", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_strikes"),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name="fk_strikes_contest_id_contests", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("contest_id", "draw_number", "number", name="uq_strikes_contest_id_draw_number_number"),
        sa.UniqueConstraint(
            "contest_id", "draw_number", "pool", "entry", name="uq_strikes_contest_id_draw_number_pool_entry"
        ),
    )


def _create_claims() -> None:
    op.create_table(
        "claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("draw_number", sa.Integer(), nullable=False),
        sa.Column("pool", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(length=300), nullable=False),
        sa.Column("given_by", sa.String(length=300), server_default="", nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("mailed_at", Instant(), nullable=True),
        sa.Column("mail_tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("mail_at", Instant(), nullable=True),
        sa.Column("mail_problem", sa.Text(), server_default="", nullable=False),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("answers", sa.Text(), server_default="", nullable=False),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_claims"),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name="fk_claims_contest_id_contests", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("token_hash", name="uq_claims_token_hash"),
        sa.UniqueConstraint(
            "contest_id", "draw_number", "pool", "entry", name="uq_claims_contest_id_draw_number_pool_entry"
        ),
    )


def _create_tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("draw_number", sa.Integer(), nullable=False),
        sa.Column("pool", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(length=300), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=300), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name="fk_tickets_contest_id_contests", ondelete="CASCADE"
        ),
        sa.UniqueConstraint(
            "contest_id", "draw_number", "pool", "place", name="uq_tickets_contest_id_draw_number_pool_place"
        ),
        sa.UniqueConstraint(
            "contest_id", "draw_number", "entry", "pool", name="uq_tickets_contest_id_draw_number_entry_pool"
        ),
    )
    _take_out_of_receipts()


def _take_out_of_receipts() -> None:
    """What pages show of the draws that are finished already, as the pages of the version that runs this read it."""
    from service.domain.receipt_outline import outline, places

    connection = op.get_bind()
    is_drawn = _draws.c.receipt.is_not(None)
    for row in connection.execute(sa.select(_draws.c.id, _draws.c.contest_id, _draws.c.number).where(is_drawn)).all():
        receipt = connection.execute(sa.select(_draws.c.receipt).where(_draws.c.id == row.id)).scalar_one()
        connection.execute(_draws.update().where(_draws.c.id == row.id).values(outline=outline(receipt)))
        draw = {"contest_id": row.contest_id, "draw_number": row.number}
        rows = [{**draw, **{name: getattr(place, name) for name in _PLACE}} for place in places(receipt)]
        if rows:
            connection.execute(_tickets.insert(), rows)


def downgrade() -> None:
    op.drop_table("tickets")
    op.drop_table("claims")
    op.drop_table("strikes")
    with op.batch_alter_table("log") as table:
        table.drop_constraint("uq_log_contest_id_number", type_="unique")
    op.drop_column("log", "number")
    op.drop_column("log", "hash")
    op.create_index("ix_log_contest_id", "log", ["contest_id"])
    op.execute("DELETE FROM announcements WHERE strike > 0")
    with op.batch_alter_table("announcements") as table:
        table.drop_constraint("uq_announcements_contest_id_draw_number_strike", type_="unique")
        table.create_unique_constraint("uq_announcements_contest_id_draw_number", ["contest_id", "draw_number"])
    op.drop_column("announcements", "strike")
    for name in ("commitment", "beacon", "log", "secret_reason", "outline", "replaced_at", "replaced_reason"):
        op.drop_column("draws", name)
    for name in ("randomness", "publishes_list", "claims", "erased_at", "promotion_template"):
        op.drop_column("contests", name)
