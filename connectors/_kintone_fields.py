"""kintone's fields as columns and cells: what each type holds, takes and refuses.

Source: https://cybozu.dev/ja/kintone/docs/overview/field-types/ and the published contract of the form.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple

from tasuki.connector import Cell, Column

ID = "$id"
MAX_UNIQUE = 64
"""Characters of a 重複禁止 text: https://cybozu.dev/ja/kintone/docs/rest-api/records/update-records/."""

TYPES: dict[str, Literal["text", "number", "date", "datetime", "choice", "choices"]] = {
    "SINGLE_LINE_TEXT": "text",
    "MULTI_LINE_TEXT": "text",
    "RICH_TEXT": "text",
    "LINK": "text",
    "TIME": "text",
    "CALC": "text",
    "STATUS": "text",
    "NUMBER": "number",
    "DATE": "date",
    "DATETIME": "datetime",
    "DROP_DOWN": "choice",
    "RADIO_BUTTON": "choice",
    "CHECK_BOX": "choices",
    "MULTI_SELECT": "choices",
    "USER_SELECT": "choices",
    "ORGANIZATION_SELECT": "choices",
    "GROUP_SELECT": "choices",
    "RECORD_NUMBER": "text",
    "CREATOR": "text",
    "CREATED_TIME": "datetime",
    "MODIFIER": "text",
    "UPDATED_TIME": "datetime",
}
"""The field types that can be columns; tables, attachments and decoration can't."""
ASSIGNED = frozenset({"RECORD_NUMBER", "CREATOR", "CREATED_TIME", "MODIFIER", "UPDATED_TIME"})
COMPUTED = ASSIGNED | {"CALC", "STATUS"}
DIRECTORY = frozenset({"USER_SELECT", "ORGANIZATION_SELECT", "GROUP_SELECT"})

Form = Mapping[str, Mapping[str, Any]]
"""Field definitions by field code, as kintone gives them."""


class Misfit(NamedTuple):
    """Why a column will not take a cell; never the cell itself."""

    code: str
    details: Mapping[str, object]


def columns(form: Form) -> dict[str, Column]:
    """All columns of an app, its record number $id first."""
    copied = {
        mapping["field"]
        for field in form.values()
        for mapping in (field.get("lookup") or {}).get("fieldMappings", ())
    }
    number = Column(ID, unique=True, writable=False, assigned=True)
    found = [
        _column(code, field, code in copied) for code, field in form.items() if field.get("type") in TYPES
    ]
    return {column.name: column for column in (number, *found)}


def cell(value: Any) -> Cell:
    """People, departments and groups as their codes; kintone's null and "" are both blank."""
    if isinstance(value, list):
        return [item.get("code", "") if isinstance(item, dict) else item for item in value]
    if isinstance(value, dict):
        return value.get("code", "")
    return "" if value is None else value


def value(cell: Cell, type: str) -> Any:
    """A cell as kintone's field of that type takes it."""
    if type in DIRECTORY:
        return [{"code": code} for code in cell or ()]
    if TYPES[type] == "choices":
        return list(cell or ())
    return "" if cell is None else str(cell)


def misfit(column: Column, cell: Cell) -> Misfit | None:
    """What kintone would refuse, told without asking it: one bad value turns a whole call down."""
    if not column.writable:
        return Misfit("TSK-1016", {})
    if cell in (None, "", []):
        return Misfit("TSK-3021", {}) if column.required else None
    if column.choices and not set(cell if isinstance(cell, list) else [cell]) <= set(column.choices):
        return Misfit("TSK-3023", {})
    if column.max_chars is not None and len(str(cell)) > column.max_chars:
        return Misfit("TSK-1013", {"limit": column.max_chars, "size": len(str(cell))})
    if column.type in ("number", "date", "datetime") and _plain(column.type, cell) is None:
        return Misfit("TSK-3024", {})
    return None


def same(column: Column, one: Cell, other: Cell) -> bool:
    """Whether two cells are one value to kintone, which respells numbers and cuts seconds."""
    if column.type == "choices":
        return set(one or ()) == set(other or ())
    if one in (None, "") or other in (None, ""):
        return one in (None, "") and other in (None, "")
    return bool(_plain(column.type, one) == _plain(column.type, other))


def _column(code: str, field: Mapping[str, Any], copied: bool) -> Column:
    """`copied`: a lookup fills it in. A text with an expression is computed too."""
    type_, unique = field["type"], field.get("unique") in (True, "true")
    limit = field.get("maxLength") or (MAX_UNIQUE if unique and TYPES[type_] == "text" else None)
    return Column(
        code,
        TYPES[type_],
        required=field.get("required") in (True, "true"),
        unique=unique,
        writable=not (type_ in COMPUTED or field.get("expression") or copied),
        assigned=type_ in ASSIGNED,
        max_chars=int(limit) if limit else None,
        choices=tuple(field.get("options") or ()),
    )


def _plain(type: str, cell: Cell) -> Any:
    """A value that compares as its type does; None when it can't be read."""
    try:
        if type == "number":
            number = Decimal(str(cell))
            return number if number.is_finite() else None
        if type == "date":
            return date.fromisoformat(str(cell))
        if type == "datetime":
            at = datetime.fromisoformat(str(cell))
            return at.astimezone(UTC).replace(second=0, microsecond=0) if at.tzinfo else None
    except (ValueError, InvalidOperation):
        return None
    return str(cell)
