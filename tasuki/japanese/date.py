"""Dates in every Japanese written form, eras and Excel's day numbers among them, as ISO 8601."""

import calendar
import datetime
import re
from decimal import Decimal

from tasuki.japanese.numerals import number
from tasuki.japanese.result import BLANK, Normalised, Note, refuse
from tasuki.japanese.width import plain, trim


def normalise(text: str, *, epoch: int = 1900) -> Normalised:
    """`epoch` is the workbook's date system, 1900 or 1904, for cells that hold a day number.

    A year of two digits, a missing year or day, and a date that its own weekday or era contradicts are
    refused. An era that had already ended is taken, with a note.
    """
    if not trim(text):
        return BLANK
    line = plain(text).removeprefix("'").removeprefix("西暦")
    if _SERIAL.fullmatch(line):
        return _from_serial(line, epoch)
    notes: list[Note] = []
    timed = _TIME.fullmatch(line)
    if timed:
        if timed["zone"] not in (None, "+09:00", "+0900", "JST"):
            return refuse("TSK-2048")
        line = timed["date"]
        if timed["time"].strip("0:."):
            notes.append(Note("TSK-2543"))
    return _from_text(line.replace(" ", "").rstrip("."), notes)


def display(iso: str) -> str:
    """2024-04-01 as ledgers write it, 2024/04/01."""
    return iso.replace("-", "/")


def era(iso: str) -> str:
    """2024-04-01 as 令和6年4月1日; a date before the Gregorian calendar came (1873) stays as it is."""
    day = datetime.date.fromisoformat(iso)
    if day < _GREGORIAN:
        return iso
    name, first = next((n, f) for n, f in reversed(_ERAS.items()) if day >= f)
    year = day.year - first.year + 1
    return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def _from_serial(line: str, epoch: int) -> Normalised:
    """Five digits only: 2024 is a year before it is a day of 1905."""
    days, _, fraction = line.partition(".")
    start = datetime.date(1904, 1, 1) if epoch == 1904 else datetime.date(1899, 12, 30)
    notes = [Note("TSK-2541")] + ([Note("TSK-2543")] if fraction.strip("0") else [])
    return Normalised((start + datetime.timedelta(int(days))).isoformat(), notes=tuple(notes))


def _from_text(line: str, notes: list[Note]) -> Normalised:
    weekday = _WEEKDAY.search(line)
    if weekday:
        line = line[: weekday.start()]
    other = _OTHER_YEAR.search(line)
    if other:
        line = line[: other.start()] + line[other.end() :]
    m = _DATE.fullmatch(line) or _COMPACT_ERA.fullmatch(line) or _COMPACT.fullmatch(line)
    if not m:
        return refuse(_what_is_missing(line))
    year = _year(m["era"], m["year"])
    if year is None:
        return refuse("TSK-2043" if not m["era"] else "TSK-2042")
    if other and _year(other["era"], other["year"]) != year:
        return refuse("TSK-2045")
    day = _day(year, m["month"], m["day"])
    if not day:
        return refuse("TSK-2042")
    if weekday and day.weekday() != "月火水木金土日".index(weekday["in"] or weekday["out"]):
        return refuse("TSK-2045")
    if m["day"][0] in "末月":
        notes.append(Note("TSK-2544"))
    return _in_era(day, m["era"], notes)


def _in_era(day: datetime.date, written: str | None, notes: list[Note]) -> Normalised:
    if not written:
        return Normalised(day.isoformat(), notes=tuple(notes))
    name = _ERA_NAMES[written.rstrip(".").upper()]
    if day < _ERAS[name]:
        return refuse("TSK-2047")
    if day < _GREGORIAN:
        return refuse("TSK-2046")
    notes.append(Note("TSK-2545", name))
    if name in _LAST_DAYS and day > _LAST_DAYS[name]:
        notes.append(Note("TSK-2542", name))
    return Normalised(day.isoformat(), notes=tuple(notes))


def _year(written_era: str | None, digits: str) -> int | None:
    """The Western year; None when it can't be told."""
    years = Decimal(1) if digits == "元" else number(digits) or Decimal(0)
    if not written_era:
        return int(years) if 1000 <= years <= 9999 else None
    if not 1 <= years <= 199:
        return None
    return _ERAS[_ERA_NAMES[written_era.rstrip(".").upper()]].year + int(years) - 1


def _day(year: int, month: str, day: str) -> datetime.date | None:
    """None when there is no such day."""
    months = int(number(month) or 0)
    if not 1 <= months <= 12:
        return None
    last = calendar.monthrange(year, months)[1]
    days = last if day[0] in "末月" else int(number(day) or 0)
    return datetime.date(year, months, days) if 1 <= days <= last else None


def _what_is_missing(line: str) -> str:
    if _NO_YEAR.fullmatch(line):
        return "TSK-2043"
    return "TSK-2044" if _NO_DAY.fullmatch(line) else "TSK-2041"


_ERAS = {
    "明治": datetime.date(1868, 1, 25),
    "大正": datetime.date(1912, 7, 30),
    "昭和": datetime.date(1926, 12, 25),
    "平成": datetime.date(1989, 1, 8),
    "令和": datetime.date(2019, 5, 1),
}
"""First days. 明治 and 大正 ended on the day on which the next era began, 昭和 and 平成 on the day before."""
_LAST_DAYS = {
    "明治": datetime.date(1912, 7, 30),
    "大正": datetime.date(1926, 12, 25),
    "昭和": datetime.date(1989, 1, 7),
    "平成": datetime.date(2019, 4, 30),
}
_GREGORIAN = datetime.date(1873, 1, 1)
"""明治6年1月1日. Before it Japan counted by a lunar calendar."""
_ERA_NAMES = {name: name for name in _ERAS} | {name[0]: name for name in _ERAS}
_ERA_NAMES |= dict(zip("MTSHR", _ERAS, strict=True))

_N = "[0-9〇零一二三四五六七八九十廿卅]"
_ERA = r"(?P<era>明治|大正|昭和|平成|令和|[明大昭平令]|[MTSHR]\.?)"
_DATE = re.compile(
    rf"{_ERA}?(?P<year>元|{_N}{{1,4}})(?:年|[-/.])(?P<month>{_N}{{1,3}})(?:月|[-/.])"
    rf"(?:(?P<day>{_N}{{1,4}}|末日?|月末日?)日?)",
    re.IGNORECASE,
)
_COMPACT_ERA = re.compile(
    rf"{_ERA}(?P<year>[0-9]{{2}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})", re.IGNORECASE
)
_COMPACT = re.compile(r"(?P<era>)(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_TIME = re.compile(
    r"(?P<date>.*[0-9日])(?: ?T|[ ,]|\)?(?<=日))\s*(?:(?:午前|午後|AM|PM) ?)?"
    r"(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?|[0-9]{1,2}時(?:[0-9]{1,2}分(?:[0-9]{1,2}秒)?)?)"
    r" ?(?:AM|PM)?(?P<zone>Z|JST|UTC|[-+][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"(?:\((?P<in>[月火水木金土日])(?:曜日?)?\)|(?P<out>[月火水木金土日])曜日?)$")
# 2024年(令和6年)4月1日, 令和6(2024)年4月1日
_OTHER_YEAR = re.compile(rf"\((?:西暦)?{_ERA}?(?P<year>元|{_N}{{1,4}})年?\)", re.IGNORECASE)
_NO_YEAR = re.compile(rf"{_N}{{1,3}}(?:月|[-/.]){_N}{{1,3}}日?|{_N}{{1,3}}月(?:末日?|月末)|{_N}{{6}}")
_NO_DAY = re.compile(
    rf"(?:{_ERA}?(?:元|{_N}{{1,4}}))(?:年|[-/.]){_N}{{1,3}}(?:月|[-/.])?(?:吉日|上旬|中旬|下旬|頃|初旬)?",
    re.IGNORECASE,
)
