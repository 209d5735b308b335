"""review: the questions whether two rows are one customer, their reasons, and a person's word on them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasuki import review
from tasuki.cli.screen import Screen
from tasuki.cli.syncs import MARKS, change_as_json
from tasuki.errors import UserError
from tasuki.messages.matching import FIELDS, LEVELS, REASONS
from tasuki.review import Word

if TYPE_CHECKING:
    from types import ModuleType

BAR = 20
"""Characters of the longest bar."""


def listed(screen: Screen) -> int:
    """Open questions, then the rows that stand twice; exit code 3 while a question is open."""
    asked, twins = review.questions(screen.workspace), review.twins(screen.workspace)
    if screen.as_json:
        screen.emit([*asked, *twins])
        return 3 if asked else 0
    lines = [
        (one["review"], _row(one["one"]), _row(one["other"]), _probability(one), _why(screen, one))
        for one in asked
    ]
    screen.table(("review", "one", "other", "probability", "reasons"), lines)
    if lines:
        screen.say("  → tasuki review explain … | merge … | separate … --reason …")
    if twins:
        screen.table(("duplicate", "primary"), [(_row(one), one["primary"]) for one in twins])
    return 3 if asked else 0


def explain(screen: Screen, review_: str) -> int:
    asked = review.question(screen.workspace, review_)
    if screen.as_json:
        screen.emit(asked)
        return 0
    columns = list(dict.fromkeys([*asked["one"]["cells"], *asked["other"]["cells"]]))
    cells = [(c, *(str(asked[s]["cells"].get(c) or "") for s in ("one", "other"))) for c in columns]
    screen.table(("column", "one", "other"), [("", _row(asked["one"]), _row(asked["other"])), *cells])
    screen.say(_why(screen, asked), "bold")
    if asked["evidence"]:
        _waterfall(screen, asked["evidence"])
    return 0


def merge(screen: Screen, one: str, other: str | None, reason: str) -> int:
    return _tell(screen, review.same(screen.workspace, _said(one, other), screen.actor, reason))


def separate(screen: Screen, one: str, other: str | None, reason: str) -> int:
    return _tell(screen, review.different(screen.workspace, _said(one, other), screen.actor, reason))


def unmerge(screen: Screen, merged: str, reason: str) -> int:
    return _tell(screen, review.part(screen.workspace, merged, screen.actor, reason))


def export(screen: Screen, file: Path) -> int:
    asked = review.questions(screen.workspace)
    _worklist().write(file, asked, screen.lang)
    file.chmod(0o600)
    screen.emit({"file": str(file), "reviews": len(asked)}) if screen.as_json else screen.say(
        f"{screen.word('saved')}: {file} ({len(asked)})"
    )
    return 0


def import_(screen: Screen, file: Path, reason: str) -> int:
    """Exit code 3 when an answer could not be used."""
    taken = _worklist().take(screen.workspace, file, screen.actor, reason)
    if screen.as_json:
        screen.emit(
            {
                "answers": [_as_json(word) for word in taken.words],
                "blank": taken.blank,
                "problems": [error.as_json() for error in taken.problems],
            }
        )
        return 3 if taken.problems else 0
    for error in taken.problems:
        screen.error(error)
    screen.say(f"{file.name}: {len(taken.words)} {screen.word('entries')}")
    return 3 if taken.problems else 0


def _worklist() -> "ModuleType":
    try:
        # pyarrow comes with tasuki[match], and numpy takes .15 s: whoever only syncs does without.
        from tasuki import worklist
    except ModuleNotFoundError as error:
        raise UserError("TSK-6003", package=error.name) from None
    return worklist


def _said(one: str, other: str | None) -> list[str]:
    return [one, other] if other else [one]


def _tell(screen: Screen, word: Word) -> int:
    if screen.as_json:
        screen.emit(_as_json(word))
        return 0
    number = f" {word.merge}" if word.merge else ""
    screen.say(f"{screen.word(word.word)}{number or ' ' + word.review}".rstrip(), "bold")
    for change in word.changes:
        screen.say(f"  {MARKS[change.action]} {change.system} {change.key or '—'}")
        for diff in change.diffs:
            screen.say(f"      {diff.field}  {diff.before or '—'} → {diff.after or '—'}")
    screen.say(f"  → tasuki sync {word.sync}")
    return 0


def _as_json(word: Word) -> dict[str, Any]:
    told = {key: value for key, value in word._asdict().items() if value and key != "changes"}
    return {**told, "changes": [change_as_json(change) for change in word.changes]}


def _row(row: dict[str, Any]) -> str:
    return f"{row['system']} {row['key']} {row['name']}".rstrip()


def _probability(asked: dict[str, Any]) -> str:
    return "" if asked["probability"] is None else f"{asked['probability']:.1%}"


def _why(screen: Screen, asked: dict[str, Any]) -> str:
    if asked["evidence"]:
        return str(_worklist().sentence(asked, screen.lang))
    at = 1 if screen.lang == "en" else 0
    return ("; " if at else "、").join(REASONS.get(one, (one, one))[at] for one in asked["reasons"])


def _waterfall(screen: Screen, evidence: dict[str, Any]) -> None:
    """Bits for (to the right) and against; the sum is the log2 odds that the two are one."""
    at = 1 if screen.lang == "en" else 0
    bars = [b for b in evidence["bars"] if b["bits"]]
    shares = [(screen.word("start"), "", evidence["start"])]
    shares += [
        (FIELDS.get(b["field"], (b["field"],) * 2)[at], LEVELS[b["level"]][at], b["bits"]) for b in bars
    ]
    shares.append((screen.word("rivals"), "", evidence["rivals"]))
    longest = max(abs(bits) for _, _, bits in shares) or 1
    lines = [(name, level, f"{bits:+.1f}", _bar(bits / longest)) for name, level, bits in shares]
    total = sum(bits for _, _, bits in shares)
    lines.append((screen.word("sum"), f"{evidence['probability']:.1%}", f"{total:+.1f}", ""))
    screen.table(("field", "level", "bits", "weight"), lines)


def _bar(share: float) -> str:
    length = round(abs(share) * BAR)
    against, for_ = ("█" * length, "") if share < 0 else ("", "█" * length)
    return f"{against:>{BAR}}│{for_}"
