"""The models that rows are judged by, each frozen on the day it was learned."""

import hashlib
import time
from typing import NamedTuple

from sqlalchemy import Connection, select

from tasuki.store.statements import insert_new
from tasuki.store.tables import identity_model


class Frozen(NamedTuple):
    """A model as tasuki.identity.modelfile writes it."""

    id: str
    """Over its content."""
    body: bytes


def id_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


def freeze(connection: Connection, of: str, body: bytes) -> str:
    """From now on records of the canonical model `of` are judged by this one; its id."""
    id = id_of(body)
    row = {"id": id, "model": of, "body": body, "at": time.time()}
    connection.execute(insert_new(connection, identity_model), row)
    return id


def frozen(connection: Connection, of: str) -> Frozen | None:
    """The newest."""
    newest = select(identity_model).where(identity_model.c.model == of).order_by(identity_model.c.at.desc())
    row = connection.execute(newest.limit(1)).one_or_none()
    return Frozen(row.id, row.body) if row else None
