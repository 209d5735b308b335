"""What a value may be: how cells become text, which cleaners a mapping can name, how it is written.

A cleaner takes a text and gives the canonical text, or refuses with a reason; it never guesses.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from tasuki.errors import Skip
from tasuki.japanese import address, phone, postal_code
from tasuki.japanese.company import normalise as company
from tasuki.japanese.fold import fold, fold_company
from tasuki.japanese.kinds import KINDS
from tasuki.japanese.result import Normalised
from tasuki.model import Field
from tasuki.record import Record

Cleaner = Callable[[str], str]
Normaliser = Callable[[str], Normalised]

TOKYO = ZoneInfo("Asia/Tokyo")
_LAYOUT = " \t\r\n\u3000\u00a0"

RECENT = 30_000
"""Cleaned texts of a kind that are remembered: a plan reads a row over and over, and other systems' too."""

CLEANERS: Mapping[str, Normaliser] = {
    name: lru_cache(RECENT)(KINDS[name])
    for name in (
        "text",
        "narrow",
        "katakana",
        "phone",
        "postal_code",
        "email",
        "date",
        "amount",
        "corporate_number",
        "invoice_number",
    )
}

LENIENT = ("phone", "email", "postal_code", "corporate_number", "invoice_number")
"""Cleaned when a mapping names no cleaner, but kept as written where that fails."""


def cell_text(cell: object) -> str:
    """A cell as text: 1234.0 is 1234, true is yes; spaces that only lay out the cell are dropped."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip(_LAYOUT)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, list):
        return ",".join(str(item) for item in cell)
    return str(cell)


def clean_with(normaliser: Normaliser, column: str, strict: bool, text: str) -> str:
    """The canonical text; a refusal is Skip when `strict`, else the text stays as written."""
    result = normaliser(text)
    if result.refused is None:
        return result.value if isinstance(result.value, str) else text
    if strict:
        raise Skip(result.refused, column, column=column)
    return text


def _choice(field: Field) -> Normaliser:
    def check(text: str) -> Normalised:
        known = not field.choices or text in field.choices
        return Normalised(text) if known else Normalised(None, "TSK-2090")

    return check


def _integer(text: str) -> Normalised:
    result = CLEANERS["amount"](text)
    if result.refused is None and isinstance(result.value, str) and "." in result.value:
        return Normalised(None, "TSK-2092")
    return result


def _datetime(text: str) -> Normalised:
    """ISO 8601; a time without a zone is Tokyo time (S24). Canonical: UTC, to the second."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return Normalised(None, "TSK-2093")
    aware = moment if moment.tzinfo else moment.replace(tzinfo=TOKYO)
    return Normalised(aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


STRICT: Mapping[str, Callable[[Field], Normaliser]] = {
    "date": lambda field: CLEANERS["date"],
    "datetime": lambda field: _datetime,
    "amount": lambda field: CLEANERS["amount"],
    "integer": lambda field: _integer,
    "choice": _choice,
}
"""Types whose values must be what they say, whatever the mapping names."""


def _tokyo_time(value: str) -> str:
    return datetime.fromisoformat(value).astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S")


WRITERS: Mapping[str, Callable[[str], str]] = {
    "phone": lambda value: phone.display(value) if value.startswith("+") else value,
    "postal_code": postal_code.display,
    "digits": lambda value: re.sub(r"\D", "", value),
    "as_is": str,
    "slash_date": lambda value: value.replace("-", "/"),
    "tokyo_time": _tokyo_time,
}
"""How values are spelled when a mapping's `write` names it, or when the field's type has that name."""


PARTS = ("prefecture", "city", "town", "building")
"""The columns that an address may be spread over, in the order of writing."""


def join_address(parts: Mapping[str, str]) -> str:
    """One text; a building stands apart."""
    place = "".join(parts.get(part, "") for part in PARTS[:3])
    return " ".join(filter(None, (place, parts.get("building", ""))))


def split_address(text: str) -> dict[str, str]:
    """The text over the columns of `PARTS`, as it is written where it follows the official names.

    Raises Skip TSK-2094 when it can't be told where the city ends: half an address in the wrong column is
    worse than none.
    """
    found = address.parse(text)
    if found.level < address.Level.CITY:
        raise Skip("TSK-2094")
    street = text.removeprefix(found.pref).removeprefix(found.city)
    if found.building and street.endswith(found.building):
        street = street.removesuffix(found.building)
    elif street == text or found.building:
        street = found.street + found.town + found.rest + found.block
    return {
        "prefecture": found.pref,
        "city": found.city,
        "town": street.strip(_LAYOUT),
        "building": found.building,
    }


def whole_group(group: str, part: Record) -> Record | None:
    """All of a group, from the one field of it that a system knows; None where that would be guessing (S10).

    An address names its postal code itself, or lies in a town that has only one.
    """
    text = part.get("address", "")
    if group != "address" or not text:
        return None
    code = address.postal_code_of(text)
    return {"postal_code": code, "address": address.without_postal_code(text)} if code else None


@lru_cache(10_000)
def folded(field: Field, value: str) -> str:
    """The form in which two spellings of one value are equal: the test of a first load (sync-rules S14).

    Looser than equality, tighter than a match: 株式会社 in front and behind stay different names.
    """
    if field.type == "company_name":
        return _folded_company(value)
    if field.type == "address":
        found = address.parse(value)
        return f"{found.key or fold(value)}|{fold(found.building)}"
    if field.type in LENIENT:
        result = KINDS[field.type](value)
        if isinstance(result.value, str):
            return result.value.casefold()
    return fold(value)


def _folded_company(value: str) -> str:
    result = company(value).value
    if not isinstance(result, Mapping):
        return fold(value)
    parts = (result.get(part, "") for part in ("legal_form", "position", "branch", "department"))
    return "|".join((fold_company(value), *parts))


__all__ = [
    "CLEANERS",
    "LENIENT",
    "PARTS",
    "STRICT",
    "WRITERS",
    "Cleaner",
    "Skip",
    "cell_text",
    "clean_with",
    "folded",
    "join_address",
    "split_address",
    "whole_group",
]
