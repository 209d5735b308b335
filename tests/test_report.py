"""The report of a run tells the steward what moved and what waits, without any customer's data."""

from tasuki import report
from tasuki.definition import ReportEntry

ENTRY = ReportEntry(connection="smtp_main", sender="tasuki@example.co.jp", to=["soumu@example.co.jp"])
OUTCOME = {
    "run_id": "20261122T000000-aaaa",
    "sync": "customers",
    "status": "waiting",
    "systems": {
        "ledger": {
            "read": 600,
            "changed": 12,
            "quarantined": 3,
            "created": 0,
            "updated": 7,
            "deleted": 0,
            "failed": 0,
        }
    },
    "conflicts": 2,
    "reviews": 0,
    "quarantined": 3,
    "waiting": 0,
    "unconfirmed": 0,
    "approval": {"plan": "0123456789abcdef", "reasons": []},
}


def test_the_report_says_first_whether_the_night_run_worked() -> None:
    mail = report.compose(OUTCOME, ENTRY)

    assert mail["Subject"] == "[襷] customers: 承認待ち (waits for approval)"
    assert mail["To"] == "soumu@example.co.jp"


def test_the_report_lists_what_moved_and_only_what_waits() -> None:
    text = report.compose(OUTCOME, ENTRY).get_content()

    assert "ledger: 読取 600  変更 12  保留 3  追加 0  更新 7" in text
    assert "競合 2  tasuki conflicts list" in text
    assert "tasuki approve 01234567" in text
    assert "名寄せ確認" not in text
