"""One app of the kintone stand-in: its form, its records, and what it refuses to store.

Sources of the limits: https://cybozu.dev/ja/kintone/docs/rest-api/records/ (add, update, delete and get
records) and https://cybozu.dev/ja/kintone/docs/overview/field-types/.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from tasuki.sandbox.kintone_query import LISTED, TIMES, Query, QueryError, parse, sort_key

MAX_WRITES = 100
MAX_UNIQUE = 64
UNREADABLE = frozenset({"GROUP", "LABEL", "SPACER", "HR", "REFERENCE_TABLE"})
MANY = frozenset({"CHECK_BOX", "MULTI_SELECT", "USER_SELECT", "ORGANIZATION_SELECT", "GROUP_SELECT", "FILE"})
DIRECTORY = frozenset({"USER_SELECT", "ORGANIZATION_SELECT", "GROUP_SELECT"})
CHOSEN = frozenset({"DROP_DOWN", "RADIO_BUTTON", "CHECK_BOX", "MULTI_SELECT"})
SYSTEM = {
    "RECORD_NUMBER": "レコード番号",
    "CREATOR": "作成者",
    "CREATED_TIME": "作成日時",
    "MODIFIER": "更新者",
    "UPDATED_TIME": "更新日時",
}
"""Field types that every app has, with the code kintone gives them."""
ROBOT = {"code": "Administrator", "name": "Administrator"}


class Problem(Exception):
    """What kintone answers instead of doing it; `code` is its error code, `errors` its messages by place."""

    def __init__(self, code: str, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.errors = dict(errors or {})


class Record(NamedTuple):
    id: int
    revision: int
    values: Mapping[str, Any]
    """By field code, the app's own fields only."""
    created: datetime
    updated: datetime


@dataclass
class App:
    """All calls are all or nothing, as kintone promises for a call with many records."""

    id: int
    fields: dict[str, dict[str, Any]]
    name: str = ""
    token: str = ""
    permissions: frozenset[str] = frozenset({"read", "add", "edit", "delete"})
    records: dict[int, Record] = field(default_factory=dict)
    last_id: int = 0
    requests: int = 0
    writes: int = 0
    _plain: dict[int, tuple[Record, dict[str, Any]]] = field(default_factory=dict, repr=False)
    """Records spread out for queries, which look at all of them; of no use once the form has changed."""
    _types: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        have = {definition["type"] for definition in self.fields.values()}
        missing = {code: {"type": type_} for type_, code in SYSTEM.items() if type_ not in have}
        # Copies: two apps may be built from one form.
        self.fields = {
            code: {"code": code, "label": code, **definition}
            for code, definition in {**self.fields, **missing}.items()
        }

    def select(self, text: str) -> list[Record]:
        """Raises Problem for a query kintone would not run."""
        query = self.query(text)
        return self.found(query)[query.offset :][: query.limit]

    def query(self, text: str) -> Query:
        types = {code: definition["type"] for code, definition in self.fields.items()}
        if types != self._types:
            self._types = types
            self._plain.clear()
        try:
            query = parse(text, types | {"$id": "__ID__", "$revision": "__REVISION__"})
        except QueryError as error:
            errors = {} if error.code else {"query": ["クエリ記法が間違っています。"]}
            raise Problem(error.code or "CB_VA01", errors) from None
        return query

    def found(self, query: Query) -> list[Record]:
        """All that match, in order, whatever the limit."""
        shown = [(record, self.plain(record)) for record in self.records.values()]
        kept = [pair for pair in shown if query.test(pair[1])]
        for code, falls in reversed(query.order):
            type_ = "__ID__" if code == "$id" else self.fields.get(code, {"type": ""})["type"]
            kept.sort(key=lambda pair: sort_key(pair[1][code], type_), reverse=falls)
        return [record for record, _ in kept]

    def plain(self, record: Record) -> dict[str, Any]:
        """Every readable field's value by code, $id and $revision with them."""
        seen = self._plain.get(record.id)
        if seen is None or seen[0] is not record:
            self._plain[record.id] = seen = (record, self._spread(record))
        return seen[1]

    def _spread(self, record: Record) -> dict[str, Any]:
        assigned = {
            "RECORD_NUMBER": str(record.id),
            "CREATOR": ROBOT,
            "MODIFIER": ROBOT,
            # Created and updated times keep no seconds.
            "CREATED_TIME": minute(record.created),
            "UPDATED_TIME": minute(record.updated),
        }
        values = {
            code: assigned.get(definition["type"], record.values.get(code, _blank(definition["type"])))
            for code, definition in self.fields.items()
            if definition["type"] not in UNREADABLE
        }
        return values | {"$id": str(record.id), "$revision": str(record.revision)}

    def typed(self, record: Record, only: Iterable[str] = ()) -> dict[str, dict[str, Any]]:
        """The record as the API shows it; codes the app doesn't have are left out without a word."""
        types = {code: definition["type"] for code, definition in self.fields.items()}
        types |= {"$id": "__ID__", "$revision": "__REVISION__"}
        wanted = frozenset(only) or types.keys()
        return {
            code: {"type": types[code], "value": value}
            for code, value in self.plain(record).items()
            if code in wanted
        }

    def add(self, forms: Sequence[Mapping[str, Any]], now: datetime) -> list[Record]:
        draft, made = dict(self.records), list[Record]()
        errors: dict[str, list[str]] = {}
        taken = self.taken()
        for index, form in enumerate(forms):
            number = self.last_id + 1 + index
            values = self.defaults() | self.writable(form)
            errors |= self.faults(taken, number, values, f"records[{index}]")
            draft[number] = Record(number, 1, values, now, now)
            made.append(draft[number])
        self.commit(draft, made, errors)
        return made

    def change(self, updates: Sequence[Mapping[str, Any]], upsert: bool, now: datetime) -> list[Record]:
        """Updates by id or updateKey; the first record that isn't at its revision stops the whole call."""
        draft, made = dict(self.records), list[Record]()
        errors: dict[str, list[str]] = {}
        taken = self.taken()
        for index, update in enumerate(updates):
            place = f"records[{index}]"
            old, number = self.aim(draft, update, place), max([self.last_id, *draft]) + 1
            if old is None and not upsert:
                raise Problem("GAIA_RE20" if "updateKey" in update else "GAIA_RE01")
            values = self.writable(update.get("record") or {})
            if old is None:
                new = Record(number, 1, self.defaults() | _named(update) | values, now, now)
            else:
                _check_revision(old, update.get("revision"))
                new = old._replace(revision=old.revision + 1, values={**old.values, **values}, updated=now)
            errors |= self.faults(taken, new.id, new.values, place)
            draft[new.id] = new
            made.append(new)
        self.commit(draft, made, errors)
        return made

    def remove(self, ids: Sequence[int], revisions: Sequence[int | None]) -> None:
        draft = dict(self.records)
        for number, revision in zip(ids, [*revisions, *[None] * len(ids)], strict=False):
            if number not in draft:
                raise Problem("GAIA_RE01")
            _check_revision(draft.pop(number), revision)
        self.commit(draft, [], {})
        self.writes += len(ids)

    def commit(self, draft: dict[int, Record], made: list[Record], errors: dict[str, list[str]]) -> None:
        if errors:
            raise Problem("CB_VA01", errors)
        self.records = draft
        self.last_id = max([self.last_id, *(record.id for record in made)])
        self.writes += len(made)

    def aim(self, draft: Mapping[int, Record], update: Mapping[str, Any], place: str) -> Record | None:
        """The record an update means."""
        if "updateKey" not in update:
            return draft.get(_whole(update.get("id"), f"{place}.id"))
        code, value = update["updateKey"]["field"], str(update["updateKey"]["value"])
        definition = self.fields.get(code, {})
        if not definition.get("unique") or definition["type"] not in ("SINGLE_LINE_TEXT", "NUMBER"):
            raise Problem("CB_VA01", {f"{place}.updateKey.field": ["重複禁止のフィールドではありません。"]})
        return next((record for record in draft.values() if record.values.get(code) == value), None)

    def defaults(self) -> dict[str, Any]:
        return {
            code: definition["defaultValue"]
            for code, definition in self.fields.items()
            if definition.get("defaultValue")
        }

    def writable(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """What a form may set: unknown codes and computed fields are passed over, as the contract says."""
        closed = {*SYSTEM, *UNREADABLE, "CALC", "STATUS", "STATUS_ASSIGNEE", "CATEGORY"}
        return {
            code: _kept(given.get("value"), self.fields[code]["type"])
            for code, given in form.items()
            if code in self.fields and self.fields[code]["type"] not in closed
        }

    def taken(self) -> dict[tuple[str, Any], int]:
        """Which record holds each value that no other may have."""
        unique = [code for code, definition in self.fields.items() if definition.get("unique")]
        return {
            (code, record.values[code]): record.id
            for record in self.records.values()
            for code in unique
            if record.values.get(code) not in (None, "")
        }

    def faults(
        self, taken: dict[tuple[str, Any], int], number: int, values: Mapping[str, Any], place: str
    ) -> dict[str, list[str]]:
        """What is wrong with a record, by the place kintone names: records[3].会社名.value."""
        found: dict[str, list[str]] = {}
        for code, definition in self.fields.items():
            value = values.get(code)
            messages = _misfits(definition, value)
            named = definition.get("unique") and value not in (None, "") and not messages
            if named and taken.setdefault((code, value), number) != number:
                messages = ["値がほかのレコードと重複しています。"]
            if messages:
                end = "values" if definition["type"] in MANY else "value"
                found[f"{place}.{code}.{end}"] = messages
        return found


def minute(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00Z")


def _misfits(definition: Mapping[str, Any], value: Any) -> list[str]:
    type_ = definition["type"]
    if value in (None, "", []):
        return ["必須です。"] if definition.get("required") in (True, "true") else []
    if type_ in CHOSEN:
        choices = definition.get("options", {})
        given = value if isinstance(value, list) else [value]
        return [f'"{one}"は選択肢にありません。' for one in given if one not in choices]
    if type_ in DIRECTORY and not all(isinstance(one, dict) and one.get("code") for one in value):
        return ["codeが必要です。"]
    if type_ == "NUMBER" and not _is_number(value):
        return ["数字でなければなりません。"]
    if type_ == "NUMBER" and not _within(definition, Decimal(str(value))):
        return ["値が範囲の外です。"]
    if type_ == "DATE" and not _is_time(value, "%Y-%m-%d"):
        return ["日付の形式が正しくありません。"]
    limit = definition.get("maxLength") or (MAX_UNIQUE if definition.get("unique") else "")
    if limit and len(str(value)) > int(limit):
        return [f"{int(limit) + 1}文字より短くなければなりません。"]
    return []


def _check_revision(record: Record, given: Any) -> None:
    """-1 or nothing means: don't check."""
    if given not in (None, "", -1, "-1") and int(given) != record.revision:
        raise Problem("GAIA_CO02")


def _kept(value: Any, type_: str) -> Any:
    if type_ in MANY:
        return list(value or [])
    if value in (None, ""):
        return _blank(type_)
    if type_ in TIMES and _is_iso(value):
        return minute(datetime.fromisoformat(str(value)))
    return str(value)


def _blank(type_: str) -> Any:
    if type_ in MANY or type_ == "SUBTABLE":
        return []
    return None if type_ in LISTED or type_ == "DATE" else ""


def _named(update: Mapping[str, Any]) -> dict[str, Any]:
    key = update.get("updateKey")
    return {key["field"]: str(key["value"])} if key else {}


def _whole(value: Any, place: str) -> int:
    if not str(value).isdecimal():
        raise Problem("CB_VA01", {place: ["必須です。" if value is None else "数字でなければなりません。"]})
    return int(value)


def _within(definition: Mapping[str, Any], value: Decimal) -> bool:
    low, high = definition.get("minValue") or "-Infinity", definition.get("maxValue") or "Infinity"
    return Decimal(low) <= value <= Decimal(high)


def _is_number(value: Any) -> bool:
    try:
        return Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def _is_time(value: Any, form: str) -> bool:
    try:
        datetime.strptime(str(value), form)
    except ValueError:
        return False
    return True


def _is_iso(value: Any) -> bool:
    try:
        return datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        return False
