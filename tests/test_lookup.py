"""Whose number, name or product: one question, all systems' rows."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from tasuki.cli import app
from tasuki.lookup import Found, lookup
from tasuki.store import catalogue, index
from tasuki.terms import Way
from tests.flow.world import FIELDS, World, columns, system

pytestmark = pytest.mark.integration

YAMADA = {
    "コード": "C001",
    "会社名": "株式会社山田商店",
    "フリガナ": "ヤマダショウテン",
    "電話": "03-1234-5678",
    "携帯": "090-1111-2222",
}
YAMAMOTO = {"コード": "C002", "会社名": "㈲山本サーバー工業", "電話": "06-6543-2109", "住所": "大阪市北区１"}


@pytest.fixture
def firm(home: Path) -> World:
    """A ledger and a CRM that show the same two customers."""
    known = columns("フリガナ", "携帯")
    fields = {"fields": {**FIELDS, "name_kana": "フリガナ", "mobile": "携帯"}}
    systems = {name: system(columns=known) for name in ("ledger", "crm")}
    world = World(home, systems, mappings=dict.fromkeys(systems, fields))
    world["ledger"].put(YAMADA, YAMAMOTO)
    world.settle()
    return world


def look(firm: World, way: Way, text: str) -> list[Found]:
    with index.current(firm.store) as connection:
        return lookup(connection, way, text)


def names(found: list[Found]) -> list[str]:
    return [one.value["name"] for one in found]


@pytest.mark.parametrize(
    "typed", ["0312345678", "03-1234-5678", "０３（１２３４）５６７８", "+81 3 1234 5678", "09011112222"]
)
def test_a_telephone_number_finds_its_customer_in_any_writing(firm: World, typed: str) -> None:
    assert names(look(firm, "phone", typed)) == ["株式会社山田商店"]


@pytest.mark.parametrize(
    "typed", ["山田", "㈱山田商店", "株式会社 山田", "やまだ", "ﾔﾏﾀﾞｼｮｳ", "ヤマダショウテン"]
)
def test_a_name_is_found_by_how_it_begins_written_or_spoken(firm: World, typed: str) -> None:
    assert names(look(firm, "name", typed)) == ["株式会社山田商店"]


def test_a_name_in_katakana_is_found_with_its_long_marks_and_without(firm: World) -> None:
    assert names(look(firm, "name", "山本サーバー")) == ["㈲山本サーバー工業"]


def test_several_names_stand_in_their_order(firm: World) -> None:
    assert names(look(firm, "name", "山")) == ["㈲山本サーバー工業", "株式会社山田商店"]


def test_names_that_were_filed_away_stand_among_the_recent_ones(firm: World) -> None:
    look(firm, "name", "山")
    catalogue.file_away(firm.store, 0)
    firm["ledger"].put({"コード": "C003", "会社名": "山村工業"})
    firm.settle()
    assert names(look(firm, "name", "山")) == ["㈲山本サーバー工業", "山村工業", "株式会社山田商店"]


def test_the_rows_of_all_systems_come_with_the_customer(firm: World) -> None:
    (found,) = look(firm, "phone", "0312345678")
    assert [(row.system, row.key) for row in found.rows] == [("crm", "C001"), ("ledger", "C001")]
    assert found.value["mobile"] == "+819011112222"


def test_a_number_that_changed_finds_nobody_any_more(firm: World) -> None:
    firm["crm"].edit("C001", 電話="03-9999-0000")
    firm.settle()
    assert look(firm, "phone", "0312345678") == []
    assert names(look(firm, "phone", "03(9999)0000")) == ["株式会社山田商店"]


def test_a_row_that_waits_for_approval_is_found_where_it_stands(firm: World) -> None:
    firm["ledger"].put(YAMADA | {"コード": "C003", "会社名": "新しい会社", "電話": "045-111-2222"})
    run = firm.begin()
    run.start()
    run.read("ledger")
    run.close()
    (found,) = look(firm, "phone", "0451112222")
    assert (found.entity, [row.key for row in found.rows]) == ("", ["C003"])


@pytest.mark.parametrize("typed", ["", "ー", "abc", "00"])
def test_a_question_that_says_nothing_finds_nobody(firm: World, typed: str) -> None:
    assert look(firm, "phone", typed) == look(firm, "product", typed) == []


def test_a_merged_customer_is_found_once(firm: World) -> None:
    firm.merge("C001", "C002")
    assert len(look(firm, "phone", "0665432109")) == len(look(firm, "name", "山")) == 1


# Products and what is installed, from files


FILES = {
    "customers": "コード,会社名,TEL\nC001,㈱山田商店,03-1234-5678\nC002,田中工業,06-6543-2109\n",
    "products": '商品コード,商品名,メーカー,標準価格\nPX-100,複合機 PX-100,襷電機,"398,000"\n',
    "items": "製造番号,商品,客先,設置日,保証期限\n"
    "AB12-3456,PX-100,C001,2025/4/1,R12.3.31\nZZ99-0001,PX-100,C002,,\n",
}
MAPPINGS: dict[str, dict[str, Any]] = {
    "customers": {
        "model": "customer",
        "key": "コード",
        "fields": {"code": "コード", "name": "会社名", "phone": "TEL"},
    },
    "products": {
        "model": "product",
        "key": "商品コード",
        "fields": {"code": "商品コード", "name": "商品名", "maker": "メーカー", "price": "標準価格"},
    },
    "items": {
        "model": "item",
        "key": "製造番号",
        "fields": {
            "serial": "製造番号",
            "product": {"column": "商品", "by": "code"},
            "customer": {"column": "客先", "by": "code"},
            "installed_on": "設置日",
            "warranty_until": "保証期限",
        },
    },
}


@pytest.fixture
def shop(home: Path) -> Path:
    """Customers, products and installed items of three files, each synced in."""
    for folder in ("files", "mappings", "dags"):
        (home / folder).mkdir()
    for name, mapping in MAPPINGS.items():
        (home / "files" / f"{name}.csv").write_text(FILES[name], "cp932")
        _yaml(home / "mappings" / f"{name}.yaml", _mapping(name, mapping))
        _yaml(
            home / "dags" / f"{name}.yaml",
            {"sync": name, "model": mapping["model"], "systems": {name: {"direction": "in"}}},
        )
        assert _said(home, "sync", name)["exit_code"] == 0
    return home


def _mapping(name: str, mapping: dict[str, Any]) -> dict[str, Any]:
    return {"mapping": 1, "connector": "csv", "settings": {"path": f"files/{name}.csv"}, **mapping}


def _yaml(path: Path, data: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")


def _said(home: Path, *words: str) -> Any:
    return json.loads(CliRunner().invoke(app, [*words, "--home", str(home), "--json"]).stdout)


def _lookup(home: Path, *words: str) -> Any:
    return CliRunner().invoke(app, ["lookup", *words, "--home", str(home)])


@pytest.mark.parametrize(
    "typed", ["AB12-3456", "ab123456", "ＡＢ１２－３４５６", "AB12ー3456", " AB 12 3456"]
)
def test_a_serial_number_finds_the_customer_in_any_writing(shop: Path, typed: str) -> None:
    (found,) = _said(shop, "lookup", "--product", typed)
    assert (found["model"], found["value"]["name"]) == ("customer", "㈱山田商店")
    assert [(row["system"], row["key"], row["place"]) for row in found["rows"]] == [
        ("customers", "C001", "customers.csv:2")
    ]
    (item,) = found["via"]
    assert (item["model"], item["value"]["warranty_until"]) == ("item", "2030-03-31")


def test_a_product_finds_every_customer_that_has_one(shop: Path) -> None:
    found = _said(shop, "lookup", "--product", "px100")
    assert {one["value"]["name"] for one in found} == {"㈱山田商店", "田中工業"}


def test_the_table_tells_customer_item_and_rows(shop: Path) -> None:
    said = _lookup(shop, "--product", "AB12-3456")
    assert said.exit_code == 0
    assert [
        word for word in ("㈱山田商店", "AB12-3456", "2030-03-31", "C001") if word not in said.stdout
    ] == []


def test_nobody_found_is_exit_code_3(shop: Path) -> None:
    said = _lookup(shop, "--phone", "0399999999")
    assert (said.exit_code, said.stdout.strip()) == (3, "ありません")
    assert _said(shop, "lookup", "--phone", "0399999999") == []


def test_two_questions_at_once_are_refused(shop: Path) -> None:
    assert _lookup(shop, "--phone", "03", "--name", "山").exit_code == 2
    assert _said(shop, "lookup")["error"]["code"] == "TSK-5029"
