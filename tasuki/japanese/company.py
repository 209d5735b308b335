"""Names of firms: legal form and its side, name proper, branch, department; and whether two names are one."""

from typing import Literal, NamedTuple

from tasuki.japanese import trade_name
from tasuki.japanese.fold import fold
from tasuki.japanese.result import BLANK, LONGEST, LOST, Normalised, refuse
from tasuki.japanese.trade_name import TradeName
from tasuki.japanese.width import trim


class Comparison(NamedTuple):
    """SAME: one name written in two ways. REVIEW: a person decides. `reasons` name what differs."""

    verdict: Literal["SAME", "REVIEW", "DIFFERENT"]
    reasons: tuple[str, ...] = ()
    """core, legal_form, position, branch, spelling (the same letters in other forms)."""


def normalise(text: str) -> Normalised:
    """`core`, and what is known of `legal_form`, `position` (prefix or suffix), `branch`, `department`."""
    if not trim(text):
        return BLANK
    if len(text) > LONGEST:
        return refuse("TSK-2004")
    if LOST in text:
        return refuse("TSK-2005")
    name = trade_name.read(text)
    if not any(map(str.isalnum, name.core.replace("ー", ""))) or name.core in _NO_NAMES:
        return refuse("TSK-2001", *name.notes)
    parts = name._asdict()
    order = ("legal_form", "position", "core", "branch", "department")
    return Normalised({part: parts[part] for part in order if parts[part]}, notes=name.notes)


def compare_company(a: str, b: str) -> Comparison:
    """Judges the names alone, so 前株 against 後株, another form or another branch is never SAME."""
    one, other = trade_name.read(a), trade_name.read(b)
    if not fold(one.core) or fold(one.core) != fold(other.core):
        return Comparison("DIFFERENT", ("core",))
    reasons = tuple(_differences(one, other))
    if reasons:
        return Comparison("REVIEW", reasons)
    return Comparison("SAME", () if one.core == other.core else ("spelling",))


def _differences(one: TradeName, other: TradeName) -> list[str]:
    differences = []
    if one.legal_form != other.legal_form:
        differences.append("legal_form")
    elif one.position != other.position:
        differences.append("position")
    if fold(one.branch) != fold(other.branch):
        differences.append("branch")
    return differences


_NO_NAMES = frozenset({"同上", "仝上", "〃", "なし", "無し", "不明", "未定", "該当なし", "N/A"}) | {
    *("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
}
