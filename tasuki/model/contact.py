"""The contact (担当者): a person at a customer."""

from tasuki.model.base import Field, model

CONTACT = model(
    "contact",
    "担当者",
    Field("code", "担当者コード", sensitivity="plain"),
    Field("customer", "取引先", "reference", "plain", refers_to="customer"),
    Field("name", "氏名", "person_name"),
    Field("name_kana", "フリガナ", "katakana"),
    Field("department", "部署"),
    Field("title", "役職"),
    Field("phone", "電話番号", "phone"),
    Field("mobile", "携帯電話", "phone"),
    Field("email", "メールアドレス", "email"),
    Field("note", "備考"),
    own_code="code",
)
