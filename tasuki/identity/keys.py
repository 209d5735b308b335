"""The keys of a record: what makes it certainly, or only perhaps, the same as another."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from tasuki.japanese.company import normalise as company
from tasuki.japanese.fold import bare, fold, fold_company
from tasuki.record import Record

Strength = Mapping[str, bool]

CERTAIN: Strength = {
    "code": True,
    "corporate": True,
    "email+name": True,
    "phone+name": True,
    "message_id": True,
    "jan": True,
    "serial+product": True,
    "email": True,
    "name": False,
    "mail": False,
    "serial": False,
}
"""Kind of key → whether it decides alone (True) or only raises the question (False)."""


COMPARED: Mapping[str, Mapping[str, str]] = {
    "customer": {
        "name": "name",
        "name_kana": "kana",
        "phone": "phone",
        "mobile": "phone",
        "fax": "phone",
        "email": "email",
        "address": "address",
        "postal_code": "postal_code",
        "corporate_number": "corporate_number",
    },
}
"""Model → field → its kind for the matching model; records of other models know certain keys only."""


KEYED = frozenset(
    {
        "code",
        "name",
        "phone",
        "mobile",
        "email",
        "corporate_number",
        "invoice_number",
        "message_id",
        "jan",
        "serial",
        "product",
    }
)
"""The fields, of all models, that keys are made of."""


class Key(NamedTuple):
    """One key; equal hashes of one kind mean equal keys."""

    kind: str
    hash: bytes


def keys_of(model: str, record: Record, shared_code: bool) -> list[Key]:
    """All keys of a record. A code counts only in a shared code space (sync-rules S15)."""
    found = list(_KINDS.get(model, _customer)(record))
    code = record.get("code", "")
    if shared_code and code:
        found.append(("code", fold(code)))
    return [Key(kind, hashlib.sha256(f"{kind}\0{text}".encode()).digest()[:16]) for kind, text in found]


def _customer(record: Record) -> Iterator[tuple[str, str]]:
    name = fold_company(record.get("name", ""))
    email = record.get("email", "").casefold()
    if number := corporate_number(record):
        yield "corporate", number
    if name:
        yield "name", name
        if email:
            yield "email+name", f"{email}\0{name}"
        for phone in {record.get("phone", ""), record.get("mobile", "")} - {""}:
            yield "phone+name", f"{phone}\0{name}"
    if email:
        yield "mail", email


def _contact(record: Record) -> Iterator[tuple[str, str]]:
    name, email = fold(record.get("name", "")), record.get("email", "").casefold()
    if name and email:
        yield "email+name", f"{email}\0{name}"


def _staff(record: Record) -> Iterator[tuple[str, str]]:
    if email := record.get("email", "").casefold():
        yield "email", email


def _activity(record: Record) -> Iterator[tuple[str, str]]:
    if message := record.get("message_id", ""):
        yield "message_id", message


def _product(record: Record) -> Iterator[tuple[str, str]]:
    if jan := fold(record.get("jan", "")):
        yield "jan", jan
    if name := fold(record.get("name", "")):
        yield "name", name


def _item(record: Record) -> Iterator[tuple[str, str]]:
    """Two makers may count alike: a serial number is one only with its product, as the row says it."""
    if serial := bare(record.get("serial", "")):
        yield "serial", serial
        if product := record.get("product", ""):
            yield "serial+product", f"{serial}\0{fold(product)}"


_KINDS: Mapping[str, Callable[[Record], Iterator[tuple[str, str]]]] = {
    "customer": _customer,
    "contact": _contact,
    "staff": _staff,
    "activity": _activity,
    "product": _product,
    "item": _item,
}


def branch(record: Record) -> str:
    """The 支店 or 営業所 that a name ends with; looked for only where a 法人番号 could join two of them."""
    if not corporate_number(record):
        return ""
    parts = company(record.get("name", "")).value
    return str(parts.get("branch", "")) if isinstance(parts, Mapping) else ""


def corporate_number(record: Record) -> str:
    """The 法人番号 itself, or the one inside the 登録番号 (T and the same 13 digits for a corporation)."""
    return record.get("corporate_number", "") or record.get("invoice_number", "").removeprefix("T")
