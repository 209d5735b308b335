"""Text from the bytes that a file or a mail holds, in whichever Japanese code they were written.

What programs declare is often wrong: "Shift_JIS" is CP932 in practice (① ㈱ 髙 are not in Shift_JIS),
"ISO-2022-JP" is CP50221, "EUC-JP" is CP51932. A declaration is believed as long as the bytes fit it.
"""

import codecs
import re
from collections.abc import Callable
from typing import NamedTuple

from tasuki.japanese.jis import Reading, cp932, cp50221, cp51932, visible
from tasuki.japanese.result import Note

UNDECODABLE = "TSK-7081"
"""Bytes that no code explains stand as \\x81 in the text; the detail is their number."""
NOT_AS_DECLARED = "TSK-7082"
UNKNOWN_CHARSET = "TSK-7083"
AMBIGUOUS = "TSK-7084"
"""The code in the detail fits every byte too."""
GAIJI = "TSK-7085"
"""外字: a firm's own characters, kept as the private code points of the detail."""


class Decoded(NamedTuple):
    """What was read. Code points stay as they were written; nothing is folded.

    `encoding` is the code found: utf-8, utf-8-sig (with BOM), utf-16, cp932, cp50221, cp51932 or a codec
    of Python; "" when none fits every byte.
    """

    text: str
    encoding: str
    notes: tuple[Note, ...] = ()


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Never raises. A byte order mark wins, then a declaration that fits, then what the bytes look like."""
    codec = _codec(declared or "")
    found = _by_mark(data) or _as_declared(data, codec) or _detected(data) or _least_broken(data, codec)
    notes = [*found.notes]
    if declared and not codec:
        notes.append(Note(UNKNOWN_CHARSET))
    elif codec and found.encoding and codec[:6] != found.encoding[:6]:  # utf-16-le is as good as utf-16
        notes.append(Note(NOT_AS_DECLARED, found.encoding))
    gaiji = sorted(set(_GAIJI.findall(found.text)))
    if gaiji:
        notes.append(Note(GAIJI, " ".join(f"U+{ord(character):04X}" for character in gaiji)))
    return found._replace(notes=tuple(notes))


def encodable(text: str, encoding: str) -> tuple[str, ...]:
    """The characters that `encoding` can't hold, each once, in order of appearance; empty when all fit.

    Ask before writing: 𠮷, €, emoji and variation selectors are lost in cp932. Note that cp932 takes
    〜 (U+301C) and − (U+2212) but gives ～ (U+FF5E) and － (U+FF0D) back: compare such text folded.
    Raises LookupError for a name nobody knows.
    """
    codec = _codec(encoding) or encoding
    codec = _TABLE_OF.get(codec, codec)
    return tuple(dict.fromkeys(character for character in text if not _fits(character, codec)))


def _fits(character: str, codec: str) -> bool:
    try:
        return bool(character.encode(codec))
    except UnicodeEncodeError:
        return False


# --- which code -----------------------------------------------------------------------------------------

_ALIASES = {
    # Python's shift_jis_2004 gives other characters for 髙 and 﨑, and hardly anybody means it.
    "cp932": "shift-jis shiftjis sjis s-jis x-sjis x-shift-jis ms-kanji mskanji csshiftjis windows-31j "
    "windows31j cswindows31j x-ms-cp932 windows-932 ms932 cp932 932 cp943 cp943c ibm-943 ibm943 "
    "shift-jis-2004 shift-jisx0213 sjis-2004 sjis2004 sjisx0213",
    "cp50221": "iso-2022-jp iso2022-jp iso2022jp csiso2022jp iso-2022-jp-ms iso-2022-jp-1 iso-2022-jp-2 "
    "iso-2022-jp-3 iso-2022-jp-2004 iso-2022-jp-ext cp50220 cp50221 cp50222 50220 50221 50222 "
    "windows-50220 windows-50221 windows-50222 x-windows-50221 jis jis7 jis8 junet",
    "cp51932": "euc-jp eucjp x-euc-jp x-euc euc cp51932 51932 windows-51932 euc-jp-ms eucjp-ms eucjp-win "
    "eucjp-open ujis cseucpkdfmtjapanese euc-jisx0213 euc-jis-2004",
    "utf-8": "utf-8 utf8 utf-8-sig unicode-1-1-utf-8 x-utf-8 cp65001 65001",
    "utf-16": "utf-16 utf16 unicode ucs-2 iso-10646-ucs-2",
    "utf-16-le": "utf-16le utf-16-le",
    "utf-16-be": "utf-16be utf-16-be",
    # Western and neighbours' charsets, likewise read with the larger table their senders use.
    "ascii": "us-ascii ascii ansi-x3.4-1968 iso646-us 646",
    "cp1252": "iso-8859-1 iso8859-1 latin1 latin-1 windows-1252 cp1252",
    "gb18030": "gb2312 gb-2312 gbk cp936 gb18030 x-gbk",
    "cp949": "ks-c-5601-1987 ks-c-5601 euc-kr cp949 windows-949",
}
_CODEC_OF = {alias: codec for codec, aliases in _ALIASES.items() for alias in aliases.split()}
# Codecs of Python that are no charset of any sender.
_NOT_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
_WESTERN = {"ascii", "cp1252"}
# Microsoft writes its other two codes with the characters of CP932.
_TABLE_OF = {"cp50221": "cp932", "cp51932": "cp932"}

_READERS: dict[str, Callable[[bytes], Reading]] = {
    "cp932": cp932,
    "cp50221": cp50221,
    "cp51932": cp51932,
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH_BYTE = re.compile(rb"[\x00\x30\x4e-\x9f\xff]")
_JIS_ESCAPE = re.compile(rb"\x1b(?:\$[@AB]|\$\([@BDOPQ?]|\(I)")
_UTF8_JAPANESE = re.compile(rb"[\xe3-\xe9\xef][\x80-\xbf]{2}")
_BELOW_A0 = re.compile(rb"[\x80-\x9f]")
_NEVER_EUC = re.compile(rb"[\x80-\x8d\x90-\xa0\xff]")
_GAIJI = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


def _codec(declared: str) -> str:
    """The codec that a declared name stands for, "" for a name nobody knows."""
    name = re.sub(r"[^a-z0-9.]+", "-", declared.lower().partition("*")[0]).strip("-")
    if name in _CODEC_OF:
        return _CODEC_OF[name]
    try:
        b"a".decode(name)
        return "" if name in _NOT_CHARSETS else codecs.lookup(name).name
    except (LookupError, UnicodeError):
        return ""


def _read(data: bytes, codec: str) -> Reading:
    if codec == "utf-16":
        return visible(data, _utf16_order(data))
    return _READERS[codec](data) if codec in _READERS else visible(data, codec)


def _strict(data: bytes, codec: str) -> Decoded | None:
    if codec == "cp51932" and _NEVER_EUC.search(data):
        return None  # spares the slowest reader nearly every text in CP932
    reading = _read(data, codec)
    return None if reading.broken else Decoded(reading.text, codec)


def _by_mark(data: bytes) -> Decoded | None:
    for mark, codec in _MARKS:
        if data.startswith(mark):
            reading = visible(data, codec)
            return _flagged(reading) if reading.broken else Decoded(reading.text, codec)
    return None


def _as_declared(data: bytes, codec: str) -> Decoded | None:
    if not codec:
        return None
    if codec != "cp50221" and _JIS_ESCAPE.search(data):
        return None  # seven-bit JIS would pass for anything
    may_be_utf8 = codec in {"cp932", "cp51932", *_WESTERN} and _UTF8_JAPANESE.search(data)
    if may_be_utf8 and (utf8 := _strict(data, "utf-8")):
        return utf8  # whole UTF-8 sentences hardly ever make sense as anything else
    if codec == "cp1252" and (windows := _strict(data, "cp932")) and _is_mostly_japanese(data, windows.text):
        return windows
    if codec == "utf-8" and _is_cut_utf8(data):
        return _strict(data, codec) or _flagged(_read(data, codec))
    found = _strict(data, codec)
    if found and codec == "cp932" and (euc := _strict(data, "cp51932")):
        return _likelier(found, euc)._replace(notes=())
    return found


def _detected(data: bytes) -> Decoded | None:
    """Only bytes that one code takes to the last one: JIS escapes, UTF-8, CP932, EUC-JP, in this order."""
    if _JIS_ESCAPE.search(data):
        return _strict(data, "cp50221") or _least_broken(data, "cp50221")
    if _is_unmarked_utf16(data):
        return _strict(data, "utf-16")
    if utf8 := _strict(data, "utf-8"):
        return utf8
    if _UTF8_JAPANESE.search(data) and _is_cut_utf8(data):
        return _flagged(_read(data, "utf-8"))
    windows, euc = _strict(data, "cp932"), _strict(data, "cp51932")
    if windows and euc:
        return _likelier(windows, euc)
    return windows or euc


def _is_mostly_japanese(data: bytes, text: str) -> bool:
    """Whether 8-bit bytes that say they are Western can't be: those below A0 are rare there, and few."""
    beyond_ascii = sum(not character.isascii() for character in text)
    return _BELOW_A0.search(data) is not None and beyond_ascii * 2 > len(text)


def _is_cut_utf8(data: bytes) -> bool:
    """Whether nothing is wrong but that the last character lacks its end, as in a field cut by its bytes."""
    try:
        return bool(codecs.getincrementaldecoder("utf-8")().decode(data) or len(data) < 4)
    except UnicodeDecodeError:
        return False


def _least_broken(data: bytes, codec: str) -> Decoded:
    candidates = [codec] if codec else []
    readings = [_read(data, name) for name in [*candidates, "utf-8", "cp932", "cp51932"]]
    return _flagged(min(readings, key=lambda reading: reading.broken + reading.text.count("\x1b")))


def _flagged(reading: Reading) -> Decoded:
    return Decoded(reading.text, "", (Note(UNDECODABLE, str(reading.broken)),))


# --- CP932 or EUC-JP --------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\x00-\x7f]+")
_KANA = re.compile("[ぁ-ゖァ-ヺー、。]")
# In half-width kana: a beginning with a sound mark, a small kana or ﾝ; a sound mark or ｬｭｮ after a kana that
# takes none; a bracket that closes nothing; kanji between them (here they could only be rare ones).
_NO_KANA_WORD = re.compile("^[ﾞﾟｧ-ｰﾝ]|[^ｳｶ-ﾄﾊ-ﾎ]ﾞ|[^ﾊ-ﾎ]ﾟ|[^ｷｼﾁﾆﾋﾐﾘﾃﾌﾞﾟ][ｬｭｮ]|^[^｢]*｣|[｡-ﾟ][^｡-ﾟ]|[^｡-ﾟ][｡-ﾟ]")


def _likelier(windows: Decoded, euc: Decoded) -> Decoded:
    """EUC-JP also passes for CP932, as half-width kana in an order that no word has (and 外字).

    Where both make sense (a short name in kanji alone) CP932 is taken, as the commoner, and it is noted.
    """
    words = _WORD.findall(windows.text)
    kana_share = len(_KANA.findall(euc.text)) / max(sum(map(len, _WORD.findall(euc.text))), 1)
    if kana_share > 0.2 or _GAIJI.search(windows.text) or any(_NO_KANA_WORD.search(word) for word in words):
        return euc
    return windows._replace(notes=(Note(AMBIGUOUS, "cp51932"),)) if words else windows


# --- UTF-16 without its mark ------------------------------------------------------------------------------


def _utf16_order(data: bytes) -> str:
    """The high byte of a pair is zero for Latin, 30 for kana, 4E to 9F for kanji."""
    first, second = (len(_HIGH_BYTE.findall(half)) for half in (data[::2], data[1::2]))
    return "utf-16-be" if first > second else "utf-16-le"


def _is_unmarked_utf16(data: bytes) -> bool:
    """No other code writes NUL; a text in UTF-16 has it in one half of many pairs."""
    zeros = sorted((data[::2].count(0), data[1::2].count(0)))
    return len(data) % 2 == 0 and zeros[0] == 0 and zeros[1] * 8 > len(data)
