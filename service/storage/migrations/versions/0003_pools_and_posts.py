"""Pools, and the posts of those who take part on social networks"""

import json

import sqlalchemy as sa
from alembic import op

from service.storage.tables import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_contests = sa.table(
    "contests",
    sa.column("id", sa.Integer()),
    sa.column("winners", sa.Integer()),
    sa.column("alternates", sa.Integer()),
    sa.column("pools", sa.JSON()),
)


def upgrade() -> None:
    op.add_column("contests", sa.Column("starts_at", Instant(), nullable=True))
    op.add_column("contests", sa.Column("pools", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("contests", sa.Column("message", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("contests", sa.Column("search", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("entries", sa.Column("posts", sa.Text(), server_default="", nullable=False))
    op.add_column("entries", sa.Column("handles", sa.Text(), server_default="", nullable=False))
    _give_pools()
    op.drop_column("contests", "winners")
    op.drop_column("contests", "alternates")
    _create_posts()
    _create_searches()


def _give_pools() -> None:
    """One pool among the commenters, as every contest had."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(_contests.c.id, _contests.c.winners, _contests.c.alternates)).all():
        pool = {"name": "comments", "channel": "comments", "prize": ""}
        pools = [{**pool, "winners": row.winners, "alternates": row.alternates}]
        connection.execute(_contests.update().where(_contests.c.id == row.id).values(pools=pools))


def _create_posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(length=16), nullable=False),
        sa.Column("entry", sa.String(length=300), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("sight", sa.String(length=16), nullable=False),
        sa.Column("evidence", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("is_found", sa.Boolean(), nullable=False),
        sa.Column("brought_by", sa.Text(), nullable=False),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column("looked_at", Instant(), nullable=True),
        sa.Column("is_doubted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.Column("check_at", Instant(), nullable=True),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.Column("override", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("status", sa.String(length=16), server_default="undecided", nullable=False),
        sa.Column("reasons", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("overruled", sa.JSON(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.UniqueConstraint("contest_id", "entry", name="uq_posts_contest_id_entry"),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name="fk_posts_contest_id_contests", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_posts_contest_id_check_at", "posts", ["contest_id", "check_at"])
    op.create_table(
        "post_references",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=300), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_post_references"),
        sa.UniqueConstraint("contest_id", "reference", name="uq_post_references_contest_id_reference"),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name="fk_post_references_contest_id_contests", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_post_references_post_id_posts", ondelete="CASCADE"),
    )
    op.create_index("ix_post_references_post_id", "post_references", ["post_id"])


def _create_searches() -> None:
    op.create_table(
        "searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("cursor", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("run_from", Instant(), nullable=True),
        sa.Column("covered_until", Instant(), nullable=True),
        sa.Column("found", sa.Integer(), server_default="0", nullable=False),
        sa.Column("spent", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("problem", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("gap", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_searches"),
        sa.UniqueConstraint("contest_id", "source", name="uq_searches_contest_id_source"),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name="fk_searches_contest_id_contests", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "rests",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_rests"),
    )


def downgrade() -> None:
    for table in ("rests", "searches", "post_references", "posts"):
        op.drop_table(table)
    op.add_column("contests", sa.Column("winners", sa.Integer(), server_default="1", nullable=False))
    op.add_column("contests", sa.Column("alternates", sa.Integer(), server_default="3", nullable=False))
    _take_pools()
    for name in ("pools", "message", "search", "starts_at"):
        op.drop_column("contests", name)
    op.drop_column("entries", "posts")
    op.drop_column("entries", "handles")


def _take_pools() -> None:
    """All pools' places together in one."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(_contests.c.id, _contests.c.pools)).all():
        pools = json.loads(row.pools) if isinstance(row.pools, str) else row.pools
        winners, alternates = (sum(pool[name] for pool in pools) for name in ("winners", "alternates"))
        values = {"winners": winners, "alternates": alternates}
        connection.execute(_contests.update().where(_contests.c.id == row.id).values(**values))
