"""The installed item (納入機器): one piece of a product, by its serial number, at a customer."""

from tasuki.model.base import Field, model

ITEM = model(
    "item",
    "納入機器",
    Field("serial", "製造番号", sensitivity="plain"),
    Field("product", "商品", "reference", "plain", refers_to="product"),
    Field("customer", "取引先", "reference", "plain", refers_to="customer"),
    Field("place", "設置場所"),
    Field("sold_on", "販売日", "date", "plain"),
    Field("installed_on", "設置日", "date", "plain"),
    Field("warranty_until", "保証期限", "date", "plain"),
    Field("contract", "保守契約", sensitivity="plain"),
    Field("contract_until", "保守期限", "date", "plain"),
    Field("state", "状態", "choice", "plain", choices=("in_use", "spare", "repair", "retired")),
    Field("staff", "担当", sensitivity="plain"),
    Field("note", "備考"),
    own_code="serial",
)
