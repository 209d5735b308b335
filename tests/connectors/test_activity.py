"""What a mail tells about customer work: who wrote to whom, and the reports of visits and calls."""

import pytest

from connectors._mail.activity import Activity, Counterpart, House, told
from connectors._mail.message import Mail, Party

HOUSE = House(
    frozenset({"example.co.jp"}), {"sato@example.co.jp": "佐藤花子", "suzuki@private.jp": "鈴木一郎"}
)


def report(
    subject: str, text: str = "", to: str = "eigyo@example.co.jp", sender: str = "sato@example.co.jp"
) -> Activity:
    parties = tuple(Party("", address) for address in to.split(","))
    return told(Mail("1", "", Party("", sender), parties, (), subject, text, "1", ()), HOUSE)


class TestDirection:
    def test_a_customers_mail_comes_in_to_the_person_written_to(self) -> None:
        found = report("見積", to="eigyo@example.co.jp,sato@example.co.jp", sender="yamada@customer.jp")
        assert found == Activity(
            "mail", "in", Counterpart("yamada@customer.jp"), "sato@example.co.jp", "佐藤花子"
        )

    def test_our_mail_goes_out_to_the_first_outsider(self) -> None:
        found = report("見積", to="eigyo@example.co.jp,yamada@customer.jp")
        assert (found.direction, found.counterpart.address) == ("out", "yamada@customer.jp")
        assert found.staff_name == "佐藤花子"

    def test_staff_who_write_from_elsewhere_are_ours(self) -> None:
        assert report("見積", to="yamada@customer.jp", sender="suzuki@private.jp").direction == "out"

    def test_subdomains_are_ours_and_lookalikes_are_not(self) -> None:
        assert report("x", sender="a@tokyo.example.co.jp").direction == "internal"
        assert report("x", sender="a@badexample.co.jp").direction == "in"

    def test_mail_among_ourselves_is_internal(self) -> None:
        assert report("会議室").direction == "internal"

    def test_a_form_of_our_own_site_comes_from_the_customer_it_answers_to(self) -> None:
        ours, customer = Party("", "form@example.co.jp"), Party("山田", "yamada@customer.jp")
        form = Mail("1", "", ours, (Party("", "eigyo@example.co.jp"),), (customer,), "問合せ", "", "1", ())
        assert told(form, HOUSE).direction == "in"
        assert told(form, HOUSE).counterpart == Counterpart("yamada@customer.jp", "山田")


class TestReports:
    @pytest.mark.parametrize(
        "mark",
        [
            "[訪問]",
            "［訪問］",
            "【訪問】",
            "【訪問報告】",
            "【訪問報告書】",
            "[訪問日報]",
            "[ 訪問 ]",
            "（訪問）",
        ],
    )
    def test_visits_are_told_by_their_mark(self, mark: str) -> None:
        assert report(f"{mark} 株式会社山田商店 見積の件")[:3] == (
            "visit",
            "out",
            Counterpart(name="株式会社山田商店"),
        )

    @pytest.mark.parametrize(
        ("mark", "direction"), [("[電話]", "out"), ("【TEL】", "out"), ("［来電］", "in")]
    )
    def test_calls_are_told_by_their_mark(self, mark: str, direction: str) -> None:
        assert report(f"{mark}納期の件")[:2] == ("call", direction)

    @pytest.mark.parametrize(
        "prefix", ["Re:", "Re[2]:", "Re^2:", "[eigyo 123] Re:", "自動応答:", "開封済み:", "配信不能:"]
    )
    def test_a_reply_about_a_report_is_internal(self, prefix: str) -> None:
        assert report(f"{prefix} [訪問] 山田商店様").direction == "internal"

    def test_a_machines_answer_to_a_report_is_internal(self) -> None:
        sato, team = Party("", "sato@example.co.jp"), (Party("", "eigyo@example.co.jp"),)
        answer = Mail("1", "", sato, team, (), "[訪問] 山田商店", "", "1", (), answered_itself=True)
        assert told(answer, HOUSE).direction == "internal"

    def test_the_number_of_a_mailing_list_hides_no_report(self) -> None:
        assert report("[eigyo 123] [訪問] 山田商店様").kind == "visit"

    def test_a_customers_subject_makes_no_report(self) -> None:
        assert report("[訪問] のお願い", sender="yamada@customer.jp").kind == "mail"

    @pytest.mark.parametrize(
        ("text", "name", "code"),
        [
            ("顧客: 株式会社山田商店", "株式会社山田商店", ""),
            ("相手先：㈱山田商店　御中", "㈱山田商店", ""),
            ("■先方: 山田商店 佐藤様", "山田商店", ""),
            ("【訪問先】山田商店(C001)", "山田商店", "C001"),
            ("・得意先名：山田商店\n・得意先コード：Ｃ００１", "山田商店", "C001"),
            ("お客様コード: 12-345", "", "12-345"),
            ("１．ご訪問先：山田商店", "山田商店", ""),
            ("(2) 【顧客】山田商店", "山田商店", ""),
            ("> 顧客: 鈴木商店\n☆ 顧客: 山田商店", "山田商店", ""),
            ("日時: 11/20\n会社名 ： 山田商店\n内容: 見積", "山田商店", ""),
            ("顧客満足の話をした", "", ""),
        ],
    )
    def test_the_customer_is_found_in_the_text(self, text: str, name: str, code: str) -> None:
        found = report("[訪問]", f"お疲れ様です。\n{text}\n以上").counterpart
        assert (found.name, found.code) == (name, code)

    @pytest.mark.parametrize(
        "subject", ["[訪問]㈱山田商店(C001) 見積", "[訪問] ㈱山田商店 様", "[電話] ㈱山田商店　［C001］"]
    )
    def test_the_customer_is_found_in_the_subject(self, subject: str) -> None:
        assert report(subject).counterpart == Counterpart(
            name="㈱山田商店", code="C001" * ("C001" in subject)
        )

    def test_a_number_further_on_in_the_subject_is_no_code(self) -> None:
        assert report("[訪問] ㈱山田商店 見積(2026)").counterpart == Counterpart(name="㈱山田商店")

    def test_a_customers_address_in_the_text_is_the_counterpart(self) -> None:
        text = "報告者 sato@example.co.jp\n先方: 山田様 <Yamada@Customer.jp>"
        assert report("[電話]", text).counterpart == Counterpart("yamada@customer.jp", "山田")

    def test_our_own_addresses_in_the_text_are_nobodys_counterpart(self) -> None:
        text = "報告: sato@example.co.jp\nyamada@customer.jp に電話しました"
        assert report("[電話]", text).counterpart.address == "yamada@customer.jp"

    def test_a_report_copied_to_the_customer_is_about_that_customer(self) -> None:
        found = report("[訪問] 御礼", "顧客: 山田商店", to="eigyo@example.co.jp,yamada@customer.jp")
        assert found.counterpart == Counterpart("yamada@customer.jp", "山田商店")
