"""A value as a cell of the sheet keeps it: text, number or date, as the column's other cells do."""

import datetime as dt
import re
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connectors._workbook.heading import Heading
from connectors._workbook.styles import Look
from tasuki.connector import Cell as Value
from tasuki.errors import Skip

MOST_CHARS = 32_767
"""UTF-16 code units, Excel's own limit."""

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]*[1-9])?")
"""What a number cell shows unchanged: no leading or trailing zero, at most 15 digits of Excel's precision."""
_DATE = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?)?(Z|[+-]\d{2}:\d{2})?"
)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOKYO = ZoneInfo("Asia/Tokyo")


class Present(NamedTuple):
    """What the cell to be written looks like now."""

    style: int | None
    look: Look
    number: bool | None
    """It holds a number (True) or text (False); None when it is blank."""


class Content(NamedTuple):
    """The inside of a cell: its `t`, its children, and another style where the value needs one."""

    type: bytes
    inner: bytes
    style: int | None = None


def content(value: Value, now: Present, column: Heading, date1904: bool, prefix: bytes) -> Content:
    """How `value` goes into a cell that looks like `now`, in a column that holds what `column` says.

    A text becomes a number or a date only where the cell or the column holds such already, and only when
    it reads back the same. Raises Skip: TSK-1013 too long, TSK-1023 no date, TSK-1031 characters that XML
    can't hold, TSK-1032 a number for a date cell.
    """
    if value is None or value == "":
        return Content(b"", b"")
    if isinstance(value, bool):
        return Content(b"b", _v(prefix, "1" if value else "0"))
    if isinstance(value, int | float):
        if now.look in ("date", "time"):
            raise Skip("TSK-1032", column=column.name)
        plain = now.look != "text" and now.number is not False
        return Content(b"", _v(prefix, repr(value))) if plain else _text(str(value), column, prefix)
    if not isinstance(value, str):
        raise Skip("TSK-1032", column=column.name)
    moment = _DATE.fullmatch(value)
    dated = _styled_for_dates(now, column)
    if moment and dated is not None and now.look != "text":
        serial = _serial(value, date1904, column)
        return Content(b"", _v(prefix, serial), dated)
    numbers = now.number if now.number is not None else column.kind == "number"
    if numbers and now.look == "number" and _NUMBER.fullmatch(value) and len(value.strip("-")) <= 16:
        return Content(b"", _v(prefix, value))
    return _text(value, column, prefix)


def same(one: Value, other: Value) -> bool:
    """Both show the same: 1234 and "1234", None and "", a day and its midnight."""
    return _shown(one) == _shown(other)


def _shown(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            return value
        return (moment.astimezone(_TOKYO) if moment.tzinfo else moment).replace(tzinfo=None).isoformat()
    return str(value)


def _styled_for_dates(now: Present, column: Heading) -> int | None:
    """The style that shows a date here: the cell's own, else that of the column's other dates."""
    if now.look == "date":
        return now.style
    return dict(column.styles).get("date") if column.kind == "date" or now.number is None else None


def _v(prefix: bytes, text: str) -> bytes:
    return b"<%sv>%s</%sv>" % (prefix, text.encode(), prefix)


def _text(value: str, column: Heading, prefix: bytes) -> Content:
    if _SURROGATE.search(value):
        raise Skip("TSK-1031", column=column.name)
    size = len(value.encode("utf-16-le")) // 2
    if size > MOST_CHARS:
        raise Skip("TSK-1013", column=column.name, limit=MOST_CHARS, size=size)
    safe = _UNPRINTABLE.sub(_escape, value)
    safe = safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    inner = b'<%sis><%st xml:space="preserve">%s</%st></%sis>'
    return Content(b"inlineStr", inner % (prefix, prefix, safe.encode(), prefix, prefix))


def _escape(match: re.Match[str]) -> str:
    """_xHHHH_ stands for a character that XML can't hold; a bar that would begin one is written so itself."""
    return f"_x{ord(match[0]):04X}_"


def _serial(value: str, date1904: bool, column: Heading) -> str:
    """Days since the workbook's first day; the time of day in Tokyo is the fraction."""
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        raise Skip("TSK-1023", column=column.name) from None
    if moment.tzinfo:
        moment = moment.astimezone(_TOKYO).replace(tzinfo=None)
    # Before March 1900 Excel counts a 29 February that never was.
    first, earliest = dt.datetime(1899, 12, 30), dt.datetime(1900, 3, 1)
    if date1904:
        first = earliest = dt.datetime(1904, 1, 1)
    if moment < earliest:
        raise Skip("TSK-1023", column=column.name)
    since = moment - first
    seconds = since.seconds + since.microseconds / 1e6
    return str(since.days) if not seconds else repr(since.days + seconds / 86_400)
