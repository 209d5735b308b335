"""dedupe: which rows of a ledger, or of two, are the same customer."""

from collections import Counter
from pathlib import Path

from tasuki.cli.screen import Screen
from tasuki.errors import UserError

OTHERS = (".parquet", ".xls", ".xlsb", ".xlsm", ".ods", ".json")
"""What such a name promises is not written; any other name than .xlsx gets CSV."""


def dedupe(
    screen: Screen, files: list[Path], clusters: Path | None, pairs: Path | None, fields: Path | None
) -> int:
    """Exit code 3 when there are pairs that a person should look at."""
    _outputs(files, clusters, pairs)
    try:
        # pyarrow comes with tasuki[match], and numpy takes .15 s: whoever only syncs does without.
        from tasuki import dedupe, listing
    except ModuleNotFoundError as error:
        raise UserError("TSK-6003", package=error.name) from None
    with screen.progress() as watch:
        found = dedupe.dedupe(files, fields, lambda step, count: watch(step, "", count))
    if clusters:
        whole = clusters.suffix.lower() == ".xlsx"
        sheets = (
            dedupe.work_sheets(found, screen.lang) if whole else [dedupe.clusters_sheet(found, screen.lang)]
        )
        listing.write(clusters, sheets)
    if pairs:
        listing.write(pairs, [dedupe.pairs_sheet(found, screen.lang)])
    understood = {ledger.name: ledger.kinds for ledger in found.ledgers}
    zones = Counter(pair.zone for pair in found.matching.pairs())
    groups = found.matching.groups.tolist()
    line = (len(groups), len(set(groups)), zones["same"], zones["review"])
    if screen.as_json:
        totals = dict(zip(("rows", "customers", "same", "review"), line, strict=True))
        screen.emit({"files": understood} | totals)
    for name, kinds in understood.items():
        screen.say(f"{name}: " + ", ".join(f"{column} = {kind}" for column, kind in kinds.items()))
    screen.table(("rows", "customers", "same_pairs", "review_pairs"), [line])
    return 3 if zones["review"] else 0


def _outputs(files: list[Path], *results: Path | None) -> None:
    """Each result has a file of its own. Raises UserError TSK-6006, TSK-6007 before any work is done."""
    taken = {file.resolve() for file in files}
    for result in filter(None, results):
        if result.resolve() in taken:
            raise UserError("TSK-6006", result.name)
        if result.suffix.lower() in OTHERS:
            raise UserError("TSK-6007", result.name)
        taken.add(result.resolve())
