"""kintone as a connector: everything every connector owes, and what is special to kintone."""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr, ValidationError

from connectors.kintone import KintoneConnector, KintoneSettings
from tasuki.conformance import Cells, ConnectorTests
from tasuki.connector import BadRow, Cell, End, Refused, Row, Stale, Unknown, Write, Written
from tasuki.errors import Retry, UserError
from tasuki.messages import CATALOGUE
from tasuki.sandbox.kintone import KintoneSandbox
from tasuki.sandbox.kintone_app import App
from tasuki.settings import Connection
from tests.sandbox import contract

SECRET = "token-canary"
NOW = datetime(2026, 11, 22, 0, 0, 30, tzinfo=UTC)
NAMES = ("顧客コード", "会社名", "TEL")
FIELDS: dict[str, dict[str, Any]] = {
    "顧客コード": {"type": "SINGLE_LINE_TEXT", "unique": True},
    "会社名": {"type": "SINGLE_LINE_TEXT", "required": True, "maxLength": "50"},
    "TEL": {"type": "LINK", "protocol": "CALL", "maxLength": "20"},
    "備考": {"type": "MULTI_LINE_TEXT"},
    "金額": {"type": "NUMBER", "required": False},
    "契約日": {"type": "DATE"},
    "訪問日時": {"type": "DATETIME"},
    "区分": {"type": "DROP_DOWN", "options": ["見込", "既存"]},
    "興味": {"type": "CHECK_BOX", "options": ["展示会", "資料"]},
    "担当": {"type": "USER_SELECT"},
    "法人番号": {"type": "SINGLE_LINE_TEXT", "unique": True},
    "取込番号": {"type": "SINGLE_LINE_TEXT", "unique": True},
    "明細": {"type": "SUBTABLE", "fields": {}},
}


@pytest.fixture
def kintone() -> Iterator[KintoneSandbox]:
    with KintoneSandbox([App(12, FIELDS, token=SECRET)]) as kintone:
        kintone.now = NOW
        yield kintone
    contract.check(kintone.exchanges)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def system(kintone: KintoneSandbox, pauses: list[float]) -> Iterator[KintoneConnector]:
    connector = opened(kintone, pauses=pauses)
    yield connector
    connector.close()


def opened(
    kintone: KintoneSandbox,
    *,
    key: str = "顧客コード",
    token: str = SECRET,
    pauses: list[float] | None = None,
    **settings: Any,
) -> KintoneConnector:
    return KintoneConnector(
        KintoneSettings(**{"app": 12, **settings}),
        key=key,
        home=Path(),
        connection=Connection("kintone", host=kintone.url, password=SecretStr(token)),
        pause=(pauses if pauses is not None else []).append,
    )


def company(number: int, **more: Cell) -> dict[str, Cell]:
    return {"顧客コード": f"C{number:03}", "会社名": f"会社{number}", **more}


def read(system: KintoneConnector, columns: Sequence[str] = NAMES, cursor: str = "") -> tuple[list[Row], End]:
    *pages, end = system.read(columns, cursor)
    assert isinstance(end, End)
    return [row for page in pages if isinstance(page, list) for row in page if isinstance(row, Row)], end


def keys(rows: Sequence[Row]) -> list[str]:
    return [row.key for row in rows]


def create(number: int, **more: Cell) -> Write:
    cells = company(number, **more)
    return Write("create", f"C{number:03}", cells, {}, "", f"create-{number}")


def update(row: Row, **cells: Cell) -> Write:
    return Write("update", row.key, cells, {}, row.version, f"update-{row.key}")


def delete(row: Row) -> Write:
    return Write("delete", row.key, {}, {}, row.version, f"delete-{row.key}")


def methods(kintone: KintoneSandbox) -> list[str]:
    """The calls about records so far."""
    return [one.method for one in kintone.exchanges if one.path.endswith("/records.json")]


class Kintone(ConnectorTests):
    """The family's tests over the wire."""

    columns = ("顧客コード", "備考", "TEL")
    settings: ClassVar[dict[str, Any]] = {}

    @pytest.fixture(autouse=True)
    def start(self, kintone: KintoneSandbox) -> None:
        self.kintone = kintone
        kintone.apps[12].fields["会社名"]["required"] = False

    def open(self) -> KintoneConnector:
        return opened(self.kintone, key=self.columns[0], **self.settings)

    def put(self, *rows: Cells) -> list[str]:
        ids = self.kintone.put(12, *rows)
        held = self.kintone.rows(12)
        return [str(held[id][self.columns[0]]) for id in ids]

    def edit(self, key: str, **cells: Cell) -> None:
        self.kintone.edit(12, self.number(key), **cells)

    def remove(self, key: str) -> None:
        self.kintone.remove(12, self.number(key))

    def rows(self) -> dict[str, Cells]:
        held = self.kintone.rows(12).values()
        return {row[self.columns[0]]: {name: row[name] for name in self.columns} for row in held}

    def number(self, key: str) -> int:
        held = self.kintone.rows(12)
        return next(id for id, row in held.items() if row[self.columns[0]] == key)


class TestNamedByCode(Kintone):
    pass


class TestNamedByRecordNumber(Kintone):
    columns = ("$id", "備考", "TEL")
    settings: ClassVar[dict[str, Any]] = {"upsert_key": "取込番号"}


class TestNarrowedByACondition(Kintone):
    settings: ClassVar[dict[str, Any]] = {"query": 'TEL != "×"'}


# Reading


def test_more_than_500_records_are_read_page_by_page(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.put(12, *(company(number) for number in range(1, 1001)))
    rows, end = read(system)
    assert keys(rows) == [f"C{number:03}" for number in range(1, 1001)]
    assert end.complete
    assert methods(kintone) == ["GET"] * 3


def test_only_what_is_needed_is_asked_for(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    kintone.put(12, company(1, 備考="秘密"))
    read(system, ["会社名"])
    asked = kintone.exchanges[-1]
    assert asked.params["fields"] == ["$id", "$revision", "顧客コード", "更新日時", "会社名"]
    assert "秘密" not in repr(asked.body)


def test_cells_come_as_json_can_carry_them(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    kintone.put(
        12,
        company(
            1,
            金額="1200.50",
            契約日="2026-11-22",
            訪問日時="2026-11-22T10:15:00+09:00",
            区分="既存",
            興味=["資料"],
            担当=[{"code": "sato", "name": "佐藤"}],
        ),
        company(2),
    )
    typed = ("金額", "契約日", "訪問日時", "区分", "興味", "担当")
    full, blank = read(system, typed)[0]
    assert full.cells == ("1200.50", "2026-11-22", "2026-11-22T01:15:00Z", "既存", ["資料"], ["sato"])
    assert blank.cells == ("", "", "", "", [], [])


def test_a_row_knows_its_number_revision_and_time(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    [id] = kintone.put(12, company(1))
    kintone.edit(12, id, 備考="改")
    [row] = read(system)[0]
    assert (row.at, row.version) == (id, "2")
    assert row.changed_at == NOW.replace(second=0).timestamp()


@pytest.mark.invariant("I1")
def test_a_change_in_the_minute_of_the_last_read_is_not_lost(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    first, _ = kintone.put(12, company(1), company(2))
    _, end = read(system)
    kintone.pass_time(10)  # 更新日時 stays the same
    kintone.edit(12, first, 会社名="改名")
    rows, _ = read(system, cursor=end.cursor)
    assert {row.key: row.cells[1] for row in rows}["C001"] == "改名"


@pytest.mark.invariant("I1")
def test_a_change_while_pages_are_read_is_not_lost(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    first, *_ = kintone.put(12, *(company(number) for number in range(1, 502)))
    pages = system.read(NAMES)
    next(pages)
    kintone.edit(12, first, 会社名="改名")
    kintone.pass_time(3600)
    kintone.edit(12, 501, 会社名="一時間後")
    *_, end = pages
    assert isinstance(end, End)
    rows, _ = read(system, cursor=end.cursor)
    assert sorted(keys(rows)) == sorted(f"C{number:03}" for number in range(1, 502))
    assert {row.key: row.cells[1] for row in rows}["C001"] == "改名"


def test_only_what_changed_is_read_again(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    first, _ = kintone.put(12, company(1), company(2))
    kintone.pass_time(600)
    _, end = read(system)
    kintone.pass_time(600)
    kintone.edit(12, first, 会社名="改名")
    rows, again = read(system, cursor=end.cursor)
    assert keys(rows) == ["C001"]
    assert again.keys == {"C001", "C002"}


@pytest.mark.invariant("I5")
def test_a_deleted_record_is_missing_from_the_keys(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    first, _ = kintone.put(12, company(1), company(2))
    kintone.pass_time(600)
    _, end = read(system)
    kintone.remove(12, first)
    _, again = read(system, cursor=end.cursor)
    assert (again.complete, again.keys) == (True, {"C002"})


@pytest.mark.parametrize("cursor", ["", "{", "[]", '{"since": "2030-01-01T00:00:00Z", "mark": "other"}'])
def test_a_cursor_that_cannot_be_trusted_means_a_whole_read(
    kintone: KintoneSandbox, system: KintoneConnector, cursor: str
) -> None:
    kintone.put(12, company(1))
    rows, end = read(system, cursor=cursor)
    assert (keys(rows), end.keys) == (["C001"], None)


def test_another_mapping_or_form_means_a_whole_read(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.put(12, company(1))
    kintone.pass_time(600)
    _, end = read(system)
    assert keys(read(system, ["備考"], end.cursor)[0]) == ["C001"]
    assert keys(read(system, cursor=end.cursor)[0]) == []
    kintone.apps[12].fields["会社名"]["maxLength"] = "60"
    assert keys(read(opened(kintone), cursor=end.cursor)[0]) == ["C001"]


def test_a_renamed_update_time_is_found_by_its_type(kintone: KintoneSandbox) -> None:
    kintone.apps[12].fields["最終更新"] = kintone.apps[12].fields.pop("更新日時")
    kintone.put(12, company(1))
    [row] = read(opened(kintone))[0]
    assert row.changed_at == NOW.replace(second=0).timestamp()


def test_a_record_without_the_key_is_named(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    [id] = kintone.put(12, company(1, 顧客コード=""))
    page, _ = system.read(NAMES)
    assert page == [BadRow(id, "TSK-1001", "顧客コード", details={"column": "顧客コード"})]


def test_a_condition_narrows_the_stream(kintone: KintoneSandbox) -> None:
    kintone.put(12, company(1, 区分="既存"), company(2, 区分="見込"))
    system = opened(kintone, query='区分 in ("既存") or 備考 like "必要"')
    assert keys(read(system)[0]) == ["C001"]
    assert list(system.fetch(NAMES, ["C001", "C002"])) == ["C001"]
    kintone.pass_time(600)
    _, end = read(system)
    rows, again = read(system, cursor=end.cursor)
    assert (rows, again.keys) == ([], {"C001"})


def test_keys_with_quotes_and_control_characters_are_fetched_safely(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    odd = ['C"1\\', "Ｃ　１", "ｺｰﾄﾞ①"]
    kintone.put(12, *(company(1, 顧客コード=key) for key in odd))
    assert sorted(system.fetch(NAMES, [*odd, "C\t1", "C\n", ""])) == sorted(odd)


def test_many_keys_are_fetched_in_hundreds(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    kintone.put(12, *(company(number) for number in range(250)))
    assert len(system.fetch(NAMES, [f"C{number:03}" for number in range(250)])) == 250
    assert methods(kintone) == ["GET"] * 3


def test_describe_tells_types_limits_and_choices(system: KintoneConnector) -> None:
    described = system.describe()
    columns = {column.name: column for column in described.columns}
    assert (described.batch, described.assigns_key, described.changed_within) == (100, False, 60)
    assert (columns["会社名"].required, columns["会社名"].max_chars) == (True, 50)
    assert (columns["顧客コード"].unique, columns["顧客コード"].max_chars) == (True, 64)
    assert columns["区分"].choices == ("見込", "既存")
    assert (columns["更新日時"].writable, columns["更新日時"].assigned) == (False, True)
    assert "明細" not in columns


# Writing


def test_a_create_shows_what_kintone_filled_in(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    [result] = system.write([*NAMES, "レコード番号"], [create(1)])
    assert isinstance(result, Written)
    assert (result.key, result.version) == ("C001", "1")
    assert result.cells == {"顧客コード": "C001", "会社名": "会社1", "TEL": "", "レコード番号": "1"}


def test_a_hundred_writes_are_one_call_and_one_look(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    results = system.write(NAMES, [create(number) for number in range(100)])
    assert all(isinstance(result, Written) for result in results)
    assert methods(kintone) == ["POST", "GET"]


@pytest.mark.invariant("I9")
def test_one_moved_record_among_a_hundred_is_stale_and_the_others_are_written(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.put(12, *(company(number) for number in range(100)))
    rows, _ = read(system)
    kintone.edit(12, 43, 備考="先に変更")
    before = len(methods(kintone))
    results = system.write(NAMES, [update(row, TEL="03-1") for row in rows])
    assert [at for at, result in enumerate(results) if not isinstance(result, Written)] == [42]
    assert results[42] == Stale("update-C042")
    assert kintone.rows(12)[43]["TEL"] == ""
    assert methods(kintone)[before:] == ["PUT", "GET", "PUT", "GET"]


@pytest.mark.invariant("I10")
def test_refused_values_are_named_and_the_others_are_written(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.put(12, company(1), company(2, 法人番号="1180301018771"))
    one, _ = read(system)[0]
    writes = [
        update(one, 法人番号="1180301018771"),
        create(3, 会社名=""),
        create(4, 会社名="長" * 51),
        create(5, 区分="休眠"),
        create(6, 金額="千円"),
        create(7, 契約日="令和8年"),
        create(8, 更新日時="2026-11-22T00:00:00Z"),
        Write("create", "C009", {"TEL": "03-1"}, {}, "", "create-9"),
        create(10),
    ]
    results = system.write(NAMES, writes)
    told = [(one.code, one.column) for one in results if isinstance(one, Refused)]
    assert told == [
        ("TSK-3022", "法人番号"),
        ("TSK-3021", "会社名"),
        ("TSK-1013", "会社名"),
        ("TSK-3023", "区分"),
        ("TSK-3024", "金額"),
        ("TSK-3024", "契約日"),
        ("TSK-1016", "更新日時"),
        ("TSK-3021", "会社名"),
    ]
    assert isinstance(results[-1], Written)
    assert len(kintone.rows(12)) == 3


def test_a_refusal_repeats_no_value(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    kintone.put(12, company(1, 法人番号="1180301018771"))
    [result] = system.write(NAMES, [create(2, 法人番号="1180301018771")])
    assert isinstance(result, Refused)
    assert "1180301018771" not in repr(result)


def test_a_refusal_without_a_name_is_found_by_halving(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.fail("CB_VA01", times=3, method="POST")
    results = system.write(NAMES, [create(number) for number in range(4)])
    assert [type(result) for result in results] == [Refused, Written, Written, Written]


@pytest.mark.invariant("I2")
def test_a_create_whose_reply_was_lost_is_not_made_again(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.fail("reply_lost", method="POST")
    assert system.write(NAMES, [create(1), create(2)]) == [Unknown("create-1"), Unknown("create-2")]
    assert sorted(system.fetch(NAMES, ["C001", "C002"])) == ["C001", "C002"]
    results = system.write(NAMES, [create(1), create(2), create(3)])
    assert [type(result) for result in results] == [Written] * 3
    assert len(kintone.rows(12)) == 3


@pytest.mark.invariant("I2")
@pytest.mark.peer("n8n#14423")
def test_a_create_named_by_kintone_is_made_once_thanks_to_its_token(kintone: KintoneSandbox) -> None:
    system = opened(kintone, key="$id", upsert_key="取込番号")
    write = create(1)._replace(key="")
    long = create(2)._replace(key="", token="t" * 100)
    kintone.fail("reply_lost", method="POST")
    assert system.write(NAMES, [write, long]) == [Unknown(write.token), Unknown(long.token)]
    first = system.write(NAMES, [write, long])
    assert [result.key for result in first if isinstance(result, Written)] == ["1", "2"]
    kintone.edit(12, 1, 会社名="改名")
    [again] = system.write(NAMES, [write])
    assert isinstance(again, Written)
    assert (again.key, again.cells) == ("1", None), "an edit since then is not ours to vouch for"
    assert len(kintone.rows(12)) == 2


@pytest.mark.invariant("I2")
def test_a_create_does_not_overwrite_a_record_of_the_same_key(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.put(12, company(1, 会社名="ほかの会社"))
    [result] = system.write(NAMES, [create(1)])
    assert isinstance(result, Refused)
    assert (result.code, result.column) == ("TSK-3022", "顧客コード")
    assert kintone.rows(12)[1]["会社名"] == "ほかの会社"


@pytest.mark.parametrize("fault", ["reply_lost", "reply_cut", "reset", "html", "500", "502", "504", "520"])
def test_a_write_without_a_clear_answer_is_unknown_and_sent_once(
    kintone: KintoneSandbox, system: KintoneConnector, fault: str
) -> None:
    system.describe()
    kintone.fail(fault, method="POST")
    assert system.write(NAMES, [create(1)]) == [Unknown("create-1")]
    assert methods(kintone) == ["POST"]


def test_an_error_inside_kintone_leaves_a_write_unknown(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    system.describe()
    kintone.fail("CB_IL02", status=520)
    assert system.write(NAMES, [create(1)]) == [Unknown("create-1")]


@pytest.mark.parametrize("fault", ["429", "503", "GAIA_DA02", "GAIA_TO04"])
def test_a_write_that_was_surely_not_carried_out_is_for_later(
    kintone: KintoneSandbox, system: KintoneConnector, fault: str
) -> None:
    system.describe()
    kintone.fail(fault, method="POST", after=7)
    with pytest.raises(Retry):
        system.write(NAMES, [create(1)])
    assert not kintone.rows(12)
    assert methods(kintone) == ["POST"]


def test_what_was_written_before_kintone_went_busy_is_told(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.put(12, company(1))
    [row] = read(system)[0]
    kintone.fail("503", method="POST")
    results = system.write(NAMES, [create(2), update(row, TEL="03-1")])
    assert [type(result) for result in results] == [Unknown, Written]


def test_a_write_counts_even_when_the_look_after_it_fails(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    system.describe()
    kintone.fail("503", times=3, method="GET")
    [result] = system.write(NAMES, [create(1)])
    assert result == Written("create-1", "C001", "1", None)


def test_someone_who_edits_right_after_our_write_is_not_taken_for_us(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.put(12, company(1))
    [row] = read(system)[0]
    kintone.meanwhile(lambda: kintone.edit(12, 1, TEL="他人"))
    [result] = system.write(NAMES, [update(row, TEL="03-1")])
    assert result == Written("update-C001", "C001", "2", None)


def test_a_row_that_moves_between_look_and_delete_stays(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.put(12, company(1), company(2))
    rows, _ = read(system)
    kintone.meanwhile(lambda: kintone.edit(12, 1, TEL="他人"))
    results = system.write(NAMES, [delete(row) for row in rows])
    assert [type(result) for result in results] == [Stale, Written]
    assert list(kintone.rows(12)) == [1]


def test_an_update_that_repeats_the_key_does_not_set_it(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.put(12, company(1))
    [row] = read(system)[0]
    system.write(NAMES, [update(row, 顧客コード="C001", TEL="03-1")])
    [sent] = [one for one in kintone.exchanges if one.method == "PUT"]
    assert sent.params["records"][0]["record"] == {"TEL": {"value": "03-1"}}


def test_deletes_look_first_and_take_only_unmoved_rows(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.put(12, company(1), company(2), company(3))
    rows, _ = read(system)
    kintone.edit(12, 2, 備考="改")
    kintone.remove(12, 3)
    results = system.write(NAMES, [delete(row) for row in rows])
    assert [type(result) for result in results] == [Written, Stale, Written]
    assert list(kintone.rows(12)) == [2]


def test_numbers_and_times_that_kintone_respells_are_the_same_write(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.put(12, company(1))
    [row] = read(system)[0]
    planned = update(row, 訪問日時="2026-11-22T10:15:42+09:00", 金額="1200.0")
    system.write(NAMES, [planned])
    kintone.edit(12, 1, 金額="1200")
    [again] = system.write(NAMES, [planned])
    assert isinstance(again, Written)
    assert again.version == "3"


def test_choices_and_people_are_written_as_lists(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    [result] = system.write(["興味", "担当"], [create(1, 興味=["資料"], 担当=["sato"], 区分=None)])
    assert isinstance(result, Written)
    assert result.cells == {"興味": ["資料"], "担当": ["sato"]}


# Errors


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("reset", "TSK-3001"),
        ("reply_lost", "TSK-3001"),
        ("429", "TSK-3002"),
        ("GAIA_DA02", "TSK-3002"),
        ("GAIA_TO04", "TSK-3002"),
        ("500", "TSK-3003"),
        ("502", "TSK-3003"),
        ("503", "TSK-3003"),
        ("520", "TSK-3003"),
        ("html", "TSK-3004"),
        ("reply_cut", "TSK-3004"),
    ],
)
def test_a_system_that_stays_away_is_for_later(
    kintone: KintoneSandbox, system: KintoneConnector, fault: str, code: str
) -> None:
    kintone.fail(fault, times=3)
    with pytest.raises(Retry) as error:
        read(system)
    assert (error.value.code, error.value.place) == (code, "kintone app 12")


@pytest.mark.parametrize("fault", ["reset", "429", "502", "503", "html", "reply_cut", "GAIA_TO04"])
def test_a_read_is_tried_again(
    kintone: KintoneSandbox, system: KintoneConnector, pauses: list[float], fault: str
) -> None:
    kintone.put(12, company(1))
    kintone.fail(fault, times=2)
    assert keys(read(system)[0]) == ["C001"]
    assert pauses == [1.0, 2.0]


def test_a_read_waits_as_long_as_kintone_asks(
    kintone: KintoneSandbox, system: KintoneConnector, pauses: list[float]
) -> None:
    kintone.fail("429", after=12)
    read(system)
    assert pauses == [12.0]


def test_a_long_wait_is_left_to_the_schedule(
    kintone: KintoneSandbox, system: KintoneConnector, pauses: list[float]
) -> None:
    kintone.fail("429", after=600)
    with pytest.raises(Retry) as error:
        read(system)
    assert (error.value.after, pauses) == (600, [])


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("CB_AU01", "TSK-3010"),
        ("GAIA_IA02", "TSK-3010"),
        ("GAIA_NO01", "TSK-3011"),
        ("CB_NO02", "TSK-3011"),
        ("GAIA_AP01", "TSK-3025"),
        ("CB_IL02", "TSK-3028"),
        ("redirect", "TSK-3005"),
    ],
)
def test_a_wrong_connection_stops_before_anything(
    kintone: KintoneSandbox, system: KintoneConnector, fault: str, code: str
) -> None:
    kintone.fail(fault)
    with pytest.raises(UserError) as error:
        system.write(NAMES, [create(1)])
    assert (error.value.code, error.value.place) == (code, "kintone app 12")
    assert not kintone.rows(12)


def test_a_wrong_token_is_known_by_its_code_whatever_the_status(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    """Older kintone said [520] [GAIA_IA02], as cli-kintone's features of that time show."""
    system.describe()
    kintone.fail("GAIA_IA02", status=520)
    with pytest.raises(UserError) as error:
        system.write(NAMES, [create(1)])
    assert error.value.code == "TSK-3010"


def test_a_field_that_the_app_lacks_is_named_with_its_likeness(system: KintoneConnector) -> None:
    with pytest.raises(UserError) as error:
        read(system, ["会社"])
    assert error.value.code == "TSK-1003"
    assert error.value.details == {"column": "会社", "suggestion": "会社名"}


def test_a_field_the_token_may_not_see_is_missing(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    kintone.put(12, company(1))
    system.describe()
    del kintone.apps[12].fields["TEL"]
    with pytest.raises(UserError) as error:
        read(system)
    assert (error.value.code, error.value.details["column"]) == ("TSK-1003", "TEL")


@pytest.mark.parametrize("settings", [{"key": "会社名"}, {"key": "$id", "upsert_key": "備考"}])
def test_a_key_that_can_be_double_is_refused(kintone: KintoneSandbox, settings: dict[str, Any]) -> None:
    with pytest.raises(UserError) as error:
        opened(kintone, **settings).describe()
    assert error.value.code == "TSK-3027"


@pytest.mark.parametrize(
    "query", ["区分 ===", '区分 = "既存"', 'ない項目 = "x"', "TEL != 1 order by $id asc"]
)
def test_a_condition_kintone_cannot_read_is_a_setting_to_mend(kintone: KintoneSandbox, query: str) -> None:
    with pytest.raises(UserError) as error:
        read(opened(kintone, query=query))
    assert error.value.code == "TSK-3026"


@pytest.mark.parametrize(
    "host",
    ["http://example.cybozu.com", "ftp://127.0.0.1", "", "https://user@example.com", "https://a/b", "a:b:c"],
)
def test_only_https_and_this_machine_are_reached(host: str) -> None:
    connection = Connection("kintone", host=host, password=SecretStr(SECRET))
    with pytest.raises(UserError) as error:
        KintoneConnector(KintoneSettings(app=12), key="$id", home=Path(), connection=connection)
    assert error.value.code == "TSK-3008"


def test_a_host_that_nobody_answers_at_is_for_later(kintone: KintoneSandbox) -> None:
    with KintoneSandbox([]) as gone:
        pass
    connection = Connection("kintone", host=gone.url, password=SecretStr(SECRET))
    settings = KintoneSettings(app=12)
    system = KintoneConnector(settings, key="$id", home=Path(), connection=connection, pause=[].append)
    with pytest.raises(Retry) as error:
        read(system, ["会社名"])
    assert error.value.code == "TSK-3001"


def test_a_missing_connection_or_token_is_said(kintone: KintoneSandbox) -> None:
    with pytest.raises(UserError) as error:
        KintoneConnector(KintoneSettings(app=12), key="$id", home=Path())
    assert error.value.code == "TSK-3009"
    for token in ("", "a\nX-Header: b", "全角"):
        with pytest.raises(UserError) as error:
            opened(kintone, token=token)
        assert error.value.code == "TSK-3012"


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError):
        KintoneSettings.model_validate({"app": 12, "apps": 13})


@pytest.mark.invariant("I11")
def test_no_secret_and_no_value_reaches_errors_and_logs(
    kintone: KintoneSandbox, system: KintoneConnector, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    kintone.put(12, company(1))
    for fault in ("GAIA_IA02", "reset", "html", "429", "redirect"):
        kintone.fail(fault, times=3)
        with pytest.raises((Retry, UserError)) as error:
            opened(kintone, pauses=[]).fetch(NAMES, ["C001"])
        assert SECRET not in f"{error.value} {error.value!r} {error.value.__cause__}"
        assert error.value.message("ja").hint
        assert error.value.message("en").hint
        kintone.mend()
    assert SECRET not in caplog.text
    system.fetch(NAMES, ["C001"])
    assert "C001" not in caplog.text


def test_a_guest_space_has_its_own_address(kintone: KintoneSandbox) -> None:
    read(opened(kintone, guest_space=7))
    assert {one.path for one in kintone.exchanges} == {
        "/k/guest/7/v1/records.json",
        "/k/guest/7/v1/app/form/fields.json",
    }


def test_every_message_of_kintone_has_both_languages() -> None:
    for code, text in CATALOGUE.items():
        if "TSK-3001" <= code <= "TSK-3049":
            assert all(text), code
