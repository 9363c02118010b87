"""Doorbells, a connection that the plugin handed over, and erased authors"""

import sqlalchemy as sa
from alembic import op

from service.storage.tables import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=100), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("is_doorbell", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("message_id", name="uq_deliveries_message_id"),
    )
    op.create_index("ix_deliveries_received_at", "deliveries", ["received_at"])
    op.create_table(
        "rings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_rings"),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name="fk_rings_contest_id_contests", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_rings_contest_id_id", "rings", ["contest_id", "id"])
    op.create_table(
        "connections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("connected_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_connections"),
    )
    op.add_column("entries", sa.Column("erased_at", Instant(), nullable=True))
    op.add_column("contests", sa.Column("last_reading_seconds", sa.Float(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("contests", "last_reading_seconds")
    op.drop_column("entries", "erased_at")
    op.drop_table("connections")
    op.drop_table("rings")
    op.drop_table("deliveries")
