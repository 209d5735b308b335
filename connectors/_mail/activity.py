"""What a mail tells about customer work: written in or out, a visit or a call reported, or internal."""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from connectors._mail.message import Mail, Party


class House(NamedTuple):
    """Who belongs to the firm: its domains, with their subdomains, and its staff wherever they write from."""

    domains: frozenset[str]
    staff: Mapping[str, str]
    """Address (lower case) to name."""

    def holds(self, address: str) -> bool:
        domain = address.rpartition("@")[2]
        parents = {domain[at + 1 :] for at, sign in enumerate(domain) if sign == "."}
        return address in self.staff or bool({domain, *parents} & self.domains)


class Counterpart(NamedTuple):
    """The other side as far as the mail names it."""

    address: str = ""
    name: str = ""
    code: str = ""


class Activity(NamedTuple):
    kind: str
    """mail, visit or call."""
    direction: str
    """in, out or internal."""
    counterpart: Counterpart
    staff: str
    """The address of our side; "" when the mail came by a blind copy."""
    staff_name: str


def told(mail: Mail, house: House) -> Activity:
    outside = [party for party in mail.to if not house.holds(party.address)]
    if not house.holds(mail.sender.address):
        return _incoming(mail, mail.sender, house)
    if not mail.answered_itself and (mark := _report(mail.subject)):
        return _reported(mail, mark, outside, house)
    if outside:
        return Activity(
            "mail", "out", Counterpart(outside[0].address, outside[0].name), *_writer(mail, house)
        )
    # A form on the firm's own web site writes as the firm and answers to the customer.
    answers = [party for party in mail.reply_to if not house.holds(party.address)]
    if answers:
        return _incoming(mail, answers[0], house)
    return Activity("mail", "internal", Counterpart(), *_writer(mail, house))


def _incoming(mail: Mail, sender: Party, house: House) -> Activity:
    """On our side stands the first person written to, else the shared address."""
    ours = [party.address for party in mail.to if house.holds(party.address)]
    staff = next((address for address in ours if address in house.staff), ours[0] if ours else "")
    counterpart = Counterpart(sender.address, sender.name)
    return Activity("mail", "in", counterpart, staff, house.staff.get(staff, ""))


def _writer(mail: Mail, house: House) -> tuple[str, str]:
    return mail.sender.address, house.staff.get(mail.sender.address, mail.sender.name)


# --- reports of visits and calls --------------------------------------------------------------------------

# Who moved: 訪問 架電 from us, 来訪 来電 受電 towards us.
_MARKS = {
    "訪問": ("visit", "out"),
    "来訪": ("visit", "in"),
    "来社": ("visit", "in"),
    "電話": ("call", "out"),
    "架電": ("call", "out"),
    "TEL": ("call", "out"),
    "来電": ("call", "in"),
    "受電": ("call", "in"),
}
_MARK = re.compile(
    r"[\[［【〔(（<＜《]\s*(訪問|来訪|来社|電話|架電|来電|受電|TEL|ＴＥＬ)(?:報告書?|日報|記録|メモ|連絡|対応|応対)?\s*"
    r"[\]］】〕)）>＞》]",
    re.IGNORECASE,
)
# Behind the number of a mailing list ("[eigyo 123] Re: …"); "Re[2]:" and "Re^2:" count the answers.
_REPLY = re.compile(
    r"\s*(?:[\[(][^\[\]()]{1,40}[\])]\s*)?"
    r"(?:re|ｒｅ|返信|自動応答|自動返信|不在通知|開封済み|未開封|配信済み|配信不能"
    r"|auto(?:matic)? ?reply|read|undeliverable)"
    r"\s*(?:\[\d+\]|\^?\d+)?\s*[:：]",
    re.IGNORECASE,
)


def _report(subject: str) -> re.Match[str] | None:
    """The mark of a report; a reply about a report, by a person or a machine, is no report."""
    return None if _REPLY.match(subject) else _MARK.search(subject)


def _reported(mail: Mail, mark: re.Match[str], outside: list[Party], house: House) -> Activity:
    kind, direction = _MARKS[unicodedata.normalize("NFKC", mark[1]).upper()]
    found = _customer(mail.text) or _customer_of_subject(mail.subject[mark.end() :])
    if outside:
        found = Counterpart(outside[0].address, found.name or outside[0].name, found.code)
    elif not found.address:
        others = [address for address in _addresses(mail.text) if not house.holds(address)]
        found = found._replace(address=others[0] if others else "")
    return Activity(kind, direction, found, *_writer(mail, house))


_WHO = "(?:お?客(?:様|さま|先)|顧客|得意先|取引先|訪問先|来訪者|電話先|相手先?|先方|会社|社)"
_CLOSE = r"[ \t　]*(?:[】\]］〕][ \t　]*[:：]?|[:：])[ \t　]*"
# Bullets, brackets, a number; not the sign of a quotation.
_BULLET = r"[^\w\n>＞|｜]{0,20}(?:[0-9０-９]{1,2}[.．)）][ \t　【\[［〔]{0,4})?"
_NAMED = re.compile(rf"^{_BULLET}ご?{_WHO}(?:名|様名)?{_CLOSE}(?P<value>\S.*)$", re.MULTILINE)
_CODED = re.compile(
    rf"{_WHO}(?:コード|ｺｰﾄﾞ|番号|CD|ＣＤ|No\.?|ＮＯ|ID){_CLOSE}(?P<code>[A-Za-z0-9Ａ-Ｚａ-ｚ０-９\-－_]{{1,40}})",
    re.IGNORECASE,
)
_CODE_BEHIND = re.compile(r"[(（\[［]\s*([A-Za-zＡ-Ｚａ-ｚ]{0,6}[-－]?[0-9０-９]{2,20})\s*[)）\]］]")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+/-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_PERSON = re.compile(r"[ \t　]+\S{1,20}(?:様|さま|殿|氏)$")
_HONORIFIC = re.compile(r"[ \t　]*(?:御中|様|さま|殿)$")
_FIRM = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|法人|組合|[(（][株有同][)）]|㈱|㈲|(?:様|御中)$"
)


def _customer(text: str) -> Counterpart | None:
    """From lines such as 「顧客: 株式会社山田商店(C001)」 and 「得意先コード：C001」."""
    named, coded = _NAMED.search(text), _CODED.search(text)
    if not named and not coded:
        return None
    value = named["value"][:200].strip() if named else ""
    behind = _CODE_BEHIND.search(value)
    code = coded["code"] if coded else behind[1] if behind else ""
    address = next(iter(_addresses(value)), "")
    return Counterpart(address, _firm(value), unicodedata.normalize("NFKC", code))


def _firm(value: str) -> str:
    """The company as written, without a code, an address, a person or an honorific behind it."""
    bare = re.sub(r"[<＜]?\s*" + _ADDRESS.pattern + r"\s*[>＞]?", "", _CODE_BEHIND.sub("", value)).strip(
        " \t　"
    )
    return _HONORIFIC.sub("", _PERSON.sub("", bare))


def _customer_of_subject(rest: str) -> Counterpart:
    """「[訪問] 株式会社山田商店 見積の件」: the first word that is a firm, and its code."""
    first, *others = re.split(r"[\s　/／:：、,]+", rest.strip(" \t　"))
    if not _FIRM.search(first):
        return Counterpart()
    code = _CODE_BEHIND.search(first) or _CODE_BEHIND.fullmatch(next(iter(others), ""))
    name = _HONORIFIC.sub("", _CODE_BEHIND.sub("", first))
    return Counterpart(name=name, code=unicodedata.normalize("NFKC", code[1]) if code else "")


def _addresses(text: str) -> list[str]:
    return [address.lower() for address in _ADDRESS.findall(text)]
