"""The tables of the store, as they are now; tasuki/sql holds the steps that led here.

JSON is kept as bytes (orjson) and read back by the code that wrote it: no database looks inside.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()


def _same(table: Table) -> list[Column[Any]]:
    """The columns of another table."""
    return [Column(one.name, one.type, primary_key=one.primary_key) for one in table.columns]


def _those(sqlite: str, postgresql: str) -> dict[str, Any]:
    """An index of these rows only: the others cost it nothing."""
    return {"sqlite_where": text(sqlite), "postgresql_where": text(postgresql)}


meta = Table(
    "meta", metadata, Column("name", String(120), primary_key=True), Column("value", Text, nullable=False)
)

run = Table(
    "run",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("sync", String(80), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("status", String(20), nullable=False),
    Column("exit_code", Integer),
    Column("started", Float, nullable=False),
    Column("ended", Float),
    Column("counts", LargeBinary),
    Index("run_by_start", "sync", "started"),
)

lease = Table(
    "lease",
    metadata,
    Column("sync", String(80), primary_key=True),
    Column("run", String(40), nullable=False),
    Column("host", String(120), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("expires", Float, nullable=False),
)
"""`pid` is the process at work, 0 between two steps of one run."""

system_state = Table(
    "system_state",
    metadata,
    Column("system", String(80), primary_key=True),
    Column("sync", String(80), nullable=False),
    Column("cursor", Text, nullable=False),
    Column("mapping", String(16), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("read_at", Float, nullable=False),
    Column("source", LargeBinary, nullable=False),
    Column("loaded", Boolean, nullable=False),
)
"""`loaded`: the first load of this system was approved and applied (S14)."""

block = Table(
    "block",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sync", String(80), nullable=False),
    Column("system", String(80), nullable=False),
    Column("code", String(10), nullable=False),
    Column("evidence", String(64), nullable=False),
    Column("details", LargeBinary, nullable=False),
    Column("run", String(40), nullable=False),
    Column("at", Float, nullable=False),
    Column("state", String(12), nullable=False),
    Column("actor", String(120)),
    Column("reason", Text),
    Index("block_open", "sync", "state"),
)
"""state: open → acknowledged → used (the evidence was seen again and let pass) or void."""

entity = Table(
    "entity",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("model", String(40), nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("pending", Boolean, nullable=False),
    Column("redirect", String(40)),
    Column("created", Float, nullable=False),
    Index("entity_pending", "model", **_those("pending = 1", "pending")),
)
link = Table(
    "link",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("system", String(80), nullable=False),
    Column("key", Text, nullable=False),
    Column("model", String(40), nullable=False),
    Column("entity", String(40), ForeignKey("entity.id")),
    Column("role", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("dirty", Boolean, nullable=False),
    Column("digest", LargeBinary(16), nullable=False),
    Column("version", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("observed", LargeBinary, nullable=False),
    Column("agreed", LargeBinary, nullable=False),
    Column("settled", LargeBinary, nullable=False),
    Column("since", Float, nullable=False),
    Column("until", Float, nullable=False),
    Column("sent", LargeBinary),
    UniqueConstraint("system", "key", name="link_by_key"),
    # Few rows are ever on their way, or say something new.
    Index("link_sent", "system", **_those("sent IS NOT NULL", "sent IS NOT NULL")),
    Index("link_dirty", "system", "entity", **_those("dirty = 1", "dirty")),
    # A row is some 4 kB: what is asked of all rows is answered from these two alone.
    Index("link_known", "system", "state", "key", "digest"),
    Index("link_of_entity", "entity", "system"),
)
"""One row of one system. state: here | gone (the tombstone, S16) | sent or leaving (its creation
or its deletion isn't imported yet, S20).
role: primary | duplicate.
`agreed` holds the system's own cells, so that a new mapping can read the past anew (S22).
`sent`: cells handed to a file that a person imports, and since when (S20)."""

replaced = Table(
    "replaced",
    metadata,
    Column("link", Integer, primary_key=True),
    Column("cell", LargeBinary(16), primary_key=True),
    sqlite_with_rowid=False,
)
"""Cells (column and value, hashed) that a row once showed and that were replaced since (S25)."""

match_key = Table(
    "match_key",
    metadata,
    Column("link", Integer, ForeignKey("link.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("hash", LargeBinary(16), primary_key=True),
    Index("match_key_by_hash", "kind", "hash"),
    sqlite_with_rowid=False,
)

identity_model = Table(
    "identity_model",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("model", String(40), primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("at", Float, nullable=False),
)
"""What matching learned of the records of a canonical model; the newest judges, the others explain."""

block_key = Table(
    "block_key",
    metadata,
    Column("hash", BigInteger, primary_key=True),
    Column("link", Integer, primary_key=True),
    sqlite_with_rowid=False,
)
"""Blocks where rows meet that the matching model should compare (tasuki.identity.blocks)."""

term = Table(
    "term",
    metadata,
    Column("way", String(10), primary_key=True),
    # Bytes: each database sorts text in its own way, and a prefix is a range.
    Column("text", LargeBinary, primary_key=True),
    Column("link", Integer, primary_key=True),
    sqlite_with_rowid=False,
)
"""Folded texts that people look rows up by (tasuki.terms)."""

recent_block_key = Table("recent_block_key", metadata, *_same(block_key), sqlite_with_rowid=False)
recent_term = Table("recent_term", metadata, *_same(term), sqlite_with_rowid=False)
"""Those that are not filed away yet (tasuki.store.catalogue): none stands in both."""

indexed = Table(
    "indexed",
    metadata,
    Column("link", Integer, ForeignKey("link.id"), primary_key=True, autoincrement=False),
    Column("blocks", LargeBinary, nullable=False),
    Column("terms", LargeBinary, nullable=False),
    Column("values", LargeBinary, nullable=False),
    Column("said", LargeBinary(16), nullable=False),
)
"""What the tables above hold of a row, so that it can be taken out; its folded values (JSON); and
a digest of what it said when it was folded."""

unindexed = Table(
    "unindexed",
    metadata,
    Column("link", Integer, ForeignKey("link.id"), primary_key=True, autoincrement=False),
    Column("model", String(40), nullable=False),
    Column("record", LargeBinary),
)
"""Rows that the tables above don't follow yet, and what they say now (JSON; NULL: they are gone)."""

decision = Table(
    "decision",
    metadata,
    # A new row is the larger of two: what is decided of it lies side by side.
    Column("other", Integer, primary_key=True),
    Column("one", Integer, primary_key=True),
    Column("evidence", LargeBinary, nullable=False),
    Column("model", String(16), nullable=False),
    Column("decided_by", String(120), nullable=False),
    Column("at", Float, nullable=False),
    sqlite_with_rowid=False,
)
"""What the matching model said last of two rows (link ids, the smaller first), to the last bit."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sync", String(80), nullable=False),
    Column("system", String(80), nullable=False),
    Column("key", Text, nullable=False),
    Column("way", String(4), nullable=False),
    Column("place", Text, nullable=False),
    Column("code", String(10), nullable=False),
    Column("column", Text, nullable=False),
    Column("details", LargeBinary, nullable=False),
    Column("cells", LargeBinary, nullable=False),
    Column("digest", LargeBinary(16), nullable=False),
    Column("opened", String(40), nullable=False),
    Column("seen", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Index("quarantine_open", "system", "state"),
)
"""way: in (a row that can't be read) | out (a change that a system can't take). state: open | released."""

conflict = Table(
    "conflict",
    metadata,
    Column("key", String(16), primary_key=True),
    Column("sync", String(80), nullable=False),
    Column("entity", String(40), nullable=False),
    Column("unit", String(40), nullable=False),
    Column("reason", String(12), nullable=False),
    Column("base", LargeBinary, nullable=False),
    Column("candidates", LargeBinary, nullable=False),
    Column("steward", Text, nullable=False),
    Column("opened", String(40), nullable=False),
    Column("at", Float, nullable=False),
    Column("state", String(10), nullable=False),
    Column("chosen", LargeBinary),
    Column("actor", String(120)),
    Index("conflict_open", "sync", "state"),
    Index("conflict_of_entity", "entity"),
)
"""state: open | decided (waits for the next plan) | settled | void (a value moved)."""

review = Table(
    "review",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("sync", String(80), nullable=False),
    Column("one", Integer, nullable=False),
    Column("other", Integer, nullable=False),
    Column("reasons", LargeBinary, nullable=False),
    Column("evidence", LargeBinary),
    Column("opened", String(40), nullable=False),
    Column("at", Float, nullable=False),
    Column("state", String(10), nullable=False),
    Column("actor", String(120)),
    Column("reason", Text),
    Index("review_open", "sync", "state"),
)
"""Two rows (link ids, the smaller first) that may be one customer. state: open | same | different | void.
`evidence`: what the model said of them, as tasuki.identity.explain tells it."""

merge = Table(
    "merge",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kept", String(40), nullable=False),
    Column("gone", String(40), nullable=False),
    Column("before", LargeBinary, nullable=False),
    Column("at", Float, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("state", String(10), nullable=False),
)
"""A merge as an event: both customers' values and links as they were, so that it can be undone (S17)."""

plan = Table(
    "plan",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("run", String(40), primary_key=True),
    Column("sync", String(80), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("reasons", LargeBinary, nullable=False),
    Column("at", Float, nullable=False),
    Column("state", String(12), nullable=False),
    Column("actor", String(120)),
    Column("reason", Text),
    Index("plan_by_sync", "sync", "state"),
)
"""state: planned | waiting (for approval) | approved | committed | applied | superseded."""

plan_part = Table(
    "plan_part",
    metadata,
    *(Column(name, String(64), primary_key=True) for name in ("digest", "run", "part")),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""The parts of a plan that grow with its customers (tasuki.plan.MANY), page by page."""

intent = Table(
    "intent",
    metadata,
    Column("token", String(40), primary_key=True),
    Column("sync", String(80), nullable=False),
    Column("run", String(40), nullable=False),
    Column("system", String(80), nullable=False),
    Column("entity", String(40), nullable=False),
    Column("link", Integer),
    Column("body", LargeBinary, nullable=False),
    Column("at", Float, nullable=False),
    Column("state", String(10), nullable=False),
    Index("intent_open", "sync", "state"),
)
"""state: open | done | refused | stale | void."""

counter = Table(
    "counter",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("last", Integer, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("run", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("entity", String(40), nullable=False),
    Column("system", String(80), nullable=False),
    Column("at", String(24), nullable=False),
    Index("ledger_of_entity", "entity"),
    Index("ledger_of_run", "run"),
)

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("last", LargeBinary(32), nullable=False),
    Column("frontier", LargeBinary, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("at", Float, nullable=False),
)

value = Table(
    "value",
    metadata,
    Column("subject", String(40), primary_key=True),
    Column("digest", String(40), primary_key=True),
    Column("purpose", String(20), nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""The personal values behind the ledger's HMACs, one customer's beside each other; erasing a row leaves every
proof valid."""
