"""The activity (活動): a mail, a call or a visit that concerned a customer; its text is kept verbatim."""

from tasuki.model.base import Field, model

ACTIVITY = model(
    "activity",
    "活動",
    Field("message_id", "メッセージID", sensitivity="plain"),
    Field(
        "kind",
        "種類",
        "choice",
        "plain",
        choices=("mail", "call", "visit", "form", "seminar", "claim", "partner_message", "note"),
    ),
    Field("direction", "方向", "choice", "plain", choices=("in", "out")),
    Field("customer", "取引先", "reference", "plain", refers_to="customer"),
    Field("staff", "社員", "text", "plain"),
    Field("counterpart", "相手のアドレス", "email"),
    Field("counterpart_name", "相手の名前"),
    Field("planned_at", "予定日時", "datetime", "plain"),
    Field("done_at", "日時", "datetime", "plain"),
    Field("subject", "件名"),
    Field("text", "本文"),
    Field("thread", "スレッド", sensitivity="plain"),
    Field("audience", "公開範囲", "choice", "plain", choices=("internal", "customer", "partner")),
    own_code="message_id",
)
