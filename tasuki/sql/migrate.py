"""Brings a store up to date, or makes a new one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

ONLY_ONE = 0x7461_7375_6B69
"""The advisory lock under which PostgreSQL lets one program at a time change the tables ("tasuki")."""


def upgrade(engine: Engine) -> None:
    """All missing steps in one transaction; who comes second waits, and finds nothing left to do."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with engine.connect() as connection, connection.begin():
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ONLY_ONE})"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
