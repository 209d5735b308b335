"""What a person gets to hear who asks for the impossible: a code, a place, what to do, and no traceback."""

import json
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from tasuki.cli import app
from tests.test_cli import MAPPING, Firm, Said, furnish

pytestmark = pytest.mark.integration

LIST = "得意先コード,得意先名,TEL\nC001,㈱山田商店,03-1234-5678\n"


@pytest.fixture
def firm(home: Path) -> Firm:
    furnish(home)
    return Firm(home)


def code(said: Said) -> str:
    assert said.code == 2
    return str(said.json["error"]["code"])


# Words


def test_a_word_that_is_missing_is_named_in_the_readers_language(firm: Firm) -> None:
    said = firm("approve", "abcd")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("--reason がありません [TSK-4047]\n  → tasuki approve -h ")
    assert "--reason is missing" in firm("approve", "abcd", "--lang", "en").err
    assert "PLAN is missing" in firm("approve", "--lang=en").err


@pytest.mark.parametrize(
    "words",
    [["plna"], ["plan"], ["plan", "a", "b"], ["runs", "--limit", "many"], ["runs", "--limit", str(10**30)]],
)
def test_a_command_that_cannot_be_understood_is_told_to_programs_too(firm: Firm, words: list[str]) -> None:
    said = firm(*words, "--json")
    assert code(said) in ("TSK-4047", "TSK-4048")
    assert said.err == ""


@pytest.mark.parametrize("command", ["approve abcd", "acknowledge customers", "review merge 1"])
def test_a_blank_reason_is_none(firm: Firm, command: str) -> None:
    assert code(firm(*command.split(), "--reason", " ", "--json")) == "TSK-4046"


def test_all_syncs_and_one_of_them_is_no_answer(firm: Firm) -> None:
    assert code(firm("sync", "customers", "--all", "--json")) == "TSK-4045"


# Runs


def test_a_run_shows_the_plan_that_waits_for_approval(firm: Firm) -> None:
    """Airflow asks for it by the number of the run, and says no more than counts."""
    run = firm("plan", "customers", "--json").json["run_id"]
    shown = firm("show", run).out
    assert "+ crm C001" in shown
    assert "初回の読み込み" in shown
    plan = firm("show", run, "--json").json["plan"]
    assert [change["external_id"] for change in plan["changes"]] == ["C001", "C002"]
    firm("approve", plan["digest"], "--reason", "確認済")
    firm("apply", plan["digest"])
    assert firm("show", run, "--json").json["plan"] is None


def test_a_run_is_found_however_many_came_after_it_and_never_guessed(firm: Firm) -> None:
    first = firm("plan", "customers", "--json").json["run_id"]
    firm("plan", "customers")
    assert firm("show", first[:-1], "--json").json["run_id"] == first
    assert code(firm("show", first[:4], "--json")) == "TSK-5030"
    assert code(firm("show", "x", "--json")) == "TSK-5013"


# Files


def test_a_plan_that_cannot_be_saved_says_where(firm: Firm) -> None:
    error = firm("plan", "customers", "--out", str(firm.home / "no" / "plan.json"), "--json").json["error"]
    assert (error["code"], error["place"]) == ("TSK-1073", str(firm.home / "no" / "plan.json"))


def test_a_list_is_never_overwritten_by_its_own_result(firm: Firm) -> None:
    ledger = firm.home / "files" / "ledger.csv"
    was = ledger.read_bytes()
    same = str(firm.home / "mappings" / ".." / "files" / "ledger.csv")
    assert code(firm("dedupe", str(ledger), "--pairs", same, "--json")) == "TSK-6006"
    both = str(firm.home / "result.csv")
    assert code(firm("dedupe", str(ledger), "--pairs", both, "--clusters", both, "--json")) == "TSK-6006"
    assert code(firm("dedupe", str(ledger), "--pairs", f"{both}.parquet", "--json")) == "TSK-6007"
    assert ledger.read_bytes() == was


def test_a_result_that_cannot_be_written_makes_no_other_noise(
    firm: Firm, capfd: pytest.CaptureFixture[str]
) -> None:
    assert code(firm("review", "export", str(firm.home), "--json")) == "TSK-1073"
    assert capfd.readouterr().err == ""


def test_a_quote_that_swallows_the_rows_below_it_is_named(firm: Firm) -> None:
    broken = LIST + 'C002,"田中工業,06-6543-2109\n' + LIST.splitlines()[1] + "\n"
    (firm.home / "list.csv").write_text(broken, "utf-8")
    error = firm("dedupe", str(firm.home / "list.csv"), "--json").json["error"]
    assert (error["code"], error["place"]) == ("TSK-6008", "list.csv:3")
    for amid in ('C002,田中"工業,06\n', 'C002,"田中"工業,06\n', 'C002,"田中\n工業",06\n'):
        (firm.home / "list.csv").write_text(LIST + amid + LIST.splitlines()[1], "utf-8")
        assert firm("dedupe", str(firm.home / "list.csv"), "--json").json["rows"] == 3


def test_two_lists_of_one_name_are_told_apart(firm: Firm) -> None:
    lists = [firm.home / folder / "得意先.csv" for folder in ("now", "then")]
    for file in lists:
        file.parent.mkdir()
        file.write_text(LIST, "utf-8")
    result = firm.home / "clusters.csv"
    said = firm("dedupe", *map(str, lists), "--clusters", str(result), "--json")
    assert list(said.json["files"]) == list(map(str, lists))
    rows = result.read_text("utf-8").splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == list(map(str, lists))


def test_a_title_with_blanks_beside_it_is_no_header(firm: Firm) -> None:
    book = Workbook()
    for row in (["得意先台帳", *[""] * 9], ["得意先名", "TEL", *"abcdefgh"], ["㈱山田商店", "03-1234-5678"]):
        book.active.append(row)
    book.save(firm.home / "book.xlsx")
    said = firm("dedupe", str(firm.home / "book.xlsx"), "--json").json
    assert said["files"] == {"book.xlsx": {"得意先名": "name", "TEL": "phone"}}


def test_a_header_that_stands_twice_hides_no_other(firm: Firm) -> None:
    book = Workbook()
    for row in (["台帳"], ["コード", "会社名", "備考", "備考"], ["C1", "㈱山田商店", "a", "b"]):
        book.active.append(row)
    book.save(firm.home / "book.xlsx")
    found = firm("discover", str(firm.home / "book.xlsx"), "--json").json
    assert [(column["column"], column["field"]) for column in found["columns"]] == [
        ("コード", "code"),
        ("会社名", "name"),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "TSK-4044"),
        (LIST.replace("㈱", "(株)").encode("euc_jp"), "TSK-1009"),
        (LIST.replace("得意先名", "TEL").encode(), "TSK-1005"),
        (LIST.replace(",", ";").encode(), "TSK-4044"),
    ],
)
def test_a_file_for_which_no_mapping_can_be_proposed_says_why(firm: Firm, content: bytes, told: str) -> None:
    (firm.home / "list.csv").write_bytes(content)
    assert code(firm("discover", str(firm.home / "list.csv"), "--suggest-mapping", "--json")) == told


# Configuration


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("key: コード", ("key:", "TSK-4006")),
        ("settings: {path: files/crm.csv}", ("settings: {pth: files/crm.csv}", "TSK-4005")),
        ("files/crm.csv}", ("files/crm.csv, import_path: files/crm.csv}", "TSK-4006")),
        ("files/crm.csv}", ("files/crm.csv, header: no}", "TSK-4006")),
        ("connector: csv", ("", "TSK-4008")),
        ("mapping: 1", ("mapping: 2", "TSK-4009")),
        ("  name:  会社名", ("  name: TEL", "TSK-4052")),
        ("key: コード", ("key: 番号", "TSK-1003")),
        ("key: コード", ("key: [コード", "TSK-4002")),
        ("key: コード", ("key: &a [*a]", "TSK-4002")),
        ("key: コード", ('key: "コ\\0ード"', "TSK-4002")),
        ("key: コード", ("? [コード]\n: 1", "TSK-4004")),
    ],
)
def test_check_finds_what_is_wrong_in_a_mapping(firm: Firm, line: str, told: tuple[str, str]) -> None:
    was = MAPPING.format(name="crm")
    firm.map("crm", was.replace(line, told[0]))
    said = firm("check", "--json")
    assert [found["error"]["code"] for found in said.json if not found["ok"]] == [told[1]]
    assert said.code == 2


def test_a_file_that_repeats_itself_without_end_is_refused_at_once(firm: Firm) -> None:
    doubled = "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n" for n in range(9))
    firm.map("crm", f"a0: &a0 [x]\n{doubled}")
    assert code(firm("plan", "customers", "--json")) == "TSK-4002"


def test_a_mapping_saved_by_an_old_editor_is_told_to_be_utf_8(firm: Firm) -> None:
    (firm.home / "mappings" / "crm.yaml").write_text(MAPPING.format(name="crm"), "cp932")
    error = firm("plan", "customers", "--json").json["error"]
    assert (error["code"], error["place"]) == ("TSK-4007", "mappings/crm.yaml")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("timezone: Asia/Tokio", "TSK-4050"),
        ("timezone: ../../etc/passwd", "TSK-4050"),
        ("schedule: every day", "TSK-4051"),
        ('schedule: "61 * * * *"', "TSK-4051"),
        ("limits: {create: -1}", "TSK-4006"),
        ("limits: {change: 200%}", "TSK-4006"),
        ("limits: {crate: 5}", "TSK-4005"),
    ],
)
def test_check_finds_what_is_wrong_in_a_sync(firm: Firm, line: str, told: str) -> None:
    file = firm.home / "dags" / "customers.yaml"
    file.write_text(f"{file.read_text('utf-8')}{line}\n", "utf-8")
    (found,) = firm("check", "--json").json
    assert (found["error"]["code"], found["error"]["place"]) == (told, "dags/customers.yaml:6")


@pytest.mark.parametrize("schedule", ["0 6 * * 1-5", "*/15 8-18 * * MON-FRI", "30 5 1,15 * *", "@daily"])
def test_a_schedule_in_any_usual_form_is_one(firm: Firm, schedule: str) -> None:
    file = firm.home / "dags" / "customers.yaml"
    file.write_text(f'{file.read_text("utf-8")}schedule: "{schedule}"\n', "utf-8")
    assert firm("check").code == 0


def test_a_stage_that_no_customer_is_ever_in_is_named(firm: Firm) -> None:
    file = firm.home / "dags" / "customers.yaml"
    some = file.read_text("utf-8").replace("receives_new: all", "receives_new: {stage: [byer]}")
    file.write_text(some, "utf-8")
    error = firm("plan", "customers", "--json").json["error"]
    assert (error["code"], "buyer?" in error["ja"]) == ("TSK-4025", True)


def test_a_fault_is_told_in_the_readers_language(firm: Firm) -> None:
    firm.map("crm", MAPPING.format(name="crm") + "issue: {digits: many}\n")
    error = firm("plan", "customers", "--json").json["error"]
    assert error["ja"] == "「issue.digits」の値が正しくありません: 整数にしてください"
    assert error["en"] == "The value of issue.digits is wrong: it should be a whole number"


def test_a_place_where_no_workspace_can_be_made_is_named(firm: Firm) -> None:
    taken = firm.home / "files" / "ledger.csv"
    done = CliRunner().invoke(app, ["init", "--home", str(taken), "--json"])
    error = json.loads(done.stdout)["error"]
    assert (done.exit_code, error["code"], error["place"]) == (2, "TSK-1073", str(taken))
