import numpy as np
import pytest

from tasuki.identity.explain import Reasons, explain
from tasuki.identity.matching import match
from tests.identity.office import FIELDS, Line, ledger, texts


def reasons(one: Line, other: Line) -> Reasons:
    lines, _ = ledger()
    found = match(FIELDS, texts([*lines, one, other]))
    return explain(found.model, found.table, np.array([len(lines)]), np.array([len(lines) + 1]))[0]


def test_the_bars_add_up_to_the_decision() -> None:
    told = reasons(
        Line("株式会社襷", "タスキ", "0312345678"), Line("(株)襷", "", "03-1234-5678", "長野県松本市1-1")
    )
    odds = told.start + sum(bar.bits for bar in told.bars) + told.rivals
    assert 1 / (1 + 2**-odds) == pytest.approx(told.probability)


def test_a_sentence_says_what_agrees_before_what_differs() -> None:
    told = reasons(
        Line("株式会社襷", "", "0312345678", "東京都港区芝1-2-3"),
        Line("㈱襷", "", "0698765432", "港区芝1-2-3"),
    )
    assert told.sentence() in (
        "名称が一致、住所が一致、電話番号が違う",
        "住所が一致、名称が一致、電話番号が違う",
    )
    assert told.sentence("en").endswith("telephone differs")


def test_a_name_and_its_reading_count_once() -> None:
    told = reasons(Line("株式会社襷", "タスキ", "0312345678"), Line("㈱襷", "タスキ", "03-1234-5678"))
    names = {bar.field: bar.bits for bar in told.bars}
    assert min(names["name"], names["kana"]) == 0 < max(names["name"], names["kana"])


def test_relatives_are_called_what_they_are() -> None:
    home = ("0312345678", "東京都港区芝1-2-3")
    told = reasons(Line("山田 太郎", "ヤマダ タロウ", *home), Line("山田 花子", "ヤマダ ハナコ", *home))
    assert (told.vetoed, told.relation, told.probability) == (True, "neighbour", 0.0)
    assert "名称が同姓で別の名" in told.sentence()
