"""Mail addresses: the bare address, half-width, its domain in small letters."""

import re

from tasuki.japanese.cell import unquoted
from tasuki.japanese.result import BLANK, Normalised, Note, refuse
from tasuki.japanese.width import plain, trim


def normalise(text: str) -> Normalised:
    """One address, or several joined by ",", each once; the part before the @ keeps its case."""
    if not trim(text):
        return BLANK
    line = _AROUND_AT.sub("@", _STOP.sub(".", unquoted(plain(text)).translate(_ANGLES)))
    notes: list[Note] = []
    line, comments = _COMMENT.subn(" ", line)
    if comments:
        notes.append(Note("TSK-2571"))
    line = _angled(line)
    named = _NAMED.findall(line)
    if named and not _EMAIL_LIKE.search(_NAMED.sub("", line)):
        notes.append(Note("TSK-2571"))
        words = named
    else:
        words = [each for word in _SEPARATORS.split(_LABEL.sub(" ", line)) for each in _parted(word)]
    addresses = list(dict.fromkeys(_bare(word, notes) for word in words))
    if not addresses or any(not _ADDRESS.fullmatch(address) for address in addresses):
        return refuse(_why_not(addresses))
    if len(addresses) > 1:
        notes.append(Note("TSK-2573"))
    if any(not _is_regular(address) for address in addresses):
        if not all(_is_regular(address) or _OLD_CARRIER.search(address) for address in addresses):
            return refuse("TSK-2071")
        notes.append(Note("TSK-2572"))
    return Normalised(",".join(addresses), notes=tuple(dict.fromkeys(notes)))


def _angled(line: str) -> str:
    """山田太郎(yamada@example.com) is 山田太郎 <yamada@example.com>."""
    angled = _IN_BRACKETS.sub(r"<\1>", line)
    return line if _DOUBTED.search(line) or "@" in _NAMED.sub("", angled) else angled


def _parted(word: str) -> list[str]:
    """a@x.jp/b@x.jp; the "/" of one address is its own (y/amada@docomo.ne.jp)."""
    return [each for each in (word.split("/") if word.count("@") != 1 else [word.strip("/")]) if each]


def _bare(word: str, notes: list[Note]) -> str:
    word = _SUBJECT.sub(r"\1", _MAILTO.sub("", word.strip()))
    address = word.strip("<>()[]「」【】\"'").rstrip("。.、")
    if address != word:
        notes.append(Note("TSK-2574"))
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain.lower()}"


def _is_regular(address: str) -> bool:
    """Dots as RFC 5321 wants them; mobile carriers gave out others until 2009."""
    local = address.partition("@")[0]
    return not (local.startswith(".") or local.endswith(".") or ".." in local)


def _why_not(addresses: list[str]) -> str:
    if any(not address.isascii() for address in addresses):
        return "TSK-2073"
    return "TSK-2072" if all(_NO_TOP_LEVEL.fullmatch(a) for a in addresses) and addresses else "TSK-2071"


# A remark that the address is not to be used leaves a choice.
_DOUBT = "旧|退職|不通|不達|無効|使用|エラ|NG|×|削除|停止"
# Mail:, 携帯:, TO: before an address; no address has a colon.
_LABEL = re.compile(
    rf"(?:^|(?<=[\s,;、/|]))(?!mailto:|[^:]{{0,12}}(?:{_DOUBT}))"
    r"(?:[^\s:@,;、/|<>\"]{1,12}(?: ?アドレス)?\s*:|(?:(?:E-?)?MAIL|メ-ル(?:アドレス)?)\s*[/\s])"
    r"\s*(?=[^\s@]*@)",
    re.IGNORECASE,
)
# (山田太郎) and (携帯) behind an address.
_COMMENT = re.compile(
    rf"(?<=[a-z0-9])\s*\((?![^()]*(?:{_DOUBT}|@))[^()]*[^\x00-\x7f][^()]*\)",
    re.IGNORECASE,
)
# The full stop of an input method, for the one of a domain.
_ANGLES = str.maketrans("〈〉《》", "<><>")
_STOP = re.compile("(?<=[A-Za-z0-9])。(?=[A-Za-z0-9])")
# mailto:…?subject=…; before the @ docomo had "?" too.
_SUBJECT = re.compile(r"(?<=@)([^?@]*)\?.*")
_MAILTO = re.compile("^mailto:", re.IGNORECASE)
_AROUND_AT = re.compile(r" ?@ ?")
_NAMED = re.compile(r"<(?:mailto:)?([^<>@ ]+@[^<>@ ]+)>", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\(([^()<>@ ]+@[^()<>@ ]+)\)")
_DOUBTED = re.compile(_DOUBT)
_EMAIL_LIKE = re.compile("@")
_SEPARATORS = re.compile(r"[,;、・ |<]+|\]\(|および|及び|または|又は")
_DOMAIN_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(
    rf"(?=.{{6,254}}$)[A-Za-z0-9.!#$%&'*+/=?^_`{{}}~-]{{1,64}}@(?:{_DOMAIN_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]+)"
)
_NO_TOP_LEVEL = re.compile("[^@]+@[^@.]+")
_OLD_CARRIER = re.compile(
    r"@(?:docomo|ezweb|[a-z0-9]+\.ezweb|[dhtcrknsq]\.vodafone|softbank|disney|i\.softbank)\.(?:ne\.)?jp$"
)
