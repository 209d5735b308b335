"""Whether two values are one: the same in other writing, different, or for a person to judge."""

import re
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from tasuki.japanese import address, trade_name
from tasuki.japanese.address import Address
from tasuki.japanese.fold import fold
from tasuki.japanese.kinds import KINDS
from tasuki.japanese.respelling import respelled
from tasuki.japanese.trade_name import TradeName

Verdict = Literal["SAME", "REVIEW", "DIFFERENT"]


class Comparison(NamedTuple):
    """SAME: one value written in two ways. REVIEW: a person decides. `reasons` name what differs."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    """Parts of the value (core, legal_form, position, branch, family, given, extension, building …), how they
    differ (spelling: the same letters in other forms; respelled, script: perhaps one name; order; part: of
    several values some are shared; level: one address goes further than the other), or why a value can't be
    read (TSK-20xx, blank)."""


def compare(kind: str, one: str, other: str) -> Comparison:
    """A value that can't be read is never called the same, nor is a blank one."""
    values = [KINDS[kind](text) for text in (one, other)]
    unread = tuple(dict.fromkeys(value.refused for value in values if value.refused))
    if unread:
        return Comparison("REVIEW", unread)
    if not all(value.value for value in values):
        return Comparison("REVIEW", ("blank",))
    return _RULES.get(kind, _plainly(kind))(one, other)


def _firms(a: str, b: str) -> Comparison:
    """Judges the names alone, so 前株 against 後株, another form or another branch is never SAME."""
    one, other = trade_name.read(a), trade_name.read(b)
    core, other_core = fold(one.core), fold(other.core)
    if core != other_core:
        in_brackets = fold(_BRACKETS.sub("", one.core)) == fold(_BRACKETS.sub("", other.core))
        why = "respelled" if in_brackets else respelled(core, other_core)
        return Comparison("REVIEW", ("core", why)) if why else Comparison("DIFFERENT", ("core",))
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


def _people(a: str, b: str) -> Comparison:
    """A family name alone, another order, and a reading against kanji are for a person to judge."""
    one, other = _name(a), _name(b)
    if one == other:
        as_written = KINDS["person_name"](a).value == KINDS["person_name"](b).value
        return Comparison("SAME", () if as_written else ("spelling",))
    if "".join(one) == "".join(other) or one == other[::-1]:
        return Comparison("REVIEW", ("order",))
    reasons: list[str] = []
    for part, mine, yours in zip(("family", "given"), one, other, strict=True):
        if mine == yours:
            continue
        why = "missing" if not mine or not yours else respelled(mine, yours)
        if part == "given" and not why and 1 in (len(mine), len(yours)) and _in_two_scripts(mine, yours):
            why = "script"
        if not why:
            return Comparison("DIFFERENT", (part,))
        reasons += [part, why]
    return Comparison("REVIEW", tuple(reasons))


def _in_two_scripts(one: str, other: str) -> bool:
    """Parents read one kanji as they like: 明 is アキラ, and 翔 is カケル or ショウ."""
    return bool(_KANA.fullmatch(one)) != bool(_KANA.fullmatch(other))


_BRACKETS = re.compile(r"(?<=.)\([^()]*\)$")
"""サンプル(東京), which may be サンプル itself."""
_KANA = re.compile("[ァ-ヺー]+")


def _name(text: str) -> tuple[str, str]:
    value = KINDS["person_name"](text).value
    assert isinstance(value, Mapping)
    return fold(value.get("family", "")), fold(value.get("given", ""))


def _places(a: str, b: str) -> Comparison:
    one, other = address.parse(a), address.parse(b)
    if address.fold_address(a) != address.fold_address(b):
        return Comparison("REVIEW", ("level",)) if _goes_on(one, other) else Comparison("DIFFERENT")
    if one.building and other.building and fold(one.building) != fold(other.building):
        return Comparison("REVIEW", ("building",))
    return Comparison("SAME")


def _goes_on(one: Address, other: Address) -> bool:
    """One address is silent, or can't be read, where the other says more: it may be that place."""
    if one.key and other.key:
        told = zip(_steps(one.key), _steps(other.key), strict=False)
    else:
        told = zip((one.pref, one.city), (other.pref, other.city), strict=True)
    return all(mine == yours for mine, yours in told if mine and yours)


def _steps(key: str) -> list[str]:
    """From the prefecture down to the last number."""
    *names, numbers = key.split("/")
    return [*names, *numbers.split("-")]


def _several(kind: str) -> Callable[[str, str], Comparison]:
    """Cells that may hold several values, with something behind each (an extension)."""

    def rule(a: str, b: str) -> Comparison:
        one, other = (frozenset(str(KINDS[kind](text).value).casefold().split(",")) for text in (a, b))
        if one == other:
            return Comparison("SAME")
        if one & other:
            return Comparison("REVIEW", ("part",))
        bare, other_bare = ({value.partition(";")[0] for value in values} for values in (one, other))
        return Comparison("REVIEW", ("extension",)) if bare & other_bare else Comparison("DIFFERENT")

    return rule


def _transfers(a: str, b: str) -> Comparison:
    """As names of firms where they are not letter for letter alike."""
    return Comparison("SAME") if KINDS["bank_kana"](a).value == KINDS["bank_kana"](b).value else _firms(a, b)


def _plainly(kind: str) -> Callable[[str, str], Comparison]:
    return lambda a, b: Comparison("SAME" if KINDS[kind](a).value == KINDS[kind](b).value else "DIFFERENT")


_RULES: Mapping[str, Callable[[str, str], Comparison]] = {
    "company_name": _firms,
    "person_name": _people,
    "address": _places,
    "phone": _several("phone"),
    "email": _several("email"),
    "bank_kana": _transfers,
}
