"""Takes a firm's name as typed apart: name proper, legal form, branch, department, what is only polite."""

import re
from functools import lru_cache
from typing import NamedTuple

from tasuki.japanese import legal_form
from tasuki.japanese.itaiji import COMMON_FORM
from tasuki.japanese.result import LONGEST, Note
from tasuki.japanese.surnames import SURNAMES
from tasuki.japanese.width import KANA, KANJI, tidy


class TradeName(NamedTuple):
    """`core` is "" when the text names no firm, or is too long to be a name."""

    core: str
    legal_form: str = ""
    position: str = ""
    branch: str = ""
    department: str = ""
    notes: tuple[Note, ...] = ()


RECENT = 4_000
"""Names remembered: a run reads the name of each row that moved, and of its like elsewhere, several times."""


@lru_cache(RECENT)
def read(text: str) -> TradeName:
    if len(text) > LONGEST:
        return TradeName("")
    notes: list[Note] = []
    words = _without_people(_without_honorific(_lined_up(text, notes), notes).split(" "), notes)
    places: list[str] = []
    while len(words) > 1 and _is_site(words[-1]) and not _only_a_form(words[:-1]):
        places.insert(0, words.pop())
    found, core, behind = _form_and_core(" ".join(words), notes)
    core, attached = _attached_site(core)
    branch, department = _branch_and_department([*attached, *behind, *places], notes)
    if not found:
        return TradeName(core, branch=branch, department=department, notes=tuple(notes))
    return TradeName(core, found.form, found.position, branch, department, tuple(notes))


def _lined_up(text: str, notes: list[Note]) -> str:
    """In one width, without the blanks that spread single letters over a column."""
    written = legal_form.spell_out(text)
    line = tidy(written)
    if line != written:
        notes.append(Note("TSK-2501"))
    return _SPREAD.sub(lambda m: m[0].replace(" ", ""), line) if " " in line else line


def _form_and_core(line: str, notes: list[Note]) -> tuple[legal_form.Found | None, str, list[str]]:
    """The form, the name proper, and a site written right behind the form (山田商店(株)東京支店)."""
    found = legal_form.find(line)
    if found:
        _note_form(found.written, found.form, notes)
        return found, found.rest, []
    inside = legal_form.find_inside(line)
    if not inside:
        return None, line, []
    written, site = _split_inside(inside.written)
    if not _is_site(site) and not (_SITE_BEHIND_FORM.fullmatch(inside.written) and not _is_site(inside.rest)):
        notes.append(Note("TSK-2507", written))
        return None, line, []
    _note_form(written, inside.form, notes)
    return inside, inside.rest, [site]


def _split_inside(text: str) -> tuple[str, str]:
    end = text.index(")") + 1 if text.startswith("(") else 4
    return text[:end], text[end:].strip()


def _note_form(written: str, form: str, notes: list[Note]) -> None:
    if written.strip() != form:
        notes.append(Note("TSK-2503", written.strip()))
    if form in legal_form.SEVERAL and form not in written:
        notes.append(Note("TSK-2508", written.strip()))


def _without_honorific(line: str, notes: list[Note]) -> str:
    """山田商店(営業部)御中 becomes 山田商店 営業部."""
    while m := _HONORIFIC.search(line):
        notes.append(Note("TSK-2504", m[0].strip()))
        line = line[: m.start()].rstrip()
    m = _SET_APART.search(line)
    return f"{line[: m.start()]} {m[1] or m[2]}" if m and _is_site(m[1] or m[2]) else line


def _without_people(words: list[str], notes: list[Note]) -> list[str]:
    """株式会社山田商店 代表取締役 山田太郎: from the title on, it is no name of a firm."""
    for i in range(1, len(words)):
        if _TITLE.fullmatch(words[i]) and not _only_a_form(words[:i]):
            notes.append(Note("TSK-2509"))
            return words[:i]
    polite = any(note.detail in _FOR_PEOPLE for note in notes)
    if polite and len(words) > 1 and not _only_a_form(words[:-1]) and _starts_with_surname(words[-1]):
        notes.append(Note("TSK-2509"))
        return words[:-1]
    return words


def _starts_with_surname(word: str) -> bool:
    return not _is_site(word) and any(word[:n].translate(COMMON_FORM) in SURNAMES for n in (4, 3, 2, 1))


def _only_a_form(words: list[str]) -> bool:
    found = legal_form.find(" ".join(words))
    return found is not None and not found.rest


def _is_site(word: str) -> bool:
    return any(pattern.fullmatch(word) for pattern in (_BRANCH, _DEPARTMENT, _PLACED))


def _attached_site(core: str) -> tuple[str, list[str]]:
    """山田商店東京支店: split only before the name of a prefecture, a large city or a region."""
    if core.endswith(_SITE_ENDS) and (m := _ATTACHED.fullmatch(core)):
        return m["core"].rstrip(" ・"), [m["site"]]
    return core, []


def _branch_and_department(sites: list[str], notes: list[Note]) -> tuple[str, str]:
    branches: list[str] = []
    departments: list[str] = []
    for site in sites:
        m = _BRANCH.fullmatch(site)
        if m:
            branches.append(m["branch"])
            departments += [m["department"]] if m["department"] else []
        elif _DEPARTMENT.fullmatch(site):
            departments.append(site)
        else:
            branches.append(site)
    notes += [Note("TSK-2505")] * bool(branches) + [Note("TSK-2506")] * bool(departments)
    return " ".join(branches), " ".join(departments)


# 山 田 商 店, ( 株 ), 株式 会社: blanks that only fill a column.
_SPREAD = re.compile(
    f"(?<!\\S)[{KANJI}{KANA}](?: [{KANJI}{KANA}])+(?!\\S)|\\( ?[{KANJI}] ?\\)|(?:株式|有限|合同) 会社"
)

_SET_APART = re.compile(r" ?\(([^()]{2,})\)$| ?[,、/] ?([^,、/() ]+)$")

# Not 神殿 or 湯殿, which end names; さん ends names too (パン屋さん), so it needs its blank.
_HONORIFIC = re.compile(
    r" ?(?:ご担当者様?|御担当者様?|担当者様|御中|様方?|(?<![神宮湯本拝])殿)$"
    r"| (?:さま|サマ|さん|ご中|各位|先生|気付|宛て?|行)$"
)
_FOR_PEOPLE = frozenset({"様", "殿", "さま", "サマ", "さん", "先生"})
_TITLE = re.compile(
    r"代表|担当|[^ ]*(?:取締役|執行役員|代表社員|代表理事|社長|会長|専務|常務|理事長|院長|園長|校長|所長|店長"
    r"|工場長|部長|課長|係長|室長|次長|主任)"
)

_KINDS = (
    "支店|支社|本社|本店|営業所|出張所|事業所|支所|支局|支部|分室|工場|センター"
    "|シテン|シシヤ|エイギヨウシヨ|シユツチヨウシヨ|コウジヨウ|ホンシヤ|ホンテン|ジギヨウシヨ"
)
# 営業部, 管理室; not a club (倶楽部), a class room (教室) or a pharmacy (薬局).
_UNITS = "(?<!楽)部|課|(?<!教)室|係|事務局|管理局|グループ|チーム|担当"
# 新宿店 is a branch; 商店, 書店, 工務店 … are trades.
_BRANCH = re.compile(
    rf"(?P<branch>[^ ]*?(?:{_KINDS})|[^ ]+(?<![商書酒薬貨食理務門茶質服品子計肉花器物具米総])店)"
    rf"(?P<department>[^ ]+?(?:{_UNITS}))?"
)
# 電気工業 株式会社 伊丹製作所: behind a form between blanks, where no name goes on, more words tell a site.
_SITE_BEHIND_FORM = re.compile(
    r"(?:\([^)]*\)|[^ ]{4}) [^ ]*(?:[所場店社部課室係園館]|病院|センター|オフィス|ホテル|キャンパス)"
)
_DEPARTMENT = re.compile(rf"[^ ]+(?:{_UNITS})|第[一二三四五六七八九十0-9]+[部課]")
_SITE_ENDS = (*"店社所場局部課室係", "センター", "グループ", "チーム")
_PLACES = (
    "北海道|青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|千葉|東京|神奈川|新潟|"
    "富山|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|京都|大阪|兵庫|奈良|和歌山|鳥取|"
    "島根|岡山|広島|山口|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|大分|宮崎|鹿児島|沖縄|"
    "札幌|函館|旭川|盛岡|仙台|水戸|宇都宮|前橋|高崎|さいたま|大宮|横浜|川崎|金沢|甲府|"
    "名古屋|浜松|神戸|姫路|松江|高松|松山|北九州|那覇|新宿|渋谷|池袋|品川|銀座|梅田|"
    "難波|博多|関東|関西|東北|中部|近畿|中国|四国|九州|首都圏"
)
_PLACED = re.compile(rf"[東西南北新]?(?:{_PLACES})[^ ]*(?:オフィス|事務所|研究所)")
_ATTACHED = re.compile(
    rf"(?P<core>.{{2,}}?)(?P<site>(?:[東西南北新]|第[一二三123])?(?:{_PLACES})(?:中央|第[一二三123]|[東西南北])?"
    rf"(?:支店|支社|本社|営業所|出張所|事業所|支所|工場|事務所)(?:[^ ]*?(?:部|課|室|係|グループ|チーム))?)"
)
