"""Statements for many rows at once, on either database."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Delete, Insert, Table, Update
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")
CHUNK = 500


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def paged(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """`chunks` of what comes one by one."""
    rest = iter(items)
    while page := list(islice(rest, size)):
        yield page


def put(connection: Connection, statement: Insert | Update | Delete, rows: Sequence[dict[str, Any]]) -> None:
    """One statement for many rows of plain values (text, numbers, bytes), straight to the driver: for those,
    what SQLAlchemy does to each row costs more than the database's own work."""
    if not rows:
        return
    inserted = list(rows[0]) if isinstance(statement, Insert) else None
    compiled = statement.compile(dialect=connection.dialect, column_keys=inserted)
    if fixed := {name: value for name, value in compiled.params.items() if name not in rows[0]}:
        rows = [fixed | row for row in rows]
    if not compiled.positional:
        connection.exec_driver_sql(str(compiled), list(rows))
        return
    values = itemgetter(*(compiled.positiontup or ()))
    connection.exec_driver_sql(str(compiled), [values(row) for row in rows])


def insert_new(connection: Connection, table: Table) -> Insert:
    """An insert that leaves alone what is there already, also when somebody else is inserting it now."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
