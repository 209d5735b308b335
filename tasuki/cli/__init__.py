"""The command line: what one can say. What happens then lies in the modules beside.

They are imported when a command runs, not when it is named: `tasuki --help` and shell completion must answer
within .4 s of CPU, and the engine (SQLAlchemy, pydantic) alone costs more.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

Home = Annotated[Path | None, typer.Option("--home", help="ワークスペース / workspace (TASUKI_HOME)")]
Json = Annotated[bool, typer.Option("--json", help="プログラム用に出力 / for programs")]
Lang = Annotated[Literal["ja", "en"] | None, typer.Option("--lang", help="表示の言葉 / language")]
Quiet = Annotated[bool, typer.Option("--quiet", help="結果だけ / results only")]
Reason = Annotated[str, typer.Option("--reason", help="台帳に残る理由 / kept in the ledger")]
Name = Annotated[str, typer.Argument(help="dags/ の同期名 / a sync of dags/")]


class _Listing(TyperGroup):
    """A group of commands that lists when nothing else is asked: `tasuki conflicts --json`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in {*self.commands, "-h", "--help"}:
            args = ["list", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="tasuki",
    help="襷: 一つの顧客を、すべての業務システムへ / one customer in every business system",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
conflicts_app = typer.Typer(cls=_Listing, help="競合を見て決める / see and decide conflicts")
review_app = typer.Typer(cls=_Listing, help="名寄せ確認 / rows that may be one customer")
quarantine_app = typer.Typer(cls=_Listing, help="保留された行 / rows held back")
app.add_typer(conflicts_app, name="conflicts")
app.add_typer(review_app, name="review")
app.add_typer(quarantine_app, name="quarantine")


def main() -> None:
    # A console that can't show a character (cp932, C locale) gets a mark instead of a crash.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()


def _do(
    module: str, command: str, screen: tuple[Path | None, bool, str | None, bool], **options: Any
) -> None:
    shown = import_module("tasuki.cli.screen").Screen(*screen)
    work = getattr(import_module(f"tasuki.cli.{module}"), command)
    raise typer.Exit(shown.run(work, **options))


@app.command()
def init(home: Home = None, as_json: Json = False, lang: Lang = None, quiet: Quiet = False) -> None:
    """ワークスペースを作る / make a workspace with an example."""
    _do("workspace", "init", (home, as_json, lang, quiet))


@app.command()
def doctor(home: Home = None, as_json: Json = False, lang: Lang = None, quiet: Quiet = False) -> None:
    """環境の不調と直し方 / what is wrong here and how to mend it."""
    _do("workspace", "doctor", (home, as_json, lang, quiet))


@app.command()
def check(
    system: Annotated[str | None, typer.Argument(help="一つのシステムだけ / one system only")] = None,
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """設定と接続を確かめる / check configuration and connections; writes nothing."""
    _do("workspace", "check", (home, as_json, lang, quiet), system=system)


@app.command()
def discover(
    source: Annotated[str, typer.Argument(metavar="SYSTEM|FILE", help="システム名かファイル")],
    suggest_mapping: Annotated[
        bool, typer.Option("--suggest-mapping", help="マッピングの案 / propose a mapping")
    ] = False,
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """列を調べ、マッピングの案を出す / show columns, propose a mapping."""
    _do("discovery", "discover", (home, as_json, lang, quiet), source=source, suggest=suggest_mapping)


@app.command()
def plan(
    sync: Name,
    out: Annotated[Path | None, typer.Option("--out", help="計画をファイルへ / save the plan")] = None,
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """何が起きるかを示す(書き込まない) / show what would happen; writes nothing."""
    _do("syncs", "plan", (home, as_json, lang, quiet), sync=sync, out=out)


@app.command()
def approve(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="計画の番号 / its digest, 4 or more digits")],
    reason: Reason,
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """計画を承認する / approve a plan that waits."""
    _do("syncs", "approve", (home, as_json, lang, quiet), plan=plan, reason=reason)


@app.command()
def apply(
    plan: Annotated[str, typer.Argument(metavar="PLAN|FILE", help="計画の番号かファイル")],
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """その計画だけを実行する / carry out exactly that plan."""
    _do("syncs", "apply", (home, as_json, lang, quiet), plan=plan)


@app.command()
def sync(
    name: Name,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="計画だけ / plan only")] = False,
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """読み取り、計画し、書き込む / read, plan, apply."""
    if dry_run:
        _do("syncs", "plan", (home, as_json, lang, quiet), sync=name, out=None)
    _do("syncs", "sync", (home, as_json, lang, quiet), name=name)


@app.command()
def acknowledge(
    name: Name,
    reason: Reason,
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """安全のための停止を解く / let a sync that stopped for safety go on."""
    _do("syncs", "acknowledge", (home, as_json, lang, quiet), name=name, reason=reason)


@app.command()
def runs(
    limit: Annotated[int, typer.Option("--limit", min=1, help="件数 / how many")] = 20,
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """実行の一覧 / the latest runs."""
    _do("looking", "runs", (home, as_json, lang, quiet), limit=limit)


@app.command()
def show(
    run: Annotated[str, typer.Argument(help="実行の番号 / a run")],
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """一つの実行の詳細 / one run in detail."""
    _do("looking", "show", (home, as_json, lang, quiet), run=run)


@conflicts_app.command("list")
def conflicts_list(home: Home = None, as_json: Json = False, lang: Lang = None, quiet: Quiet = False) -> None:
    """人が決める項目 / fields that a person must decide."""
    _do("looking", "conflicts", (home, as_json, lang, quiet))


@conflicts_app.command("resolve")
def conflicts_resolve(
    conflict: Annotated[str, typer.Argument(help="競合の番号 / a conflict")],
    take: Annotated[str, typer.Option("--take", help="採用するシステム、または base / whose value")],
    reason: Reason,
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """採用する値を決める / decide; the next run carries it out."""
    _do("looking", "resolve", (home, as_json, lang, quiet), conflict=conflict, take=take, reason=reason)


@review_app.command("list")
def review_list(home: Home = None, as_json: Json = False, lang: Lang = None, quiet: Quiet = False) -> None:
    """同じ顧客かもしれない行 / rows that may be one customer."""
    _do("looking", "reviews", (home, as_json, lang, quiet))


@review_app.command("merge")
def review_merge(
    review: Annotated[str, typer.Argument(help="確認の番号 / a review")],
    reason: Reason,
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """同じ顧客とする / they are one customer."""
    _do("looking", "answer", (home, as_json, lang, quiet), review=review, same=True, reason=reason)


@review_app.command("separate")
def review_separate(
    review: Annotated[str, typer.Argument(help="確認の番号 / a review")],
    reason: Reason,
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """別の顧客とする / they are two customers."""
    _do("looking", "answer", (home, as_json, lang, quiet), review=review, same=False, reason=reason)


@quarantine_app.command("list")
def quarantine_list(
    home: Home = None, as_json: Json = False, lang: Lang = None, quiet: Quiet = False
) -> None:
    """保留の理由と直し方 / why rows are held back, and how to mend them."""
    _do("looking", "quarantine", (home, as_json, lang, quiet))


@app.command()
def log(
    customer: Annotated[str, typer.Option("--customer", help="顧客の番号か名称 / code, id or name")] = "",
    system: Annotated[str, typer.Option("--system")] = "",
    field: Annotated[str, typer.Option("--field")] = "",
    run: Annotated[str, typer.Option("--run")] = "",
    start: Annotated[str, typer.Option("--from", help="2026-04-01")] = "",
    end: Annotated[str, typer.Option("--to", help="2026-04-30")] = "",
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """同期ログ / the ledger, entry by entry."""
    wanted = {"customer": customer, "system": system, "field": field, "run": run, "start": start, "end": end}
    _do("looking", "log", (home, as_json, lang, quiet), wanted=wanted)


@app.command()
def verify(home: Home = None, as_json: Json = False, lang: Lang = None, quiet: Quiet = False) -> None:
    """台帳が書き換えられていないことを確かめる / prove that the ledger is whole."""
    _do("looking", "verify", (home, as_json, lang, quiet))


@app.command()
def normalize(
    kind: Annotated[str, typer.Argument(help="company_name, phone, postal_code, email, date, amount …")],
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """標準入力の値を一行ずつ整える / clean values from standard input, a line each."""
    _do("values", "normalize", (home, as_json, lang, quiet), kind=kind)


@app.command()
def up(
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8080,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="裏で動かす / leave it running")] = False,
    home: Home = None,
    as_json: Json = False,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """Airflowを起動し、Ctrl-Cまで動かす / run Airflow for this workspace until Ctrl-C."""
    _do("airflow", "up", (home, as_json, lang, quiet), port=port, detach=detach)


@app.command()
def down(home: Home = None, as_json: Json = False, lang: Lang = None, quiet: Quiet = False) -> None:
    """Airflowを止める / stop it, and whatever it left."""
    _do("airflow", "down", (home, as_json, lang, quiet))
