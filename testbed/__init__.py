"""Real neighbours for tests, demo and benches: WordPress blogs, a PostgreSQL, a proxy that misbehaves.

WordPress, MariaDB and the proxy need the standard library alone, so that `python -m testbed.wordpress` runs
before any virtual environment exists.
"""
