"""The customer (取引先): a firm, a sole trader, a person or an office that we sell to or buy from.

Names follow the Digital Agency's GIF v2.2 (legal entity, address, contact point) in the short forms that
Odoo and Salesforce users know.
"""

from tasuki.model.base import Field, model

STAGES = ("non_customer", "prospect", "buyer", "satisfied", "loyal", "lost")
CONSENT = ("in", "out")

CUSTOMER = model(
    "customer",
    "取引先",
    Field("code", "顧客コード", sensitivity="plain"),
    Field(
        "kind",
        "種別",
        "choice",
        "plain",
        choices=("company", "sole_trader", "person", "government", "association"),
    ),
    Field("name", "名称", "company_name"),
    Field("name_as_registered", "登記上の名称", "company_name"),
    Field("short_name", "略称"),
    Field("name_kana", "フリガナ", "katakana"),
    Field("aliases", "別名"),
    Field("department", "部署"),
    Field("contact_name", "担当者名", "person_name"),
    Field("corporate_number", "法人番号", "corporate_number", "plain"),
    Field("invoice_number", "登録番号", "invoice_number", "plain"),
    Field("postal_code", "郵便番号", "postal_code", group="address"),
    Field("address", "住所", "address", group="address"),
    Field("phone", "電話番号", "phone"),
    Field("mobile", "携帯電話", "phone"),
    Field("fax", "FAX番号", "phone"),
    Field("email", "メールアドレス", "email"),
    Field("url", "ホームページ"),
    Field("closing_day", "締日", "integer", "plain", group="terms"),
    Field("payment_months", "支払サイト(月)", "integer", "plain", group="terms"),
    Field("payment_day", "支払日", "integer", "plain", group="terms"),
    Field("payment_method", "回収方法", "text", "plain", group="terms"),
    Field("credit_limit", "与信限度額", "amount", "sensitive"),
    Field("owner_staff", "営業担当", "text", "plain"),
    Field("stage", "段階", "choice", "plain", choices=STAGES),
    Field("consent_mail", "メール送付の同意", "choice", "plain", choices=CONSENT, group="consent"),
    Field("consent_phone", "電話の同意", "choice", "plain", choices=CONSENT, group="consent"),
    Field("consent_post", "郵送の同意", "choice", "plain", choices=CONSENT, group="consent"),
    Field("consent_on", "同意の日付", "date", "plain", group="consent"),
    Field("consent_evidence", "同意の根拠", group="consent"),
    Field("acquired_from", "獲得経路", "text", "plain", group="acquired"),
    Field("acquired_on", "獲得日", "date", "plain", group="acquired"),
    Field("active", "有効", "choice", "plain", choices=("yes", "no")),
    Field("note", "備考"),
    own_code="code",
)
