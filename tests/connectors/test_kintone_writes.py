"""How the kintone connector writes: locked, once, and telling who is to blame."""

import pytest

from connectors.kintone import KintoneConnector
from tasuki.connector import Refused, Stale, Unknown, Write, Written
from tasuki.errors import Retry
from tasuki.sandbox.kintone import KintoneSandbox
from tests.connectors.kintone_customers import (
    NAMES,
    company,
    create,
    delete,
    kintone,
    methods,
    opened,
    pauses,
    read,
    system,
    update,
)

pytestmark = pytest.mark.integration

# The fixtures come by import, so that they stand beside the app they serve.
__all__ = ["kintone", "pauses", "system"]


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
        create(11, 金額="100001"),
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
        ("TSK-3020", "金額"),
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


def test_a_key_that_is_no_number_is_refused_and_the_others_are_written(kintone: KintoneSandbox) -> None:
    kintone.apps[12].fields["番号"] = {"type": "NUMBER", "unique": True}
    system = opened(kintone, key="番号")
    writes = [Write("create", key, {"会社名": "会社"}, {}, "", key) for key in ("K1", "2")]
    results = system.write(["会社名"], writes)
    assert [type(result) for result in results] == [Refused, Written]
    assert isinstance(results[0], Refused)
    assert (results[0].code, results[0].column) == ("TSK-3024", "番号")
    assert sorted(system.fetch(["会社名"], ["K1", "2"])) == ["2"]


@pytest.mark.parametrize("status", [400, 520])
def test_a_value_that_a_lookup_lacks_is_refused_and_the_others_are_written(
    kintone: KintoneSandbox, status: int
) -> None:
    """kintone names neither record nor field then, and calls it an error of its own."""
    kintone.apps[12].fields["TEL"] = {"type": "LINK", "lookup": {"fieldMappings": []}}
    kintone.put(12, *(company(number) for number in range(4)))
    system = opened(kintone)
    rows, _ = read(system)
    kintone.fail("GAIA_LO04", times=3, method="PUT", status=status)
    results = system.write(NAMES, [update(row, TEL="本社") for row in rows])
    assert [type(result) for result in results] == [Refused, Written, Written, Written]
    assert isinstance(results[0], Refused)
    assert (results[0].code, results[0].column) == ("TSK-3029", "TEL")


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
    write = create(1, 取込番号="")._replace(key="")
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


def test_a_record_that_is_gone_is_known_by_its_code_whatever_the_status(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.put(12, company(1))
    [row] = read(system)[0]
    kintone.fail("GAIA_RE20", status=400)
    assert system.write(NAMES, [update(row, TEL="03-1")]) == [Stale("update-C001")]


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
