"""Legal forms of firms (株式会社, ㈲, カ）, Co., Ltd. …) and on which side of the name they stand."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

Position = Literal["prefix", "suffix"]


class Found(NamedTuple):
    """A legal form and the text without it."""

    form: str
    position: Position
    rest: str
    written: str


def find(text: str) -> Found | None:
    """The form at the beginning, else at the end, the longest that fits; None when there is none.

    Expects `width.tidy` text. A text that is nothing but a form is found with an empty rest.
    """
    key = text.translate(_MODERN)
    if not key:
        return None
    before = next((n for n in _PREFIX_LENGTHS.get(key[0], ()) if key[:n] in _PREFIXES), 0)
    behind = next((n for n in _SUFFIX_LENGTHS.get(key[-1], ()) if key[-n:] in _SUFFIXES), 0)
    if before and before >= behind:
        return Found(_PREFIXES[key[:before]], "prefix", text[before:].lstrip(), text[:before])
    if behind:
        return _whole(Found(_SUFFIXES[key[-behind:]], "suffix", text[:-behind].rstrip(), text[-behind:]))
    return _find_latin(text) if key[-1] in _LATIN_END else None


def _whole(found: Found) -> Found:
    """The form of 有限責任 あずさ監査法人 has the name inside it, that of いわて生活 協同組合 a blank."""
    for kind in _KINDS_OF_UNIONS if found.form.startswith("協同組合") else ():
        if found.rest.endswith(kind) and kind + found.form in _SUFFIXES:
            rest = found.rest.removesuffix(kind).rstrip()
            return Found(kind + found.form, "suffix", rest, f"{kind} {found.written}")
    start = "有限責任"
    if found.form != "監査法人" or not found.rest.startswith(start) or len(found.rest) == len(start):
        return found
    return Found(start + found.form, "suffix", found.rest[len(start) :].lstrip(), found.written)


def find_inside(text: str) -> Found | None:
    """A common form in the middle: `rest` is what stands before it, `written` the form and all after it."""
    if inside := _INSIDE.search(text.translate(_MODERN)):
        start = inside.start()
        return Found(_SUFFIXES[inside[0]], "suffix", text[:start].rstrip(), text[start:])
    return None


def spell_out(text: str) -> str:
    """㈱ and ㍿, which are one character each, as (株) and 株式会社."""
    return text.translate(_LIGATURES)


def bank_form(form: str) -> str:
    """The abbreviation that transfers carry (カ for 株式会社); "" when the form has none."""
    return _TO_BANK.get(form, "")


def _find_latin(text: str) -> Found | None:
    for pattern, form in _LATIN:
        if m := pattern.search(text):
            return Found(form, "suffix", text[: m.start()].rstrip(" ,"), m[0].strip(" ,"))
    return None


# Names that stand before or after the name proper.
_NAMES = """
株式会社 有限会社 合同会社 合名会社 合資会社 相互会社 特定目的会社 投資法人 特例有限会社
有限責任事業組合 投資事業有限責任組合 有限責任中間法人 無限責任中間法人 中間法人
一般社団法人 公益社団法人 特例社団法人 社団法人 一般財団法人 公益財団法人 特例財団法人 財団法人
医療法人 医療法人社団 医療法人財団 社会医療法人 社会医療法人社団 社会医療法人財団
特定医療法人 特定医療法人社団 特定医療法人財団
特定非営利活動法人 認定特定非営利活動法人 学校法人 準学校法人 宗教法人 社会福祉法人 更生保護法人 職業訓練法人
独立行政法人 地方独立行政法人 国立研究開発法人 国立大学法人 公立大学法人 大学共同利用機関法人
弁護士法人 司法書士法人 行政書士法人 税理士法人 監査法人 有限責任監査法人 特許業務法人
弁理士法人 社会保険労務士法人 土地家屋調査士法人
農事組合法人 管理組合法人 企業組合 協業組合 協同組合 事業協同組合 農業協同組合 漁業協同組合
生活協同組合 消費生活協同組合 信用協同組合 森林組合 労働者協同組合 特定労働者協同組合 水産加工業協同組合
農業協同組合連合会 漁業協同組合連合会 協同組合連合会 漁業生産組合 商工組合 商店街振興組合 生活衛生同業組合
"""

_KINDS_OF_UNIONS = ("消費生活", "生活", "農業", "漁業", "事業", "信用", "水産加工業", "特定労働者", "労働者")

# What stands in brackets before or after the name: (株), [有], 【同】. (合) could be three forms: it is none.
_BRACKETED = {
    "株": "株式会社",
    "カブ": "株式会社",
    "有": "有限会社",
    "ユウ": "有限会社",
    "同": "合同会社",
    "名": "合名会社",
    "資": "合資会社",
    "合同": "合同会社",
    "合名": "合名会社",
    "合資": "合資会社",
    "相": "相互会社",
    "社": "社団法人",
    "社団": "社団法人",
    "一社": "一般社団法人",
    "一般社": "一般社団法人",
    "公社": "公益社団法人",
    "公益社": "公益社団法人",
    "財": "財団法人",
    "財団": "財団法人",
    "一財": "一般財団法人",
    "一般財": "一般財団法人",
    "公財": "公益財団法人",
    "公益財": "公益財団法人",
    "医": "医療法人",
    "医社": "医療法人社団",
    "医財": "医療法人財団",
    "社医": "社会医療法人",
    "特非": "特定非営利活動法人",
    "NPO": "特定非営利活動法人",
    "認特非": "認定特定非営利活動法人",
    "認定NPO": "認定特定非営利活動法人",
    "学": "学校法人",
    "宗": "宗教法人",
    "福": "社会福祉法人",
    "社福": "社会福祉法人",
    "更": "更生保護法人",
    "独": "独立行政法人",
    "独法": "独立行政法人",
    "独行": "独立行政法人",
    "地独": "地方独立行政法人",
    "国研": "国立研究開発法人",
    "国大": "国立大学法人",
    "公大": "公立大学法人",
    "農": "農事組合法人",
    "農組": "農事組合法人",
    "企": "企業組合",
    "企組": "企業組合",
    "協": "協同組合",
    "協組": "協同組合",
    "農協": "農業協同組合",
    "漁協": "漁業協同組合",
    "生協": "生活協同組合",
    "監": "監査法人",
    "弁": "弁護士法人",
    "税": "税理士法人",
    "司": "司法書士法人",
    "行": "行政書士法人",
    "特許": "特許業務法人",
    "주": "주식회사",
}

# Abbreviations of bank transfers (全銀協 法人略語). Where one means several forms, the plainest is first.
_BANK = {
    "カ": ("株式会社",),
    "ユ": ("有限会社",),
    "メ": ("合名会社",),
    "シ": ("合資会社",),
    "ド": ("合同会社",),
    "ソ": ("相互会社",),
    "イ": ("医療法人", "医療法人社団", "医療法人財団", "社会医療法人"),
    "ザイ": ("財団法人", "一般財団法人", "公益財団法人"),
    "シヤ": ("社団法人", "一般社団法人", "公益社団法人"),
    "シユウ": ("宗教法人",),
    "ガク": ("学校法人",),
    "フク": ("社会福祉法人",),
    "ホゴ": ("更生保護法人",),
    "トクヒ": ("特定非営利活動法人",),
    "ドク": ("独立行政法人",),
    "チドク": ("地方独立行政法人",),
    "ベン": ("弁護士法人",),
    "チユウ": ("中間法人", "有限責任中間法人", "無限責任中間法人"),
    "ギヨ": ("行政書士法人",),
    "シホウ": ("司法書士法人",),
    "ゼイ": ("税理士法人",),
    "ダイ": ("大学法人", "国立大学法人", "公立大学法人"),
    "ノウ": ("農事組合法人",),
    "カンリ": ("管理組合法人",),
    "ロウム": ("社会保険労務士法人",),
}
SEVERAL = frozenset(forms[0] for forms in _BANK.values() if len(forms) > 1)
"""Forms that a bank abbreviation names without telling which of several it is."""

# As a column of readings has them; ホウジン follows where the form ends in 法人.
_SPOKEN = {
    "株式会社": ("カブシキガイシャ", "カブシキカイシャ"),
    "有限会社": ("ユウゲンガイシャ", "ユウゲンカイシャ"),
    "合同会社": ("ゴウドウガイシャ", "ゴウドウカイシャ"),
    "合名会社": ("ゴウメイガイシャ", "ゴウメイカイシャ"),
    "合資会社": ("ゴウシガイシャ", "ゴウシカイシャ"),
    "相互会社": ("ソウゴガイシャ", "ソウゴカイシャ"),
    "一般社団法人": ("イッパンシャダン",),
    "公益社団法人": ("コウエキシャダン",),
    "社団法人": ("シャダン",),
    "一般財団法人": ("イッパンザイダン",),
    "公益財団法人": ("コウエキザイダン",),
    "財団法人": ("ザイダン",),
    "医療法人": ("イリョウ",),
    "社会医療法人": ("シャカイイリョウ",),
    "特定非営利活動法人": ("トクテイヒエイリカツドウ",),
    "学校法人": ("ガッコウ",),
    "宗教法人": ("シュウキョウ",),
    "社会福祉法人": ("シャカイフクシ",),
    "独立行政法人": ("ドクリツギョウセイ",),
    "地方独立行政法人": ("チホウドクリツギョウセイ",),
    "国立研究開発法人": ("コクリツケンキュウカイハツ",),
    "国立大学法人": ("コクリツダイガク",),
    "公立大学法人": ("コウリツダイガク",),
    "弁護士法人": ("ベンゴシ",),
    "司法書士法人": ("シホウショシ",),
    "行政書士法人": ("ギョウセイショシ",),
    "税理士法人": ("ゼイリシ",),
    "監査法人": ("カンサ",),
    "社会保険労務士法人": ("シャカイホケンロウムシ",),
    "農事組合法人": ("ノウジクミアイ",),
    "農業協同組合": ("ノウギョウキョウドウクミアイ",),
    "漁業協同組合": ("ギョギョウキョウドウクミアイ",),
    "生活協同組合": ("セイカツキョウドウクミアイ",),
    "協同組合": ("キョウドウクミアイ",),
}


def _spoken() -> Iterator[tuple[str, str]]:
    """In katakana, in the large kana of banks, and in hiragana."""
    whole = [
        (reading + "ホウジン" * form.endswith("法人"), form)
        for form, readings in _SPOKEN.items()
        for reading in readings
    ]
    halves = [("イリョウホウジンシャダン", "医療法人社団"), ("イリョウホウジンザイダン", "医療法人財団")]
    for reading, form in whole + halves:
        for written in (reading, reading.translate(_LARGE), reading.translate(_HIRAGANA)):
            yield written, form


_LARGE = dict(zip(map(ord, "ャュョッ"), "ヤユヨツ", strict=True))
_HIRAGANA = {code: chr(code - 0x60) for code in range(0x30A1, 0x30F7)}
_ABROAD = {
    "股份有限公司": "股份有限公司",
    "有限责任公司": "有限责任公司",
    "有限責任公司": "有限責任公司",
    "有限公司": "有限公司",
    "주식회사": "주식회사",
    "유한회사": "유한회사",
}

_BOTH = {
    **{form: form for form in _NAMES.split()},
    **{f"({form})": form for form in _NAMES.split()},
    **{f"({short})": form for short, form in _BRACKETED.items()},
    **{f"({short})": forms[0] for short, forms in _BANK.items()},
    **dict(_spoken()),
    **_ABROAD,
    "NPO法人": "特定非営利活動法人",
    "(NPO法人)": "特定非営利活動法人",
    "npo法人": "特定非営利活動法人",
    "(認定NPO法人)": "認定特定非営利活動法人",
    "(医)社団": "医療法人社団",
    "(医)財団": "医療法人財団",
    "NPO 法人": "特定非営利活動法人",
    "N.P.O.法人": "特定非営利活動法人",
    "認定NPO法人": "認定特定非営利活動法人",
    "社労士法人": "社会保険労務士法人",
    "医療法人 社団": "医療法人社団",
    "医療法人 財団": "医療法人財団",
    "医療法人(社団)": "医療法人社団",
    "医療法人(財団)": "医療法人財団",
}
_PREFIXES = {
    **_BOTH,
    **{f"{short})": form for short, form in _BRACKETED.items()},
    **{f"{short})": forms[0] for short, forms in _BANK.items()},
    "シャ)": "社団法人",
    "シュウ)": "宗教法人",
    "チュウ)": "中間法人",
    "ギョ)": "行政書士法人",
    "医)社団": "医療法人社団",
    "医)財団": "医療法人財団",
    "PT ": "PT",
    "PT. ": "PT",
    "K.K.": "株式会社",
    "KK ": "株式会社",
}
_SUFFIXES = {
    **_BOTH,
    **{f"({short}": forms[0] for short, forms in _BANK.items()},
    **{f"({short}": form for short, form in _BRACKETED.items()},
    **{f" {short})": forms[0] for short, forms in _BANK.items()},
    **{f" {short})": _BRACKETED[short] for short in "株有"},
}


def _lengths(forms: Iterable[str], letter: int) -> dict[str, list[int]]:
    """How long forms are that begin or end with one letter, the longest first."""
    found: dict[str, set[int]] = {}
    for form in forms:
        found.setdefault(form[letter], set()).add(len(form))
    return {first: sorted(lengths, reverse=True) for first, lengths in found.items()}


_PREFIX_LENGTHS, _SUFFIX_LENGTHS = _lengths(_PREFIXES, 0), _lengths(_SUFFIXES, -1)
_INSIDE = re.compile(
    r"(?<=.)(?:株式会社|有限会社|合同会社|合資会社|合名会社|\((?:株|有|同|資|名|カブ?|ユウ?|ド|シ|メ)\))(?=.)"
)

_BRACKETS = dict(zip(map(ord, "[]〔〕【】〈〉《》<>{}﹙﹚"), "()()()()()()()()", strict=True))
_MODERN = _BRACKETS | dict(zip(map(ord, "會團學醫獨國"), "会団学医独国", strict=True))
_LIGATURES = {ord("㍿"): "株式会社", ord("㏍"): "K.K."} | dict(
    zip(
        map(ord, "㈱㈲㈳㈴㈶㈻㈼㈽㈾㈿㈜㊑㊒㊓㊔㊖㊩㊫㊭㊮㊯"),
        (f"({short})" for short in "株有社名財学監企資協주株有社名財医学企資協"),
        strict=True,
    )
)
_TO_BANK = {form: short for short, forms in _BANK.items() for form in forms}


def _latin(written: str, form: str, *, any_case: bool = True) -> tuple[re.Pattern[str], str]:
    """`written` at the end of a text, after a blank or comma, or right behind a Japanese letter."""
    start = r"(?:[\s,]+|(?<=[^\x00-\x7f]))"
    return re.compile(rf"(?<=.){start}(?:{written})$", re.IGNORECASE if any_case else 0), form


_LATIN_END = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.")
# Two- and three-letter forms are words elsewhere: they count only as the law writes them.
_LATIN = (
    _latin(r"K\.\s?K\.?|Kabushiki[\s-]?[KG]aisha", "株式会社"),
    _latin(r"KK", "株式会社", any_case=False),
    _latin(r"G\.\s?K\.?|Godo[\s-]?[KG]aisha", "合同会社"),
    _latin(r"Y\.\s?K\.?|Yugen[\s-]?[KG]aisha", "有限会社"),
    _latin(r"Co(?:mpany|\.)?[\s,]*(?:Ltd|Limited)\.?", "Co., Ltd."),
    _latin(r"Pte\.?[\s,]*(?:Ltd|Limited)\.?", "Pte. Ltd."),
    _latin(r"Pty\.?[\s,]*(?:Ltd|Limited)\.?", "Pty Ltd"),
    _latin(r"Pvt\.?[\s,]*(?:Ltd|Limited)\.?|Private Limited", "Pvt. Ltd."),
    _latin(r"Sdn\.?\s*Bhd\.?", "Sdn. Bhd."),
    _latin(r"Ltd\.?|Limited", "Ltd."),
    _latin(r"Inc\.?|Incorporated", "Inc."),
    _latin(r"Corp\.?|Corporation", "Corp."),
    _latin(r"LLC|L\.\s?L\.\s?C\.?", "LLC"),
    _latin(r"LLP|L\.\s?L\.\s?P\.?", "LLP"),
    _latin(r"LP|L\.\s?P\.", "LP", any_case=False),
    _latin(r"PLC|Plc|plc|P\.L\.C\.", "PLC", any_case=False),
    _latin(r"GmbH\s?(?:&|und|\+)\s?Co\.?\s?KG", "GmbH & Co. KG"),
    _latin(r"GmbH|G\.m\.b\.H\.", "GmbH"),
    _latin(r"AG", "AG", any_case=False),
    _latin(r"KG", "KG", any_case=False),
    _latin(r"SE", "SE", any_case=False),
    _latin(r"S\.?A\.?S\.?", "SAS", any_case=False),
    _latin(r"S\.?A\.?R\.?L\.?|S\.à r\.l\.", "SARL", any_case=False),
    _latin(r"S\.A\.|SA", "S.A.", any_case=False),
    _latin(r"S\.?p\.?A\.?|SPA", "S.p.A.", any_case=False),
    _latin(r"S\.?r\.?l\.?|SRL", "S.r.l.", any_case=False),
    _latin(r"B\.?V\.?", "B.V.", any_case=False),
    _latin(r"N\.?V\.?", "N.V.", any_case=False),
    _latin(r"AB", "AB", any_case=False),
    _latin(r"A/S", "A/S", any_case=False),
    _latin(r"ApS", "ApS", any_case=False),
    _latin(r"Oyj?|OYJ?", "Oy", any_case=False),
)
