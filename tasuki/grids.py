"""Reads every cell of a workbook; runs in a process of its own (tasuki.confined), so it imports little."""

import datetime as dt
import json
import resource
import sys
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

PAGE = 1_000
"""Rows of a line of JSON."""


def main() -> None:
    """Asked for `workbook`, `out`, `memory` in bytes and `seconds` of CPU; answers with a code, or "".

    Writes the rows to `out`: lines of sheet, counted from 0, and its next rows.
    """
    request = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (request["memory"], request["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (request["seconds"], request["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(_copied(request["workbook"], request["out"]), sys.stdout)


def _copied(workbook: str, out: str) -> str:
    try:
        _copy(workbook, out)
    except PasswordError:
        return "TSK-1010"
    except CalamineError:
        return "TSK-1008"
    except MemoryError:
        return "TSK-1020"
    return ""


def _copy(workbook: str, out: str) -> None:
    with CalamineWorkbook.from_path(workbook) as book, open(out, "w", encoding="utf-8") as lines:  # noqa: PTH123
        for number, name in enumerate(book.sheet_names):
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for start in range(0, max(len(rows), 1), PAGE):
                page = [[_plain(cell) for cell in row] for row in rows[start : start + PAGE]]
                lines.write(json.dumps([number, page], ensure_ascii=False) + "\n")


def _plain(cell: Any) -> Any:
    return str(cell) if isinstance(cell, dt.date | dt.time | dt.timedelta) else cell
