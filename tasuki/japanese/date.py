"""Dates in every Japanese written form, eras and Excel's day numbers among them, as ISO 8601."""

import calendar
import datetime
import re
from decimal import Decimal

from tasuki.japanese.cell import bare
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
    line = _AROUND.sub("", bare(plain(text)))
    if _SERIAL.fullmatch(line):
        return _from_serial(line, epoch)
    notes: list[Note] = []
    timed = _TIME.fullmatch(line) or _COMPACT_TIME.fullmatch(line)
    if timed:
        if not _is_japans_day(timed):
            return refuse("TSK-2048")
        line = timed["date"]
        if timed["time"].strip("0:."):
            notes.append(Note("TSK-2543"))
    if english := _ENGLISH.fullmatch(line):
        return _from_english(english, notes)
    return _from_both(line.replace(" ", "").rstrip("."), notes)


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


def _is_japans_day(timed: re.Match[str]) -> bool:
    """Whether the day is the same in Japan and where the time was taken: then it needs no choice."""
    zone = timed["zone"] or "+0900"
    if zone.upper() == "JST":
        return True
    hours, minutes = (int(each) for each in (*_DIGITS.findall(timed["time"]), "0")[:2])
    sign, offset = _OFFSET.findall(zone.replace(":", "") + "+0000")[0]
    away = int(offset[:2]) * 60 + int(offset[2:])
    there = hours * 60 + minutes + 12 * 60 * bool(_PM.search(timed[0]) and hours < 12)
    return 0 <= there - (away if sign == "+" else -away) + 9 * 60 < 24 * 60


def _from_english(m: re.Match[str], notes: list[Note]) -> Normalised:
    """1 April 2024, Apr 1, 2024, 2024-Apr-1. English months leave no doubt which number is the day."""
    part = {name: next(filter(None, (m[f"{name}{i}"] for i in "123"))) for name in ("year", "month", "day")}
    month = _MONTHS.index(part["month"][:3].lower()) // 3 + 1
    if len(part["year"]) < 4:
        return refuse("TSK-2043")
    found = _from_text(f"{part['year']}-{month}-{part['day'].rstrip('sthndrTHSNDR')}", notes)
    weekday = m["weekday"] and "montuewedthufrisatsun".index(m["weekday"].lower()) // 3
    if found.value and m["weekday"] and datetime.date.fromisoformat(str(found.value)).weekday() != weekday:
        return refuse("TSK-2045")
    return found


def _from_both(line: str, notes: list[Note]) -> Normalised:
    """令和6年4月1日(2024/4/1): two dates for one day must be the same."""
    beside = _BESIDE.fullmatch(line)
    second = _from_text(beside["second"], []) if beside else None
    if not beside or not second or not second.value:
        return _from_text(line, notes)
    first = _from_text(beside["first"], notes)
    return first if first.refused or first.value == second.value else refuse("TSK-2045")


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
    if weekday and day.weekday() != _WEEKDAYS.index((weekday["in"] or weekday["out"]).lower()) % 7:
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
_YEAR = "(?:[0-9]{1,4}|[〇零一二三四五六七八九十百千廿卅]{1,7})"
_MARK = "[-/.・_,]"
_ERA = r"(?P<era>明治|大正|昭和|平成|令和|[明大昭平令]|[MTSHR]\.?)"
_DATE = re.compile(
    rf"{_ERA}?(?P<year>元|{_YEAR})(?:年|{_MARK})(?P<month>{_N}{{1,3}})(?:月|{_MARK}|(?=末))"
    rf"(?:(?P<day>{_N}{{1,4}}|末日?|月末日?)日?)",
    re.IGNORECASE,
)
_COMPACT_ERA = re.compile(
    rf"{_ERA}(?P<year>[0-9]{{2}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})", re.IGNORECASE
)
_COMPACT = re.compile(r"(?P<era>)(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_EVENT = "設立|創立|創業|契約|発行|作成|登録|更新|納品|請求"
_AROUND = re.compile(
    rf"^(?:西暦|(?:生年月日|年月日|日付|(?:{_EVENT})(?:年月)?日?)[: ]*)"
    "| ?(?:生(?:まれ)?|付け?|現在|設立|創立|創業|発行|締め?)$"
)
_TIME = re.compile(
    r"(?P<date>.*[0-9日)])(?: ?T|[ ,]|(?<=[日)]))\s*(?:(?:午前|午後|AM|PM) ?)?"
    r"(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?|[0-9]{1,2}時(?:[0-9]{1,2}分(?:[0-9]{1,2}秒)?)?)"
    r" ?(?:AM|PM)? ?(?P<zone>Z|JST|(?:UTC|GMT)?[-+][0-9]{2}:?[0-9]{2}|UTC|GMT)?(?: \([^()]*\))?",
    re.IGNORECASE,
)
_COMPACT_TIME = re.compile(
    "(?P<date>[0-9]{8})(?:[T _](?=[0-9]{4}(?:$|Z|[-+]))|[T _]?(?=[0-9]{6}))"
    "(?P<time>(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?)(?P<zone>Z|[-+][0-9]{4})?"
)
_DIGITS = re.compile("[0-9]{1,2}")
_OFFSET = re.compile("([-+])([0-9]{4})")
_PM = re.compile("午後|PM", re.IGNORECASE)
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_NAME = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_NTH = "[0-9]{1,2}(?:st|nd|rd|th)?"
_ENGLISH = re.compile(
    r"(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]*[., ]+)?(?:"
    rf"(?P<day1>{_NTH})[-/ ]*(?P<month1>{_NAME})[-/., ]*(?P<year1>[0-9]{{4}}|[0-9]{{2}})"
    rf"|(?P<month2>{_NAME})[. ]*(?P<day2>{_NTH})[, ]+(?P<year2>[0-9]{{4}}|[0-9]{{2}})"
    rf"|(?P<year3>[0-9]{{4}})[-/ ]*(?P<month3>{_NAME})[-/. ]*(?P<day3>{_NTH}))",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"(?P<first>[^()]+)\((?P<second>[^()]*[0-9][^()]*)\)")
_WEEKDAYS = ("月", "火", "水", "木", "金", "土", "日", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(
    r" ?(?:\((?P<in>[月火水木金土日](?=曜日?\)|\))|mon|tue|wed|thu|fri|sat|sun)(?:曜日?)?\)"
    r"|(?P<out>[月火水木金土日])曜日?)$",
    re.IGNORECASE,
)
# 2024年(令和6年)4月1日, 令和6(2024)年4月1日
_OTHER_YEAR = re.compile(rf"\((?:西暦)?{_ERA}?(?P<year>元|{_N}{{1,4}})年?\)", re.IGNORECASE)
_NO_YEAR = re.compile(rf"{_N}{{1,3}}(?:月|[-/.]){_N}{{1,3}}日?|{_N}{{1,3}}月(?:末日?|月末)|{_N}{{6}}")
_NO_DAY = re.compile(
    rf"(?:{_ERA}?(?:元|{_N}{{1,4}}))(?:年|[-/.]){_N}{{1,3}}(?:月|[-/.])?(?:吉日|上旬|中旬|下旬|頃|初旬)?",
    re.IGNORECASE,
)
