"""What a person gets to hear who asks for the impossible: a code, a place, what to do, and no traceback."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.test_cli import Firm, Said, furnish

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
