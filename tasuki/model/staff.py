"""The member of staff (社員): the same person behind a mail address, a name and a code in each system."""

from tasuki.model.base import Field, model

STAFF = model(
    "staff",
    "社員",
    Field("code", "社員コード", sensitivity="plain"),
    Field("name", "氏名", "person_name"),
    Field("name_kana", "フリガナ", "katakana"),
    Field("department", "部署", sensitivity="plain"),
    Field("email", "メールアドレス", "email"),
    Field("phone", "電話番号", "phone"),
    own_code="code",
)
