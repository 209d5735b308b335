"""Names of account holders in the alphabet that bank transfers carry (全銀): half-width kana in capitals."""

import re

from tasuki.japanese import legal_form
from tasuki.japanese.result import BLANK, LONGEST, Normalised, Note, refuse
from tasuki.japanese.width import katakana, tidy, trim


def normalise(text: str) -> Normalised:
    """JIS X 0201 text: ｱ-ﾝ with separate sound marks, A-Z, 0-9, ( ) . - / , and blank.

    A legal form becomes its abbreviation; small kana become large, ー becomes "-". Kanji are refused: their
    reading is not known.
    """
    if not trim(text):
        return BLANK
    if len(text) > LONGEST:
        return refuse("TSK-2004")
    notes: list[Note] = []
    line = _with_short_form(katakana(tidy(legal_form.spell_out(text))), notes).upper()
    large = line.translate(_LARGE)
    if large != line:
        notes.append(Note("TSK-2581"))
    written = large.translate(_HALF)
    if not _ALPHABET.fullmatch(written):
        return refuse("TSK-2081")
    return Normalised(written, notes=tuple(notes))


def _with_short_form(line: str, notes: list[Note]) -> str:
    found = legal_form.find(line)
    short = legal_form.bank_form(found.form) if found else ""
    if not found or not short:
        return line
    line = f"{short}){found.rest}" if found.position == "prefix" else f"{found.rest}({short}"
    if found.written not in (f"{short})", f"({short}"):
        notes.append(Note("TSK-2582", found.written))
    return line


_LARGE = dict(zip(map(ord, "ァィゥェォッャュョヮヵヶ"), "アイウエオツヤユヨワカケ", strict=True))
_PLAIN = "ヲアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"
_PLAIN_HALF = "ｦｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ"
_VOICED = dict(zip("ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ", "ｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎｳ", strict=True))
_HALF = {
    **dict(zip(map(ord, _PLAIN), _PLAIN_HALF, strict=True)),
    **{ord(full): half + "ﾞ" for full, half in _VOICED.items()},
    **dict(zip(map(ord, "パピプペポ"), ("ﾊﾟ", "ﾋﾟ", "ﾌﾟ", "ﾍﾟ", "ﾎﾟ"), strict=True)),
    **dict(zip(map(ord, "ー・「」゛゜¥"), "-.｢｣ﾞﾟ\\", strict=True)),
}
_ALPHABET = re.compile(r"[ｦｱ-ﾝﾞﾟ0-9A-Z ().,/\\｢｣-]+")
