"""The stand-in reads kintone's query language: https://cybozu.dev/ja/kintone/docs/overview/query/."""

import pytest

from tests.sandbox.curl import Client, client, company, refusal, sandbox

pytestmark = pytest.mark.integration

# The fixtures come by import, so that they stand beside the app they serve.
__all__ = ["client", "sandbox"]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["C003", "C002", "C001"]),
        ("order by $id asc", ["C001", "C002", "C003"]),
        ("order by 金額 desc limit 2", ["C002", "C003"]),
        ("order by $id asc limit 1 offset 1", ["C002"]),
        ('コード = "C002"', ["C002"]),
        ('コード != "C002" order by $id asc', ["C001", "C003"]),
        ('コード in ("C001", "C003") order by $id asc', ["C001", "C003"]),
        ('コード not in ("C001", "C003")', ["C002"]),
        ('会社名 like "社2"', ["C002"]),
        ('会社名 not like "社2" order by $id asc', ["C001", "C003"]),
        ("金額 > 30", ["C002"]),
        ('金額 >= "30" and 金額 < 200', ["C003"]),
        ('区分 in ("既存")', ["C003"]),
        ('興味 in ("資料") or コード = "C003" order by $id asc', ["C002", "C003"]),
        ('コード = "C001" or コード = "C002" and 金額 > 30 order by $id asc', ["C001", "C002"]),
        ('(コード = "C001" or コード = "C002") and 金額 > 30', ["C002"]),
        ("備考 is not empty", ["C001"]),
        (r'備考 like "\"引用\""', ["C001"]),
        ('契約日 >= "2026-11-01"', ["C003"]),
        ('$id > "2"', ["C003"]),
        ('更新日時 >= "2026-11-22T00:00:00Z" order by $id asc limit 1', ["C001"]),
    ],
)
def test_a_query_finds(client: Client, query: str, codes: list[str]) -> None:
    client.sandbox.put(
        12,
        company(1, 備考='"引用"あり'),
        company(2, 金額="200", 興味=["資料"]),
        company(3, 金額="30", 区分="既存", 契約日="2026-11-22"),
    )
    assert client.found(query) == codes


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("コード ===", "CB_VA01"),
        ("コード =", "CB_VA01"),
        ('コード = "C001', "CB_VA01"),
        ('コード = "C\t001"', "CB_VA01"),
        ("limit x", "CB_VA01"),
        ('(コード = "C001"', "CB_VA01"),
        ('ない項目 = "x"', "GAIA_IQ11"),
        ("order by ない項目", "GAIA_IQ11"),
        ('備考 = "x"', "GAIA_IQ03"),
        ('区分 = "既存"', "GAIA_IQ03"),
    ],
)
def test_a_query_that_kintone_cannot_read_is_refused(client: Client, query: str, code: str) -> None:
    assert refusal(client.read(query)) == (400, code)
