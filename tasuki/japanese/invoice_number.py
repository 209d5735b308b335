"""Registration numbers of invoice issuers (登録番号): T and 13 digits."""

import re

from tasuki.japanese.cell import bare
from tasuki.japanese.corporate_number import SCIENTIFIC, is_valid
from tasuki.japanese.result import BLANK, Normalised, Note, refuse
from tasuki.japanese.width import plain, trim


def normalise(text: str) -> Normalised:
    """T and 13 digits; the T may be missing in the text.

    The first digit checks the others as in a corporate number, also in the numbers of sole traders (which
    are no corporate numbers).
    """
    if not trim(text):
        return BLANK
    line = bare(plain(text))
    if SCIENTIFIC.fullmatch(line):
        return refuse("TSK-2003")
    m = _NUMBER.fullmatch(bare(_LABEL.sub("", line)))
    digits = re.sub("[-, ]", "", m["digits"]) if m else ""
    if not m or len(digits) != 13:
        return refuse("TSK-2064")
    if not is_valid(digits):
        return refuse("TSK-2062")
    return Normalised("T" + digits, notes=() if m["t"] else (Note("TSK-2562"),))


_LABEL = re.compile(
    r"^[(\[【]?(?:(?:適格請求書(?:発行事業者)?|適格事業者|事業者|インボイス|T)?の?(?:登録番号|番号|登録No\.?)"
    r"|インボイス(?:No\.?)?)[)\]】]?[:. ]*|\.0+$",
    re.IGNORECASE,
)
# The Greek and the Russian letter look like T and are typed for it.
_NUMBER = re.compile(
    r"(?P<t>(?:[TΤТ]|\(T\))[-: .]*)?(?P<digits>[0-9]+(?:[- ][0-9]+)*|[0-9](?:,[0-9]{3}){4})", re.IGNORECASE
)
