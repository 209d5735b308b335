"""Which columns of an unknown ledger say who somebody is and where; any language's usual headers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tasuki.connector import Cell
from tasuki.discovery import guess
from tasuki.identity.kinds import KINDS
from tasuki.identity.table import Field
from tasuki.japanese.fold import fold
from tasuki.value import cell_text

SKIP = "ignore"
"""The kind of a column that says nothing of who it is."""


class Use(NamedTuple):
    """A field and the columns, by position, whose texts make it up."""

    field: Field
    columns: tuple[int, ...]


HEADERS: Mapping[str, str] = {
    "ignore": "rec_id unique_id id cluster cluster_id entity entity_id uuid guid",
    "given_name": "given_name first_name forename 名 名前(名) given vorname prénom prenom nombre",
    "family_name": "surname last_name family_name 姓 苗字 氏 nachname nom apellido",
    "name": "full_name first_and_surname customer_name company_name client_name organisation organization "
    "business_name 氏名 お名前 名前 firma entreprise empresa",
    "kana": "furigana katakana name_kana company_kana 氏名カナ",
    "birth_date": "dob date_of_birth birth_date birthdate birthday 生年月日 誕生日 geburtsdatum",
    "address": "street_number house_number street street_address street_name address_1 address_line_1 "
    "full_address building strasse straße hausnummer adresse rue dirección",
    "town": "suburb city town locality municipality birth_place place_of_birth 出身地 ort stadt ville ciudad",
    "postal_code": "postcode zip_code post_code plz code_postal código_postal codigo_postal cp",
    "phone": "telephone phone_number tel_no telefon téléphone telefono teléfono",
    "mobile": "mobile_phone cell_phone handy",
    "email": "email_address mail_address",
    "category": "state gender sex country 性別 county province region",
    "number": "soc_sec_id ssn social_security_number national_id tax_id passport vat 免許証番号 会員番号",
    "building": "address_2 address_line_2",
    "text": "occupation job profession 職業",
}
"""Kind → headers beyond those of tasuki.discovery."""

ALIASES: Mapping[str, str] = {
    "company_name": "name",
    "company": "name",
    "person_name": "name",
    "full_name": "name",
    "name_kana": "kana",
    "furigana": "kana",
    "katakana": "kana",
    "surname": "family_name",
    "last_name": "family_name",
    "first_name": "given_name",
    "mobile": "phone",
    "fax": "phone",
    "tel": "phone",
    "mail": "email",
    "street": "address",
    "postcode": "postal_code",
    "zip": "postal_code",
    "date": "birth_date",
    "dob": "birth_date",
    "date_of_birth": "birth_date",
    "city": "town",
    "suburb": "town",
    "invoice_number": "corporate_number",
    "state": "category",
    "gender": "category",
    "id": SKIP,
    "code": SKIP,
    "skip": SKIP,
    "none": SKIP,
}
"""Other words for kinds in a --fields file; those of the canonical customer among them."""

JOINED = ("name", "address")
"""Kinds whose columns are parts of one text: 住所１ and 住所２, street number and street."""


def kind_of(word: str) -> str | None:
    """The kind that a word of a --fields file means; SKIP for none, None for a word nobody knows."""
    word = ALIASES.get(word, word)
    return word if word in KINDS or word == SKIP else None


def infer(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[Use]:
    """From headers and values; a column that nobody knows is left out."""
    found = {index: kind for index, column in enumerate(columns) if (kind := _by_header(column))}
    for index, offer in enumerate(guess(columns, rows)):
        if index not in found and offer.field in _FROM_CUSTOMER:
            found[index] = _FROM_CUSTOMER[offer.field]
    return uses(columns, {columns[index]: kind for index, kind in sorted(found.items())})


def uses(columns: Sequence[str], kinds: Mapping[str, str]) -> list[Use]:
    """`kinds`: column → kind, as infer finds it or a person writes it."""
    known = {index: kinds[column] for index, column in enumerate(columns) if column in kinds}
    joined: dict[str, list[int]] = {}
    single: dict[Field, list[int]] = {}
    names = {"given_name", "family_name"} <= set(known.values())
    for index, word in known.items():
        kind = ALIASES.get(word, word)
        # A full name beside its two parts would say everything twice.
        if kind == SKIP or (kind == "name" and names):
            continue
        if kind in JOINED:
            joined.setdefault(kind, []).append(index)
        else:
            single.setdefault(_field(kind, word, columns[index], single), []).append(index)
    found = [Use(Field(kind, kind), tuple(indexes)) for kind, indexes in joined.items()]
    found += [Use(field, tuple(indexes)) for field, indexes in single.items()]
    return sorted(found, key=lambda use: (list(KINDS).index(use.field.kind), use.field.name))


def _field(kind: str, word: str, column: str, taken: Iterable[Field]) -> Field:
    """Fields that mean the same in two files bear one name, whatever the column is called."""
    name = column if kind in _SEVERAL else word if word in ("mobile", "fax") else kind
    names = {field.name for field in taken}
    while name in names:
        name += "'"
    return Field(name, kind)


_SEVERAL = ("building", "town", "category", "number", "text")


def texts(uses: Sequence[Use], rows: Sequence[Sequence[Cell]]) -> dict[str, list[str]]:
    """Per field one text a row."""
    return {
        use.field.name: [
            " ".join(filter(None, (cell_text(row[i]) for i in use.columns if i < len(row)))) for row in rows
        ]
        for use in uses
    }


_FROM_CUSTOMER: Mapping[str, str] = {
    "name": "name",
    "name_kana": "kana",
    "phone": "phone",
    "mobile": "mobile",
    "fax": "fax",
    "email": "email",
    "address": "address",
    "postal_code": "postal_code",
    "corporate_number": "corporate_number",
    "invoice_number": "corporate_number",
}
"""What tasuki.discovery finds → kind."""


def _by_header(column: str) -> str | None:
    head = _folded(column)
    if head in _KNOWN:
        return _KNOWN[head]
    words = [_folded(word) for word in re.split(r"[\W_]+", column.casefold())]
    known = [_KNOWN[word] for word in words if len(word) > 4 and word in _KNOWN]
    return known[0] if len(known) == 1 and len(words) == 2 else None


def _folded(text: str) -> str:
    return fold(text).casefold()


_KNOWN = {_folded(header): kind for kind, headers in HEADERS.items() for header in headers.split()}
