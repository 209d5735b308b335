"""Names of firms: legal form and its side, name proper, branch, department."""

from tasuki.japanese import trade_name
from tasuki.japanese.result import BLANK, LONGEST, LOST, Normalised, refuse
from tasuki.japanese.width import trim


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


_NO_NAMES = frozenset({"同上", "仝上", "〃", "なし", "無し", "不明", "未定", "該当なし", "N/A", "0"}) | {
    *("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
}
