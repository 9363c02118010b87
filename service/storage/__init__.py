"""The contest's own truth: one database, SQLite or PostgreSQL. Plain values in, plain values out."""
