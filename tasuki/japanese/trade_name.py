"""Takes a firm's name as typed apart: name proper, legal form, branch, department, what is only polite."""

import re
from functools import lru_cache
from typing import NamedTuple

from tasuki.japanese import legal_form, site
from tasuki.japanese.itaiji import COMMON_FORM
from tasuki.japanese.result import LONGEST, Note
from tasuki.japanese.surnames import SURNAMES, TRADES
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
    line = _without_asides(_without_label(_lined_up(text, notes), notes), notes)
    words = _without_people(line.split(" "), notes)
    places: list[str] = []
    while len(words) > 1 and _stands_apart(words[-1], places, notes) and not _only_a_form(words[:-1]):
        places.insert(0, words.pop())
    found, core, behind = _form_and_core(" ".join(words), notes)
    core, attached = site.attached(core)
    branch, department = site.parted([*attached, *behind, *places])
    notes += [Note("TSK-2505")] * bool(branch) + [Note("TSK-2506")] * bool(department)
    if not found:
        return TradeName(core, branch=branch, department=department, notes=tuple(notes))
    return TradeName(core, found.form, found.position, branch, department, tuple(notes))


def _lined_up(text: str, notes: list[Note]) -> str:
    """In one width, without the blanks that spread single letters over a column."""
    written = legal_form.spell_out(text)
    line = tidy(written)
    if line != written:
        notes.append(Note("TSK-2501"))
    if "((" in line:
        line = line.replace("((", "(").replace("))", ")")
    return _SPREAD.sub(lambda m: m[0].replace(" ", ""), line) if " " in line else line


def _without_label(line: str, notes: list[Note]) -> str:
    """得意先名:山田商店, ※山田商店"""
    m = _LABEL.match(line)
    if not m or not m[0]:
        return line
    notes.append(Note("TSK-2510"))
    return line[m.end() :].rstrip("\"'") if m[0][-1] in "\"'" else line[m.end() :]


def _without_asides(line: str, notes: list[Note]) -> str:
    """山田商店(営業部)御中(旧 鈴木商店) becomes 山田商店 営業部."""
    if m := _POLITE_BETWEEN.search(line):
        notes.append(Note("TSK-2504", m[0].strip()))
        line = f"{line[: m.start()]} {line[m.end() :]}"
    if m := _POLITE_INSIDE.search(line):
        notes.append(Note("TSK-2504", m[0]))
        line = f"{line[: m.start()]})"
    while True:
        if line[-1:] in _POLITE and (m := _HONORIFIC.search(line)) and not _is_word(line):
            notes.append(Note("TSK-2504", m[0].strip(" ()")))
        elif line[-1:] in _ENDS_ASIDE and (m := _aside(line)):
            notes.append(Note("TSK-2510"))
        else:
            break
        line = line[: m.start()].rstrip()
    m = _SET_APART.search(line) if _APART & set(line) else None
    return f"{line[: m.start()]} {m[1] or m[2]}" if m and site.is_site(m[1] or m[2]) else line


def _is_word(line: str) -> bool:
    """王様 and 神殿 end names; 山本殿 is Mr Yamamoto."""
    owner = line[:-1]
    return bool(_NO_HONORIFIC.search(line)) and not any(_common(owner[-n:]) in SURNAMES for n in (2, 3))


def _aside(line: str) -> re.Match[str] | None:
    """A former name, a reading or a mark behind the name."""
    m = _ASIDE.search(line)
    if m or not line.endswith(")"):
        return m
    m = _READING.search(line)
    return m if m and _HAS_KANJI.search(line[: m.start()]) else None


def _without_people(words: list[str], notes: list[Note]) -> list[str]:
    """株式会社山田商店 代表取締役 山田太郎: from the title on, it is no name of a firm."""
    for i in range(1, len(words)):
        if _TITLE.fullmatch(words[i]) and not _only_a_form(words[:i]):
            notes.append(Note("TSK-2509"))
            return words[:i]
    count = _people_behind(words, any(note.detail in _FOR_PEOPLE for note in notes))
    if count:
        notes.append(Note("TSK-2509"))
    return words[: len(words) - count]


def _people_behind(words: list[str], polite: bool) -> int:
    """How many of the last words name somebody: 経理部 鈴木 一郎, 山田商店 鈴木様."""
    for count in (2, 1):
        firm, person = words[:-count], words[-count:]
        if not firm or not (polite or site.is_department(firm[-1])) or _only_a_form(firm):
            continue
        if person[-1].endswith(TRADES) or site.is_site(person[-1]):
            continue
        if _common(person[0]) in SURNAMES if count == 2 else _starts_with_surname(person[0]):
            return count
    return 0


def _starts_with_surname(word: str) -> bool:
    return any(_common(word[:n]) in SURNAMES for n in (4, 3, 2, 1))


def _common(word: str) -> str:
    return word.translate(COMMON_FORM)


def _only_a_form(words: list[str]) -> bool:
    found = legal_form.find(" ".join(words))
    return found is not None and not found.rest


def _stands_apart(word: str, behind: list[str], notes: list[Note]) -> bool:
    """`behind`: the sites that follow the word."""
    if site.is_site(word):
        return True
    if site.is_desk(word):
        return any(note.detail.startswith(_CLERKS) for note in notes)
    return bool(behind) and site.is_department(behind[0]) and site.is_above_department(word)


def _form_and_core(line: str, notes: list[Note]) -> tuple[legal_form.Found | None, str, list[str]]:
    """The form, the name proper, and a site written right behind the form (山田商店(株)東京支店)."""
    found = legal_form.find(line)
    if found:
        _note_form(found.written, found.form, notes)
        return found, _beside_form(found), []
    inside = legal_form.find_inside(line)
    if not inside:
        return _with_english_site(line)
    written, behind = _split_inside(inside.written)
    if not site.is_site(behind) and not (site.follows_form(inside.written) and not site.is_site(inside.rest)):
        notes.append(Note("TSK-2507", written))
        return None, line, []
    _note_form(written, inside.form, notes)
    return inside, inside.rest, [behind]


def _beside_form(found: legal_form.Found) -> str:
    """No mark may begin or end a registered name, and some write the form twice (株式会社㈱山田商店)."""
    again = legal_form.find(found.rest)
    if again and not again.rest:
        return ""
    if again and again.rest and (again.form, again.position) == (found.form, found.position):
        found = again
    marks = "・,:;/-~〜、。"
    return found.rest.lstrip(f"{marks}. ") if found.position == "prefix" else found.rest.rstrip(f"{marks} ")


def _with_english_site(line: str) -> tuple[legal_form.Found | None, str, list[str]]:
    """Sample Co., Ltd. Osaka Branch"""
    words = line.split(" ")
    for count in range(1, site.english(words) + 1):
        found = legal_form.find(" ".join(words[:-count]))
        if found and found.rest:
            return found, found.rest, [" ".join(words[-count:])]
    return None, line, []


def _split_inside(text: str) -> tuple[str, str]:
    end = text.index(")") + 1 if text.startswith("(") else 4
    return text[:end], text[end:].strip()


def _note_form(written: str, form: str, notes: list[Note]) -> None:
    if written.strip() != form:
        notes.append(Note("TSK-2503", written.strip()))
    if form in legal_form.SEVERAL and form not in written:
        notes.append(Note("TSK-2508", written.strip()))


# 山 田 商 店, ( 株 ), 株式 会社: blanks that only fill a column.
_SPREAD = re.compile(
    f"(?<!\\S)[{KANJI}{KANA}](?: [{KANJI}{KANA}])+(?!\\S)|\\( ?[{KANJI}]{{1,3}} ?\\)"
    "|(?:株式|有限|合同) 会社|御 中$"
    "|(?:一般|公益) (?:社団|財団)法人|特定非営利 活動法人|社会 福祉法人"
    "|(?:医療|学校|宗教|社会福祉|独立行政|特定非営利活動|社団|財団) 法人"
)
_LABEL = re.compile(
    r"[=*※●◎■◆◇★☆▲▼▽\"']* ?(?=[\w(])"
    r"(?:(?:(?:[貴御]?社|会社|法人|得意先|取引先|顧客|仕入先|請求先|納品先|団体|事業者)名?称?|宛[名先]"
    r"|商号(?:又は名称)?|屋号|名称) ?: ?"
    r"|(?:会社名|社名|商号|得意先名|取引先名|顧客名) )?"
)

_SET_APART = re.compile(
    r" ?[(\[〔【〈《<]([^()\[\]〔〕【】〈〉《》<>]{2,})[)\]〕】〉》>]$| ?[,、/:|] ?([^,、/:|() ]+)$"
)
_APART = frozenset(")]〕】〉》>,、/:|")
_ASIDE = re.compile(
    r" ?\((?:[旧元](?:[^()]|\([^()]*\))*|LLP|ふりがな[^()]*|フリガナ[^()]*)\)$"
    r"|(?<=[\w)])[※*、,;:]+$|(?<=[^a-zA-Z. ])\.$| ?㊞$"
)
_READING = re.compile(r" ?\([ァ-ヺー・ ]{3,}\)$| ?\([ぁ-ゖー・ ]{3,}\)$")
_HAS_KANJI = re.compile(f"[{KANJI}]")

_HONORIFIC = re.compile(
    r" ?(?:[ご御]担当者様?|(?:担当|代表|責任)者様|御 ?中|様方?|殿|各位)$"
    r"| (?:さま|サマ|さん|ご中|おんちゅう|(?:社員)?[御ご]一同様?|先生|気付|宛て?|行)$| ?\((?:御中|様|殿)\)$"
)
_POLITE_INSIDE = re.compile(r"(?<=[^ (])(?:御中|様)(?=\)$)")
# 山田商店 経理部 御中 鈴木様
_POLITE_BETWEEN = re.compile("(?<=[^ ]) ?御中 (?=[^ ])")
_POLITE, _ENDS_ASIDE = frozenset("様中方殿者位まマんうち生付宛て行)"), frozenset(")※*、,;:.㊞")
"""Letters that an honorific or an aside ends with."""
_NO_HONORIFIC = re.compile("(?:[王神仏姫客皆奥若]様|[神宮湯拝御社仏寝鵜真貴沈]殿|殿様)$")
_FOR_PEOPLE = frozenset({"様", "殿", "さま", "サマ", "さん", "先生"})
_CLERKS = ("ご担当", "御担当", "担当")
_TITLE = re.compile(
    r"代表者?|[ご御]?担当者?(?::[^ ]*)?|気付|ダイヒ[ヨョ]ウ[^ ]*"
    r"|[^ ]*(?:取締役|執行役員|代表社員|代表理事|社長|会長|専務|常務|理事長|院長|園長|校長|所長|店長"
    r"|工場長|部長|課長|係長|室長|次長|主任)"
)
