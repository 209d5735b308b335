"""The readable text of a mail's header lines: subjects, names and file names.

Python's own parser leaves ISO-2022-JP with ① or ㈱ encoded, loses raw 8-bit subjects and the escapes
of RFC 2231 names, and does not know the names windows-31j, x-sjis or cp50220.
"""

import base64
import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from tasuki.japanese.encoding import UNDECODABLE, Decoded, decode
from tasuki.japanese.result import Normalised, refuse


def decode_header(raw: str | bytes) -> str:
    """One header's value, unfolded, its encoded words (RFC 2047) read; never raises."""
    return read_header(raw).text


def read_header(raw: str | bytes) -> Decoded:
    """As `decode_header`, with the notes of `decode`. The encoding is that of the first piece.

    Text may hold bytes as surrogates, as Python's mail parser gives them. Neighbouring words of one
    charset are joined as bytes first: many mailers cut a character in two.
    """
    pieces = list(_pieces(_octets(raw)))
    text = _FOLD.sub(" ", "".join(piece.text for piece in pieces))
    notes = tuple(dict.fromkeys(note for piece in pieces for note in piece.notes))
    return Decoded(text, pieces[0].encoding if pieces else "utf-8", notes)


def decode_parameter(raw: str | bytes, name: str) -> str:
    """One parameter of a structured header (a file name, a charset), "" when it isn't there; never raises.

    Reads RFC 2231 (charset, %XX, pieces numbered *0 *1 …), and the encoded words and raw 8-bit text that
    mailers put there against the rules.
    """
    header = decode(_octets(raw)).text
    found = [_Piece.of(match) for match in re.finditer(_PARAMETER % re.escape(name), header, re.IGNORECASE)]
    numbered = sorted((piece for piece in found if piece.number >= 0), key=lambda piece: piece.number)
    if numbered:
        return _joined(numbered)
    return decode_header(found[0].value) if found else ""


def normalise(text: str) -> Normalised:
    """The kind `encoding`: "charset=Shift_JIS hex=8740", or a header's value as it came ("=?UTF-8?B?…?=").

    Of a header with RFC 2231 pieces their value is taken. Bytes that no code explains are refused.
    """
    octets = re.fullmatch(r"\s*(?:charset=(\S*)\s+)?hex=([0-9A-Fa-f\s]*)", text, re.IGNORECASE)
    if octets and len("".join(octets[2].split())) % 2 == 0:
        found = decode(bytes.fromhex(octets[2]), octets[1] or None)
    elif parameter := re.search(r"(?:;|^)\s*([\w-]+)\*\d*\*?\s*=", text):
        found = Decoded(decode_parameter(text, parameter[1]), "")
    else:
        found = read_header(text)
    undecodable = [note for note in found.notes if note.code == UNDECODABLE]
    return refuse(UNDECODABLE, *undecodable) if undecodable else Normalised(found.text, notes=found.notes)


# The words of RFC 2047; no "?" inside, so that a hostile header costs no more than its length.
_WORD = re.compile(rb"=\?([^?\s]+)\?([BbQq])\?([^?]*)\?=")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_FOLD_BYTES = re.compile(rb"\r?\n[ \t]*")
# Surrogates other than those that stand for a byte.
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]+=*")
_QUOTED = re.compile(rb"=([0-9A-Fa-f]{2})")
_PARAMETER = r'(?:;|^)\s*%s(?:\*(?P<number>\d{1,4}))?(?P<star>\*)?\s*=\s*(?P<value>"(?:[^"\\]|\\.)*"|[^;]*)'


class _Word(NamedTuple):
    charset: str
    method: bytes
    payload: bytes


class _Piece(NamedTuple):
    number: int
    """-1 for a plain parameter, 0 for the first or only piece of RFC 2231."""
    escaped: bool
    value: str

    @classmethod
    def of(cls, match: re.Match[str]) -> "_Piece":
        value = match["value"].strip()
        if value.startswith('"') and value.endswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        escaped = bool(match["star"])
        return cls(int(match["number"] or 0) if escaped or match["number"] else -1, escaped, value)


def _octets(raw: str | bytes) -> bytes:
    if isinstance(raw, str):
        raw = _NO_BYTE.sub("\ufffd", raw).encode("utf-8", "surrogateescape")
    return _FOLD_BYTES.sub(b" ", raw.strip(b" \t\r\n"))


def _pieces(data: bytes) -> Iterator[Decoded]:
    for charset, group in itertools.groupby(_tokens(data), key=lambda token: token.charset):
        words = list(group)
        if charset:
            yield decode(b"".join(_payloads(words)), charset)
        else:
            yield decode(b"".join(word.payload for word in words))


def _tokens(data: bytes) -> Iterator[_Word]:
    """Encoded words and, with the charset "", what stands between; blanks between two words are no text."""
    at = 0
    for match in _WORD.finditer(data):
        between = data[at : match.start()]
        if between.strip():
            yield _Word("", b"", between)
        at = match.end()
        yield _Word(match[1].decode("ascii", "replace").lower(), match[2].upper(), match[3])
    if at < len(data):
        yield _Word("", b"", data[at:])


def _payloads(words: list[_Word]) -> Iterator[bytes]:
    """Base64 of one run is joined as text first: some mailers cut it anywhere."""
    for method, group in itertools.groupby(words, key=lambda word: word.method):
        payload = [word.payload for word in group]
        if method == b"B":
            yield from (_base64(chunk) for chunk in _BASE64.findall(b"".join(payload)))
        else:
            text = b"".join(payload).replace(b"_", b" ")
            yield _QUOTED.sub(lambda match: bytes.fromhex(match[1].decode("ascii")), text)


def _base64(chunk: bytes) -> bytes:
    """A lone last sign, and what padding lacks, are mended: the other characters are still good."""
    signs = chunk.rstrip(b"=")
    signs = signs[: len(signs) - (len(signs) % 4 == 1)]
    return base64.b64decode(signs + b"=" * (-len(signs) % 4))


def _joined(pieces: list[_Piece]) -> str:
    first = pieces[0]
    charset, value = "", first.value
    if first.escaped and first.value.count("'") >= 2:
        charset, _, value = first.value.split("'", 2)
    texts = [(first.escaped, value), *((piece.escaped, piece.value) for piece in pieces[1:])]
    data = b"".join(unquote_to_bytes(text) if escaped else text.encode() for escaped, text in texts)
    return read_header(data).text if not charset else decode(data, charset).text
