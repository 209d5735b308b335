"""The customer file (得意先台帳) that 弥生販売 imports and exports, column by column.

Yayoi publishes no column list in the open. This one follows the usual 得意先台帳 with the widths that its
screens allow, in bytes of cp932. Compare it with an export of your own version before the first sync: a
file of another width is stopped at its first row (TSK-1074). Yayoi cuts longer text without a word,
which is why the limits are here.
"""

from tasuki.connector import Column

ENCODING = "cp932"

WIDTHS = {
    "得意先コード": 13,
    "名称": 48,
    "フリガナ": 24,
    "略称": 24,
    "郵便番号": 8,
    "住所1": 64,
    "住所2": 64,
    "部署名": 40,
    "役職名": 20,
    "ご担当者": 32,
    "敬称": 6,
    "TEL": 20,
    "FAX": 20,
    "メールアドレス": 64,
    "ホームページ": 128,
    "法人番号": 13,
    "登録番号": 14,
    "担当者コード": 13,
    "取引区分": 2,
    "単価種類": 2,
    "掛率": 6,
    "請求先コード": 13,
    "締グループ": 4,
    "請求締日": 2,
    "回収方法": 2,
    "回収サイクル": 4,
    "回収日": 2,
    "手数料負担区分": 2,
    "与信限度額": 12,
    "税転嫁": 2,
    "消費税端数": 2,
    "金額端数": 2,
    "請求書": 4,
    "分類1": 13,
    "分類2": 13,
    "分類3": 13,
    "参照表示": 2,
    "メモ": 128,
}

CUSTOMERS = tuple(Column(name, max_bytes=width, encoding=ENCODING) for name, width in WIDTHS.items())
