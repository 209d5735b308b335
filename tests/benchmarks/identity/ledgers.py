"""How well `tasuki dedupe` does on workbooks it never saw, told nothing of their columns, under the headers
of five kinds of firms: `python -m tests.benchmarks.identity.ledgers`. Ends with 1 when a bar is missed.
"""

import csv
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import openpyxl

from tests.benchmarks.identity.lines import Line, report
from tests.benchmarks.identity.masters import Row, draw

SEED, ROWS = 31, 10_000
"""The first of five seeds that nothing was tuned on."""
HEADERS = (
    ("得意先名", "フリガナ", "〒", "住所１", "住所２", "TEL"),
    ("名称", "カナ", "郵便番号", "住所1", "住所2", "電話番号"),
    ("会社名・氏名", "会社名（カナ）", "郵便番号", "所在地", "ビル名", "代表電話"),
    ("Customer Name", "Name Kana", "Zip Code", "Address 1", "Address 2", "Phone"),
    ("お客様名", "ヨミガナ", "〒番号", "ご住所", "建物名", "お電話"),
)


def main() -> int:
    lines: list[Line] = []
    for number, header in enumerate(HEADERS):
        with tempfile.TemporaryDirectory() as folder:
            lines += _measured(Path(folder), header, draw(SEED + number, ROWS))
    return report(lines)


def _measured(folder: Path, header: Sequence[str], rows: Sequence[Row]) -> Iterator[Line]:
    """`found` are pairs in one cluster, `asked` what is left to a person."""
    _write(folder / "ledger.xlsx", header, rows)
    command = (sys.executable, "-m", "tasuki.cli", "dedupe", "ledger.xlsx", "--lang", "ja")
    done = subprocess.run([*command, "--clusters", "c.csv", "--pairs", "p.csv"], cwd=folder, check=False)
    if done.returncode not in (0, 3):
        raise SystemExit(f"{header[0]}: dedupe ended with {done.returncode}")
    cluster = {int(line["row"]) - 1: line["cluster_id"] for line in _read(folder / "c.csv")}
    true = _pairs(Counter(row.entity for row in rows))
    found = _pairs(Counter(cluster.values()))
    right = _pairs(Counter((cluster[number], row.entity) for number, row in enumerate(rows)))
    asked = [line for line in _read(folder / "p.csv") if line["verdict"] == "要確認"]
    ends = [(int(line["left_row"]) - 1, int(line["right_row"]) - 1) for line in asked]
    rest = sum(rows[a].entity == rows[b].entity and cluster[a] != cluster[b] for a, b in ends)
    yield Line(f"{header[0]}: precision of pairs %", 100 * right / found, 99.5)
    yield Line(f"{header[0]}: recall of pairs %", 100 * right / true, 90)
    yield Line(f"{header[0]}: recall with 要確認 %", 100 * (right + rest) / true, None)
    yield Line(f"{header[0]}: 要確認 with a reason %", 100 * sum(map(_reasoned, asked)) / len(asked), 100)


def _reasoned(line: Mapping[str, str]) -> bool:
    return bool(line["reasons"].strip())


def _write(path: Path, header: Sequence[str], rows: Sequence[Row]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("一覧")
    sheet.append(list(header))
    for row in rows:
        sheet.append([row.name, row.kana, row.postal, row.address, row.building, row.phone])
    book.save(path)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _pairs(sizes: Counter[object]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


if __name__ == "__main__":
    sys.exit(main())
