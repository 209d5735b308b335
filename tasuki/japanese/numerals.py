"""Reads Japanese numerals: 1,234, 12万3,456, 三千五百, 壱百弐拾参萬, 二〇二四, 1.5億."""

import re
from decimal import Context, Decimal, localcontext


def number(text: str) -> Decimal | None:
    """The value of `width.plain` text that is one numeral without sign or currency; None for anything else.

    Commas must part thousands. Kanji digits in a row count by place (二〇二四).
    """
    if "," in text:
        text = text.translate(_KANJI_DIGITS)
    if _ARABIC.fullmatch(text):
        return Decimal(text.replace(",", ""))
    text = text.replace("廿", "二十").replace("卅", "三十")
    if not _NUMERAL.fullmatch(text):
        return None
    with localcontext(Context(prec=60)):
        return _add_up(_TOKEN.findall(text))


def _add_up(tokens: list[str]) -> Decimal | None:
    """None when units don't fall (百千) or a part is as large as the unit before it (1万20000)."""
    total = section = Decimal(0)
    digits: Decimal | None = None
    myriad, unit = _ABOVE_ALL, _ABOVE_ALL
    for token in tokens:
        if token in _UNITS:
            if _UNITS[token] >= unit or (digits is not None and digits * _UNITS[token] >= unit):
                return None
            unit = _UNITS[token]
            section += (1 if digits is None else digits) * unit
            digits = None
        elif token in _MYRIADS:
            part = section + (digits or 0)
            if _MYRIADS[token] >= myriad or part == 0 or part * _MYRIADS[token] >= myriad:
                return None
            myriad, unit = _MYRIADS[token], _ABOVE_ALL
            total += part * myriad
            section, digits = Decimal(0), None
        elif digits is not None:
            return None
        else:
            digits = _digits(token)
            if digits >= unit:
                return None
    rest = section + (digits or 0)
    return total + rest if rest < myriad else None


def _digits(token: str) -> Decimal:
    return Decimal(token.translate(_KANJI_DIGITS).replace(",", ""))


_KANJI_DIGITS = dict(
    zip(map(ord, "〇零一壱壹二弐貳三参參四肆五伍六陸七漆八捌九玖"), "00111222333445566778899", strict=True)
)
_UNITS = {
    **dict.fromkeys("十拾", Decimal(10)),
    **dict.fromkeys("百佰", Decimal(100)),
    **dict.fromkeys("千仟阡", Decimal(1000)),
}
_MYRIADS = {
    **dict.fromkeys("万萬", Decimal(10**4)),
    "億": Decimal(10**8),
    "兆": Decimal(10**12),
    "京": Decimal(10**16),
}
_ABOVE_ALL = Decimal(10**20)
_KANJI = "〇零一壱壹二弐貳三参參四肆五伍六陸七漆八捌九玖"
_PLAIN = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3}){1,5}|[0-9]{1,18})(?:\.[0-9]{1,10})?"
_ARABIC = re.compile(_PLAIN)
_COUNT = rf"(?:{_PLAIN}|[{_KANJI}]{{1,18}})"
_MEASURE = "[十拾百佰千仟阡万萬億兆京]"
_TOKEN = re.compile(rf"{_COUNT}|{_MEASURE}")
_NUMERAL = re.compile(rf"(?=.)(?:{_COUNT}?{_MEASURE}){{0,20}}{_COUNT}?")
"""Two counts never meet, so that a long wrong text is refused at once."""
