"""Guesses what the columns of an unknown ledger hold, from headers and values; a person decides."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tasuki.connector import Cell
from tasuki.japanese.fold import fold
from tasuki.japanese.kinds import KINDS
from tasuki.model import CUSTOMER
from tasuki.value import cell_text

HEADERS: Mapping[str, tuple[str, ...]] = {
    "code": (
        "顧客コード",
        "得意先コード",
        "取引先コード",
        "会社コード",
        "顧客番号",
        "得意先番号",
        "取引先番号",
        "顧客no",
        "得意先no",
        "取引先no",
        "お客様番号",
        "コード",
        "no",
        "id",
        "番号",
        "customer code",
    ),
    "name": (
        "会社名",
        "顧客名",
        "得意先名",
        "取引先名",
        "名称",
        "社名",
        "法人名",
        "企業名",
        "商号",
        "お客様名",
        "得意先名称",
        "取引先名称",
        "顧客名称",
        "得意先名1",
        "事業所名",
        "氏名",
        "お名前",
        "名前",
        "name",
        "company",
    ),
    "name_kana": (
        "フリガナ",
        "ふりがな",
        "カナ",
        "カナ名",
        "会社名カナ",
        "顧客名カナ",
        "得意先名カナ",
        "名称カナ",
        "ヨミ",
        "読み",
        "よみがな",
        "カナ索引",
        "kana",
        "furigana",
    ),
    "short_name": ("略称", "略名", "得意先略称", "通称"),
    "department": ("部署", "部署名", "部門", "所属", "department"),
    "contact_name": (
        "担当者",
        "ご担当者",
        "担当者名",
        "先方担当者",
        "御担当者",
        "窓口",
        "ご担当者名",
        "contact",
    ),
    "corporate_number": ("法人番号", "マイナンバー法人"),
    "invoice_number": (
        "登録番号",
        "インボイス番号",
        "適格請求書発行事業者登録番号",
        "インボイス登録番号",
        "t番号",
    ),
    "postal_code": ("郵便番号", "郵便", "zip", "zip code", "postal code", "postcode", "郵便no"),
    "address": (
        "住所",
        "所在地",
        "住所1",
        "住所2",
        "住所3",
        "ご住所",
        "本社所在地",
        "建物名",
        "ビル名",
        "番地",
        "都道府県",
        "市区町村",
        "町域",
        "address",
    ),
    "phone": ("電話番号", "電話", "tel", "代表電話", "連絡先", "電話1", "tel1", "phone", "代表tel"),
    "mobile": ("携帯", "携帯電話", "携帯番号", "mobile"),
    "fax": ("fax", "ファックス", "fax番号", "ファクス"),
    "email": (
        "メールアドレス",
        "メール",
        "email",
        "e-mail",
        "mail",
        "eメール",
        "電子メール",
        "email address",
        "mail address",
    ),
    "url": ("url", "ホームページ", "hp", "webサイト", "website"),
    "closing_day": ("締日", "請求締日", "締め日"),
    "payment_day": ("支払日", "入金日", "回収日"),
    "payment_months": ("回収サイクル", "支払サイト", "サイト"),
    "payment_method": ("支払方法", "回収方法", "支払条件"),
    "credit_limit": ("与信限度額", "与信", "与信枠", "信用限度額"),
    "owner_staff": ("営業担当", "担当営業", "自社担当者", "担当社員", "営業担当者", "担当者コード"),
    "stage": ("区分", "ステータス", "状況", "ランク", "顧客区分", "顧客ランク", "段階", "取引状況"),
    "note": ("備考", "メモ", "摘要", "コメント", "特記事項", "note"),
    "acquired_on": ("登録日", "取引開始日", "獲得日"),
    "acquired_from": ("獲得経路", "紹介元", "きっかけ"),
}
"""What people write above these columns; compared folded, the longest first."""

VALUES: Mapping[str, str] = {
    "corporate_number": "corporate_number",
    "invoice_number": "invoice_number",
    "email": "email",
    "postal_code": "postal_code",
    "phone": "phone",
}
"""Fields that values alone give away, and the kind that reads them; the strictest first."""

STAGES: Mapping[str, str] = {
    "見込": "prospect",
    "見込み": "prospect",
    "見込客": "prospect",
    "新規": "buyer",
    "既存": "satisfied",
    "取引中": "satisfied",
    "継続": "satisfied",
    "優良": "loyal",
    "得意": "loyal",
    "休眠": "lost",
    "失注": "lost",
    "取引停止": "lost",
    "未取引": "non_customer",
}

CLEANED = (
    "name_kana",
    "corporate_number",
    "invoice_number",
    "postal_code",
    "phone",
    "mobile",
    "fax",
    "email",
)
_PARTS = {
    "prefecture": re.compile("都道府県"),
    "city": re.compile("市区町村|市町村"),
    "town": re.compile("町域|番地|町名|住所"),
    "building": re.compile("建物|ビル"),
}
"""Words in headers of an address spread over columns."""

_HYPHENED = re.compile("[〒〶]|[0-9０-９]{3}[-－ー‐−][0-9０-９]{4}")

SURE = 0.5
"""Confidence from which a column is proposed."""


class Guess(NamedTuple):
    """What a column seems to hold; `field` "" when nobody can tell."""

    column: str
    field: str
    confidence: float
    reason: str
    sample: str


def guess(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[Guess]:
    """One guess a column, in order; a field is given to the surest column, an address to several."""
    texts = [[cell_text(row[i]) for row in rows if cell_text(row[i])] for i in range(len(columns))]
    offers = [
        (score, -index, field, reason)
        for index, column in enumerate(columns)
        for field, score, reason in _offers(column, texts[index])
    ]
    taken: dict[int, tuple[str, float, str]] = {}
    used: set[str] = set()
    for score, place, field, reason in sorted(offers, reverse=True):
        if -place not in taken and (field not in used or field == "address") and score >= SURE:
            taken[-place] = (field, score, reason)
            used.add(field)
    return [
        Guess(column, *taken.get(i, ("", 0.0, "")), sample=texts[i][0] if texts[i] else "")
        for i, column in enumerate(columns)
    ]


def key_column(guesses: Sequence[Guess], rows: Sequence[Sequence[Cell]]) -> str:
    """The column that names a row: the code, else the first whose values are all there and all different."""
    for found in guesses:
        if found.field == "code":
            return found.column
    for index, found in enumerate(guesses):
        values = [cell_text(row[index]) for row in rows]
        if values and all(values) and len(set(values)) == len(values):
            return found.column
    return ""


def stage_words(guesses: Sequence[Guess], rows: Sequence[Sequence[Cell]]) -> dict[str, str]:
    """The table of values for the stage column, as far as its words are known."""
    for index, found in enumerate(guesses):
        if found.field == "stage":
            words = dict.fromkeys(cell_text(row[index]) for row in rows if cell_text(row[index]))
            pairs = {word: STAGES[word] for word in words if word in STAGES}
            return pairs if len(set(pairs.values())) == len(pairs) else {}
    return {}


def mapping_yaml(
    connector: str,
    settings: Mapping[str, object],
    guesses: Sequence[Guess],
    rows: Sequence[Sequence[Cell]],
    spell: Callable[[object], str],
) -> str:
    """A complete mapping file; what nobody could tell stands in it as a comment. `spell` quotes for YAML."""
    words = stage_words(guesses, rows)
    lines = [
        "mapping: 1",
        f"connector: {connector}",
        "model: customer",
        "settings: {" + ", ".join(f"{k}: {spell(v)}" for k, v in settings.items()) + "}",
        f"key: {spell(key_column(guesses, rows))}",
        "fields:",
    ]
    addresses = [found.column for found in guesses if found.field == "address"]
    for found in guesses:
        if found.field == "address":
            if found.column == addresses[0]:
                lines.append(_address(addresses, spell, found.confidence))
            continue
        if not found.field or (found.field == "stage" and not words):
            lines.append(f"  # {spell(found.column)}: ?")
            continue
        lines.append(f"  {found.field}: {_entry(found, words, spell)}  # {found.confidence:.0%}")
    return "\n".join(lines) + "\n"


def _entry(found: Guess, words: Mapping[str, str], spell: Callable[[object], str]) -> str:
    if found.field == "stage":
        pairs = ", ".join(f"{spell(word)}: {stage}" for word, stage in words.items())
        return f"{{column: {spell(found.column)}, values: {{{pairs}}}}}"
    if found.field in CLEANED:
        cleaner = "katakana" if found.field == "name_kana" else CUSTOMER.fields[found.field].type
        return f"{{column: {spell(found.column)}, clean: [{cleaner}]}}"
    return spell(found.column)


def _address(columns: Sequence[str], spell: Callable[[object], str], confidence: float) -> str:
    if len(columns) == 1:
        return f"  address: {{column: {spell(columns[0])}, composed: true}}  # {confidence:.0%}"
    parts = {part: column for column in columns for part, word in _PARTS.items() if word.search(column)}
    if {"city", "town"} <= parts.keys() and len(parts) == len(columns):
        names = ", ".join(f"{part}: {spell(column)}" for part, column in parts.items())
        return f"  address: {{parts: {{{names}}}}}  # {confidence:.0%}"
    names = ", ".join(spell(column) for column in columns)
    # What can't be told apart again is only read.
    only_read = ", direction: in" if parts.keys() & {"prefecture", "city"} else ""
    return f"  address: {{columns: [{names}], composed: true{only_read}}}  # {confidence:.0%}"


def _offers(column: str, texts: Sequence[str]) -> list[tuple[str, float, str]]:
    """Fields this column may be, each with a confidence between 0 and 1 and its reason."""
    offers: list[tuple[str, float, str]] = []
    head = _folded(column)
    if not head:
        # Beside a title stand blanks, whatever their column holds: what nobody named can't be asked for.
        return offers
    for field, names in HEADERS.items():
        by_name = max((_likeness(head, _folded(name)) for name in names), default=0.0)
        if by_name:
            offers.append((field, _with_values(field, by_name, texts), "header"))
    for field, kind in VALUES.items():
        share = _share(kind, texts)
        if texts and share >= 0.8 and not _says_otherwise(field, head) and _shows(field, texts):
            offers.append((field, 0.55 + 0.3 * share, "values"))
    if not offers and texts and _company_share(texts) >= 0.5:
        offers.append(("name", 0.6 + 0.3 * _company_share(texts), "values"))
    return offers


def _likeness(head: str, name: str) -> float:
    if head == name:
        return 1.0
    if len(name) >= 2 and name in head:
        return 0.6 + 0.3 * len(name) / len(head)
    return 0.0


def _with_values(field: str, by_name: float, texts: Sequence[str]) -> float:
    """A header that its values contradict is worth little."""
    kind = VALUES.get("phone" if field in ("mobile", "fax") else field)
    if kind is None or not texts:
        return 0.95 * by_name
    return by_name * (0.3 + 0.7 * _share(kind, texts))


def _share(kind: str, texts: Sequence[str]) -> float:
    good = sum(KINDS[kind](text).refused is None for text in texts)
    return good / len(texts) if texts else 0.0


def _shows(field: str, texts: Sequence[str]) -> bool:
    """Seven digits alone are an amount as well; 100-0005 is a postal code."""
    return field != "postal_code" or 2 * sum(bool(_HYPHENED.search(text)) for text in texts) >= len(texts)


def _says_otherwise(field: str, head: str) -> bool:
    """A long number is a corporate number, a phone or a code: a header that names one thing is believed."""
    own = {_folded(name) for name in HEADERS[field]}
    others = {_folded(name) for other, names in HEADERS.items() if other != field for name in names}
    return head in others - own or any(len(name) >= 2 and name in head for name in others - own)


def _company_share(texts: Sequence[str]) -> float:
    marked = re.compile(r"株式会社|有限会社|合同会社|㈱|㈲|\(株\)|（株）|\(有\)|法人|組合")
    return sum(bool(marked.search(text)) for text in texts) / len(texts)


def _folded(text: str) -> str:
    """Signs fold to nothing, and would stand above every column without a header."""
    return fold(text.replace("〒", "郵便")).casefold() or text.strip()
