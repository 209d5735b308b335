"""The command line from end to end, on a small firm whose files are written as docs/mapping.md says."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from tasuki.cli import app
from tasuki.store import open_store
from tasuki.sync import start

pytestmark = pytest.mark.integration

MAPPING = """\
mapping: 1
connector: csv
model: customer
settings: {{path: files/{name}.csv}}
key: コード
issued_by: ledger
fields:
  code:  コード
  name:  会社名
  phone: {{column: TEL, clean: [phone]}}
"""
SYNC = """\
sync: customers
model: customer
systems:
  ledger: {receives_new: all}
  crm:    {receives_new: all}
"""
PEOPLE = """\
mapping: 1
connector: csv
model: contact
settings: {{path: files/{name}.csv}}
key: 番号
issued_by: cards
fields: {{code: 番号, customer: {{column: 顧客, by: code}}, name: 氏名}}
"""
HEADER = "コード,会社名,TEL"
YAMADA = "C001,㈱山田商店,03-1234-5678"
TANAKA = "C002,田中工業,06-6543-2109"


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Firm:
    """A ledger and a CRM, both CSV, in a workspace that `furnish` has made."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def map(self, name: str, text: str) -> None:
        (self.home / "mappings" / f"{name}.yaml").write_text(text, "utf-8")

    def put(self, name: str, *rows: str, encoding: str = "utf-8") -> None:
        text = "".join(f"{line}\r\n" for line in (HEADER, *rows))
        (self.home / "files" / f"{name}.csv").write_text(text, encoding, newline="")

    def rows(self, name: str) -> list[str]:
        return (self.home / "files" / f"{name}.csv").read_text("utf-8").splitlines()[1:]

    def __call__(self, *words: str, stdin: str = "") -> Said:
        done = CliRunner().invoke(app, [*words, "--home", str(self.home)], input=stdin)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(done.exit_code, done.stdout, done.stderr)

    def settle(self) -> None:
        """The first load, approved and applied."""
        self("approve", self("plan", "customers", "--json").json["digest"], "--reason", "確認済")
        assert self("sync", "customers").code == 0


def furnish(home: Path) -> None:
    firm = Firm(home)
    for folder in ("mappings", "dags", "files"):
        (home / folder).mkdir()
    for name in ("ledger", "crm"):
        firm.map(name, MAPPING.format(name=name))
    (home / "dags" / "customers.yaml").write_text(SYNC, "utf-8")
    firm.put("ledger", YAMADA, TANAKA)
    firm.put("crm")
    open_store(home).close()


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A firm before its first load and one after; a copy costs a tenth of making one."""
    folder = tmp_path_factory.mktemp("firms")
    for name in ("new", "settled"):
        (folder / name).mkdir()
        furnish(folder / name)
    Firm(folder / "settled").settle()
    return folder


@pytest.fixture
def firm(examples: Path, home: Path) -> Firm:
    return Firm(shutil.copytree(examples / "new", home, dirs_exist_ok=True))


@pytest.fixture
def settled(examples: Path, home: Path) -> Firm:
    return Firm(shutil.copytree(examples / "settled", home, dirs_exist_ok=True))


COUNTS = ("read", "unchanged", "changed", "quarantined", "created", "updated", "deleted", "failed", "stale")
OUTCOME = {
    *("run_id", "sync", "status", "exit_code", "systems", "totals"),
    *("conflicts", "reviews", "quarantined", "waiting", "approval", "unconfirmed", "overdue"),
    *("down", "error"),
}


# Several syncs


def test_what_is_pointed_at_is_synced_first(settled: Firm) -> None:
    """By name the people would come first."""
    for name in ("cards", "desk"):
        settled.map(name, PEOPLE.format(name=name))
        (settled.home / "files" / f"{name}.csv").write_text("番号,顧客,氏名\r\n", "utf-8", newline="")
    people = "sync: cards\nmodel: contact\nsystems:\n  cards: {}\n  desk: {receives_new: all}\n"
    (settled.home / "dags" / "cards.yaml").write_text(people, "utf-8")
    settled("sync", "--all")
    settled.put("ledger", YAMADA, TANAKA, "C003,佐藤電機,03-2345-6789")
    cards = "番号,顧客,氏名\r\nP1,C003,佐藤花子\r\n"
    (settled.home / "files" / "cards.csv").write_text(cards, "utf-8", newline="")
    said = settled("sync", "cards", "customers", "--json")
    assert [(run["sync"], run["waiting"]) for run in said.lines] == [("customers", 0), ("cards", 0)]


def test_the_exit_code_of_several_syncs_is_that_of_the_worst(settled: Firm) -> None:
    settled.put("ledger")
    settled.map("cards", PEOPLE.format(name="cards"))
    (settled.home / "files" / "cards.csv").write_text("番号,顧客,氏名\r\n", "utf-8", newline="")
    (settled.home / "dags" / "cards.yaml").write_text("sync: cards\nmodel: contact\nsystems: {cards: {}}\n")
    assert settled("sync", "cards").code == 0
    assert settled("sync", "--all").code == 7


def test_a_sync_must_be_named_or_all_asked_for(settled: Firm) -> None:
    said = settled("sync")
    assert (said.code, "TSK-4045" in said.err) == (2, True)


# Exit codes


def test_a_first_load_waits_for_approval_and_writes_nothing(firm: Firm) -> None:
    said = firm("sync", "customers", "--json")
    assert said.code == said.json["exit_code"] == 4
    assert said.json["status"] == "waiting"
    assert said.json["approval"]["reasons"][0]["code"] == "first_load"
    assert firm.rows("crm") == []


@pytest.mark.invariant("I9")
def test_an_approved_plan_goes_on_by_sync(firm: Firm) -> None:
    firm.settle()
    assert firm.rows("crm") == [YAMADA, TANAKA]


def test_a_run_with_nothing_to_do_ends_with_0(settled: Firm) -> None:
    assert settled("sync", "customers").code == 0


def test_a_held_row_ends_with_3_and_says_where_and_why(settled: Firm) -> None:
    settled.put("ledger", YAMADA, TANAKA, ",佐藤商事,")
    assert settled("sync", "customers").code == 3
    (held,) = settled("quarantine", "list", "--json").json
    assert (held["system"], held["place"], held["code"]) == ("ledger", "ledger.csv:4", "TSK-1001")
    assert "コード" in held["text"] + held["hint"]


@pytest.mark.parametrize("listed", ["conflicts", "quarantine"])
def test_a_list_that_has_something_ends_with_3_for_people_and_programs(settled: Firm, listed: str) -> None:
    settled.put("ledger", YAMADA.replace("5678", "1111"), TANAKA, ",佐藤商事,")
    settled.put("crm", YAMADA.replace("5678", "2222"), TANAKA)
    settled("sync", "customers")
    assert settled(listed, "list").code == settled(listed, "list", "--json").code == 3


def test_an_unknown_sync_ends_with_2_and_the_nearest_name(firm: Firm) -> None:
    said = firm("sync", "costumers")
    assert said.code == 2
    assert "customers?" in said.err
    assert "TSK-4038" in said.err


@pytest.mark.invariant("I10")
def test_a_wrong_key_ends_with_2_with_its_line_and_the_nearest_name(firm: Firm) -> None:
    firm.map("crm", MAPPING.format(name="crm").replace("issued_by", "isued_by"))
    error = firm("plan", "customers", "--json").json["error"]
    assert (error["code"], error["place"]) == ("TSK-4005", "mappings/crm.yaml:6")
    assert "issued_by?" in error["ja"]
    assert firm("plan", "customers").code == 2


@pytest.mark.invariant("I10")
def test_a_mapping_whose_own_test_fails_stops_the_plan(firm: Firm) -> None:
    case = "tests:\n  - given: {会社名: 山田}\n    expect: {name: 田中}\n"
    firm.map("crm", MAPPING.format(name="crm") + case)
    said = firm("plan", "customers")
    assert said.code == 2
    assert "mappings/crm.yaml:12" in said.err
    assert "田中 ≠ 山田" in firm("check").out


def test_another_folder_is_no_workspace_and_stays_untouched(tmp_path: Path) -> None:
    for command in (["verify"], ["log"], ["runs"], ["check"], ["approve", "abcd", "--reason", "r"]):
        done = CliRunner().invoke(app, [*command, "--home", str(tmp_path)])
        assert done.exit_code == 2
        assert "TSK-4039" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_while_another_run_is_at_work_the_second_ends_with_1(settled: Firm) -> None:
    at_work = start(settled.home, "customers", "airflow")
    said = settled("sync", "customers", "--json")
    assert said.code == 1
    assert said.json["error"]["code"] == "TSK-5310"
    assert at_work in said.json["error"]["ja"]


@pytest.mark.invariant("I5")
def test_an_emptied_file_stops_the_run_and_writes_nothing(settled: Firm) -> None:
    settled.put("ledger")
    said = settled("sync", "customers", "--json")
    assert said.code == said.json["exit_code"] == 7
    assert said.json["error"]["code"] == "TSK-5101"
    assert said.json["totals"]["apply"] == {}
    assert settled.rows("crm") == [YAMADA, TANAKA]


def test_a_file_as_it_was_before_our_writes_is_an_old_copy(settled: Firm) -> None:
    """The CRM was read while it was empty; byte for byte the same, it has lost what was written since."""
    settled.put("crm")
    assert settled("sync", "customers", "--json").json["error"]["code"] == "TSK-5101"


def test_after_a_stop_nothing_goes_on_until_somebody_says_why(settled: Firm) -> None:
    settled.put("ledger")
    settled("sync", "customers")
    settled.put("ledger", YAMADA, TANAKA)
    assert settled("sync", "customers").code == 7
    assert settled("plan", "customers").code == 7
    assert settled("acknowledge", "customers", "--reason", "元のファイルに戻した").code == 0
    assert settled("sync", "customers").code == 0
    entries = settled("log", "--json").lines
    assert {"sync.acknowledge", "system.guard"} <= {entry["action"] for entry in entries}


def test_no_run_is_left_at_work_by_a_plan_that_was_stopped(settled: Firm) -> None:
    settled.put("ledger")
    settled("sync", "customers")
    settled("plan", "customers")
    assert {run["status"] for run in settled("runs", "--json").json} <= {"planned", "done", "stopped"}


# Plans


def test_a_plan_is_approved_by_the_beginning_of_its_digest(firm: Firm) -> None:
    digest = firm("plan", "customers", "--json").json["digest"]
    assert firm("approve", digest[:3], "--reason", "r").code == 2
    approved = firm("approve", digest[:4], "--reason", "確認済", "--json").json
    assert approved == {"plan": digest, "state": "approved"}
    assert firm("apply", digest[:8]).code == 0
    assert firm.rows("crm") == [YAMADA, TANAKA]


def test_a_plan_is_kept_in_a_file_for_its_owner_alone_and_applied_from_there(firm: Firm) -> None:
    file = firm.home / "plan.json"
    assert firm("plan", "customers", "--out", str(file)).code == 4
    assert file.stat().st_mode & 0o077 == 0
    assert firm("apply", str(file)).code == 4
    assert firm.rows("crm") == []
    firm("approve", json.loads(file.read_bytes())["digest"], "--reason", "確認済")
    assert firm("apply", str(file)).code == 0
    assert firm.rows("crm") == [YAMADA, TANAKA]


def test_a_file_that_is_no_plan_is_named(firm: Firm) -> None:
    (firm.home / "plan.json").write_text("{}")
    assert "TSK-5004" in firm("apply", str(firm.home / "plan.json")).err


def test_a_dry_run_is_a_plan(settled: Firm) -> None:
    settled.put("ledger", YAMADA.replace("5678", "1111"), TANAKA)
    plan = settled("sync", "customers", "--dry-run", "--json").json
    assert [(c["action"], c["external_id"]) for c in plan["changes"]] == [("update", "C001")]
    assert settled.rows("crm") == [YAMADA, TANAKA]


def test_a_plan_shows_what_is_written_asked_and_not_taken(settled: Firm) -> None:
    settled.put("crm", YAMADA.replace("5678", "2222"), TANAKA, encoding="cp932")
    settled.put("ledger", "C001,𠮷田商店,03-1234-1111", "C002,田中商会,06-6543-2109")
    said = settled("plan", "customers").out
    assert "~ crm C002" in said
    assert "! phone" in said
    assert "x crm  会社名の文字コードcp932で書けない文字があります: U+20BB7 [TSK-1014]" in said


def test_a_conflict_is_decided_and_the_next_run_carries_it_out(settled: Firm) -> None:
    settled.put("ledger", YAMADA.replace("5678", "1111"), TANAKA)
    settled.put("crm", YAMADA.replace("5678", "2222"), TANAKA)
    assert settled("sync", "customers").code == 3
    (found,) = settled("conflicts", "list", "--json").json
    wrong = settled("conflicts", "resolve", found["conflict"], "--take", "excel", "--reason", "r")
    assert wrong.code == 2
    assert "ledger" in wrong.err
    settled("conflicts", "resolve", found["conflict"], "--take", "crm", "--reason", "電話で確認")
    assert settled("sync", "customers").code == 0
    assert settled.rows("ledger")[0] == YAMADA.replace("5678", "2222")


# JSON, as docs/cli.md tells it


def test_sync_and_apply_tell_the_same_json(firm: Firm) -> None:
    waiting = firm("sync", "customers", "--json").json
    assert [tuple(counts) for counts in waiting["systems"].values()] == [COUNTS, COUNTS]
    assert set(waiting["totals"]) == {"recover", "read", "plan", "apply"}
    assert set(waiting) >= OUTCOME
    firm("approve", waiting["approval"]["plan"], "--reason", "確認済")
    assert set(firm("apply", waiting["approval"]["plan"], "--json").json) >= OUTCOME


def test_read_is_unchanged_and_changed_and_quarantined(settled: Firm) -> None:
    settled.put("ledger", YAMADA.replace("5678", "1111"), TANAKA, ",佐藤商事,")
    ledger = settled("sync", "customers", "--json").json["systems"]["ledger"]
    assert [ledger[count] for count in ("read", "unchanged", "changed", "quarantined")] == [3, 1, 1, 1]


def test_the_json_of_a_plan(firm: Firm) -> None:
    plan = firm("plan", "customers", "--json").json
    assert plan["state"] == "waiting"
    assert {"run_id", "sync", "digest", "approval", "conflicts", "reviews", "refusals"} < set(plan)
    assert {"waiting", "drifts", "links"} < set(plan)
    change = plan["changes"][0]
    assert set(change) == {"system", "action", "entity", "external_id", "diffs"}
    assert set(change["diffs"][0]) == {"field", "before", "after", "reason", "source"}


def test_the_log_tells_every_write_and_who_read_it(settled: Firm) -> None:
    settled("log")
    entries = settled("log", "--customer", "C001", "--system", "crm", "--json").lines
    created = next(entry for entry in entries if entry["action"] == "sync.create")
    assert {"seq", "at", "actor", "run", "model", "entity", "external_id", "prev", "hash"} < set(created)
    assert ("name", "㈱山田商店") in [(diff["field"], diff["after"]) for diff in created["diffs"]]
    assert "access.log" in [entry["action"] for entry in settled("log", "--json").lines]


def test_the_days_of_the_log_are_written_as_people_write_them(settled: Firm) -> None:
    for first in ("2020-01-01", "2020/1/1", "令和2年1月1日"):
        assert settled("log", "--from", first, "--to", "2999-12-31", "--json").lines
    assert settled("log", "--to", "令和2年1月1日", "--json").out == ""
    assert settled("log", "--from", "きのう").code == 2


def test_the_json_of_verify(settled: Firm) -> None:
    said = settled("verify", "--json")
    assert said.code == 0
    assert set(said.json) == {"ok", "entries", "root", "checkpoints", "first", "problems"}
    assert (said.json["ok"], said.json["problems"]) == (True, [])


def test_a_file_is_discovered_with_a_mapping_that_can_be_used(firm: Firm) -> None:
    found = firm("discover", "files/ledger.csv", "--suggest-mapping", "--json").json
    assert {"connector", "settings", "columns", "mapping"} == set(found)
    assert [column["field"] for column in found["columns"]] == ["code", "name", "phone"]
    firm.map("ledger", found["mapping"])
    assert firm("check").code == 0


def test_values_are_normalised_a_line_each(firm: Firm) -> None:
    good, bad = firm("normalize", "phone", stdin="０３(1234)5678\nでんわ\n").lines
    assert good == {"input": "０３(1234)5678", "value": "+81312345678", "refused": None, "notes": []}
    assert (bad["value"], bad["refused"]) == (None, "TSK-2021")
    assert "phone?" in firm("normalize", "fone").err


# For people


def test_english_is_a_switch_away(settled: Firm) -> None:
    assert "完了" in settled("sync", "customers").out
    english = settled("sync", "customers", "--lang", "en").out
    assert "done" in english
    assert not re.search("[぀-鿿]", english)
    assert settled("sync", "customers", "--lang", "fr").code == 2


def test_quiet_tells_by_the_exit_code_alone(settled: Firm) -> None:
    assert settled("sync", "customers", "--quiet") == (0, "", "")


def test_check_names_a_system_that_is_none(firm: Firm) -> None:
    assert firm("check", "crm").code == 0
    assert "TSK-4043" in firm("check", "crn").err


def test_a_system_in_two_syncs_is_found_by_check(firm: Firm) -> None:
    (firm.home / "dags" / "other.yaml").write_text("sync: other\nmodel: customer\nsystems: {crm: {}}\n")
    assert [one["error"]["code"] for one in firm("check", "--json").json if one["error"]] == ["TSK-4034"]


def test_init_makes_a_workspace_that_checks_once_its_file_is_there(home: Path) -> None:
    def tasuki(*words: str) -> int:
        return CliRunner().invoke(app, [*words, "--home", str(home)]).exit_code

    assert tasuki("init") == 0
    (home / "files" / "得意先.csv").write_text("得意先コード,得意先名,TEL\r\n", "cp932")
    assert tasuki("check") == 0
    kept = (home / "dags" / "customers.yaml").read_bytes()
    assert tasuki("init") == 0
    assert (home / "dags" / "customers.yaml").read_bytes() == kept


def test_nothing_is_coloured_in_a_pipe(firm: Firm) -> None:
    command = [sys.executable, "-m", "tasuki.cli", "plan", "customers", "--home", str(firm.home)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert b"\x1b" not in done.stdout + done.stderr
    assert "㈱山田商店".encode() in done.stdout


# Corrections


def test_corrections_are_proposed_approved_and_applied_and_no_sync_writes_them(firm: Firm) -> None:
    firm.put("ledger", YAMADA)
    firm.put("crm", "C001,株式会社山田商店,０３（１２３４）５６７８")
    firm.settle()
    before = firm.rows("crm")
    said = firm("plan", "customers", "--corrections", "all", "--json")
    assert (said.code, said.json["state"], said.json["left_out"]) == (4, "waiting", 0)
    assert said.json["changes"][0]["diffs"] == [
        {"field": "name", "before": "株式会社山田商店", "after": "㈱山田商店"}
        | {"reason": "respell", "source": "ledger"},
        {"field": "phone", "before": "０３（１２３４）５６７８", "after": "03-1234-5678"}
        | {"reason": "respell", "source": ""},
    ]
    digest = said.json["digest"]
    assert firm("apply", digest).code == 4
    assert firm("sync", "customers").code == 0
    assert firm.rows("crm") == before
    assert firm("approve", digest, "--reason", "表記をそろえる").code == 0
    assert firm("apply", digest).code == 0
    assert firm.rows("crm") == [YAMADA]
    assert firm("plan", "customers", "--corrections", "all", "--json").json["changes"] == []


@pytest.mark.parametrize(
    ("lang", "words"),
    [("ja", ("表記揺れ: ledger", "訂正案 crm 1")), ("en", ("other letters: ledger", "corrections crm 1"))],
)
def test_corrections_are_shown_with_their_kind_and_who_says_so(
    firm: Firm, lang: str, words: tuple[str, str]
) -> None:
    firm.put("ledger", YAMADA)
    firm.put("crm", "C001,株式会社山田商店,03-1234-5678")
    firm.settle()
    said = firm("plan", "customers", "--corrections", "respell", "--lang", lang)
    assert said.code == 4
    assert all(word in said.out for word in words)
    assert "株式会社山田商店 → ㈱山田商店" in said.out
    assert firm("plan", "customers", "--corrections", "fill").code == 0
