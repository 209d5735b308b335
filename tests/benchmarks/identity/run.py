"""Measures 名寄せ on public sets and on made-up Japanese masters: `python -m tests.benchmarks.identity.run`.

The public sets (febrl3.csv, febrl4a.csv, febrl4b.csv, historical_50k.parquet of splink_datasets) lie in the
folder named as first argument or by TASUKI_LINKAGE_DATA; without it they are skipped. All run through the
same defaults, as `tasuki dedupe` would without --fields. Thresholds were chosen on seeds 1 and 2.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson
from rich.console import Console
from rich.table import Table

from tasuki import listing
from tasuki.connector import Cell
from tasuki.identity.candidates import candidates
from tasuki.identity.columns import infer, texts
from tasuki.identity.matching import WORTH, match
from tasuki.identity.verdict import judge
from tests.benchmarks.identity.masters import draw
from tests.benchmarks.identity.measures import b_cubed, calibration_error, cluster_score, pair_score

SEEDS = (11, 12, 13)
"""Nothing was tuned on these."""

PEERS = {
    "febrl4": "Splink 5 .9991 / .9973 / .9986",
    "febrl3": "Splink 5 .9961 / .9975 / .9985",
    "historical_50k": "Splink 5 .743 / .828 / .856",
}
"""pair F1 / cluster F1 / B³, measured once beside us on the same sets."""


class Master(NamedTuple):
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    truth: Sequence[str]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", default=os.environ.get("TASUKI_LINKAGE_DATA", ""))
    parser.add_argument("--rows", type=int, default=20_000, help="of each Japanese master")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    masters = _masters(Path(given.folder), given.rows)
    if given.one:
        sys.stdout.buffer.write(orjson.dumps(_measure(masters[given.one]())))
        return
    _table(
        given.folder,
        {name: _apart(name, given.folder, given.rows) for name in masters if _there(name, given.folder)},
    )


def _there(name: str, folder: str) -> bool:
    if name.startswith("japanese") or Path(folder, f"{name}.csv").exists():
        return True
    if Path(folder, f"{name}.parquet").exists() or Path(folder, f"{name}a.csv").exists():
        return True
    print(f"skipped {name}: not in the folder given or TASUKI_LINKAGE_DATA", file=sys.stderr)
    return False


def _apart(name: str, folder: str, rows: int) -> dict[str, Any]:
    """In a process of its own: peak memory is the process's."""
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.identity.run",
        folder,
        "--rows",
        str(rows),
        "--one",
        name,
    ]
    found: dict[str, Any] = orjson.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def _masters(folder: Path, rows: int) -> dict[str, Callable[[], Master]]:
    return {
        "febrl4": lambda: _febrl(folder / "febrl4a.csv", folder / "febrl4b.csv"),
        "febrl3": lambda: _febrl(folder / "febrl3.csv"),
        "historical_50k": lambda: _historical(folder / "historical_50k.parquet"),
        **{f"japanese {seed}": lambda seed=seed: _japanese(seed, rows) for seed in SEEDS},
    }


def _febrl(*paths: Path) -> Master:
    grids = [listing.read(path)[0] for path in paths]
    rows = [[cell.strip() for cell in row] for grid in grids for row in grid[1:]]
    return Master([column.strip() for column in grids[0][0]], rows, [row[0].split("-")[1] for row in rows])


def _historical(path: Path) -> Master:
    header, *rows = listing.read(path)[0]
    return Master(header, rows, [row[header.index("cluster")] for row in rows])


def _japanese(seed: int, count: int) -> Master:
    drawn = draw(seed, count)
    rows = [(row.name, row.kana, row.postal, row.address, row.building, row.phone) for row in drawn]
    header = ("得意先名", "フリガナ", "郵便番号", "住所１", "住所２", "TEL")
    return Master(header, rows, [str(row.entity) for row in drawn])


def _measure(master: Master) -> dict[str, float]:
    uses = infer(master.columns, [list(row) for row in master.rows[:200]])
    cells = texts(uses, master.rows)
    # The reader and the maker of the data are not what is measured.
    start = time.process_time()
    found = match([use.field for use in uses], cells)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    truth, groups, pairs = master.truth, found.groups.tolist(), found.pairs()
    met = candidates(found.table, least=WORTH * float(np.log2(found.table.rows)))
    likely = judge(found.model, found.table, met.one, met.other).same.tolist()
    met_pairs = list(zip(met.one.tolist(), met.other.tolist(), strict=True))
    right = [truth[one] == truth[other] for one, other in met_pairs]
    sure = pair_score([(p.one, p.other) for p in pairs if p.zone == "same"], truth)
    return {
        "rows": len(truth),
        "pair_f1": pair_score(
            (pair for pair, p in zip(met_pairs, likely, strict=True) if p >= 0.5), truth
        ).f1,
        "cluster_f1": cluster_score(groups, truth).f1,
        "b3": b_cubed(groups, truth).f1,
        "sure_precision": sure.precision,
        "sure_share": sure.recall,
        "blocking": pair_score(met_pairs, truth).recall,
        "pairs_a_row": len(met_pairs) / len(truth),
        "ece": calibration_error(zip(likely, right, strict=True)),
        "seconds": seconds,
        "peak_mb": peak,
    }


_COLUMNS = (
    ("rows", "{:,.0f}"),
    ("pair_f1", "{:.4f}"),
    ("cluster_f1", "{:.4f}"),
    ("b3", "{:.4f}"),
    ("sure_precision", "{:.4f}"),
    ("sure_share", "{:.3f}"),
    ("blocking", "{:.4f}"),
    ("pairs_a_row", "{:.1f}"),
    ("ece", "{:.4f}"),
    ("seconds", "{:.1f}"),
    ("peak_mb", "{:.0f}"),
)


def _table(folder: str, found: dict[str, dict[str, float]]) -> None:
    shown = Table("set", *(name for name, _ in _COLUMNS), "peer: pair / cluster / B³", show_edge=False)
    for name, told in found.items():
        shown.add_row(name, *(style.format(told[key]) for key, style in _COLUMNS), PEERS.get(name, ""))
    Console(width=200).print(shown)
    print(orjson.dumps(found).decode())


if __name__ == "__main__":
    main()
