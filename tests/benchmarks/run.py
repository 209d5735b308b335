"""Measures Tasuki beside a lean reader and a pandas script; exits 1 when a budget is missed.

Run as `python -m tests.benchmarks.run`, which `make bench` does; --first-load measures the largest first load
alone. CPU is user and system time of a whole process and its children, imports included. Compare ratios
within one run: seconds differ from machine to machine, and from minute to minute on a busy one.
"""

import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson
from rich.console import Console
from rich.table import Table

from tests.benchmarks import firm, loaded, pair
from tests.benchmarks.firm import MOVED
from tests.benchmarks.measure import Cost, cost, least, together

TASUKI = (sys.executable, "-m", "tasuki.cli")
LEAN = (sys.executable, "-m", "tests.benchmarks.lean")
PEER = (sys.executable, "-m", "tests.benchmarks.peer")
APPENDS = (sys.executable, "-m", "tests.benchmarks.appends")
TIMES = 4
"""Runs of which the cheapest counts: a budget for what changes cost is a difference of two, and whatever else
the machine does only adds. The two take turns, so that a slow minute meets both."""
LEDGER = (
    "ledger: {per_cpu_second:,.0f} appends per CPU second; "
    "{ledger_bytes:,.0f} bytes an entry with its indexes, {value_bytes:,.0f} for its four personal values"
)
FIRST = 2_000
"""Customers of a first load of one list."""
FIRST_ROWS, FIRST_CLOCK = 100_000, 60
"""Seconds on two cores that a first load of two lists of so many rows may take: told, and no bar yet. The
usual run measures a tenth of it."""
FIRST_PEAK = {10_000: 450, 100_000: 1_500}
"""MB of the largest process, by rows of a list."""
LARGE = "--first-load"
"""Measures that one as it is, and nothing else: some minutes."""


class Budget(NamedTuple):
    """CPU seconds and MB of the largest process; None where no limit is set."""

    cpu: float | None = None
    peak: float | None = None


class Line(NamedTuple):
    """One measurement and what it may cost; `lean` and `peer` are what the others took for the same."""

    name: str
    rows: int
    cost: Cost
    budget: Budget = Budget()
    lean: float | None = None
    peer: float | None = None

    @property
    def missed(self) -> bool:
        too_slow = self.budget.cpu is not None and self.cost.cpu > self.budget.cpu
        return too_slow or (self.budget.peak is not None and self.cost.peak > self.budget.peak)


class Bench:
    """One firm of one size: its files, its workspace, and the lines measured there."""

    def __init__(self, folder: Path, kind: str, size: int) -> None:
        self.home = folder / f"{kind}_{size}"
        self.size = size
        self.kind = kind
        self.source = self.home / "files" / f"source.{'csv' if kind == 'csv' else 'xlsx'}"
        firm.workspace(self.home, kind)

    def write(self, stamp: str = "2026-04-01", floor: int = 0) -> None:
        writer = firm.write_csv if self.kind == "csv" else firm.write_xlsx
        writer(self.source, self.size, stamp, floor)

    def load(self, moved: int) -> None:
        """As after a first load: the target shows what the source gave."""
        self.write()
        firm.write_csv(self.home / "files" / "target.csv", self.size)
        loaded.load(self.home, moved)

    def sync(self, changed: int = 0) -> Cost:
        """A run that must end well and change exactly so many customers in the target."""
        spent = cost([*TASUKI, "sync", "bench", "--home", str(self.home), "--json"])
        told = orjson.loads(spent.output)
        written = sum(told["totals"]["apply"].values())
        if (spent.code, told["systems"]["source"]["read"], written) != (0, self.size, changed):
            raise SystemExit(f"{self.home.name}: not the run that was to be measured: {spent.output}")
        return spent

    def resync(self, changed: int = 0, stamp: str = "2026-04-01", floor: int = 0) -> Cost:
        """The source written anew, and the run that finds it so."""
        self.write(stamp, floor)
        return self.sync(changed)

    def in_turns(self, moving: bool) -> Iterator[tuple[Cost, Cost | None]]:
        """Runs that find no customer changed, and where they are `moving` one per cent."""
        for turn in range(TIMES):
            floor = turn if moving else 0
            still = self.resync(stamp=f"2026-04-{turn + 2:02}", floor=floor)
            # Further up each time: who comes back to where he was stops the run as an old copy would.
            yield still, self.resync(self.size // MOVED, floor=floor + 1) if moving else None

    def other(self, program: tuple[str, ...]) -> Cost:
        """Another program's second run over the same file."""
        store = str(self.home / "other.db")
        for _ in range(2):
            spent = cost([*program, str(self.source), store])
        Path(store).unlink()
        return spent


def no_op(folder: Path, kind: str, size: int, budget: Budget, change: float | None) -> Iterator[Line]:
    """Nothing to do, told three ways; then one per cent. `change` is what that may cost more."""
    bench = Bench(folder, kind, size)
    bench.load(0 if change is None else MOVED)
    lean, peer = bench.other(LEAN), bench.other(PEER) if size <= 100_000 else None
    shared = {"lean": lean.cpu, "peer": peer.cpu if peer else None}
    yield Line(f"{kind}: saved again, no byte changed", size, bench.sync())
    still, moving = zip(*bench.in_turns(change is not None), strict=True)
    hashed = Line(f"{kind}: every row looked at, none changed", size, least(still), budget, **shared)
    yield hashed
    yield Line(f"  lean {kind} reader", size, lean)
    if peer:
        yield Line(f"  pandas {kind} script", size, peer)
    if change is not None:
        most = Budget(hashed.cost.cpu + change, budget.peak)
        yield Line(f"{kind}: 1 % changed", size, least(filter(None, moving)), most)


def first_load(folder: Path, kind: str, size: int) -> Iterator[Line]:
    """One list into an empty one; then an idle plan."""
    bench = Bench(folder, kind, size)
    bench.write()
    loaded = _loaded(bench.home)
    if orjson.loads(loaded.output)["totals"]["apply"] != {"created": size}:
        raise SystemExit(f"the first load did not create {size}: {loaded.output}")
    yield Line(f"{kind}: first load, one list", size, loaded)
    idle = cost([*TASUKI, "plan", "bench", "--home", str(bench.home), "--json"])
    yield Line(f"{kind}: tasuki plan, nothing changed", size, idle, Budget(1.0))


def two_lists(folder: Path, size: int) -> Iterator[Line]:
    """Two lists of so many rows, of which half are the same customers: 名寄せ, the plan, the writes."""
    home = folder / f"pair_{size}"
    pair.workspace(home, size)
    loaded = _loaded(home)
    found = orjson.loads(loaded.output)["totals"]
    if found["read"]["read"] != 2 * size or sum(found["apply"].values()) < size // 2:
        raise SystemExit(f"not the first load that was to be measured: {loaded.output}")
    yield Line("csv: first load, two lists of so many", size, loaded, Budget(peak=FIRST_PEAK[size]))


def _loaded(home: Path) -> Cost:
    """Everything a first load does: matching, the plan, its approval, the writes."""
    at = ("--home", str(home), "--json")
    planned = cost([*TASUKI, "sync", "bench", *at])
    plan = orjson.loads(planned.output)["approval"]["plan"]
    approved = cost([*TASUKI, "approve", plan, "--reason", "benchmark", *at])
    return together((planned, approved, cost([*TASUKI, "apply", plan, *at])))


def measure(folder: Path) -> Iterator[Line]:
    if LARGE in sys.argv:
        yield from two_lists(folder, FIRST_ROWS)
        return
    yield from two_lists(folder, FIRST_ROWS // 10)
    yield Line("tasuki --help", 0, cost([*TASUKI, "--help"]), Budget(0.4))
    yield from first_load(folder, "excel", 1_000)
    yield from first_load(folder, "csv", FIRST)
    yield from no_op(folder, "csv", 10_000, Budget(), None)
    yield from no_op(folder, "csv", 100_000, Budget(2.0, 300), 1.5)
    yield from no_op(folder, "excel", 100_000, Budget(6.0, 300), 1.5)
    yield from no_op(folder, "csv", 1_000_000, Budget(), None)


def growth(lines: list[Line]) -> float:
    """The exponent of cost over rows, by least squares on logarithms: 1 is linear."""
    points = [(math.log(one.rows), math.log(one.cost.cpu)) for one in lines]
    x, y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def main() -> int:
    console = Console(width=130)
    with tempfile.TemporaryDirectory(prefix="tasuki-bench-") as folder:
        lines = []
        for line in measure(Path(folder)):
            lines.append(line)
            console.print(f"{line.cost.cpu:7.2f} s  {line.name} ({line.rows:,})", highlight=False)
        ledger = orjson.loads(cost([*APPENDS, str(Path(folder, "ledger"))]).output)
    looked = [one for one in lines if one.name.startswith("csv: every row")]
    exponent = growth(looked) if looked else math.nan
    console.print(_table(lines))
    if looked:
        console.print(f"growth of csv, every row looked at: rows^{exponent:.2f}")
    console.print(_first_load(next(one for one in lines if "two lists" in one.name)))
    console.print(LEDGER.format(**ledger))
    print(_json(lines, exponent, ledger))
    return int(any(line.missed for line in lines))


def _first_load(line: Line) -> str:
    """Against the clock; a tenth of it reckoned up, as it grows no faster than its rows."""
    times = FIRST_ROWS // line.rows
    clock, cpu = line.cost.clock * times, line.cost.cpu * times
    how = "measured" if times == 1 else f"{times} times what {line.rows:,} took"
    return (
        f"first load of two lists of {FIRST_ROWS:,}: {clock:.0f} s by the clock, {cpu:.0f} s of CPU ({how}); "
        f"that is {clock / FIRST_CLOCK:.1f} times the {FIRST_CLOCK} s it may take"
    )


def _table(lines: list[Line]) -> Table:
    table = Table("", "rows", "CPU s", "budget", "x lean", "x pandas", "largest MB", "budget", "together MB")
    for column in table.columns[1:]:
        column.justify = "right"
    for line in lines:
        spent = line.cost
        table.add_row(
            line.name,
            f"{line.rows:,}",
            f"{spent.cpu:.2f}",
            _number(line.budget.cpu, 2),
            _number(line.lean and spent.cpu / line.lean, 2),
            _number(line.peer and spent.cpu / line.peer, 2),
            f"{spent.peak:.0f}",
            _number(line.budget.peak, 0),
            f"{spent.together:.0f}",
            style="bold red" if line.missed else "",
        )
    return table


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _json(lines: list[Line], exponent: float, ledger: dict[str, float]) -> str:
    told = [
        {
            "name": line.name.strip(),
            "rows": line.rows,
            "cpu": round(line.cost.cpu, 3),
            "clock": round(line.cost.clock, 3),
            "peak_mb": round(line.cost.peak),
            "together_mb": round(line.cost.together),
            "budget_cpu": line.budget.cpu,
            "budget_mb": line.budget.peak,
            "lean_cpu": line.lean,
            "pandas_cpu": line.peer,
            "missed": line.missed,
        }
        for line in lines
    ]
    return orjson.dumps({"lines": told, "growth": round(exponent, 3), "ledger": ledger}).decode()


if __name__ == "__main__":
    sys.exit(main())
