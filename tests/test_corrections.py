"""Corrections case by case: what a row should say, why, and who says so."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tasuki import definition
from tasuki.connector import Column, Description
from tasuki.corrections import correct
from tasuki.definition import Sync
from tasuki.errata import ALL
from tasuki.plan import Plan
from tasuki.snapshot import EntityState, LinkState, Snapshot, SystemState, Whole, kept

COLUMNS = ("コード", "会社名", "カナ", "〒", "住所", "電話", "法人番号", "区分", "備考")
FIELDS = {
    "code": "コード",
    "name": "会社名",
    "name_kana": "カナ",
    "postal_code": "〒",
    "address": {"column": "住所", "composed": True},
    "phone": "電話",
    "corporate_number": "法人番号",
    "stage": {"column": "区分", "values": {"見込": "prospect", "優良": "loyal"}},
    "note": "備考",
}
NUMBER = "7000012050002"
Said = tuple[str, str, str, str, str]
"""(system, field, after, kind, source)"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("firm")


class Firm(NamedTuple):
    """Three systems and one customer whom nothing moves."""

    sync: Sync

    def snapshot(
        self, value: Mapping[str, str], rows: Mapping[str, Mapping[str, str]], **parts: Any
    ) -> Snapshot:
        value = dict.fromkeys(FIELDS, "") | {"code": "C001"} | dict(value)
        links = tuple(self.link(i, name, value, cells) for i, (name, cells) in enumerate(rows.items(), 1))
        known = {"cu_1": EntityState("cu_1", value, 1, parts.pop("pending", False))}
        described = SystemState(Description(tuple(map(Column, COLUMNS)), 100), 1, True)
        return Snapshot(
            entities=known,
            links=links,
            keys=(),
            same=(),
            different=(),
            likely=None,
            learned=b"",
            decisions={},
            open_conflicts=parts.pop("conflicts", {}),
            systems=dict.fromkeys(self.sync.systems, described) | parts.pop("systems", {}),
            parted=frozenset(),
            merged={},
            pointed=frozenset(),
            referred={},
            redirects={},
            whole=Whole(frozenset(), {}, {})._replace(**parts),
        )

    def link(self, id: int, system: str, value: Mapping[str, str], cells: Mapping[str, str]) -> LinkState:
        shown = dict.fromkeys(COLUMNS, "") | {"コード": "C001"} | dict(cells)
        maps = self.sync.systems[system].mapping.fields
        settled = {name: value.get(name, "") for name in maps}
        told = kept(shown, shown, settled)
        return LinkState(id, system, "C001", "cu_1", "primary", "here", False, "1", "", told, 0, 0, None)

    def plan(self, value: Mapping[str, str], rows: Mapping[str, Mapping[str, str]], **parts: Any) -> Plan:
        return correct(self.sync, self.snapshot(value, rows, **parts), ALL)


def firm(folder: Path, **rules: Any) -> Firm:
    (folder / "mappings").mkdir(exist_ok=True)
    (folder / "dags").mkdir(exist_ok=True)
    entries = {name: dict(rules.pop(name, {})) for name in ("ledger", "crm", "yayoi")}
    for name in entries:
        mapping = {
            "mapping": 1,
            "connector": "memory",
            "model": "customer",
            "key": "コード",
            "fields": FIELDS,
        }
        write(folder / "mappings" / f"{name}.yaml", mapping | {"issued_by": "ledger"})
    write(
        folder / "dags" / "customers.yaml",
        {"sync": "customers", "model": "customer", "systems": entries, **rules},
    )
    return Firm(definition.load(folder, "customers"))


def write(path: Path, data: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False), "utf-8")


def said(plan: Plan) -> list[Said]:
    return [(c.system, d.field, d.after, d.reason, d.source) for c in plan.changes for d in c.diffs]


ADDRESS = "東京都府中市本町1-1"


@pytest.mark.parametrize(
    ("value", "rows", "expected"),
    [
        pytest.param(
            {"name": "㈱山田商店"},
            {"ledger": {"会社名": "㈱山田商店"}, "crm": {"会社名": "株式会社山田商店"}},
            [("crm", "name", "㈱山田商店", "respell", "ledger")],
            id="the agreed spelling",
        ),
        pytest.param(
            {"phone": "+81312345678"},
            {"ledger": {"電話": "03-1234-5678"}, "crm": {"電話": "０３（１２３４）５６７８"}},
            [("crm", "phone", "03-1234-5678", "respell", "")],
            id="one value in other letters",
        ),
        pytest.param(
            {"phone": "+81312345678", "stage": "loyal"},
            {"ledger": {"電話": "03-1234-5678", "区分": "優良"}, "crm": {}},
            [
                ("crm", "phone", "03-1234-5678", "fill", "ledger"),
                ("crm", "stage", "優良", "fill", "ledger"),
            ],
            id="a blank that another system fills",
        ),
        pytest.param(
            {"address": ADDRESS},
            {"ledger": {"住所": ADDRESS}, "crm": {}},
            [
                ("ledger", "postal_code", "183-0027", "fill", ""),
                ("crm", "postal_code", "183-0027", "fill", ""),
                ("crm", "address", ADDRESS, "fill", "ledger"),
            ],
            id="a postal code that follows from the address",
        ),
        pytest.param(
            {"address": "府中市本町1-1", "postal_code": "1830027"},
            {
                "ledger": {"住所": "府中市本町1-1", "〒": "183-0027"},
                "crm": {"住所": "東京都府中市本町一丁目1番", "〒": "183-0027"},
            },
            [
                ("ledger", "address", ADDRESS, "fill", ""),
                ("crm", "address", ADDRESS, "respell", "ledger"),
            ],
            id="a prefecture that another system has, in its own letters",
        ),
        pytest.param(
            {"address": ADDRESS, "postal_code": "1000001"},
            {"ledger": {"住所": ADDRESS, "〒": "100-0001"}, "crm": {"住所": ADDRESS, "〒": "100-0001"}},
            [
                ("ledger", "postal_code", "183-0027", "fix", ""),
                ("crm", "postal_code", "183-0027", "fix", ""),
            ],
            id="a postal code of another town",
        ),
        pytest.param(
            {"corporate_number": "7000012050003"},
            {"ledger": {"法人番号": "7000012050003"}, "crm": {"法人番号": NUMBER}},
            [("ledger", "corporate_number", NUMBER, "fix", "crm")],
            id="a check digit that fails where another system's holds",
        ),
        pytest.param(
            {"corporate_number": NUMBER},
            {"ledger": {"法人番号": NUMBER}, "crm": {"法人番号": "1234"}},
            [("crm", "corporate_number", NUMBER, "fix", "ledger")],
            id="a number that can't be one",
        ),
        pytest.param(
            {"phone": "+81312345678"},
            {
                "ledger": {"電話": "03-1234-5678"},
                "crm": {"電話": "03-1234-5679"},
                "yayoi": {"電話": "03-1234-5678"},
            },
            [("crm", "phone", "03-1234-5678", "fix", "ledger")],
            id="what all others contradict",
        ),
        pytest.param(
            {"phone": "+81312345678"},
            {"ledger": {"電話": "03-1234-5678"}, "crm": {"電話": "03-1234-5679"}},
            [],
            id="one against one proves nothing",
        ),
        pytest.param(
            {"address": ADDRESS, "postal_code": "1830027"},
            {"ledger": {"住所": ADDRESS, "〒": "183-0027"}, "crm": {"住所": "大阪市北区梅田1-1"}},
            [],
            id="no code beside another place's address",
        ),
        pytest.param(
            {"address": ADDRESS},
            {"ledger": {"住所": ADDRESS}, "crm": {"住所": "大阪市北区梅田1-1"}},
            [],
            id="nothing is proved of two places",
        ),
        pytest.param(
            {"note": "要連絡"},
            {"ledger": {"備考": "要連絡"}, "crm": {"備考": "要連絡。"}},
            [],
            id="free text",
        ),
        pytest.param({"phone": ""}, {"ledger": {}, "crm": {"電話": "不明"}}, [], id="nothing is cleared"),
    ],
)
def test_what_a_row_should_say(
    folder: Path, value: dict[str, str], rows: dict[str, dict[str, str]], expected: list[Said]
) -> None:
    assert said(firm(folder).plan(value, rows)) == expected


SPELLED = {"ledger": {"会社名": "㈱山田商店"}, "crm": {"会社名": "株式会社山田商店"}}
NAME = {"name": "㈱山田商店"}


@pytest.mark.parametrize("rules", [{"crm": {"direction": "in"}}, {"fields": {"name": {"only": "crm"}}}])
def test_what_is_never_written_is_never_corrected(folder: Path, rules: dict[str, Any]) -> None:
    assert firm(folder, **rules).plan(NAME, SPELLED).changes == ()


def test_the_spelling_is_the_owners(folder: Path) -> None:
    rows = {**SPELLED, "yayoi": {"会社名": "(株)山田商店"}}
    plan = firm(folder, fields={"name": {"owner": "crm"}}).plan({"name": "株式会社山田商店"}, rows)
    assert {(one[0], one[2], one[4]) for one in said(plan)} == {
        ("ledger", "株式会社山田商店", "crm"),
        ("yayoi", "株式会社山田商店", "crm"),
    }


@pytest.mark.parametrize(
    "parts",
    [
        {"pending": True},
        {"conflicts": {"a1b2": "cu_1"}},
        {"reviewed": frozenset({2})},
        {"systems": {"crm": SystemState(Description((), 1), 1, True, read=False)}},
    ],
)
def test_a_customer_that_waits_for_something_is_left_out_and_counted(
    folder: Path, parts: dict[str, Any]
) -> None:
    plan = firm(folder).plan(NAME, SPELLED, **parts)
    assert (plan.changes, plan.versions, plan.left_out) == ((), (), 1)


def test_what_the_sync_would_write_by_itself_comes_first(folder: Path) -> None:
    made = firm(folder)
    snapshot = made.snapshot(NAME, SPELLED)
    ledger, crm = snapshot.links
    behind = crm._replace(kept=kept(crm.observed, crm.agreed, {**crm.settled, "name": "山田"}))
    plan = correct(made.sync, snapshot._replace(links=(ledger, behind)), ALL)
    assert (plan.changes, plan.left_out) == ((), 1)


def test_where_a_system_cannot_take_what_is_proved_the_rest_is_proposed(folder: Path) -> None:
    rows = {name: cells | {"住所": "府中市本町1-1"} for name, cells in SPELLED.items()}
    short = tuple(Column(name, max_chars=9) for name in COLUMNS)
    systems = {"crm": SystemState(Description(short, 100), 1, True)}
    plan = firm(folder).plan(NAME | {"address": "府中市本町1-1"}, rows, systems=systems)
    assert (plan.moves, said(plan)) == ((), [("crm", "name", "㈱山田商店", "respell", "ledger")])


def test_what_a_system_made_of_our_own_write_is_its_own_spelling(folder: Path) -> None:
    written = {("cu_1", "crm"): {"会社名": "㈱山田商店"}}
    assert firm(folder).plan(NAME, SPELLED, written=written).changes == ()


def test_a_row_that_cannot_be_read_is_mended_where_another_system_knows(folder: Path) -> None:
    made = firm(folder)
    rows = {"ledger": {"区分": "優良"}, "crm": {"区分": "優良"}}
    shows = dict.fromkeys(COLUMNS, "") | {"コード": "C001", "区分": "優艮", "備考": "新しい"}
    plan = made.plan({"stage": "loyal"}, rows, held={2: shows})
    assert said(plan) == [("crm", "stage", "優良", "fix", "ledger")]
    assert (plan.changes[0].cells, plan.changes[0].base) == ({"区分": "優良"}, {"区分": "優艮"})
    assert made.plan({"stage": "loyal"}, {"crm": {"区分": "優良"}}, held={1: shows}).changes == ()
    assert made.plan({"stage": "loyal"}, rows, held={2: {}}).changes == ()


def test_only_the_kinds_that_were_asked_for_are_proposed(folder: Path) -> None:
    made = firm(folder)
    rows = {"ledger": {"会社名": "㈱山田商店", "電話": "03-1234-5678"}, "crm": {"会社名": "株式会社山田商店"}}
    snapshot = made.snapshot({**NAME, "phone": "+81312345678"}, rows)
    assert [one[3] for one in said(correct(made.sync, snapshot, ["fill"]))] == ["fill"]
    assert [one[3] for one in said(correct(made.sync, snapshot, ["respell"]))] == ["respell"]
    assert said(correct(made.sync, snapshot, ["fix"])) == []


def test_a_row_in_its_own_letters_is_settled_when_only_the_value_moves(folder: Path) -> None:
    made = firm(folder)
    rows = {"ledger": {"住所": "府中市本町1-1"}, "crm": {"住所": ADDRESS}}
    snapshot = made.snapshot({"address": "府中市本町1-1"}, rows)
    plan = correct(made.sync, snapshot, ["fix", "fill"])
    assert plan.moves[0].value["address"] == ADDRESS
    assert [change.value["address"] for change in plan.changes] == [ADDRESS, ADDRESS]
    assert {d.field for d in plan.changes[1].diffs} == {"postal_code"}


@pytest.mark.invariant("I9")
def test_the_same_snapshot_gives_the_same_plan_and_another_version_another_write(folder: Path) -> None:
    made = firm(folder)
    plan = made.plan(NAME, SPELLED)
    assert plan == made.plan(NAME, SPELLED)
    assert [reason.code for reason in plan.reasons] == ["correction"]
    assert plan.versions == (("cu_1", 1),)
    snapshot = made.snapshot(NAME, SPELLED)
    later = {"cu_1": snapshot.entities["cu_1"]._replace(version=2)}
    again = correct(made.sync, snapshot._replace(entities=later), ALL)
    assert again.digest == plan.digest
    assert again.changes[0].token != plan.changes[0].token
