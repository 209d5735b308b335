"""The report of a run, as a mail: did it work, what moved, what waits. Counts only, no customer's data."""

from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from tasuki.definition import ReportEntry

STATUS = {
    "done": ("完了", "done"),
    "retry": ("再実行が必要", "retry later"),
    "failed": ("設定の誤り", "configuration is wrong"),
    "attention": ("確認事項あり", "something to look at"),
    "waiting": ("承認待ち", "waits for approval"),
    "stopped": ("安全のため停止", "stopped for safety"),
}
COUNTS = {
    "read": "読取",
    "changed": "変更",
    "quarantined": "保留",
    "created": "追加",
    "updated": "更新",
    "deleted": "削除",
    "failed": "失敗",
}
WAITS = {
    "conflicts": ("競合", "tasuki conflicts list"),
    "reviews": ("名寄せ確認", "tasuki review list"),
    "quarantined": ("保留", "tasuki quarantine list"),
    "waiting": ("待ち", "tasuki plan"),
    "unconfirmed": ("取込待ち", ""),
}


def compose(outcome: Mapping[str, Any], entry: ReportEntry) -> EmailMessage:
    """Subject first: whoever reads it at 08:50 has one question."""
    ja, en = STATUS[outcome["status"]]
    message = EmailMessage()
    message["From"] = entry.sender
    message["To"] = ", ".join(entry.to)
    message["Subject"] = f"[襷] {outcome['sync']}: {ja} ({en})"
    message.set_content("\n".join(_lines(outcome, ja)) + "\n")
    return message


def _lines(outcome: Mapping[str, Any], status: str) -> list[str]:
    lines = [f"同期 {outcome['sync']}  実行 {outcome['run_id']}", f"結果: {status}", ""]
    for system, counts in outcome["systems"].items():
        told = "  ".join(f"{word} {counts[key]}" for key, word in COUNTS.items())
        lines.append(f"{system}: {told}")
    waiting = [(word, outcome[key], how) for key, (word, how) in WAITS.items() if outcome[key]]
    lines += ["", *(f"{word} {count}  {how}".rstrip() for word, count, how in waiting)]
    if outcome["approval"]:
        plan = outcome["approval"]["plan"][:8]
        lines.append(f"承認: tasuki approve {plan} --reason 理由")
    return lines
