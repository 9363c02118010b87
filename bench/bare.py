"""The least that a Flask view on our kind of database can do: take a request and commit one row."""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, request
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table

from service.storage.store import Store

rows = Table("bare_rows", MetaData(), Column("id", Integer, primary_key=True), Column("body", LargeBinary))


def create_app() -> Flask:
    """The application on DATABASE_URL."""
    store = Store(os.environ["DATABASE_URL"])
    app = Flask("bench.bare")
    with store.write() as tx:
        rows.metadata.create_all(tx)

    @app.post("/")
    def take() -> Any:
        with store.write() as tx:
            tx.execute(rows.insert().values(body=request.get_data()))
        return {"status": "accepted"}, 202

    return app
