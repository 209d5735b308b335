"""Telephone numbers: every written form as E.164, several in one cell, extensions kept."""

import re
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, PhoneNumberFormat

from tasuki.japanese.cell import bare, with_digits
from tasuki.japanese.result import BLANK, LONGEST, Normalised, Note, refuse
from tasuki.japanese.width import plain, trim


class Number(NamedTuple):
    """One number of a cell; `written` has its digits and marks, for a shortened one that follows (/5679)."""

    e164: str
    extension: str = ""
    is_fax: bool = False
    written: str = ""


def normalise(text: str) -> Normalised:
    """ "+81312345678", with ";ext=123" for an extension; several numbers are joined by ",".

    A fax number beside others is left out; alone it is taken. A number whose area code is missing is refused.
    """
    if _ORDINARY.fullmatch(text) and (number := _japanese(text.replace("-", ""))):
        return Normalised(number)
    if not trim(text):
        return BLANK
    if len(text) > LONGEST:
        return refuse("TSK-2004")
    line = _FLOAT.sub("", plain(text))
    if _COMMON.fullmatch(line) and (number := _japanese(line.translate(_NO_MARKS))):
        return Normalised(number)
    if _SCIENTIFIC.fullmatch(line):
        return refuse("TSK-2003")
    if "①" in text:
        line = plain(text.translate(_ITEMS))
    return _several(_usual(line) if _RARE.search(line) else line)


def _usual(line: str) -> str:
    """Rare ways to write a number in the usual one."""
    line = _FLOAT.sub("", bare(line))
    if _THOUSANDS.fullmatch(line):
        return line.replace(",", "")
    line = _MARKED.sub(_one_mark, with_digits(line).translate(_BRACKETS))
    return _SWITCHBOARD.sub(" ", _SECOND.sub(r"/\1/", _COUNTRY.sub(r"+\1 ", line)))


def _one_mark(m: re.Match[str]) -> str:
    """03/1234/5678 and 03*1234*5678 are one number, where they make one."""
    return f"{m[1]}-{m[3]}-{m[4]}" if _japanese(m[1] + m[3] + m[4]) else m[0]


def display(value: str) -> str:
    """ "+81312345678;ext=123,+819012345678" as "03-1234-5678 内線123 / 090-1234-5678"."""
    return " / ".join(map(_display, value.split(",")))


def _display(value: str) -> str:
    number, _, extension = value.partition(";ext=")
    try:
        parsed = _parsed(number)
    except NumberParseException:
        return value
    style = PhoneNumberFormat.NATIONAL if parsed.country_code == 81 else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style) + (f" 内線{extension}" if extension else "")


def _parsed(number: str) -> PhoneNumber:
    national = number.removeprefix("+81")
    if national != number and national.isdecimal() and national[0] != "0":
        # What E.164 says needs no guessing, which is most of what parsing costs.
        return PhoneNumber(country_code=81, national_number=int(national))
    return phonenumbers.parse(number)


def _several(line: str) -> Normalised:
    notes: list[Note] = []
    line = _EXTENSION.sub(r"x\1|", line)
    line, faxes = _FAX.subn("|F", line)
    line, labels = _LABEL.subn("|", line)
    line, places = _PLACE.subn("|", line) if _KANJI.search(line) else (line, 0)
    if labels or faxes or places:
        notes.append(Note("TSK-2525"))
    numbers: list[Number] = []
    chunks = _SEPARATORS.split("/" + line)
    for separator, chunk in zip(chunks[1::2], chunks[2::2], strict=True):
        if chunk.strip() == "F" and numbers:
            numbers[-1] = numbers[-1]._replace(is_fax=True)
        if not chunk.strip(" -.F()"):
            continue
        body = chunk.strip(" -.")
        before = numbers[-1] if numbers and (separator in "/,、・~" or body.startswith("F")) else None
        found = _row(body, before) if separator == "~" and before else _read(body, before, notes)
        if isinstance(found, str):
            return refuse(found)
        numbers += found
    if not numbers:
        return refuse("TSK-2021")
    return _joined(numbers, notes)


def _joined(numbers: list[Number], notes: list[Note]) -> Normalised:
    voices = [number for number in numbers if not number.is_fax]
    if voices and len(voices) < len(numbers):
        notes.append(Note("TSK-2526"))
    values = [n.e164 + (f";ext={n.extension}" if n.extension else "") for n in voices or numbers]
    if any(number.extension for number in numbers):
        notes.append(Note("TSK-2521"))
    if len(values) > 1:
        notes.append(Note("TSK-2523"))
    return Normalised(",".join(dict.fromkeys(values)), notes=tuple(dict.fromkeys(notes)))


def _read(chunk: str, before: Number | None, notes: list[Note]) -> list[Number] | str:
    """The number of a chunk, two that only a blank parts, or the code of the refusal.

    `before` is the number whose last digits this chunk may replace.
    """
    is_fax = chunk.startswith("F")
    body, _, extension = chunk.removeprefix("F").strip().partition("x")
    body = body.strip(" -.")
    if not _MARKS.fullmatch(body):
        return "TSK-2021"
    if e164 := _number(body, notes):
        return [Number(e164, extension, is_fax, body)]
    if before and (e164 := _shortened(body, before)):
        notes.append(Note("TSK-2524"))
        return [Number(e164, extension, is_fax, before.written)]
    halves = body.split(" ")
    for i in range(1, len(halves)):
        first, second = _number(" ".join(halves[:i]), notes), _number(" ".join(halves[i:]), notes)
        if first and second:
            return [Number(first, "", is_fax), Number(second, extension, is_fax)]
    digits = len(_NOT_DIGITS.sub("", body))
    return "TSK-2022" if 5 <= digits <= 8 and body[0] != "0" else "TSK-2023"


def _row(body: str, before: Number) -> list[Number] | str:
    """03-1234-5678~80: numbers in a row, as one switchboard has them."""
    last = _shortened(body, before)
    first, end = int(before.e164), int(last or 0)
    if not 0 < end - first < 10:
        return "TSK-2023"
    return [Number(f"+{number}", written=before.written) for number in range(first + 1, end + 1)]


def _number(body: str, notes: list[Note]) -> str:
    """E.164, or "" for what is no number in use."""
    body = body.replace("(0)", "") if body.startswith(("+", "00")) else body
    digits = _NOT_DIGITS.sub("", body)
    if body.startswith("+") or digits.startswith(("0081", "01081")):
        return _abroad("+" + digits.removeprefix("010").removeprefix("00"))
    if number := _japanese(digits):
        return number
    if digits[:1] != "0" and 9 <= len(digits) <= 10 and (number := _japanese("0" + digits)):
        notes.append(Note("TSK-2522"))
        return number
    # 010 dials abroad and 00 chooses a carrier; any other 0 begins a number of Japan's, and this is none.
    return "" if digits[:1] == "0" and not digits.startswith(("00", "010")) else _abroad(digits)


def _japanese(digits: str) -> str:
    """E.164 of a national number with its zero; phonenumbers' own patterns, without its costly parse."""
    return "+81" + digits[1:] if digits[:1] == "0" and _NATIONAL.fullmatch(digits, 1) else ""


def _abroad(digits: str) -> str:
    try:
        number = phonenumbers.parse(digits, "JP")
    except NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _shortened(body: str, before: Number) -> str:
    """03-1234-5678/5679 and 03-1234-5678/1235-5679: the last digits of the number before are replaced."""
    groups, whole = _DIGITS.findall(body), _DIGITS.findall(before.written)
    if before.extension or not before.written.startswith(("0", "(0")) or len(groups) > 2:
        return ""
    if len(groups) == 2 and [*map(len, groups)] != [*map(len, whole[-2:])]:
        return ""
    if len(groups) == 1 and len(groups[0]) not in (1, 2, 4):
        return ""
    digits = "".join(groups)
    return _japanese("".join(whole)[: -len(digits)] + digits)


def _all_patterns(region: str) -> str:
    """Every kind of number that phonenumbers holds for valid there."""
    metadata = PhoneMetadata.metadata_for_region(region)
    assert metadata
    kinds = "fixed_line mobile toll_free premium_rate shared_cost personal_number voip pager uan voicemail"
    described = [getattr(metadata, kind) for kind in kinds.split()]
    return "|".join(f"(?:{kind.national_number_pattern})" for kind in described if kind)


_NATIONAL = re.compile(f"(?!0)(?:{_all_patterns('JP')})")
_ORDINARY = re.compile("0[0-9]{1,4}-?[0-9]{1,4}-?[0-9]{3,4}")
_COMMON = re.compile(r"\(?0[0-9]{1,4}[-() ]?[0-9]{1,4}[-) ]?[0-9]{3,4}")
_NO_MARKS = str.maketrans("", "", "-() ")
_MARKS = re.compile(r"\+?[0-9().\- ]*[0-9][0-9().\- ]*")
_DIGITS = re.compile("[0-9]+")
_NOT_DIGITS = re.compile("[^0-9]")
# "|" stands for a label or an extension that was taken out.
_SEPARATORS = re.compile("([/,;、・~&|\n]|および|及び|または|又は| or )")
_SCIENTIFIC = re.compile(r"[0-9.]+E\+?[0-9]+", re.IGNORECASE)
_FLOAT = re.compile(r"(?<=[0-9]{8})\.0+$")
_THOUSANDS = re.compile("[0-9]{1,3}(?:,[0-9]{3}){2,3}")
_MARKED = re.compile(r"(?<![0-9-])(0[1-9][0-9]{0,3})( ?[/・,、~*_:=の] ?)([0-9]{1,4})\2([0-9]{3,4})(?![0-9])")
_BRACKETS = str.maketrans("[]【】〔〕「」<>〜", "()()()()()~")
_RARE = re.compile(r"""['"\[【〔「<〇]|[0-9] ?(?:[*_:=の,、/・~〜]|\(0)|\([+代]|^\(.*\)$""")
_ITEMS = str.maketrans("①②③④⑤", "|||||")
_COUNTRY = re.compile(r"\(\+([0-9]{1,3})\) ?")
_SECOND = re.compile(r"(?<=[0-9]) ?\((0[0-9]{1,4}[-(][0-9]{1,4}[-)][0-9]{3,4}|0[0-9]{9,10})\)")
_SWITCHBOARD = re.compile(r"\(代表?\)(?= ?\(?(?:内|ext|#))", re.IGNORECASE)
_EXTENSION = re.compile(
    r"[ ;,.(-]*(?:内線番号|内線|\(?内\)|内(?=[ :]?[0-9])|;?ext(?:ension)?|(?<=[0-9 ])x(?=[ .]?[0-9])|#)"
    r"[ :.=)-]*([0-9]{1,7})\)?",
    re.IGNORECASE,
)
_FAX = re.compile(
    r"[(\[【<]?(?:FAX番号|FAX|ファックス|ファクシミリ|ファクス|📠|\bF(?=[:.]| \(?0))[)\]】>]?[ :.]*",
    re.IGNORECASE,
)
_KANJI = re.compile("[ァ-ヺ一-鿿]")
_PLACE = re.compile(
    r"[(\[【<]?[ァ-ヺ一-鿿]{0,6}(?:本社|本店|支社|支店|営業所|出張所|事務所|事業所|工場|倉庫|お客様|窓口|相談室?|受付"
    r"|センタ-)[)\]】>]?[ :.]*"
)
_LABEL = re.compile(
    r"[(\[【<]?(?:お?電話番号|お?電話|携帯電話|携帯番号|携帯|ケ-タイ|スマホ|直通電話|直通|大代表|代表電話|代表番号|代表|代|直|夜間|"
    r"緊急連絡先|緊急|連絡先|自宅|会社|本社|勤務先|事務所|店舗|実家|ご?本人|ご主人|奥様|妻|夫|父|母|フリ-ダイヤル|フリ-コ-ル|ナビダイヤル|無料通話|通話無料|お?問い?合わ?せ先?|IP電話|固定電話|固定|担当|兼用|共通|"
    r"TEL(?:EPHONE)?|PHONE|MOBILE|CELL|PHS|[☎☏📞📱✆]\ufe0f?"
    r"|\b[TMPH](?=[:.]| \(?0)|(?<=[0-9])番$)[)\]】>]?[ :.]*",
    re.IGNORECASE,
)
