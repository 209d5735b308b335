"""What is missing from a customer's values, or wrong with them, as far as it can be told without guessing.

Only what the values themselves prove: a postal code follows from its address, a check digit is right or not.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from tasuki.japanese import address, legal_form, width
from tasuki.japanese.kinds import KINDS
from tasuki.japanese.place import fold_place
from tasuki.japanese.towns import listed
from tasuki.model import Field, Model
from tasuki.model.base import Type
from tasuki.record import Record
from tasuki.value import LENIENT

Correction = Literal["fill", "respell", "fix"]
"""入力漏れ: something known is missing. 表記揺れ: the same in other letters. 誤記: it can't be so."""

ALL: tuple[Correction, ...] = ("fill", "respell", "fix")


class Told(NamedTuple):
    """What one system's row says."""

    system: str
    record: Record


class Erratum(NamedTuple):
    """A field of a customer that should say something else."""

    field: str
    after: str
    kind: Correction
    source: str = ""
    """The system that says so; "" where the customer's other values do."""


def errata(model: Model, value: Record, told: Sequence[Told]) -> tuple[Erratum, ...]:
    """At most one a field. `told` in the order of the sync."""
    found: dict[str, Erratum] = {}
    for names in model.units().values():
        fields = {model.fields[name].type: model.fields[name] for name in names}
        if "address" in fields:
            for erratum in _of_place(fields, value, told):
                found[erratum.field] = erratum
        for name in names:
            field = model.fields[name]
            other = _of_field(field, value.get(name, ""), told)
            if other and name not in found:
                found[name] = other
    return tuple(found.values())


def refused(field: Field, text: str) -> bool:
    """Whether this can't be what the field is for: a check digit fails, digits are missing. A cell that
    holds two numbers, or one and a remark, is not wrong."""
    if not text or field.type not in LENIENT:
        return False
    read = KINDS[field.type]
    return all(read(part).refused for part in (text, *filter(None, _BETWEEN.split(text))))


_BETWEEN = re.compile(r"[\s,;、，；/／()（）]+")


def _of_field(field: Field, text: str, told: Sequence[Told]) -> Erratum | None:
    if not text:
        return None
    if refused(field, text):
        return _readable_elsewhere(field, told)
    proper = _PROPER.get(field.type)
    return proper(field.name, text) if proper else None


def _readable_elsewhere(field: Field, told: Sequence[Told]) -> Erratum | None:
    """What can't be so is what another system says, where all that say something readable say the same."""
    known = [
        (one.system, text)
        for one in told
        if (text := one.record.get(field.name, "")) and not refused(field, text)
    ]
    if len({KINDS[field.type](text).value for _, text in known}) != 1:
        return None
    system, text = known[0]
    return Erratum(field.name, text, "fix", system)


# Letters.


def _full(name: str, text: str) -> Erratum | None:
    """Half-width kana, which no Japanese text is written in."""
    full = width.full_kana(text)
    return Erratum(name, full, "respell") if full != text else None


def _kana(name: str, text: str) -> Erratum | None:
    """A reading in katakana, of the name alone: lists are sorted by it."""
    line = width.katakana(text)
    form = legal_form.find(width.tidy(line))
    bare = form.rest if form else line
    if not bare or bare == text or _KANJI.search(bare):
        return None
    return Erratum(name, bare, "fix" if form else "respell")


_KANJI = re.compile(f"[{width.KANJI}]")
_PROPER: Mapping[Type, Callable[[str, str], Erratum | None]] = {
    "company_name": _full,
    "person_name": _full,
    "katakana": _kana,
}


# Places.


def _of_place(fields: Mapping[Type, Field], value: Record, told: Sequence[Told]) -> Iterator[Erratum]:
    """An address that is read down to its town, and leaves no choice, proves its prefecture and its code."""
    name = fields["address"].name
    text = width.full_kana(value.get(name, ""))
    found = address.parse(text)
    sure = found.level >= address.Level.TOWN and not found.notes
    if sure and _lacks_prefecture(text, found):
        yield Erratum(name, found.pref + text, "fill")
    elif text != value.get(name, ""):
        yield Erratum(name, text, "respell")
    code = fields["postal_code"].name if "postal_code" in fields else ""
    certain = address.postal_code_of(text) if code and not value.get(code) else ""
    if certain:
        yield Erratum(code, certain, "fill")
    elif sure and code:
        yield from _wrong_code(code, found, value, told)


def _lacks_prefecture(text: str, found: address.Address) -> bool:
    """The text begins with its city: no prefecture, short or long, and no postal code before it."""
    begins = fold_place(width.tidy(text)).key.startswith(fold_place(found.city).key)
    return begins and address.parse(found.pref + text).key == found.key


def _wrong_code(name: str, found: address.Address, value: Record, told: Sequence[Told]) -> Iterator[Erratum]:
    """Another town's code gives way to the town's own; where it has several, to the one a system shows."""
    code = _code(value.get(name, ""))
    if code in found.codes or not listed(code):
        return
    said = {_code(one.record.get(name, "")): one.system for one in told}
    known = [code for code in found.codes if len(found.codes) == 1 or code in said]
    if len(known) == 1:
        yield Erratum(name, known[0], "fix", said.get(known[0], ""))


def _code(text: str) -> str:
    code = KINDS["postal_code"](text).value
    return code if isinstance(code, str) else ""
