"""The product (商品): what is sold, by the maker's numbers and our own."""

from tasuki.model.base import Field, model

PRODUCT = model(
    "product",
    "商品",
    Field("code", "商品コード", sensitivity="plain"),
    Field("name", "商品名", sensitivity="plain"),
    Field("name_kana", "フリガナ", "katakana", "plain"),
    Field("maker", "メーカー", sensitivity="plain"),
    Field("model_number", "型番", sensitivity="plain"),
    Field("jan", "JANコード", sensitivity="plain"),
    Field("category", "分類", sensitivity="plain"),
    Field("unit", "単位", sensitivity="plain"),
    Field("price", "標準価格", "amount", "plain"),
    Field("active", "有効", "choice", "plain", choices=("yes", "no")),
    Field("note", "備考", sensitivity="plain"),
    own_code="code",
)
