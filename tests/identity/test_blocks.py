from collections.abc import Sequence

import numpy as np
import pytest

from tasuki.identity.blocks import Kept, keep, table_of
from tasuki.identity.likeness import FIELDS, FIRST, texts
from tasuki.identity.modelfile import load
from tasuki.identity.table import lay_out
from tasuki.identity.verdict import judge
from tasuki.record import Record

CUSTOMER = FIELDS["customer"]
YAMADA: Record = {
    "name": "株式会社山田商店",
    "name_kana": "ヤマダショウテン",
    "phone": "+81312345678",
    "postal_code": "1000005",
    "address": "東京都千代田区丸の内1-2-3",
}
OTHERS: Sequence[Record] = (
    YAMADA,
    YAMADA | {"name": "㈱山田商店", "phone": "+81612345678"},
    {"name": "鈴木工業", "address": "大阪市北区梅田４丁目５番６号", "email": "info@suzuki.example.jp"},
    {"name": "山田商会", "phone": "+81312345678"},
    {},
)


def kept(*records: Record, of: str = "customer") -> list[Kept]:
    columns = texts(CUSTOMER, records)
    return keep(of, CUSTOMER, {field.name: field.rules.read(columns[field.name]) for field in CUSTOMER})


def meet(one: Record, other: Record) -> bool:
    first, second = kept(one, other)
    return bool(first.blocks & second.blocks)


@pytest.mark.parametrize(
    "other",
    [
        {"name": "㈱ 山田商店"},
        {"name_kana": "やまだしょうてん"},
        {"phone": "０３（１２３４）５６７８"},
        {"address": "千代田区丸の内一丁目２番３号"},
        {"name": "山田商會", "postal_code": "1000005", "phone": "+81312345679"},
    ],
    ids=["form", "hiragana", "wide digits", "chome", "typo in name and phone"],
)
def test_rows_of_one_firm_meet_though_only_this_is_alike(other: Record) -> None:
    assert meet(YAMADA, other)


def test_rows_that_share_nothing_do_not_meet() -> None:
    assert not meet(YAMADA, OTHERS[2])


def test_a_name_meets_no_telephone_that_reads_the_same() -> None:
    assert not meet({"name": "0312345678"}, {"phone": "0312345678"})


def test_rows_of_two_models_never_meet() -> None:
    assert not kept(YAMADA)[0].blocks & kept(YAMADA, of="contact")[0].blocks


def test_a_row_that_says_nothing_stands_in_no_block() -> None:
    assert kept({})[0].blocks == frozenset()


@pytest.mark.invariant("I12")
def test_what_is_kept_of_a_row_does_not_hang_on_the_rows_beside_it() -> None:
    together = kept(*OTHERS)
    assert together == [kept(record)[0] for record in OTHERS]


@pytest.mark.invariant("I12")
def test_rows_are_judged_by_what_was_kept_as_by_themselves_to_the_last_bit() -> None:
    model = load(FIRST)
    again = table_of(CUSTOMER, [row.values for row in kept(*OTHERS)])
    one, other = np.triu_indices(len(OTHERS), 1)
    by_itself = judge(model, lay_out(CUSTOMER, texts(CUSTOMER, OTHERS)), one, other)
    assert judge(model, again, one, other).same.tolist() == by_itself.same.tolist()
