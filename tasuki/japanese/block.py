"""Reads what follows the town in an address: 丁目, 番地 and 号, and the building behind them."""

import re
from typing import NamedTuple

from tasuki.japanese.place import NUMERALS, arabic


class Block(NamedTuple):
    chome: int
    """0 when there is none."""
    between: str
    """What stands before the numbers: a 小字 or 地割; all of the text when there are no numbers."""
    number: str
    """番地 and 号 in digits, joined by "-"; "" when there are none."""
    building: str


def read_block(text: str, numbered: bool) -> Block:
    """`text` is `width.tidy` text. In a town `numbered` by 丁目 the first of 1-2-3, 1-2 or 1 is the 丁目."""
    found = _CHOME.match(text)
    if found and (numbered or found["sure"] or found.end() < len(text)):
        tail = _tail(text[found.end() :])
        return Block(int(arabic(found["number"])), tail.between, _joined(tail.numbers), tail.building)
    tail = _tail(text)
    chome, numbers = _implied(tail) if numbered else (0, tail.numbers)
    return Block(chome, tail.between, _joined(numbers), tail.building)


class _Tail(NamedTuple):
    """What follows the 丁目, as written."""

    between: str
    numbers: str
    unit: bool
    """番地, 番 or 号 stands behind the last number."""
    building: str


def _tail(text: str) -> _Tail:
    between = ""
    found = _NUMBERS.match(text)
    if not found and (name := _BETWEEN.match(text)) and not _BUILDING.search(name[0]):
        between = name[0].strip()
        found = _NUMBERS.match(text, name.end())
    if found:
        return _Tail(between, found["numbers"], bool(found["unit"]), _EDGES.sub("", text[found.end() :]))
    if text[:1] == " " or _BUILDING.search(text):
        return _Tail("", "", False, _EDGES.sub("", text))
    return _Tail(text.strip(), "", False, "")


def _implied(tail: _Tail) -> tuple[int, str]:
    """The 丁目 that is written as a plain number, and the numbers after it."""
    found = _IMPLIED.fullmatch(tail.numbers)
    if not found or tail.between or (tail.unit and not found["rest"]):
        return 0, tail.numbers
    chome = int(arabic(found["chome"]))
    return (chome, found["rest"] or "") if 0 < chome <= _HIGHEST else (0, tail.numbers)


def _joined(numbers: str) -> str:
    parts = (each if each in "・、" else arabic(each) for each in _PIECE.findall(numbers))
    return re.sub("-?([・、])-?", r"\1", "-".join(parts))


_HIGHEST = 20
"""Few towns go further without writing 丁目 (北1条西20); above it a first number is taken for a 番地."""

# Characters that part lots, before a number: 甲123, イ45, A-5.
_LOTS = "甲乙丙丁戊己庚辛イロハニホヘトチリヌルヲワカヨタレソ"
_LOT = f"(?:[A-Z]-?|[{_LOTS}]|[東西南北](?=[0-9]+番))(?=[0-9])"
# 2F, 301C, 3rd, but not 3ABCビル, 3A棟 or 3A-201, where the building's name begins behind the block.
_WORD = "[A-Za-z0-9&.'’]|-[0-9]|(?![号室])[々ァ-ヺー一-鿿]"
_LETTER = f"[Ff](?![A-Za-z])|(?:st|nd|rd|th)(?![A-Za-z])|[A-Za-z](?!{_WORD})"
# 2階, 201号室, 1番館, 3号棟: a number that belongs to a building; 10線, 1番町: one of a name.
_NAME = (
    f"階|号室|号?棟|号館|番館|番街|番[町丁]|[のノ]町|街区|地割|丁目|[線条]|区(?![民役立内])|世紀|つ|{_LETTER}"
)
_DIGITS = f"[0-9]+(?![0-9]|{_NAME})"
_KANJI = rf"[{NUMERALS}]+(?=\s*(?:[番号\-のノ(]|\s|$|[A-Za-z]))(?!{_NAME})"
_LOT_UNIT = "(?:番地(?!下)|番)"
_SEPARATOR = rf"(?:\s*-\s*|\s*(?:{_LOT_UNIT}|号)?\s?[のノ]\s*|\s*{_LOT_UNIT}\s*-?\s*|[・、])"
_NUMBERS = re.compile(
    rf"[\s,、のノ-]*(?P<numbers>(?:{_LOT})?(?:{_DIGITS}|{_KANJI})(?:{_SEPARATOR}(?:{_DIGITS}|{_KANJI}))*)"
    rf"(?P<unit>\s*(?:{_LOT_UNIT}|号)(?!室|棟|館|街)(?:の(?![ァ-ヺ一-鿿]))?)?"
)
_PIECE = re.compile(f"[A-Z](?=-)|[A-Z{_LOTS}東西南北]?[0-9]+|[{NUMERALS}]+|[・、]")
_CHOME = re.compile(
    rf"\s*(?P<number>[0-9]{{1,3}}|[{NUMERALS}]{{1,4}})\s*"
    rf"(?:(?P<sure>丁目)|丁(?=\s*-?\s*[0-9{NUMERALS}]|\s*$))[\s-]*の?"
)
_IMPLIED = re.compile(
    rf"(?P<chome>[0-9]{{1,2}}|[{NUMERALS}]{{1,3}})(?:\s*[-のノ]\s*(?P<rest>[0-9{NUMERALS}].*))?", re.DOTALL
)
_BETWEEN = re.compile(
    r"\s*(?:第?[0-9]{1,3}(?:地割|番[町丁]|[のノ]町|[線条区][^\s0-9]?)|第[0-9]{1,3}[^\s0-9-]{1,3}"
    r"|(?:大?字\s?)?[^\s0-9()「」,、A-Za-z-]{1,12}?)\s?(?=(?:[甲乙丙丁戊己庚辛]|(?<![ァ-ヺ])[イロハニホヘト])?[0-9])"
)
_BUILDING = re.compile(
    "ビル|タワー|マンション|ハイツ|ハイム|コーポ|荘|アパート|ハウス|メゾン|レジデンス|プラザ|センター|ヒルズ|ガーデン|テラス"
    "|パーク|スク[エウ]|会館|団地|寮|社宅|役所|役場|学校|病院|工場|店|館|棟|階|号室|[0-9]F|駅|支社|営業所|株式会社"
)
_EDGES = re.compile(r"^[\s,、/-]+|[\s,、]+$")
