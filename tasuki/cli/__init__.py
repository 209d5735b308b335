"""The command line: what one can say. What happens then lies in the modules beside.

They are imported when a command runs, not when it is named: `tasuki --help` and shell completion must answer
within .4 s of CPU, and the engine (SQLAlchemy, pydantic) alone costs more.
"""

import inspect
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

Arg, Opt = typer.Argument, typer.Option

WRONG_USE: Any = typer.BadParameter.__base__
"""Click's UsageError: typer brings a copy of its own, and doesn't name it."""

COMMON: dict[str, tuple[Any, Any]] = {
    "home": (Annotated[Path | None, Opt("--home", help="ワークスペース / workspace (TASUKI_HOME)")], None),
    "as_json": (Annotated[bool, Opt("--json", help="プログラム用に出力 / for programs")], False),
    "lang": (Annotated[Literal["ja", "en"] | None, Opt("--lang", help="表示の言葉 / language")], None),
    "quiet": (Annotated[bool, Opt("--quiet", help="結果だけ / results only")], False),
}
"""What every command takes; the arguments of `Screen`, in its order."""

Reason = Annotated[str, Opt("--reason", help="台帳に残る理由 / kept in the ledger")]
Name = Annotated[str, Arg(metavar="SYNC", help="dags/ の同期名 / a sync of dags/")]
One = Annotated[str, Arg(metavar="REVIEW|ROW", help="確認の番号、顧客、システム:キー / or SYSTEM:KEY")]
Other = Annotated[str | None, Arg(metavar="[ROW]", help="もう一方 / the other customer or SYSTEM:KEY")]


class _Listing(TyperGroup):
    """A group of commands that lists when nothing else is asked: `tasuki conflicts --json`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in {*self.commands, "-h", "--help"}:
            args = ["list", *args]
        return super().parse_args(ctx, args)


class _Commands(TyperGroup):
    """Says a wrong use as every error is said: with its code, in the reader's language, or as JSON."""

    def main(self, *args: Any, **extra: Any) -> Any:
        words = next(iter(args), extra.pop("args", None))
        given = sys.argv[1:] if words is None else list(words)
        try:
            code = super().main(given, **extra | {"standalone_mode": False})
        except WRONG_USE as error:
            code = import_module("tasuki.cli.misuse").told(error, given)
        sys.exit(code)


app = typer.Typer(
    name="tasuki",
    cls=_Commands,
    help="襷: 一つの顧客を、すべての業務システムへ / one customer in every business system",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
conflicts = typer.Typer(cls=_Listing, help="競合を見て決める / see and decide conflicts")
review = typer.Typer(cls=_Listing, help="名寄せ確認 / rows that may be one customer")
quarantine = typer.Typer(cls=_Listing, help="保留された行 / rows held back")
app.add_typer(conflicts, name="conflicts")
app.add_typer(review, name="review")
app.add_typer(quarantine, name="quarantine")


def main() -> None:
    # A console that can't show a character (cp932, C locale) gets a mark instead of a crash.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()


def command(group: typer.Typer, work: str, name: str | None = None, **fixed: Any) -> Callable[[Any], Any]:
    """Makes a command of a function that only declares its options and its help.

    `work` is the function that does it, as module.function beside this file; `fixed` are further options
    that the user doesn't choose.
    """

    def register(declared: Callable[..., None]) -> Callable[..., None]:
        def run(**options: Any) -> None:
            common = [options.pop(word) for word in COMMON]
            module, function = work.split(".")
            screen = import_module("tasuki.cli.screen").Screen(*common)
            do = getattr(import_module(f"tasuki.cli.{module}"), function)
            raise typer.Exit(screen.run(do, **options, **fixed))

        own = inspect.signature(declared)
        shared = [
            inspect.Parameter(word, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
            for word, (kind, default) in COMMON.items()
        ]
        parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own.parameters.values()]
        run.__signature__ = own.replace(parameters=[*parameters, *shared])  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in (*parameters, *shared)}
        run.__doc__ = declared.__doc__
        group.command(name or declared.__name__)(run)
        return declared

    return register


@command(app, "workspace.init")
def init() -> None:
    """ワークスペースを作る / make a workspace with an example."""


@command(app, "workspace.doctor")
def doctor() -> None:
    """環境の不調と直し方 / what is wrong here and how to mend it."""


@command(app, "workspace.check")
def check(
    system: Annotated[str | None, Arg(help="一つのシステムだけ / one system only")] = None,
) -> None:
    """設定と接続を確かめる / check configuration and connections; writes nothing."""


@command(app, "discovery.discover")
def discover(
    source: Annotated[str, Arg(metavar="SYSTEM|FILE", help="システム名かファイル")],
    suggest: Annotated[bool, Opt("--suggest-mapping", help="マッピングの案 / propose a mapping")] = False,
) -> None:
    """列を調べ、マッピングの案を出す / show columns, propose a mapping."""


@command(app, "syncs.plan")
def plan(
    sync: Name,
    out: Annotated[Path | None, Opt("--out", help="計画をファイルへ / save the plan")] = None,
    corrections: Annotated[
        Literal["all", "fill", "respell", "fix"] | None,
        Opt("--corrections", help="入力漏れ・表記揺れ・誤記の訂正案 / propose corrections instead"),
    ] = None,
) -> None:
    """何が起きるかを示す(書き込まない) / show what would happen; writes nothing."""


@command(app, "syncs.approve")
def approve(
    plan: Annotated[str, Arg(metavar="PLAN", help="計画の番号 / its digest, 4 or more digits")],
    reason: Reason,
) -> None:
    """計画を承認する / approve a plan that waits."""


@command(app, "syncs.apply")
def apply(plan: Annotated[str, Arg(metavar="PLAN|FILE", help="計画の番号かファイル")]) -> None:
    """その計画だけを実行する / carry out exactly that plan."""


@command(app, "syncs.sync")
def sync(
    syncs: Annotated[list[str] | None, Arg(metavar="SYNC...", help="dags/ の同期名 / syncs of dags/")] = None,
    every: Annotated[bool, Opt("--all", help="すべての同期 / every sync of dags/")] = False,
    dry_run: Annotated[bool, Opt("--dry-run", help="計画だけ / plan only")] = False,
) -> None:
    """読み取り、計画し、書き込む。参照先の同期が先 / read, plan, apply; what is pointed at first."""


@command(app, "syncs.acknowledge")
def acknowledge(sync: Name, reason: Reason) -> None:
    """安全のための停止を解く / let a sync that stopped for safety go on."""


@command(app, "looking.runs")
def runs(limit: Annotated[int, Opt("--limit", min=1, max=1_000_000, help="件数 / how many")] = 20) -> None:
    """実行の一覧 / the latest runs."""


@command(app, "looking.show")
def show(run: Annotated[str, Arg(help="実行の番号 / a run")]) -> None:
    """一つの実行の詳細 / one run in detail."""


@command(conflicts, "looking.conflicts", "list")
def conflicts_list() -> None:
    """人が決める項目 / fields that a person must decide."""


@command(conflicts, "looking.resolve", "resolve")
def conflicts_resolve(
    conflict: Annotated[str, Arg(help="競合の番号 / a conflict")],
    take: Annotated[str, Opt("--take", help="採用するシステム、または base / whose value")],
    reason: Reason,
) -> None:
    """採用する値を決める / decide; the next run carries it out."""


@command(review, "review.listed", "list")
def review_list() -> None:
    """同じ顧客かもしれない行と、控えの行 / rows that may be one customer, and duplicates."""


@command(review, "review.explain", "explain")
def review_explain(
    review_: Annotated[str, Arg(metavar="REVIEW", help="確認の番号 / a review")],
) -> None:
    """なぜ同じかもしれないのか / why they may be one customer."""


@command(review, "review.merge", "merge")
def review_merge(one: One, reason: Reason, other: Other = None) -> None:
    """同じ顧客とする。二つの顧客なら統合する / they are one customer; two customers are merged."""


@command(review, "review.separate", "separate")
def review_separate(one: One, reason: Reason, other: Other = None) -> None:
    """別の顧客とする / they are two customers."""


@command(review, "review.unmerge", "unmerge")
def review_unmerge(
    merged: Annotated[str, Arg(metavar="MERGE|CUSTOMER|SYSTEM:KEY", help="統合の番号か顧客 / a merge")],
    reason: Reason,
) -> None:
    """統合を取り消す / undo a merge; what it writes back waits for approval."""


@command(review, "review.export", "export")
def review_export(file: Annotated[Path, Arg(metavar="FILE.xlsx", help="回答欄のある一覧 / a list")]) -> None:
    """確認の一覧をExcelに書き出す / write the open reviews to answer them in Excel."""


@command(review, "review.import_", "import")
def review_import(file: Annotated[Path, Arg(metavar="FILE.xlsx")], reason: Reason) -> None:
    """回答を取り込む / take the answers in."""


@command(quarantine, "looking.quarantine", "list")
def quarantine_list() -> None:
    """保留の理由と直し方 / why rows are held back, and how to mend them."""


@command(app, "looking.log")
def log(
    customer: Annotated[str, Opt("--customer", help="顧客の番号か名称 / code, id or name")] = "",
    system: Annotated[str, Opt("--system", help="システム / a system")] = "",
    field: Annotated[str, Opt("--field", help="項目 / a field")] = "",
    run: Annotated[str, Opt("--run", help="実行の番号 / a run")] = "",
    start: Annotated[str, Opt("--from", help="この日から / 2026-04-01")] = "",
    end: Annotated[str, Opt("--to", help="この日まで / 2026-04-30")] = "",
) -> None:
    """同期ログ / the ledger, entry by entry."""


@command(app, "lookup.lookup")
def lookup(
    phone: Annotated[str, Opt("--phone", help="電話番号(どの書き方でも) / a telephone number")] = "",
    name: Annotated[str, Opt("--name", help="名称かフリガナの先頭 / how a name begins")] = "",
    product: Annotated[str, Opt("--product", help="製造番号か商品コード / a serial or product number")] = "",
) -> None:
    """顧客を引く / whose number, name or product this is; exit code 3 when nobody's."""


@command(app, "looking.verify")
def verify() -> None:
    """台帳が書き換えられていないことを確かめる / prove that the ledger is whole."""


@command(app, "values.normalize")
def normalize(
    kind: Annotated[str, Arg(help="company_name, phone, postal_code, email, date, amount …")],
) -> None:
    """標準入力の値を一行ずつ整える / clean values from standard input, a line each."""


@command(app, "dedupe.dedupe")
def dedupe(
    files: Annotated[list[Path], Arg(metavar="FILE [FILE2]", help="CSV, Excel, Parquet")],
    clusters: Annotated[
        Path | None, Opt("--clusters", help="行ごとの名寄せID / an id a row (.csv, .xlsx)")
    ] = None,
    pairs: Annotated[
        Path | None, Opt("--pairs", help="同一と要確認の組 / pairs with reasons (.csv, .xlsx)")
    ] = None,
    fields: Annotated[Path | None, Opt("--fields", help="列: 種類 のYAML / column: kind")] = None,
) -> None:
    """台帳の名寄せ(書き換えない) / which rows are the same customer; changes nothing."""


@command(app, "values.compare")
def compare(
    kind: Annotated[str, Arg(help="company_name, address, phone …")],
    one: Annotated[str, Arg(metavar="A", help="一方の値 / one value")],
    other: Annotated[str, Arg(metavar="B", help="他方の値 / the other")],
) -> None:
    """二つの値が同じものかを、理由とともに示す / are two values the same thing, and why."""


@command(app, "airflow.up")
def up(
    port: Annotated[int, Opt("--port", min=1, max=65535)] = 8080,
    detach: Annotated[bool, Opt("--detach", "-d", help="裏で動かす / leave it running")] = False,
) -> None:
    """Airflowを起動し、Ctrl-Cまで動かす / run Airflow for this workspace until Ctrl-C."""


@command(app, "airflow.down")
def down() -> None:
    """Airflowを止める / stop it, and whatever it left."""
