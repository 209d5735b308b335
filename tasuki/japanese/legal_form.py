"""Legal forms of firms (株式会社, ㈲, カ）, Co., Ltd. …) and on which side of the name they stand."""

import re
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
    for length in range(min(_LONGEST, len(key)), 0, -1):
        if form := _PREFIXES.get(key[:length]):
            return Found(form, "prefix", text[length:].lstrip(), text[:length])
        if form := _SUFFIXES.get(key[-length:]):
            return Found(form, "suffix", text[:-length].rstrip(), text[-length:])
    return _find_latin(text) if key and key[-1] in _LATIN_END else None


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
生活協同組合 消費生活協同組合 信用協同組合 森林組合 労働者協同組合
"""

# What stands in brackets before or after the name: (株), [有], 【同】. (合) could be three forms: it is none.
_BRACKETED = {
    "株": "株式会社",
    "カブ": "株式会社",
    "有": "有限会社",
    "ユウ": "有限会社",
    "同": "合同会社",
    "名": "合名会社",
    "資": "合資会社",
    "相": "相互会社",
    "社": "社団法人",
    "一社": "一般社団法人",
    "公社": "公益社団法人",
    "財": "財団法人",
    "一財": "一般財団法人",
    "公財": "公益財団法人",
    "医": "医療法人",
    "医社": "医療法人社団",
    "医財": "医療法人財団",
    "社医": "社会医療法人",
    "特非": "特定非営利活動法人",
    "NPO": "特定非営利活動法人",
    "学": "学校法人",
    "宗": "宗教法人",
    "福": "社会福祉法人",
    "社福": "社会福祉法人",
    "更": "更生保護法人",
    "独": "独立行政法人",
    "地独": "地方独立行政法人",
    "国研": "国立研究開発法人",
    "農": "農事組合法人",
    "企": "企業組合",
    "協": "協同組合",
    "監": "監査法人",
    "弁": "弁護士法人",
    "税": "税理士法人",
    "司": "司法書士法人",
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

_SPOKEN = {
    "カブシキ": ("株式会社", ("ガイシャ", "カイシャ", "ガイシヤ", "カイシヤ")),
    "ユウゲン": ("有限会社", ("ガイシャ", "カイシャ", "ガイシヤ", "カイシヤ")),
    "ゴウドウ": ("合同会社", ("ガイシャ", "カイシャ", "ガイシヤ", "カイシヤ")),
    "ゴウメイ": ("合名会社", ("ガイシャ", "カイシャ", "ガイシヤ", "カイシヤ")),
    "ゴウシ": ("合資会社", ("ガイシャ", "カイシャ", "ガイシヤ", "カイシヤ")),
    "かぶしき": ("株式会社", ("がいしゃ", "かいしゃ")),
    "ゆうげん": ("有限会社", ("がいしゃ", "かいしゃ")),
    "ごうどう": ("合同会社", ("がいしゃ", "かいしゃ")),
}
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
    **{f"({short})": form for short, form in _BRACKETED.items()},
    **{f"({short})": forms[0] for short, forms in _BANK.items()},
    **{word + tail: form for word, (form, tails) in _SPOKEN.items() for tail in tails},
    **_ABROAD,
    "NPO法人": "特定非営利活動法人",
    "認定NPO法人": "認定特定非営利活動法人",
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
    "K.K. ": "株式会社",
    "KK ": "株式会社",
}
_SUFFIXES = {
    **_BOTH,
    **{f"({short}": forms[0] for short, forms in _BANK.items()},
    **{f"({short}": form for short, form in _BRACKETED.items()},
}
_LONGEST = max(map(len, _PREFIXES | _SUFFIXES))
_INSIDE = re.compile(
    r"(?<=.)(?:株式会社|有限会社|合同会社|合資会社|合名会社|\((?:株|有|同|資|名|カブ?|ユウ?|ド|シ|メ)\))(?=.)"
)

_BRACKETS = dict(zip(map(ord, "[]〔〕【】〈〉《》<>"), "()()()()()()", strict=True))
_MODERN = _BRACKETS | dict(zip(map(ord, "會團學醫獨國"), "会団学医独国", strict=True))
_LIGATURES = {ord("㍿"): "株式会社"} | dict(
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
