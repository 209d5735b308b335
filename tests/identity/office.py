"""A small ledger with its truth: thirty firms, most of them typed two or three times."""

from typing import NamedTuple

from tasuki.identity.table import Field

FIELDS = (
    Field("name", "name"),
    Field("kana", "kana"),
    Field("phone", "phone"),
    Field("address", "address"),
    Field("corporate_number", "corporate_number"),
)


class Line(NamedTuple):
    name: str
    kana: str = ""
    phone: str = ""
    address: str = ""
    corporate_number: str = ""


_HEADS = (
    ("山田", "ヤマダ"),
    ("東洋", "トウヨウ"),
    ("アルファ", "アルファ"),
    ("富士見", "フジミ"),
    ("高崎", "タカサキ"),
)
_TRADES = (
    ("商店", "ショウテン"),
    ("電機", "デンキ"),
    ("建設", "ケンセツ"),
    ("印刷", "インサツ"),
    ("水産", "スイサン"),
    ("物流", "ブツリュウ"),
)
_TOWNS = (
    "東京都千代田区丸の内",
    "大阪府大阪市北区梅田",
    "愛知県名古屋市中区栄",
    "北海道札幌市中央区北一条西",
    "福岡県福岡市博多区博多駅前",
)


def ledger() -> tuple[list[Line], list[int]]:
    """Lines and, for each, the number of its firm."""
    lines: list[Line] = []
    truth: list[int] = []
    for firm in range(30):
        head, trade = _HEADS[firm % 5], _TRADES[firm // 5]
        town, block = _TOWNS[(firm * 3) % 5], (firm % 7 + 1, firm % 11 + 2, firm + 3)
        name, kana = head[0] + trade[0], head[1] + trade[1]
        phone = f"03{firm + 20:02}34{firm * 37 % 10000:04}"
        chome, ban, go = block
        copies = [
            Line(f"株式会社{name}", kana, f"03-{phone[2:6]}-{phone[6:]}", f"{town}{chome}丁目{ban}番{go}号"),
            Line(f"㈱{name}", "", phone, f"{town[3:]}{chome}-{ban}-{go}"),
            Line(f"{name}（株）御中", kana, "", f"{town}{chome}－{ban}－{go} 第一ビル3F"),
        ][: 1 + firm % 3]
        lines += copies
        truth += [firm] * len(copies)
    return lines, truth


def texts(lines: list[Line]) -> dict[str, list[str]]:
    return {name: [getattr(line, name) for line in lines] for name in Line._fields}
