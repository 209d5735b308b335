"""kintone: one app, read with what changed since the last time, written in hundreds under revision locks.

How a record stays single: a create carries a value of a 重複禁止 field, either the key or, for an app whose
records are named by their number ($id), the write's token in `upsert_key`; kintone refuses the second one.
Without either a repeated create makes a second record, so `upsert_key` is advised wherever the key is $id.
Webhooks are not used: kintone sends none for imports and for calls with many records.
"""

import hashlib
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, PositiveInt

from connectors import _kintone_fields as fields
from connectors._http import Http, Lost, Pause, Reply, base_url
from connectors._kintone_api import (
    WRITES,
    App,
    Fields,
    blamed_fields,
    error_code,
    is_moved,
    refusal,
    saved,
)
from connectors._kintone_fields import ID
from tasuki.connector import (
    BadRow,
    Cell,
    Column,
    Description,
    End,
    Refused,
    Result,
    Row,
    Source,
    Stale,
    Unknown,
    Write,
    Written,
)
from tasuki.errors import TasukiError, UserError
from tasuki.settings import Connection

OVERLAP = timedelta(minutes=1)
"""更新日時 keeps no seconds, and a change is dated when it begins, not when it can be seen."""


class KintoneSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    app: PositiveInt
    guest_space: PositiveInt | None = None
    query: str = ""
    """A condition alone; records that leave it count as deleted."""
    upsert_key: str = ""


class KintoneConnector:
    """The connection holds the host (example.cybozu.com) and, as its password, the app's API token."""

    Settings: ClassVar[type[BaseModel]] = KintoneSettings

    def __init__(
        self,
        settings: KintoneSettings,
        *,
        key: str,
        home: Path,
        connection: Connection | None = None,
        pause: Pause = time.sleep,
    ) -> None:
        self.key = key
        self.settings = settings
        self.place = f"kintone app {settings.app}"
        base = base_url(connection, self.place)
        token = connection.password.get_secret_value().strip() if connection else ""
        if not re.fullmatch(r"[\x21-\x7e, ]+", token):
            raise UserError("TSK-3012", self.place)
        space = f"/guest/{settings.guest_space}" if settings.guest_space else ""
        headers = {"X-Cybozu-API-Token": token}
        http = Http(f"{base}/k{space}/v1", place=self.place, headers=headers, pause=pause)
        self._app = App(http, settings.app, self.place, settings.query)

    def describe(self) -> Description:
        self._know([])
        return Description(
            tuple(self._columns.values()),
            batch=WRITES,
            assigns_key=self.key == ID,
            changed_within=60.0,
        )

    def read(self, columns: Sequence[str], cursor: str = "") -> Iterator[list[Row | BadRow] | End]:
        """What changed since the cursor, with all keys there are now: kintone forgets deleted records."""
        self._know(columns)
        mark = self._mark(columns)
        since = _since(cursor, mark) if self._updated else ""
        begun = ""
        changed = f'{self._updated} >= "{since}"' if since else ""
        for page in self._app.pages(self._names(columns), changed):
            begun = begun or _cursor(page.at, mark)
            yield [self._row(columns, record) for record in page.records]
        keys = frozenset(self._all_keys()) if since else None
        yield End(complete=True, cursor=begun, keys=keys, source=Source(self.place))

    def fetch(self, columns: Sequence[str], keys: Sequence[str]) -> dict[str, Row]:
        self._know(columns)
        records = self._app.holding(self._names(columns), self.key, keys)
        rows = (self._row(columns, record) for record in records)
        return {row.key: row for row in rows if isinstance(row, Row) and row.key in keys}

    def write(self, columns: Sequence[str], writes: Sequence[Write]) -> list[Result]:
        self._know([*columns, *(name for write in writes for name in write.cells)])
        results: dict[str, Result] = {}
        for write in writes:
            told = self._told(write)
            if told:
                results[write.token] = told
        waiting = [write for write in writes if write.token not in results]
        try:
            self._settle(columns, [write for write in waiting if write.action == "update"], results)
            self._settle(columns, [write for write in waiting if write.action == "create"], results)
            self._remove([write for write in waiting if write.action == "delete"], results)
        except Lost:
            pass  # what has no result yet is Unknown
        except TasukiError:
            if not any(isinstance(result, Written) for result in results.values()):
                raise
        return [results.get(write.token, Unknown(write.token)) for write in writes]

    def close(self) -> None:
        self._app.close()

    # Columns and rows

    @cached_property
    def _columns(self) -> dict[str, Column]:
        return fields.columns(self._app.form)

    @cached_property
    def _updated(self) -> str:
        """The code of 更新日時, which a firm may rename; "" when the token may not see it."""
        return next((code for code, field in self._app.form.items() if field["type"] == "UPDATED_TIME"), "")

    def _know(self, columns: Iterable[str]) -> None:
        """Raises UserError TSK-1003 for a column the form lacks, TSK-3027 for a key that can be double."""
        named = [name for name in (self.key, self.settings.upsert_key) if name and name != ID]
        for name in [*columns, *named]:
            if name not in self._columns:
                near = get_close_matches(name, self._columns, n=1)
                raise UserError("TSK-1003", self.place, column=name, suggestion=", ".join(near))
        for name in named:
            if not self._columns[name].unique or self._columns[name].type not in ("text", "number"):
                raise UserError("TSK-3027", self.place, column=name)

    def _mark(self, columns: Sequence[str]) -> str:
        """Changes with anything that makes old and new reads differ, so that the next one is whole."""
        asked = [self._columns[name] for name in (self.key, *columns)]
        text = repr((self.settings, self._updated, asked))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _names(self, columns: Iterable[str]) -> list[str]:
        return [ID, "$revision", self.key, *filter(None, [self._updated]), *columns]

    def _row(self, columns: Sequence[str], record: Fields) -> Row | BadRow:
        number, key = int(record[ID]["value"]), str(self._cell(record, self.key))
        if not key.strip():
            return BadRow(number, "TSK-1001", self.key, details={"column": self.key})
        updated = record.get(self._updated, {}).get("value")
        return Row(
            key,
            tuple(self._cell(record, name) for name in columns),
            at=number,
            version=str(record["$revision"]["value"]),
            changed_at=datetime.fromisoformat(updated).timestamp() if updated else None,
        )

    def _cell(self, record: Fields, name: str) -> Cell:
        """A field that the form has and the record lacks is one that the token may not see."""
        if name not in record:
            raise UserError("TSK-1003", self.place, column=name, suggestion="")
        return fields.cell(record[name]["value"])

    def _all_keys(self) -> Iterator[str]:
        for page in self._app.pages([ID, self.key]):
            keys = (str(self._cell(record, self.key)) for record in page.records)
            yield from (key for key in keys if key.strip())

    # Writing

    def _told(self, write: Write) -> Result | None:
        """A result that needs no question to kintone."""
        if write.action == "create" and not write.key and self.key != ID:
            return Refused(write.token, "TSK-1001", self.key, {"column": self.key})
        if write.action == "update" and self.key == ID and not write.key.isdecimal():
            return Stale(write.token)
        for name, cell in write.cells.items():
            found = fields.misfit(self._columns[name], cell)
            if found:
                return Refused(write.token, found.code, name, {"column": name, **found.details})
        return None

    def _settle(self, columns: Sequence[str], writes: Sequence[Write], results: dict[str, Result]) -> None:
        """Creates, or updates. A refused call wrote nothing: who is to blame leaves, the others go again."""
        if not writes:
            return
        reply = self._send(writes)
        if reply.ok:
            results |= self._written(columns, writes, reply)
            return
        blamed = self._blamed(columns, writes, reply)
        results |= blamed
        if blamed:
            self._settle(columns, [write for write in writes if write.token not in blamed], results)
        elif len(writes) == 1:
            results[writes[0].token] = refusal(writes[0], reply, self._app.form)
        else:
            half = len(writes) // 2
            self._settle(columns, writes[:half], results)
            self._settle(columns, writes[half:], results)

    def _remove(self, writes: Sequence[Write], results: dict[str, Result]) -> None:
        """Deletes go by record number, so the rows are looked up first."""
        rows = self._look((), writes) if writes else {}
        results |= self._moved((), writes, rows)
        left = [write for write in writes if write.token not in results]
        if not left:
            return
        ids = [int(rows[write.key].at) for write in left]
        reply = self._app.write("DELETE", ids=ids, revisions=[int(write.version or -1) for write in left])
        if reply.ok:
            results |= {write.token: Written(write.token, write.key) for write in left}
        elif len(left) == 1:
            results[left[0].token] = refusal(left[0], reply, self._app.form)
        else:
            half = len(left) // 2
            self._remove(left[:half], results)
            self._remove(left[half:], results)

    def _send(self, writes: Sequence[Write]) -> Reply:
        if writes[0].action == "create":
            made = [self._form_of({**write.cells, **self._unique(write)}) for write in writes]
            return self._app.write("POST", records=made)
        changes = []
        for write in writes:
            # A field that names the record may not be set by the same call.
            cells = dict(pair for pair in write.cells.items() if pair != (self.key, write.key))
            by_key = {"updateKey": {"field": self.key, "value": write.key}}
            aim = {"id": int(write.key)} if self.key == ID else by_key
            changes.append({**aim, "revision": int(write.version or -1), "record": self._form_of(cells)})
        return self._app.write("PUT", records=changes)

    def _form_of(self, cells: Mapping[str, Cell]) -> dict[str, Any]:
        form = self._app.form
        return {name: {"value": fields.value(cell, form[name]["type"])} for name, cell in cells.items()}

    def _unique(self, write: Write) -> dict[str, str]:
        """The 重複禁止 fields that name a new record: kintone refuses a second one with these values."""
        named = {} if self.key == ID else {self.key: write.key}
        if self.settings.upsert_key:
            long = len(write.token) > fields.MAX_UNIQUE
            token = hashlib.sha256(write.token.encode()).hexdigest() if long else write.token
            named[self.settings.upsert_key] = str(write.cells.get(self.settings.upsert_key) or token)
        return named

    def _written(self, columns: Sequence[str], writes: Sequence[Write], reply: Reply) -> dict[str, Result]:
        """kintone answers with numbers and revisions alone, so the rows are read once more."""
        try:
            done = list(zip(writes, saved(reply), strict=True))
        except ValueError:
            raise Lost("TSK-3004") from None
        try:
            rows = self._rows(columns, ID, [number for _, (number, _) in done])
        except TasukiError:
            rows = {}
        results: dict[str, Result] = {}
        for write, (number, revision) in done:
            row = rows.get(number)
            if row is not None and row.version == revision:
                cells = dict(zip(columns, row.cells, strict=True))
                results[write.token] = Written(write.token, row.key, revision, cells)
            else:
                # Someone was quicker than our look: what it shows now isn't what we wrote.
                key = number if self.key == ID else write.key
                results[write.token] = Written(write.token, key, revision)
        return results

    def _blamed(self, columns: Sequence[str], writes: Sequence[Write], reply: Reply) -> dict[str, Result]:
        """Results for the records that a refusal is about; none when it doesn't say."""
        named = blamed_fields(reply)
        if is_moved(reply) and writes[0].action == "update":
            return self._moved(columns, writes, self._look(columns, writes))
        blamed = {writes[index].token: name for index, name in named.items()}
        doubles = [
            write for write in writes if write.action == "create" and self._is_unique(blamed.get(write.token))
        ]
        made = self._made_before(columns, doubles)
        return {
            write.token: made.get(write.token) or self._verdict(write, blamed[write.token], reply)
            for write in writes
            if write.token in blamed
        }

    def _is_unique(self, name: str | None) -> bool:
        return name in self._columns and self._columns[name].unique

    def _verdict(self, write: Write, name: str, reply: Reply) -> Refused | Stale:
        """kintone's own words are left out: they repeat the value."""
        column = self._columns.get(name)
        if column is None:
            return refusal(write, reply, self._app.form)
        found = fields.misfit(column, self._unique(write).get(name) or write.cells.get(name, ""))
        details = {"column": name, "reason": error_code(reply), **(found.details if found else {})}
        code = found.code if found else "TSK-3022" if column.unique else "TSK-3020"
        return Refused(write.token, code, name, details)

    def _made_before(self, columns: Sequence[str], writes: Sequence[Write]) -> dict[str, Written]:
        """Results for the creates whose record is there already, from an earlier attempt."""
        found: dict[str, Written] = {}
        values = {write.token: self._unique(write) for write in writes}
        unique = list(values[writes[0].token]) if writes else []
        names = [*_all_names(columns, writes), *unique]
        for name in unique:
            rows = self._rows(names, name, [values[write.token][name] for write in writes])
            for write in writes:
                row = rows.get(values[write.token][name])
                # What bears our token was made by us, even if someone has changed it since.
                ours = name == self.settings.upsert_key and not write.cells.get(name)
                if row and self._shows(names, row, {**write.cells, **values[write.token]}):
                    cells = dict(zip(columns, row.cells, strict=False))
                    found[write.token] = Written(write.token, row.key, row.version, cells)
                elif row and ours:
                    found[write.token] = Written(write.token, row.key, row.version)
        return found

    def _moved(
        self, columns: Sequence[str], writes: Sequence[Write], rows: Mapping[str, Row]
    ) -> dict[str, Result]:
        """Results for the writes whose row is gone or has another revision; `rows` as `_look` gives them."""
        found: dict[str, Result] = {}
        for write in writes:
            row = rows.get(write.key)
            if row is None:
                gone = write.action == "delete"
                found[write.token] = Written(write.token, write.key) if gone else Stale(write.token)
            elif write.version and row.version != write.version:
                done = write.action == "update" and self._shows(_all_names(columns, writes), row, write.cells)
                cells = dict(zip(columns, row.cells, strict=False))
                again = Written(write.token, write.key, row.version, cells)
                found[write.token] = again if done else Stale(write.token)
        return found

    def _look(self, columns: Sequence[str], writes: Sequence[Write]) -> dict[str, Row]:
        """The rows these writes mean; their cells are `columns`, then all that any of the writes sets."""
        return self._rows(_all_names(columns, writes), self.key, [write.key for write in writes])

    def _rows(self, columns: Sequence[str], by: str, values: Iterable[str]) -> dict[str, Row]:
        """Rows by the value of one field, whether or not the stream's condition still holds for them."""
        found: dict[str, Row] = {}
        for record in self._app.holding(self._names([by, *columns]), by, values, anywhere=True):
            row = self._row(columns, record)
            if isinstance(row, Row):
                found[str(self._cell(record, by))] = row
        return found

    def _shows(self, names: Sequence[str], row: Row, cells: Mapping[str, Cell]) -> bool:
        shown = dict(zip(names, row.cells, strict=True))
        return all(fields.same(self._columns[name], shown[name], cell) for name, cell in cells.items())


def _all_names(columns: Sequence[str], writes: Iterable[Write]) -> list[str]:
    return [*columns, *dict.fromkeys(name for write in writes for name in write.cells)]


def _since(cursor: str, mark: str) -> str:
    """When the last read began, less the overlap; "" when the next read must be whole."""
    try:
        given = json.loads(cursor or "{}")
        return str(given["since"]) if given.get("mark") == mark else ""
    except (ValueError, KeyError, AttributeError):
        return ""


def _cursor(at: datetime | None, mark: str) -> str:
    """By kintone's own clock; without it every read is whole."""
    if at is None:
        return ""
    since = (at.astimezone(UTC) - OVERLAP).strftime("%Y-%m-%dT%H:%M:00Z")
    return json.dumps({"since": since, "mark": mark})
