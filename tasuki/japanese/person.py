"""Names of people: family and given name, without honorific, title and reading."""

import re

from tasuki.japanese import legal_form
from tasuki.japanese.itaiji import COMMON_FORM
from tasuki.japanese.result import BLANK, LONGEST, LOST, Normalised, Note, refuse
from tasuki.japanese.surnames import SURNAMES, TRADES
from tasuki.japanese.width import KANA, KANJI, tidy, trim


def normalise(text: str) -> Normalised:
    """`family` and `given`, or the one that is known.

    A name without a space is divided only behind a family name of `surnames`; else it is refused.
    """
    if not trim(text):
        return BLANK
    if len(text) > LONGEST:
        return refuse("TSK-2004")
    if LOST in text:
        return refuse("TSK-2005")
    notes: list[Note] = []
    line = tidy(text)
    if line != text:
        notes.append(Note("TSK-2501"))
    line = _without_brackets(_without_label(_AS_WELL.sub("兼", line), notes), notes)
    if _is_no_person(line):
        return refuse("TSK-2012")
    words = _without_titles(_SPREAD.sub(lambda m: m[0].replace(" ", ""), line).split(" "), notes)
    line = " ".join(words)
    if words and _is_no_person(line):
        return refuse("TSK-2012")
    if _SEVERAL.search(line) or (len(words) == 2 and _whole(words[0]) and _whole(words[1])):
        return refuse("TSK-2013")
    name = _latin(words) if line.isascii() else _divided(words)
    if not name:
        return refuse("TSK-2011" if words else "TSK-2012")
    if len(words) == 1 and "given" in name:
        notes.append(Note("TSK-2513"))
    return Normalised(name, notes=tuple(notes))


def _divided(words: list[str]) -> dict[str, str]:
    """Empty when it can't be told where the family name ends."""
    if len(words) == 2:
        return {"family": words[0], "given": words[1]}
    if len(words) != 1:
        return {}
    if _common(words[0]) in SURNAMES:
        return {"family": words[0]}
    return _split(words[0])


def _split(word: str) -> dict[str, str]:
    """Behind the longest family name; a given name of three kanji must look like one (真由美, 健三郎)."""
    letters = _LETTER.findall(word)
    for length in range(min(5, len(letters) - 1), 0, -1):
        family, given = "".join(letters[:length]), "".join(letters[length:])
        if _common(family) in SURNAMES:
            return {"family": family, "given": given} if _may_be(given, len(family)) else {}
    return {}


def _may_be(given: str, family: int) -> bool:
    """内伸樹 and 盛和夫 are no given names: the family is a longer one that no list has (山内, 稲盛)."""
    if given in _HOUSES or (len(given) > 1 and given[0] in _ENDS_OF_FAMILIES):
        return False
    if family == 1 and _THREE_KANJI.fullmatch(given) and given[0] not in _SOUNDS and given[1:] not in _SONS:
        return False
    return bool(_GIVEN.fullmatch(given))


def _whole(word: str) -> bool:
    """A word that holds a family and a given name of its own."""
    return len(word) > 3 and _common(word) not in SURNAMES and bool(_split(word))


def _common(word: str) -> str:
    return "".join(letter[0] for letter in _LETTER.findall(word)).translate(COMMON_FORM)


def _latin(words: list[str]) -> dict[str, str]:
    """YAMADA Taro and Yamada, Taro tell which name is the family's; Taro Yamada does not."""
    if len(words) != 2:
        return {}
    one, other = words
    if one.endswith(","):
        return {"family": one[:-1], "given": other}
    if one.isupper() == other.isupper():
        return {}
    return {"family": one, "given": other} if one.isupper() else {"family": other, "given": one}


def _is_no_person(line: str) -> bool:
    if line in _NOBODY or legal_form.find(line) or legal_form.find_inside(line):
        return True
    return bool(line.endswith(TRADES) or _NO_LETTERS.search(line) or not _LETTERS.search(line))


def _without_label(line: str, notes: list[Note]) -> str:
    """氏名:山田太郎, ※山田太郎"""
    bare = _MARKS.sub("", _LABEL.sub("", line))
    if bare == line:
        return line
    notes.append(Note("TSK-2510"))
    return bare


def _without_brackets(line: str, notes: list[Note]) -> str:
    """山田太郎(ヤマダタロウ), 山田(旧姓 鈴木)花子, 山田太郎(営業部): what else they hold, nobody can tell."""
    for m in reversed(list(_BRACKETS.finditer(line))):
        code = _aside(m[1])
        if code and line[: m.start()].strip():
            notes.append(Note(code))
            line = f"{line[: m.start()]} {line[m.end() :]}".strip()
    return line


def _aside(text: str) -> str:
    if _READING.fullmatch(text):
        return "TSK-2512"
    if text.startswith("旧") or _common(text) in SURNAMES:
        return "TSK-2510"
    return "TSK-2511" if _is_office(text) or text in _KIN else ""


def _without_titles(words: list[str], notes: list[Note]) -> list[str]:
    line = " ".join(words)
    while m := _HONORIFIC.search(line):
        notes.append(Note("TSK-2504", m[0].strip()))
        line = line[: m.start()].rstrip()
    if m := _MISTER.match(line):
        notes.append(Note("TSK-2504", m[0].strip()))
        line = line[m.end() :]
    kept = [word for word in line.split(" ") if word and not _is_office(word)]
    notes += [Note("TSK-2511", word) for word in line.split(" ") if _is_office(word)]
    if kept and (m := _TITLE_BEHIND.search(kept[-1])):
        notes.append(Note("TSK-2511", m[0]))
        kept[-1] = kept[-1][: m.start()]
    if kept and (m := _TITLE_BEFORE.match(kept[0])):
        notes.append(Note("TSK-2511", m[0]))
        kept[0] = kept[0][m.end() :]
    return kept


def _is_office(word: str) -> bool:
    """営業部, 総務部長; 長谷部 and 服部 are families."""
    return bool(_OFFICE.fullmatch(word)) and _common(word) not in SURNAMES


_NOBODY = frozenset({"様", "殿", "奥様", "皆様", "お客様", "ご家族様", "ご家族", "各位", "関係者各位"}) | {
    "同上",
    "なし",
    "無し",
    "不明",
    "未定",
}
_KIN = frozenset({"本人", "妻", "夫", "父", "母", "長男", "次男", "長女", "次女", "子"})
_LETTER = re.compile(".[\ufe00-\ufe0f\U000e0100-\U000e01ef\u3099\u309a]*", re.DOTALL)
"""A letter with the marks that choose its form (IVS)."""
_SPREAD = re.compile(f"(?<!\\S)[{KANJI}](?: [{KANJI}]){{2,}}(?!\\S)")
# Kanji that only sound in a given name (友希那), but for those that end family names (野, 瀬, 津).
_SOUNDS = (
    "亜阿安伊衣以依宇羽恵江絵央於加香佳可果花華嘉茄貴紀希季喜起来久玖九己古小沙紗佐早砂志史司詩紫寿珠世曽蘇"
    "太多汰知千智都登斗奈那菜名七仁尼音乃之波葉巴比日妃陽飛布風富帆穂保歩真麻摩万美未実三海夢武茂母桃百也矢弥夜"
    "由友有優結悠代与羅良楽利里理梨莉璃流留瑠琉令礼玲麗路呂朗和輪月心愛咲空彩明光輝"
)
_HOUSES = frozenset("家組屋亭苑園社堂荘館院寺軒庵店会局舎座楼塾")
"""山田家 is a household, 山田屋 a shop."""
_ENDS_OF_FAMILIES = "田川原沢谷島崎橋塚村部尾内下口坂岡倉屋垣林山井本上中石辺浦ヶケ"
_THREE_KANJI = re.compile(f"[{KANJI}]{{3}}")
_SONS = frozenset({"太郎", "次郎", "二郎", "三郎", "四郎", "五郎", "太朗", "之助", "之介", "之丞", "衛門"})
_GIVEN = re.compile(
    f"[{KANJI}]{{1,2}}|[{KANA}]{{2,6}}|[{KANJI}]{{1,2}}[{KANA}]{{1,3}}|[{KANA}]{{1,3}}[{KANJI}]{{1,2}}"
    f"|[{KANJI}]{{2}}[郎朗子美助介輔佑代枝江恵香男夫雄衛門丸帆穂奈菜乃音希紀里梨花華太也哉斗人樹衣依緒羽葉実未加佳]"
    f"|[{KANJI}]{{1,2}}(?:{'|'.join(sorted(_SONS))})"
    f"|[{_SOUNDS}][{_SOUNDS}野瀬津見根谷]{{2}}"
)
_HONORIFIC = re.compile(
    r"(?<=.)(?: ?(?:様方|様|殿|さま|サマ|さん|くん|ちゃん|先生|女史)| (?:氏|君|御中|宛|行|拝))$"
    r"|(?<=[^氏]{2})氏$|(?:(?<= [^ ]{2})|(?<=[^ ]{4}))君$"
)
_MISTER = re.compile(r"(?:Mr|Mrs|Ms|Miss|Dr|Prof)\b\.? ", re.IGNORECASE)
_TITLE = (
    "代表取締役会長|代表取締役社長|代表取締役|専務取締役|常務取締役|取締役会長|取締役社長|取締役副社長|取締役"
    "|監査役|執行役員|代表社員|代表理事|副社長|社長|会長|専務|常務|理事長|理事|副院長|院長|園長|校長|所長|支店長"
    "|店長|工場長|本部長|事業部長|副部長|部長|副課長|課長代理|課長|係長|室長|次長|主任|主査|主事|参事|顧問|相談役"
    "|CEO|COO|CFO|CTO|医師|薬剤師|看護師|主任研究員|研究員|技師|教授|准教授|講師|助教|弁護士|税理士|公認会計士|司法書士|行政書士|社会保険労務士|マネージャー|リーダー|オーナー"
)
_TITLES = f"(?:{_TITLE})(?:[兼・]?(?:{_TITLE}))*(?:代理|補佐|心得)?"
_DEPARTMENTS = (
    "総務|営業|経理|人事|企画|開発|製造|販売|技術|管理|業務|購買|資材|品質|保証|広報|法務|財務|情報|システム|生産|工務"
    "|経営|商品|物流|国際|海外|事業"
)
_TITLE_BEHIND = re.compile(rf"(?<=.)(?:{_TITLES})$")
_TITLE_BEFORE = re.compile(rf"(?:{_TITLES})(?=.)")
_OFFICE = re.compile(
    rf"(?:[^ ]*(?:部|課|室|係|局|支店|営業所|グループ|チーム|{_DEPARTMENTS}))?"
    rf"(?:{_TITLES}|[ご御]?担当者?|代表)"
    rf"|[^ ]+(?:部|課|室|係|支店|営業所)|(?:{_DEPARTMENTS})"
)
_AS_WELL = re.compile("(?<=[役長者O員事]) ?兼 ?(?=[^ ]+ )")
_MARKS = re.compile("^['\"※*●◎■◆★☆]+ ?|(?<=[^a-zA-Z0-9])[ 、。㊞'\".]+$")
_LABEL = re.compile("^(?:お?名前|氏名|[ご御]?担当者?|代表者?|責任者|受取人|連絡先|宛名)(?:名|氏名)? ?: ?")
_BRACKETS = re.compile(r" ?[(〔\[【]([^()〔〕\[\]【】]+)[)〕\]】]")
_READING = re.compile(f"[{KANA}・ ]+")
_SEVERAL = re.compile(
    f"(?<=[{KANJI}])[・、/&,](?=[{KANJI}])|[、/&]|(?:ほか| [他外])(?:[0-9一二三四五六七八九十]+名)?$"
)
_NO_LETTERS = re.compile(r"[0-9@()\[\]〔〕【】:?!*#]")
_LETTERS = re.compile(r"[^\W\d_]")
