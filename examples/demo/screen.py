"""What the demo shows: a line for each scene, tables of what moved, and how it compares with the truth."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel
from rich.table import Table

from examples.demo.check import Difference

NAMES = {
    "ledger": "顧客台帳.xlsx",
    "accounting": "得意先.csv",
    "kintone": "kintone 顧客管理",
    "mailbox": "共有メール",
    "activities": "kintone 活動履歴",
}
COUNTS = {
    "read": "読取",
    "unchanged": "同一",
    "changed": "変更",
    "quarantined": "保留",
    "created": "追加",
    "updated": "更新",
    "deleted": "削除",
    "failed": "失敗",
}

console = Console()


def scene(title: str) -> None:
    console.rule(f"[bold]{title}")


def line(text: str) -> None:
    console.print(f"  {text}")


def question(text: str) -> None:
    console.print(Panel(Markdown(text), title="承認の依頼", border_style="yellow"))


def totals(outcome: Mapping[str, Any]) -> None:
    """Control totals by system: read = unchanged + changed + held back."""
    table = Table(title=f"同期 {outcome['sync']} {outcome['status']}", title_justify="left")
    table.add_column("システム")
    for name in COUNTS.values():
        table.add_column(name, justify="right")
    for system, counts in outcome["systems"].items():
        table.add_row(NAMES.get(system, system), *(f"{counts.get(name, 0):,}" for name in COUNTS))
    console.print(table)
    line(
        f"競合 {outcome['conflicts']}  名寄せ確認 {outcome['reviews']}  "
        f"保留 {outcome['quarantined']}  待ち {outcome['waiting']}"
    )


def verdict(what: str, problems: Iterable[str]) -> bool:
    """True when there are none."""
    found = list(problems)
    console.print(f"  [red]✗ {what}" if found else f"  [green]✓ {what}")
    for problem in found[:20]:
        console.print(f"      {problem}", style="red", markup=False)
    if len(found) > 20:
        console.print(f"      … ほか{len(found) - 20}件", style="red")
    return not found


def described(difference: Difference) -> str:
    cells = " ".join(f"{column}={text!r}" for column, text in difference.row)
    return f"{NAMES.get(difference.system, difference.system)} {difference.what}: {cells}"
