"""Every kind of value that can be cleaned, by the name that mappings and the command line use."""

from collections.abc import Callable, Mapping

from tasuki.japanese import (
    address,
    amount,
    bank,
    company,
    corporate_number,
    date,
    email,
    header,
    invoice_number,
    person,
    phone,
    postal_code,
    width,
)
from tasuki.japanese.result import BLANK, Normalised, Note


def _rewritten(rewrite: Callable[[str], str]) -> Callable[[str], Normalised]:
    """A kind that refuses nothing: it only writes the same letters in another form."""

    def normalise(text: str) -> Normalised:
        value = width.trim(rewrite(text))
        return Normalised(value, notes=() if value == text else (Note("TSK-2501"),))

    return normalise


def _header(text: str) -> Normalised:
    """A blank header decodes to its blanks; a blank cell is blank."""
    return header.normalise(text) if width.trim(text) else BLANK


KINDS: Mapping[str, Callable[[str], Normalised]] = {
    "company_name": company.normalise,
    "person_name": person.normalise,
    "phone": phone.normalise,
    "postal_code": postal_code.normalise,
    "address": address.normalise,
    "date": date.normalise,
    "amount": amount.normalise,
    "corporate_number": corporate_number.normalise,
    "invoice_number": invoice_number.normalise,
    "email": email.normalise,
    "bank_kana": bank.normalise,
    "encoding": _header,
    "katakana": _rewritten(width.katakana),
    "text": _rewritten(width.trim),
    "narrow": _rewritten(width.narrow),
}
