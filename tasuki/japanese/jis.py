"""The two older Japanese codes, JIS (ISO-2022-JP, of mail) and EUC-JP, as Microsoft's programs write them.

Python's own codecs for them refuse NEC row 13 (① ㈱), NEC selected kanji (髙 﨑) and user-defined
characters, which Japanese mailers have always sent. Both codes number the same 94 x 94 table as CP932,
so a pair of bytes is moved there by arithmetic and Python's cp932 reads it.
"""

import re
from collections.abc import Callable
from typing import NamedTuple


class Reading(NamedTuple):
    """Text read under one code; `broken` counts the bytes that don't belong to it, kept as \\x81."""

    text: str
    broken: int


def cp50221(data: bytes) -> Reading:
    """ISO-2022-JP with all of Microsoft's and older mailers' ways.

    Half-width kana come by ESC ( I, by SO and SI, or as bare 8-bit bytes. A line's end returns to ASCII
    (RFC 1468). JIS X 0212 and 0213 are read too.
    """
    parts: list[Reading] = []
    charset: Callable[[bytes], Reading] = _ascii
    shifted = charset
    for token in _SWITCH.split(data):
        if token == b"\n":
            charset = shifted = _ascii
            parts.append(Reading("\n", 0))
        elif token == b"\x0e":
            shifted = _kana
        elif token == b"\x0f":
            shifted = charset
        elif token.startswith(b"\x1b") and token[1:] in _CHARSETS:
            charset = shifted = _CHARSETS[token[1:]]
        elif token:
            parts.append(shifted(token))
    return _joined(parts)


def cp51932(data: bytes) -> Reading:
    """EUC-JP with NEC row 13; rows that only eucJP-ms has are its user-defined characters."""
    return _joined([_euc_token(match) for match in _EUC.finditer(data)])


def cp932(data: bytes) -> Reading:
    """Shift_JIS as Windows writes it.

    Python's cp932 also lets 80, A0 and FD-FF pass, as control and private characters: no program writes
    them, so they count as broken.
    """
    reading = visible(data, "cp932")
    if not reading.broken and not _NOT_WINDOWS.search(reading.text):
        return reading
    return _joined([_cp932_run(run) for run in _CP932_RUN.split(data)])


def visible(data: bytes, codec: str) -> Reading:
    """Read by one of Python's codecs, what it refuses kept as \\x81."""
    try:
        text = data.decode(codec)
        lone = len(_SURROGATE.findall(text))  # utf-7 lets them pass; nothing can store them
        return Reading(_SURROGATE.sub("�", text) if lone else text, lone)
    except UnicodeDecodeError:
        broken = data.decode(codec, "replace").count("�") - data.count("�".encode())
        return Reading(data.decode(codec, "backslashreplace"), max(broken, 1))


_SWITCH = re.compile(rb"(\x1b(?:\$\([@BDOPQ?]|\$[@AB]|\([ABHIJ])|[\x0e\x0f\n])")
_EUC = re.compile(
    rb"(?P<ascii>[\x00-\x7f]+)|(?P<pairs>(?:[\xa1-\xfe]{2})+)|\x8e(?P<kana>[\xa1-\xdf])"
    rb"|(?P<x0212>\x8f[\xa1-\xfe]{2})|(?P<stray>.)",
    re.DOTALL,
)
_CP932_RUN = re.compile(rb"((?:[\x00-\x7f\xa1-\xdf]|[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc])+)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_WINDOWS = re.compile("[\x80\uf8f0-\uf8f3]")


def _joined(parts: list[Reading]) -> Reading:
    return Reading("".join(part.text for part in parts), sum(part.broken for part in parts))


def _escaped(data: bytes) -> Reading:
    return Reading("".join(f"\\x{byte:02x}" for byte in data), len(data))


def _cp932_run(run: bytes) -> Reading:
    return visible(run, "cp932") if _CP932_RUN.fullmatch(run) else _escaped(run)


def _sjis(row: int, cell: int) -> bytes:
    """The CP932 bytes of a JIS pair; rows 7F-92 are Microsoft's user-defined ones (F040-F9FC)."""
    lead = ((row - 0x21) >> 1) + 0x81
    trail = cell + (0x1F if row & 1 else 0x7E)
    return bytes([lead + 0x40 if lead > 0x9F else lead, trail + 1 if row & 1 and trail >= 0x7F else trail])


def _pair(row: int, cell: int) -> Reading:
    if 0x21 <= row <= 0x92 and 0x21 <= cell <= 0x7E:
        reading = visible(_sjis(row, cell), "cp932")
        if not reading.broken:
            return reading
    return _escaped(bytes([row, cell]))


def _two_byte(read: Callable[[int, int], Reading]) -> Callable[[bytes], Reading]:
    def token(data: bytes) -> Reading:
        parts: list[Reading] = []
        at = 0
        while at < len(data):
            if data[at] <= 0x20:  # a blank or tab inside a run stands for itself
                parts.append(Reading(chr(data[at]), 0))
                at += 1
            elif at + 1 == len(data):
                parts.append(_escaped(data[at:]))
                at += 1
            else:
                parts.append(read(data[at], data[at + 1]))
                at += 2
        return _joined(parts)

    return token


def _ascii(data: bytes) -> Reading:
    if data.isascii() and b"\x1b" not in data:
        return Reading(data.decode("ascii"), 0)
    return _joined([_ascii_or_kana(byte) for byte in data])


def _ascii_or_kana(byte: int) -> Reading:
    if 0xA1 <= byte <= 0xDF:
        return Reading(chr(byte - 0xA1 + 0xFF61), 0)
    if byte >= 0x80 or byte == 0x1B:  # an escape that is left here announces a code nobody knows
        return _escaped(bytes([byte]))
    return Reading(chr(byte), 0)


def _kana(data: bytes) -> Reading:
    return _joined([_ascii_or_kana(byte | 0x80 if 0x21 <= byte <= 0x5F else byte) for byte in data])


def _extended(prefix: bytes, codec: str) -> Callable[[int, int], Reading]:
    """JIS X 0212 and 0213, through the EUC codec that holds them."""

    def read(row: int, cell: int) -> Reading:
        return visible(prefix + bytes([row | 0x80, cell | 0x80]), codec)

    return read


_JIS = _two_byte(_pair)
_CHARSETS: dict[bytes, Callable[[bytes], Reading]] = {
    b"(B": _ascii,
    b"(A": _ascii,
    b"(H": _ascii,
    b"(J": _ascii,  # JIS-Roman: Microsoft reads 5C and 7E as ASCII, as CP932 does
    b"(I": _kana,
    b"$@": _JIS,
    b"$B": _JIS,
    b"$(@": _JIS,
    b"$(B": _JIS,
    b"$A": _two_byte(_extended(b"", "gb2312")),
    b"$(D": _two_byte(_extended(b"\x8f", "euc_jp")),
    b"$(O": _two_byte(_extended(b"", "euc_jis_2004")),
    b"$(Q": _two_byte(_extended(b"", "euc_jis_2004")),
    b"$(P": _two_byte(_extended(b"\x8f", "euc_jis_2004")),
    b"$(?": _two_byte(lambda row, cell: _pair(row + 0x5E, cell)),  # user-defined rows of iso-2022-jp-ms
}


def _euc_token(match: re.Match[bytes]) -> Reading:
    token = match.group()
    if match["ascii"]:
        return Reading(token.decode("ascii"), 0)
    if match["pairs"]:
        return _joined([_euc_pair(row, cell) for row, cell in zip(token[::2], token[1::2], strict=True)])
    if match["kana"]:
        return _ascii_or_kana(token[1])
    if match["x0212"]:
        return visible(token, "euc_jp")
    return _escaped(token)


def _euc_pair(row: int, cell: int) -> Reading:
    reading = _pair(row & 0x7F, cell & 0x7F)
    if reading.broken and row >= 0xF5 and cell <= 0xFE:
        return Reading(chr(0xE000 + (row - 0xF5) * 94 + cell - 0xA1), 0)
    return _escaped(bytes([row, cell])) if reading.broken else reading
