"""The workspace of the demo: mappings and syncs as this repository's own, files as the firm has them."""

import json
import re
import shutil
from pathlib import Path
from random import Random
from typing import NamedTuple

from examples.demo import accounting, edits, kintone_app, ledger, maildir, truth
from examples.demo.customer import ISSUED, SYSTEMS, cells, first_load, shown
from examples.demo.edits import Day
from examples.demo.firm import Firm, build
from examples.demo.maildir import Letter
from examples.demo.truth import Rows, Truth

ROOT = Path(__file__).parent.parent.parent
LEDGER = Path("files/顧客台帳.xlsx")
ACCOUNTING = Path("files/得意先.csv")
MAILDIR = Path("files/Maildir")
KINTONE = Path("kintone.json")
NEWCOMER = "toiawase@newcomer.example.com"


class Story(NamedTuple):
    """What happens, and what is true after each of two days."""

    first: Truth
    second: Truth
    day: Day
    letters: list[Letter]
    """Of the second day."""


def make(home: Path, seed: int, scale: float = 1.0) -> Story:
    """Writes the firm's files, the workspace's configuration and truth.json into `home`."""
    random = Random(seed)
    firm = build(random, scale)
    _configure(home)
    others = {system: _others(firm, system) for system in SYSTEMS}
    _write_files(home, random, firm, others)
    loaded = first_load(firm.customers)
    post = maildir.first_post(random, firm.customers, NEWCOMER)
    maildir.deliver(home / MAILDIR, post.letters)
    maildir.staff_list(home / "files" / "社員.csv")
    first = truth.tell(firm, loaded, post.letters, post.strangers, others)
    day = edits.second_day(random, firm, NEWCOMER)
    later = maildir.later_post(random, firm.customers)
    known = [_known(letter) for letter in post.letters]
    second = truth.tell(firm, day.expected, [*known, *later.letters], post.strangers - 1, others)
    story = Story(first, second, day, later.letters)
    told = {"seed": seed, "first": first.as_json(), "second": second.as_json()}
    (home / "truth.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return story


def _configure(home: Path) -> None:
    """As at the repository's root, but for the timetable: here the demo says when."""
    for folder in ("files", "mappings", "dags"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    for system in (*SYSTEMS, "mailbox", "activities"):
        shutil.copy(ROOT / "mappings" / f"{system}.yaml", home / "mappings")
    for sync in ("customers", "mail_activities"):
        text = (ROOT / "dags" / f"{sync}.yaml").read_text(encoding="utf-8")
        (home / "dags" / f"{sync}.yaml").write_text(re.sub("(?m)^schedule:.*\n", "", text), encoding="utf-8")


def _write_files(home: Path, random: Random, firm: Firm, others: dict[str, Rows]) -> None:
    rows = {system: shown(firm.customers, system) + others[system] for system in SYSTEMS}
    for system in SYSTEMS:
        random.shuffle(rows[system])
    ledger.write(home / LEDGER, rows["ledger"])
    accounting.write(home / ACCOUNTING, rows["accounting"])
    kintone_app.write(home / KINTONE, rows["kintone"])


def _others(firm: Firm, system: str) -> Rows:
    """Rows that are held back or wait for a person."""
    alone = [cells(system, row) for row in firm.alone] if system == "kintone" else []
    return alone + [cells(system, bad.row) | bad.notes for bad in firm.bad if bad.system == system]


def _known(letter: Letter) -> Letter:
    """The stranger who became a customer on the second day."""
    mail = letter.mail
    if mail.sender.address != NEWCOMER:
        return letter
    # Written to the shared address alone: nobody of the staff is named.
    return letter._replace(activity=maildir.activity(mail, ISSUED, NEWCOMER, ""))
