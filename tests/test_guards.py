"""When a source is not what it was: which signs stop a run, and how much of them it takes."""

from typing import Any

import pytest

from tasuki.connector import End, Source
from tasuki.guards import FEW, Before, guards
from tasuki.intake import Arrival, Held, Intake, Listed

NONE = Listed((), ())
CALM = Before(rows=12, source=None, same_mapping=True, changed_cells=0, returned_cells=0, rekeyed=0)


def intake(changed: int = 0, missing: int = 0, held: int = 0, read: int = 12, source: Any = None) -> Intake:
    """A complete read of a system that had 12 rows."""
    return Intake(
        read,
        read - changed - held,
        tuple(Arrival(f"C{n}", NONE, NONE, b"%d" % n, "", None, "", new=False) for n in range(changed)),
        tuple(Held(f"H{n}", "", "TSK-1001", "", {}, {}, b"") for n in range(held)),
        frozenset(),
        tuple(f"M{n}" for n in range(missing)),
        End(complete=True, source=source),
    )


def codes(now: Intake, before: Before = CALM) -> list[str]:
    return [guard.code for guard in guards("ledger", now, before)]


@pytest.mark.invariant("I5")
@pytest.mark.parametrize(
    ("now", "before", "code"),
    [
        (intake(read=0, missing=12), CALM, "TSK-5101"),
        (intake(read=5, missing=7), CALM, "TSK-5102"),
        (intake(read=6, missing=6), CALM, ""),
        (intake(changed=12), CALM, "TSK-5103"),
        (intake(changed=11), CALM, ""),
        (intake(changed=12), CALM._replace(same_mapping=False), ""),
        (intake(changed=4, missing=4), CALM._replace(rekeyed=4), "TSK-5105"),
        (intake(changed=2, missing=2), CALM._replace(rekeyed=2), ""),
        (intake(changed=4), CALM._replace(changed_cells=6, returned_cells=3), "TSK-5106"),
        (intake(changed=4), CALM._replace(changed_cells=7, returned_cells=3), ""),
        (intake(changed=4), CALM._replace(changed_cells=2, returned_cells=2), ""),
        (intake(held=7), CALM, "TSK-5108"),
        (intake(held=6), CALM, ""),
        (intake(held=7), CALM._replace(same_mapping=False), ""),
    ],
)
def test_a_sign_closes_a_guard_from_its_measure_on(now: Intake, before: Before, code: str) -> None:
    assert codes(now, before) == ([code] if code else [])


@pytest.mark.invariant("I5")
@pytest.mark.parametrize("now", [intake(missing=9, read=1), intake(changed=9), intake(held=9)])
def test_a_short_list_may_change_as_a_whole_but_not_vanish(now: Intake) -> None:
    short = CALM._replace(rows=FEW - 1)
    assert codes(now, short) == []
    assert codes(intake(read=0, missing=FEW - 1), short) == ["TSK-5101"]


def test_s25_another_file_under_the_known_name_is_noticed() -> None:
    known = CALM._replace(source=Source("顧客台帳.xlsx", family="book-1"))
    assert codes(intake(source=Source("顧客台帳.xlsx", family="book-2")), known) == ["TSK-5107"]
    assert codes(intake(source=Source("顧客台帳.xlsx", family="book-1")), known) == []


def test_evidence_is_the_same_only_when_the_same_is_seen_again() -> None:
    """What was acknowledged is not what comes later."""

    def evidence(missing: int) -> str:
        (guard,) = guards("ledger", intake(read=12 - missing, missing=missing), CALM)
        return guard.evidence

    assert evidence(7) == evidence(7)
    assert evidence(7) != evidence(8)
