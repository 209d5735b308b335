"""Amounts of money: every written form of a yen figure as plain decimal text."""

import re
from decimal import Decimal

from tasuki.japanese.cell import unquoted
from tasuki.japanese.numerals import number
from tasuki.japanese.result import BLANK, Normalised, Note, refuse
from tasuki.japanese.width import plain, trim


def normalise(text: str) -> Normalised:
    """Plain decimal text without needless zeros; "-" for △, ▲ and accounting brackets."""
    if not trim(text):
        return BLANK
    line = _MINUS_WORD.sub("-", unquoted(plain(text)).replace("、", ","))
    if _SCIENTIFIC.fullmatch(line):
        return refuse("TSK-2003")
    if _FOREIGN.search(line):
        return refuse("TSK-2053")
    notes: list[Note] = []
    line, wording = _TAX.subn("", line)
    if wording:
        notes.append(Note("TSK-2555"))
    line = _SEN.sub(_with_sen, _LABEL.sub("", line))
    if _BROKEN.search(line):
        return refuse("TSK-2051")
    m = _FIGURE.fullmatch(line.replace(" ", ""))
    if not m:
        return refuse("TSK-2051")
    return _figure(m, text, notes)


def _figure(m: re.Match[str], text: str, notes: list[Note]) -> Normalised:
    signs = [sign for sign in (m["sign"], m["sign2"], m["sign3"], m["open"]) if sign]
    if len(signs) > 1 or bool(m["open"]) != bool(m["close"]):
        return refuse("TSK-2055")
    if m["dash"] and not _closes_figure(m, text):
        return refuse("TSK-2055")
    value = number(m["figure"])
    if value is None:
        return refuse("TSK-2052" if _DIGITS.fullmatch(m["figure"]) else "TSK-2051")
    if signs and signs[0] not in "-+":
        notes.append(Note("TSK-2551"))
    if m["dash"]:
        notes.append(Note("TSK-2552"))
    if not _DIGITS.fullmatch(m["figure"]):
        notes.append(Note("TSK-2553"))
    return Normalised(_written(-value if signs and signs[0] != "+" else value), notes=tuple(notes))


def _with_sen(sen: re.Match[str]) -> str:
    return f".{sen[1]:0>2}円"


def _closes_figure(m: re.Match[str], text: str) -> bool:
    """1,234- is negative in some foreign books; ￥1,234－, 1,234.- and 1,234,- only close the figure."""
    return bool(m["dash"] in (".-", ",-") or m["yen"] or m["yen2"] or not trim(text).endswith("-"))


def _written(value: Decimal) -> str:
    if not value:
        return "0"
    written = format(value, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


_MINUS = "△▲▵▴▼-"
_MINUS_WORD = re.compile("^マイナス ?")
_FIGURE = re.compile(
    rf"[*※]*(?P<sign>[+{_MINUS}])?(?P<yen>金?(?:(?:JP)?[¥\\]|JPY|日本円)|金)?(?P<sign2>[+{_MINUS}])?"
    rf"(?P<open>\()?(?P<sign3>[+{_MINUS}])?(?:[¥\\])?(?P<figure>[^+()¥\\円圓{_MINUS}]+?)"
    r"(?P<yen2>円|圓|JPY|yen)?(?P<close>\))?(?:円|圓)?(?:整|也|丁度)?(?P<dash>[.,]?-)?[※*]*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"[0-9.,]+")
_BROKEN = re.compile(r"[0-9] +[0-9]")
_SCIENTIFIC = re.compile(r"[-+]?[0-9.]+E[-+]?[0-9]+", re.IGNORECASE)
_FOREIGN = re.compile(r"[$€£₩₹฿]|USD|EUR|GBP|CNY|RMB|KRW|ドル|ユ-ロ|ポンド|ウォン|人民元", re.IGNORECASE)
_RATE = "[0-9]{1,2}%"
_TAX = re.compile(
    rf"\(?(?:(?:{_RATE} ?)?(?:消費)?税(?:率?{_RATE})?(?:込み?|抜き?|別)(?:価格|金額|合計)?"
    r"|内税|外税|[非不]課税|免税)\)?[: ]*"
    r"|\+(?:消費)?税$"
)
_LABEL = re.compile(
    "^(?:[ごお御]?(?:請求|合計|見積|支払|入金|振込|契約|売上|取引)金?額|[総合小]?計|総額|本体(?:価格)?"
    "|金額|代金|残高|単価|価格|定価)[: ]*"
)
_SEN = re.compile("(?<=[0-9])円([0-9]{1,2})銭$")
