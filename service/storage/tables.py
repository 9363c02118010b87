"""The tables, as the newest migration leaves them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.dialects import sqlite

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class _AsText(sqlite.DATETIME):
    """SQLite's own form of a datetime, written in a quarter of the time that SQLAlchemy takes for it."""

    def bind_processor(self, _dialect: Dialect) -> Any:
        return lambda value: value and value.isoformat(" ", "microseconds")


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite keeps it naive, so the zone is taken off and put back here."""

    impl = DateTime(timezone=True).with_variant(_AsText, "sqlite")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        result: datetime = value
        return result.astimezone(UTC) if result.tzinfo else result.replace(tzinfo=UTC)


contests = Table(
    "contests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", String(200), nullable=False, unique=True),
    Column("post_id", BigInteger, nullable=False, unique=True),
    Column("post_url", Text, nullable=False),
    Column("post_title", Text, nullable=False),
    Column("post_author_id", BigInteger, nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("phase", String(16), nullable=False),
    Column("closes_at", Instant, nullable=False),
    Column("starts_at", Instant),
    Column("pools", JSON, nullable=False),
    Column("message", JSON, nullable=False, server_default="{}"),
    Column("search", JSON, nullable=False, server_default="{}"),
    Column("rules", JSON, nullable=False),
    Column("is_automatic", Boolean, nullable=False),
    Column("randomness", String(16), nullable=False, server_default="commit-reveal"),
    Column("publishes_list", Boolean, nullable=False, server_default=false()),
    Column("claims", JSON, nullable=False, server_default="{}"),
    Column("template", Text),
    Column("promotion_template", Text),
    Column("commitment", String(64), nullable=False),
    Column("secret", String(64), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("last_read_at", Instant),
    Column("last_reading_seconds", Float, nullable=False, server_default="0"),
    Column("staff_ids", JSON, nullable=False, server_default="[]"),
    Column("problem", JSON(none_as_null=True)),
    Column("erased_at", Instant),  # when the term of its personal data ended
    Column("due_at", Instant),
    Column("lease_token", String(32)),
    Column("lease_until", Instant),
    Index("ix_contests_due_at", "due_at"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contest_id", ForeignKey("contests.id", ondelete="CASCADE"), nullable=False),
    Column("comment_id", BigInteger, nullable=False),
    Column("parent_id", BigInteger, nullable=False),
    Column("account_id", BigInteger, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("author_email", Text, nullable=False),
    Column("author_url", Text, nullable=False),
    Column("author_ip", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("is_empty", Boolean, nullable=False),
    Column("posts", Text, nullable=False, server_default=""),  # references of the posts that it gives, by blanks
    Column("handles", Text, nullable=False, server_default=""),  # who its author says they are on networks
    Column("first_seen_at", Instant, nullable=False),
    Column("edited_at", Instant),  # when a reading first saw other words than before
    Column("approved_at", Instant),  # when a reading first saw it approved after it was held
    Column("erased_at", Instant),  # when the author's personal data were first seen to be gone
    Column("override", JSON(none_as_null=True)),
    Column("status", String(16), nullable=False, server_default="undecided"),
    Column("reasons", JSON, nullable=False, server_default="[]"),
    Column("overruled", JSON, nullable=False, server_default="[]"),
    UniqueConstraint("contest_id", "comment_id"),
    Index("ix_entries_contest_id_status", "contest_id", "status"),
)

posts = Table(
    "posts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contest_id", ForeignKey("contests.id", ondelete="CASCADE"), nullable=False),
    Column("network", String(16), nullable=False),
    Column("entry", String(300), nullable=False),  # the public name; a reference until the network told the name
    Column("key", String(300), nullable=False),  # by which the network is asked
    Column("host", String(255), nullable=False),  # that is asked
    Column("sight", String(16), nullable=False),
    Column("evidence", JSON(none_as_null=True)),  # of the last time it was seen
    Column("is_found", Boolean, nullable=False),  # by a search or the moderator, beside any comment
    Column("brought_by", Text, nullable=False),  # which way it came first: a source's name, "comment", "hand"
    Column("first_seen_at", Instant, nullable=False),
    Column("looked_at", Instant),  # the last clear answer
    Column("is_doubted", Boolean, nullable=False, server_default=false()),  # called gone once, which isn't believed yet
    Column("tries", Integer, nullable=False, server_default="0"),  # looks without a clear answer since then
    Column("trouble", Text, nullable=False, server_default=""),  # why the last look was none
    Column("check_at", Instant),  # when to look again; none: not before the deadline
    Column("erased_at", Instant),
    Column("override", JSON(none_as_null=True)),
    Column("status", String(16), nullable=False, server_default="undecided"),
    Column("reasons", JSON, nullable=False, server_default="[]"),
    Column("overruled", JSON, nullable=False, server_default="[]"),
    UniqueConstraint("contest_id", "entry"),
    Index("ix_posts_contest_id_check_at", "contest_id", "check_at"),
)

references = Table(
    "post_references",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contest_id", ForeignKey("contests.id", ondelete="CASCADE"), nullable=False),
    Column("reference", String(300), nullable=False),
    Column("post_id", ForeignKey("posts.id", ondelete="CASCADE"), nullable=False, index=True),
    UniqueConstraint("contest_id", "reference"),
)

searches = Table(
    "searches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contest_id", ForeignKey("contests.id", ondelete="CASCADE"), nullable=False),
    Column("source", String(300), nullable=False),
    Column("cursor", JSON, nullable=False, server_default="{}"),  # where the source goes on
    Column("run_from", Instant),  # when the run in hand began; none between two
    Column("covered_until", Instant),  # up to when the finished runs saw everything that the source shows
    Column("found", Integer, nullable=False, server_default="0"),
    Column("spent", BigInteger, nullable=False, server_default="0"),  # millionths of a US dollar
    Column("next_at", Instant),
    Column("problem", JSON(none_as_null=True)),
    Column("gap", Text, nullable=False, server_default=""),
    UniqueConstraint("contest_id", "source"),
)

rests = Table(
    "rests",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("until", Instant, nullable=False),  # no request to this host before, whichever contest wants one
    Column("code", String(32), nullable=False),
    Column("message", Text, nullable=False),
)

draws = Table(
    "draws",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contest_id", ForeignKey("contests.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("sealed_at", Instant, nullable=False),
    Column("sealed_text", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("rules", JSON, nullable=False),
    Column("entries", JSON, nullable=False),
    Column("commitment", String(64), nullable=False),  # to the secret, whether it is used or not
    Column("beacon", JSON(none_as_null=True)),  # the chain and the round that was still to come; none: the secret
    Column("log", JSON(none_as_null=True)),  # the log's head at the seal; none in the formats before
    Column("secret_reason", Text, nullable=False, server_default=""),  # why the secret stands in for the beacon
    Column("drawn_at", Instant),
    Column("receipt", JSON(none_as_null=True)),
    Column("outline", JSON(none_as_null=True)),  # the receipt without its long lists
    Column("replaced_at", Instant),  # by the next draw
    Column("replaced_reason", Text, nullable=False, server_default=""),
    UniqueConstraint("contest_id", "number"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contest_id", ForeignKey("contests.id", ondelete="CASCADE"), nullable=False),
    Column("draw_number", Integer, nullable=False),
    Column("pool", Integer, nullable=False),  # by its number
    Column("place", Integer, nullable=False),  # from 1 in each pool
    Column("entry", String(300), nullable=False),
    Column("ticket", String(64), nullable=False),
    Column("person", String(300), nullable=False, server_default=""),  # who stands for them, where it's another entry
    UniqueConstraint("contest_id", "draw_number", "pool", "place"),
    UniqueConstraint("contest_id", "draw_number", "entry", "pool"),
)

announcements = Table(
    "announcements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contest_id", ForeignKey("contests.id", ondelete="CASCADE"), nullable=False),
    Column("draw_number", Integer, nullable=False),
    Column("strike", Integer, nullable=False, server_default="0"),  # the strike that it answers; 0: the winner comment
    Column("text", Text, nullable=False),
    Column("proof_url", Text, nullable=False),  # as the text has it: the key by which the comment is found again
    Column("actor", String(100), nullable=False),
    Column("attempted_at", Instant),  # the last time a comment was sent and no answer is known
    Column("opened_comments", Boolean, nullable=False),  # we opened the post's comments and owe to close them
    Column("comment_id", BigInteger),
    Column("comment_url", Text),
    Column("posted_at", Instant),
    UniqueConstraint("contest_id", "draw_number", "strike"),
)

strikes = Table(
    "strikes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contest_id", ForeignKey("contests.id", ondelete="CASCADE"), nullable=False),
    Column("draw_number", Integer, nullable=False),
    Column("number", Integer, nullable=False),  # from 1 in each draw
    Column("pool", Integer, nullable=False),  # by its number
    Column("entry", String(300), nullable=False),  # who loses the prize
    Column("promoted", String(300), nullable=False),  # who gets it; empty: nobody is left
    Column("kind", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("contest_id", "draw_number", "number"),
    UniqueConstraint("contest_id", "draw_number", "pool", "entry"),
)

claims = Table(
    "claims",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contest_id", ForeignKey("contests.id", ondelete="CASCADE"), nullable=False),
    Column("draw_number", Integer, nullable=False),
    Column("pool", Integer, nullable=False),  # by its number
    Column("entry", String(300), nullable=False),
    Column("given_by", String(300), nullable=False, server_default=""),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("token", Text, nullable=False),  # encrypted; empty once the data's term is over
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("mailed_at", Instant),
    Column("mail_tries", Integer, nullable=False, server_default="0"),
    Column("mail_at", Instant),  # when to try again
    Column("mail_problem", Text, nullable=False, server_default=""),
    Column("claimed_at", Instant),
    Column("answers", Text, nullable=False, server_default=""),  # encrypted JSON by field
    Column("erased_at", Instant),
    UniqueConstraint("contest_id", "draw_number", "pool", "entry"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", String(100), nullable=False, unique=True),
    Column("received_at", Instant, nullable=False, index=True),
    Column("is_doorbell", Boolean, nullable=False),  # else a call: that the plugin asks doesn't mean that it rings
)

rings = Table(
    "rings",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("contest_id", ForeignKey("contests.id", ondelete="CASCADE"), nullable=False),
    Column("comment_id", BigInteger),  # none: all of the contest
    Index("ix_rings_contest_id_id", "contest_id", "id"),
)

connections = Table(
    "connections",
    metadata,
    Column("id", Integer, primary_key=True),  # one blog, so always 1
    Column("url", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("password", Text, nullable=False),  # encrypted
    Column("connected_at", Instant, nullable=False),
)

log = Table(
    "log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contest_id", ForeignKey("contests.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),  # from 1 in each contest
    Column("at", Instant, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("action", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("details", JSON, nullable=False),
    Column("hash", String(64), nullable=False),  # of this line and the hash before
    UniqueConstraint("contest_id", "number"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)
