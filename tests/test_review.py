"""tasuki review: questions, their reasons, and what people say of them, on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update
from typer.testing import CliRunner

from tasuki.cli import app
from tasuki.store import tables
from tests.flow.world import World, system

pytestmark = pytest.mark.integration

FIELDS: dict[str, Any] = {"name": "会社名", "phone": {"column": "電話", "clean": []}, "address": "住所"}
ROWS = ("山田商店", "田中工業", "鈴木運輸")


def office(home: Path) -> World:
    """Two systems that name their rows alike and number them apart: each name is a question."""
    world = World(
        home,
        {"ledger": system(), "crm": system()},
        {"ledger": {"receives_new": "none"}, "crm": {"receives_new": "none"}},
        {name: {"fields": FIELDS, "issued_by": name} for name in ("ledger", "crm")},
    )
    for number, name in enumerate(ROWS, 1):
        world["ledger"].put({"コード": f"C{number}", "会社名": name, "電話": f"03-0000-000{number}"})
        world["crm"].put({"コード": f"X{number}", "会社名": name})
    world.run()
    return world


def say(world: World, *words: str, code: int = 0) -> Any:
    """What a command answers in JSON."""
    done = CliRunner().invoke(app, ["review", *words, "--json", "--home", str(world.home)])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def shown(world: World, *words: str) -> str:
    return CliRunner().invoke(app, ["review", *words, "--home", str(world.home)]).stdout


def answer(file: Path, *answers: str) -> None:
    book = load_workbook(file)
    sheet = book.active
    head = [cell.value for cell in sheet[1]]
    for row, text in enumerate(answers, 2):
        sheet.cell(row, head.index("回答(同一/別人)") + 1, text)
    book.save(file)


# Looking


def test_a_question_names_both_rows_and_its_reasons(home: Path) -> None:
    world = office(home)
    asked = say(world, "list", code=3)
    assert len(asked) == len(ROWS)
    assert {(one["one"]["system"], one["one"]["key"], one["one"]["name"]) for one in asked} == {
        ("ledger", "C1", "山田商店"),
        ("ledger", "C2", "田中工業"),
        ("ledger", "C3", "鈴木運輸"),
    }
    assert all(one["reasons"] and 0 < one["probability"] < 1 for one in asked)
    assert "名称が一致" in shown(world, "list")
    assert "name agrees" in shown(world, "list", "--lang", "en")


def test_a_question_of_keys_alone_is_told_in_words(home: Path) -> None:
    world = office(home)
    review = world.reviews()[0].key
    with world.store.write() as connection:
        told = {"evidence": None, "reasons": b'["corporate", "name"]'}
        connection.execute(update(tables.review).where(tables.review.c.key == review).values(**told))
    assert "法人番号が一致、名称だけが一致" in shown(world, "explain", review)
    assert "same corporate number; same name only" in shown(world, "list", "--lang", "en")


def test_duplicates_are_listed_beside_the_row_that_is_written(home: Path) -> None:
    world = office(home)
    say(world, "merge", "ledger:C1", "ledger:C2", "--reason", "同じ店")
    twins = [one for one in say(world, "list", code=3) if one["kind"] == "duplicate"]
    assert {(one["system"], one["key"], one["primary"]) for one in twins} in (
        {("ledger", "C1", "C2")},
        {("ledger", "C2", "C1")},
    )
    assert "控えの行" in shown(world, "list")


def test_a_question_of_the_model_is_explained_field_by_field(home: Path) -> None:
    world = office(home)
    review = world.reviews()[0].key
    told = say(world, "explain", review)
    assert 0 < told["probability"] <= 1
    assert {"field", "level", "bits"} == set(told["evidence"]["bars"][0])
    text = shown(world, "explain", review)
    assert "名称が一致" in text
    assert "█" in text
    assert "name agrees" in shown(world, "explain", review, "--lang", "en")


# Saying


def test_a_question_answered_yes_is_one_customer_after_the_next_run(home: Path) -> None:
    world = office(home)
    review = world.reviews()[0].key
    word = say(world, "merge", review, "--reason", "電話で確認")
    assert (word["word"], word["sync"]) == ("same", "customers")
    world.settle()
    assert world.customer("C1") == world.customer("X1") != ""
    entry = [row for row in world.table("ledger") if row.action == "merge.same"]
    assert json.loads(entry[0].body)["decision"] == {"reason": "電話で確認", "review": review}
    assert json.loads(entry[0].body)["actor"].startswith("os:")


def test_a_question_answered_no_is_not_asked_again(home: Path) -> None:
    world = office(home)
    for one in world.reviews():
        say(world, "separate", one.key, "--reason", "別の会社")
    assert world.run()["reviews"] == 0
    assert world.customer("C1") != world.customer("X1") != ""


def test_two_customers_are_merged_and_parted_and_told_what_will_be_written(home: Path) -> None:
    world = office(home)
    for one in world.reviews():
        say(world, "separate", one.key, "--reason", "別の会社")
    world.settle()
    merged = say(world, "merge", world.customer("C1"), "crm:X1", "--reason", "やはり同じ")
    assert [(c["system"], c["external_id"]) for c in merged["changes"]] == [("crm", "X1")]
    world.settle()
    assert world.cell("crm", "電話", "X1") == "03-0000-0001"
    parted = say(world, "unmerge", "crm:X1", "--reason", "やはり別")
    assert parted["merge"] == merged["merge"]
    assert [d["after"] for c in parted["changes"] for d in c["diffs"] if d["field"] == "phone"] == [""]
    assert world.run(approve=False)["exit_code"] == 4


@pytest.mark.invariant("I12")
def test_a_row_that_was_joined_wrongly_leaves_its_customer_for_good(home: Path) -> None:
    world = office(home)
    world.answer(True)
    world.settle()
    assert say(world, "unmerge", "crm:X1", "--reason", "別の会社")["word"] == "parted"
    world.settle()
    assert world.customer("X1") not in ("", world.customer("C1"))
    assert [world.customer("X2"), world.customer("X3")] == [world.customer("C2"), world.customer("C3")]
    world["crm"].edit("X1", 電話="03-0000-0001", 会社名="山田商店")
    world.settle()
    assert world.customer("X1") != world.customer("C1")
    assert world.reviews() == []


def test_the_duplicate_takes_the_place_of_a_row_that_leaves(home: Path) -> None:
    world = office(home)
    world["ledger"].put({"コード": "C8", "会社名": "佐藤建設"}, {"コード": "C9", "会社名": "サトウ"})
    run = world.begin()
    run.start()
    run.read("ledger")
    run.close()
    say(world, "merge", "ledger:C8", "ledger:C9", "--reason", "同じ会社")
    world.settle()
    assert world.customer("C8") == world.customer("C9") != ""
    say(world, "unmerge", "ledger:C8", "--reason", "違った")
    world.settle()
    assert [row.role for row in world.table("link") if row.key in ("C8", "C9")] == ["primary"] * 2
    assert world.customer("C8") != world.customer("C9")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("merge", "1-99"), "TSK-5012"),
        (("merge", "ledger:C9", "crm:X1"), "TSK-5018"),
        (("merge", "ledger:C1", "ledger:C1"), "TSK-5014"),
        (("separate", "ledger:C1", "ledger:C1"), "TSK-5019"),
        (("unmerge", "99"), "TSK-5015"),
        (("unmerge", "ledger:C1"), "TSK-5015"),
    ],
)
def test_what_cannot_be_done_says_why(home: Path, words: tuple[str, ...], code: str) -> None:
    world = office(home)
    assert say(world, *words, "--reason", "x", code=2)["error"]["code"] == code


def test_nobody_is_merged_while_a_run_is_at_work(home: Path) -> None:
    world = office(home)
    run = world.begin()
    run.start()
    told = say(world, "merge", "ledger:C1", "ledger:C2", "--reason", "同じ店", code=1)
    assert told["error"]["code"] == "TSK-5310"
    run.close()


# In a workbook


def test_answers_come_back_from_a_workbook(home: Path) -> None:
    world = office(home)
    file = home / "確認.xlsx"
    assert say(world, "export", str(file))["reviews"] == 3
    answer(file, "同一", " 別人 ")
    taken = say(world, "import", str(file), "--reason", "一覧で確認")
    assert sorted(one["word"] for one in taken["answers"]) == ["different", "same"]
    assert taken["blank"] == 1
    again = say(world, "import", str(file), "--reason", "一覧で確認")
    assert (again["answers"], again["problems"]) == ([], [])
    assert world.run()["reviews"] == 1


def test_an_answer_nobody_can_read_is_named_with_file_row_and_column(home: Path) -> None:
    world = office(home)
    file = home / "確認.xlsx"
    say(world, "export", str(file))
    answer(file, "たぶん同じ", "同一")
    taken = say(world, "import", str(file), "--reason", "一覧で確認", code=3)
    (problem,) = taken["problems"]
    assert (problem["code"], problem["place"]) == ("TSK-6011", "確認.xlsx:2")
    assert "回答(同一/別人)" in problem["ja"]
    assert len(taken["answers"]) == 1


def test_an_answer_against_an_earlier_one_is_named(home: Path) -> None:
    world = office(home)
    file = home / "確認.xlsx"
    say(world, "export", str(file))
    world.answer(False)
    answer(file, "同一", "別人")
    taken = say(world, "import", str(file), "--reason", "一覧で確認", code=3)
    assert [one["code"] for one in taken["problems"]] == ["TSK-6012"]


def test_another_workbook_is_no_list_of_reviews(home: Path) -> None:
    world = office(home)
    file = home / "台帳.csv"
    file.write_text("コード,会社名\nC1,山田商店\n", "utf-8")
    assert say(world, "import", str(file), "--reason", "x", code=2)["error"]["code"] == "TSK-6010"
