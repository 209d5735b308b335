"""The shared mailbox: 80 mails of customers, colleagues and strangers, and the activities they stand for."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from examples.demo.customer import Customer
from examples.demo.post import TOKYO, Mail, Person, Way

DOMAIN = "nihonbashi-shoji.example.jp"
SHARED = Person("日本橋商事 代表", f"info@{DOMAIN}")
STAFF = tuple(
    Person(name, f"{login}@{DOMAIN}")
    for name, login in (("襷 太郎", "tasuki"), ("佐々木 花子", "sasaki"), ("髙橋 誠", "takahashi"))
)
SENT = "送信済み"
FIRST = datetime(2026, 11, 2, 9, 0, tzinfo=TOKYO)
WAYS: tuple[Way, ...] = ("utf-8", "jis", "sjis", "html")


class Letter(NamedTuple):
    """A mail in a folder, and the record it should become in 活動履歴: None when it becomes none."""

    mail: Mail
    folder: str = ""
    activity: dict[str, str] | None = None


class Post(NamedTuple):
    letters: list[Letter]
    strangers: int
    """Mails from addresses that nobody knows: they wait."""


def first_post(random: Random, customers: Sequence[Customer], newcomer: str) -> Post:
    """`newcomer` is the address of a firm that becomes a customer later; now it is a stranger."""
    clerk = _Clerk(random, customers, "demo", FIRST)
    incoming = [clerk.incoming() for _ in range(40)]
    strangers = [clerk.stranger(address) for address in (newcomer, *_GUESTS)]
    return Post(
        incoming
        + [clerk.outgoing() for _ in range(12)]
        + [clerk.report("訪問") for _ in range(6)]
        + [clerk.report("電話") for _ in range(4)]
        + strangers
        + [clerk.internal() for _ in range(6)]
        + [_copy(letter) for letter in random.sample(incoming, 7)],
        len(strangers),
    )


def later_post(random: Random, customers: Sequence[Customer]) -> Post:
    """What comes in on the second day."""
    clerk = _Clerk(random, customers, "later", FIRST + timedelta(days=18))
    letters = [clerk.incoming() for _ in range(3)]
    return Post([*letters, clerk.internal(), _copy(letters[0])], 0)


def deliver(folder: Path, letters: Iterable[Letter]) -> None:
    for name in ("", f".{SENT}"):
        for part in ("cur", "new", "tmp"):
            (folder / name / part).mkdir(parents=True, exist_ok=True)
    for letter in letters:
        place = folder / (f".{letter.folder}" if letter.folder else "") / "cur"
        (place / f"{letter.mail.id.partition('@')[0]}.demo:2,S").write_bytes(letter.mail.bytes())


def staff_list(path: Path) -> None:
    lines = ["氏名,アドレス", *(f"{person.name},{person.address}" for person in STAFF)]
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode("cp932"))


def activity(
    mail: Mail, code: str, address: str, staff: str, kind: str = "メール", way: str = "受信"
) -> dict[str, str]:
    """The record of 活動履歴."""
    return {
        "メールID": mail.id,
        "種別": kind,
        "方向": way,
        "顧客コード": code,
        "相手": address,
        "社員": staff,
        "日時": mail.utc,
        "件名": mail.subject,
        "本文": mail.text,
    }


class _Clerk:
    """Writes one mail after another, each in the next way of writing."""

    def __init__(self, random: Random, customers: Sequence[Customer], mark: str, start: datetime) -> None:
        self.random = random
        self.customers = [c for c in customers if _reachable(c)]
        self.mark = mark
        self.start = start
        self.written = 0

    def incoming(self) -> Letter:
        row = self.random.choice(self.customers).rows["ledger"]
        staff = self.random.choice(STAFF)
        writer = Person(row["contact_name"].typed or row["name"].typed, row["email"].typed)
        mail = self._mail(writer, (SHARED, staff), self.random.choice(_SUBJECTS), self.random.choice(_TEXTS))
        return Letter(mail, "", activity(mail, row["code"].typed, writer.address, staff.name))

    def outgoing(self) -> Letter:
        row = self.random.choice(self.customers).rows["ledger"]
        staff = self.random.choice(STAFF)
        reader = Person(row["name"].typed, row["email"].typed)
        mail = self._mail(staff, (reader, SHARED), self.random.choice(_SUBJECTS), self.random.choice(_TEXTS))
        return Letter(mail, SENT, activity(mail, row["code"].typed, reader.address, staff.name, way="発信"))

    def report(self, kind: str) -> Letter:
        """Somebody tells the office of a visit or a call."""
        row = self.random.choice(self.customers).rows["ledger"]
        staff = self.random.choice(STAFF)
        text = f"{kind}先: {row['name'].meaning} ({row['code'].typed})\n内容: ①新製品の紹介 ②来月の㈱見積"
        mail = self._mail(staff, (SHARED,), f"[{kind}] {row['name'].meaning}様", text)
        return Letter(mail, "", activity(mail, row["code"].typed, "", staff.name, kind, "発信"))

    def stranger(self, address: str) -> Letter:
        return Letter(self._mail(Person("", address), (SHARED,), "はじめまして", "資料をお送りください。"))

    def internal(self) -> Letter:
        one, other = self.random.sample(STAFF, 2)
        return Letter(self._mail(one, (other,), "昼食の件", "①蕎麦 ②カレー どちらにしますか。"))

    def _mail(self, sender: Person, to: tuple[Person, ...], subject: str, text: str) -> Mail:
        self.written += 1
        at = self.start + timedelta(minutes=17 * self.written)
        way = WAYS[self.written % len(WAYS)]
        return Mail(f"{self.mark}.{self.written:03}@mail.example.jp", at, sender, to, subject, text, way)


def _reachable(customer: Customer) -> bool:
    """Its address and its code stand in the ledger once all has been agreed."""
    row = customer.rows.get("ledger", {})
    return bool(row) and bool(row["email"].meaning) and row["code"].meaning.startswith("C")


def _copy(letter: Letter) -> Letter:
    """The same mail once more, in another folder."""
    return Letter(letter.mail, SENT)


_GUESTS = tuple(f"guest{number}@stranger.example.com" for number in range(1, 5))
_SUBJECTS = (
    "①御見積のご依頼",
    "㈱各位 納期の件",
    "請求書について",
    "髙島屋店への納品",
    "Re: 打合せの日程",
    "②号機の故障",
)
_TEXTS = (
    "お世話になっております。\n①数量 ②納期 ③価格をご連絡ください。\nよろしくお願いいたします。",
    "いつもありがとうございます。\n先日の件、㈱の表記で請求書をお願いします。",
    "急ぎのご相談です。\n明日㊤便で送れますか。",
)
