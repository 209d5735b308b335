"""What a field is now, from what each side showed and shows: the case table of sync-rules S2-S26."""

from typing import Any, NamedTuple

import pytest

from tasuki.definition import PolicyEntry
from tasuki.model.customer import CUSTOMER
from tasuki.reconcile import Side, reconcile
from tasuki.record import Record

ONE, TWO, THREE = "+81311111111", "+81322222222", "+81333333333"
LINKS = {"ledger": 1, "crm": 2, "yayoi": 3}
NEW = object()
"""A side that never settled this field."""


class Told(NamedTuple):
    """What follows for one unit."""

    value: Record
    rule: str
    asked: str
    fates: dict[str, str]
    """By system: settle, write, or the reason of a drift; a side at rest isn't told."""


def side(system: str, was: Any, now: Any, **habits: Any) -> Side:
    """A row that showed `was` and shows `now`; `stands_for` is the value that `was` stood for."""
    before, observed = ({} if was is NEW else _record(was)), _record(now)
    stands_for = _record(habits.pop("stands_for", before))
    shows = habits.pop("shows", lambda record: record)
    return Side(LINKS[system], system, frozenset(observed), observed, before, stands_for, shows, **habits)


def decide(base: Any, *sides: Side, **policy: Any) -> Told:
    decisions = policy.pop("decisions", {})
    entry = PolicyEntry(**policy)
    found = reconcile("cu_1", CUSTOMER, _record(base), sides, lambda unit: entry, decisions)
    fates = {one.system: fate for one in sides for fate in _fates(found, one.link)}
    return Told(
        {name: text for name, text in found.value.items() if text},
        found.rulings[0].rule if found.rulings else "",
        found.conflicts[0].reason if found.conflicts else "",
        fates,
    )


def _fates(found: Any, link: int) -> list[str]:
    drifts = [drift.reason for drift in found.drifts if drift.link == link]
    return ["settle"] * (link in found.settled) + ["write"] * (link in found.writes) + drifts


def _record(told: Any) -> Record:
    return {"phone": told} if isinstance(told, str) else dict(told)


class Case(NamedTuple):
    """Ledger and CRM, each (was, now), and the value both agreed to."""

    says: str
    base: str
    ledger: tuple[Any, str]
    crm: tuple[Any, str]
    policy: dict[str, Any]
    value: str
    follows: str
    """The rule that moved the value, or why it is asked; "" when it stays."""
    fates: dict[str, str]


BOTH = {"ledger": "settle", "crm": "settle"}
KEPT = {"never_clear": True}
ONE_WAY = {"only": "ledger"}
TO_CRM = {"ledger": "settle", "crm": "write"}
TO_LEDGER = {"ledger": "write", "crm": "settle"}
CASES = [
    Case("S2 nothing moved", ONE, (ONE, ONE), (ONE, ONE), {}, ONE, "", {}),
    Case("S2 one edit goes round", ONE, (ONE, ONE), (ONE, TWO), {}, TWO, "edit", TO_LEDGER),
    Case("S2 the same edit twice is agreed", ONE, (ONE, TWO), (ONE, TWO), {}, TWO, "same", BOTH),
    Case("S9 a cleared value is cleared elsewhere", ONE, (ONE, ""), (ONE, ONE), {}, "", "edit", TO_CRM),
    Case("S9 cleared on both sides is agreed blank", ONE, (ONE, ""), (ONE, ""), {}, "", "same", BOTH),
    Case("S9 never cleared comes back", ONE, (ONE, ""), (ONE, ONE), KEPT, ONE, "", {"ledger": "write"}),
    Case("S9 always blank clears nothing", "", ("", ""), (NEW, ONE), {}, ONE, "first", TO_LEDGER),
    Case("S11 a lone edit wins", ONE, (ONE, ONE), (ONE, TWO), {"owner": "ledger"}, TWO, "edit", TO_LEDGER),
    Case("S11 the owner decides", ONE, (ONE, THREE), (ONE, TWO), {"owner": "ledger"}, THREE, "owner", TO_CRM),
    Case("S11 only makes it one way", ONE, (ONE, ONE), (ONE, TWO), ONE_WAY, ONE, "", {"crm": "only"}),
    Case("S11 the one way", ONE, (ONE, THREE), (ONE, ONE), ONE_WAY, THREE, "edit", TO_CRM),
    Case("S11 an empty owner loses", "", (NEW, ""), (NEW, ONE), {"owner": "ledger"}, ONE, "first", TO_LEDGER),
    Case("S13 two edits are asked and frozen", ONE, (ONE, TWO), (ONE, THREE), {}, ONE, "ask", {}),
    Case("S14 a blank is filled", "", (NEW, ""), (NEW, ONE), {}, ONE, "first", TO_LEDGER),
    Case("S14 time decides nothing", "", (NEW, ONE), (NEW, TWO), {"policy": "newest"}, "", "first", {}),
    Case("S14 the owner decides", "", (NEW, ONE), (NEW, TWO), {"owner": "ledger"}, ONE, "owner", TO_CRM),
    Case("S14 a newcomer that differs is asked", ONE, (ONE, ONE), (NEW, TWO), {}, ONE, "first", {}),
]  # fmt: skip


@pytest.mark.peer("vdirsyncer#257")
@pytest.mark.peer("vdirsyncer null")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_of_two_sides(case: Case) -> None:
    told = decide(case.base, side("ledger", *case.ledger), side("crm", *case.crm), **case.policy)
    assert told.value.get("phone", "") == case.value
    assert (told.rule or told.asked) == case.follows
    assert told.fates == case.fates


# S3: a target that cuts or respells


def test_s3_what_the_system_made_of_our_value_is_no_change() -> None:
    crm = side("crm", {"name": "ＡＢＣ商事"}, {"name": "ＡＢＣ商事"}, stands_for={"name": "ABC商事"})
    told = decide({"name": "ABC商事"}, side("ledger", {"name": "ABC商事"}, {"name": "ABC商事"}), crm)
    assert (told.rule, told.fates) == ("", {})


def test_s3_an_edit_to_what_a_write_would_show_is_no_change() -> None:
    whole = {"name": "山田商店東京本社"}
    crm = side("crm", {"name": "山田"}, {"name": "山田商店東京"}, stands_for=whole, shows=_six)
    assert decide(whole, crm) == (whole, "", "", {"crm": "settle"})


def test_s3_any_other_edit_of_a_cut_field_is_asked() -> None:
    whole = {"name": "山田商店東京本社"}
    crm = side("crm", {"name": "山田商店東京"}, {"name": "山田商会"}, stands_for=whole, shows=_six)
    assert decide(whole, crm) == (whole, "", "cut", {})


def _six(record: Record) -> Record:
    return {name: text[:6] for name, text in record.items()}


# S5: pending


def test_s5_a_target_that_has_not_the_value_yet_is_written_without_a_new_change() -> None:
    told = decide(TWO, side("ledger", TWO, TWO), side("crm", ONE, ONE))
    assert (told.rule, told.fates) == ("", {"crm": "write"})


def test_s5_an_edit_by_one_who_knew_only_the_older_value_is_asked() -> None:
    told = decide(TWO, side("ledger", TWO, TWO), side("crm", ONE, THREE))
    assert (told.asked, told.fates) == ("ask", {})


# S8: directions


@pytest.mark.parametrize(("restore", "fate"), [(False, "out"), (True, "write")])
def test_s8_an_edit_where_edits_do_not_count_is_drift(restore: bool, fate: str) -> None:
    crm = side("crm", ONE, TWO, direction="out", restore=restore)
    assert decide(ONE, side("ledger", ONE, ONE), crm) == ({"phone": ONE}, "", "", {"crm": fate})


def test_s8_drift_gives_way_to_the_next_change() -> None:
    crm = side("crm", ONE, TWO, direction="out")
    assert decide(ONE, side("ledger", ONE, THREE), crm).fates == TO_CRM


def test_s8_a_losing_value_in_a_giving_system_is_agreed_and_never_written() -> None:
    ledger = side("ledger", ONE, THREE, direction="in")
    told = decide(ONE, ledger, side("crm", ONE, TWO), owner="crm")
    assert (told.value, told.fates) == ({"phone": TWO}, BOTH)


# S10: groups

TOKYO = {"postal_code": "1000001", "address": "東京都千代田区1"}
OSAKA = {"address": "大阪市北区1"}


def test_s10_a_part_of_a_group_is_not_given() -> None:
    told = decide(TOKYO, side("ledger", TOKYO, TOKYO), side("crm", {"address": TOKYO["address"]}, OSAKA))
    assert (told.value, told.fates) == (TOKYO, {"crm": "part"})


def test_s10_a_part_that_may_give_is_asked_so_that_no_address_mixes_two_places() -> None:
    crm = side("crm", {"address": TOKYO["address"]}, OSAKA, gives=True)
    assert decide(TOKYO, side("ledger", TOKYO, TOKYO), crm) == (TOKYO, "", "part", {})


def test_s10_the_whole_group_wins_over_its_equal_part_on_first_load() -> None:
    told = decide({}, side("crm", NEW, {"address": TOKYO["address"]}), side("ledger", NEW, TOKYO))
    assert (told.value, told.asked) == (TOKYO, "")


# S12: times


@pytest.mark.parametrize(
    ("ledger", "crm", "value", "asked"),
    [
        ((100, 160), (10, 70), TWO, ""),
        ((100, 160), (10, 100), TWO, ""),
        ((100, 160), (10, 101), ONE, "overlap"),
        ((10, 70), (100, 160), THREE, ""),
    ],
)
def test_s12_the_newest_wins_only_when_its_whole_interval_lies_after_all_others(
    ledger: tuple[float, float], crm: tuple[float, float], value: str, asked: str
) -> None:
    sides = [
        side(name, ONE, now, since=times[0], until=times[1])
        for name, now, times in (("ledger", TWO, ledger), ("crm", THREE, crm))
    ]
    told = decide(ONE, *sides, policy="newest")
    assert (told.value, told.asked) == ({"phone": value}, asked)


# S13: decisions


def test_s13_a_conflict_has_the_same_key_whenever_the_same_values_meet() -> None:
    def key(now: str) -> str:
        sides = [side("ledger", ONE, TWO), side("crm", ONE, now)]
        asked = reconcile("cu_1", CUSTOMER, _record(ONE), sides, lambda unit: PolicyEntry(), {}).conflicts
        return asked[0].key

    assert key(THREE) == key(THREE)
    assert key(THREE) != key("+81344444444")


def test_s13_a_decision_holds_for_the_values_it_was_made_of_and_no_others() -> None:
    sides = [side("ledger", ONE, TWO), side("crm", ONE, THREE)]
    (asked,) = reconcile("cu_1", CUSTOMER, _record(ONE), sides, lambda unit: PolicyEntry(), {}).conflicts
    chosen = {asked.key: _record(THREE)}
    told = decide(ONE, *sides, decisions=chosen)
    assert (told.rule, told.fates) == ("decision", TO_LEDGER)
    moved = side("crm", ONE, "+81344444444")
    assert decide(ONE, sides[0], moved, decisions=chosen).asked == "ask"


# S14: spelling on the first day


@pytest.mark.parametrize(("owner", "name"), [(None, "ヤマダ商店"), ("crm", "ﾔﾏﾀﾞ商店")])
def test_s14_equal_after_folding_is_agreed_in_the_owners_spelling_and_nobody_is_respelled(
    owner: str | None, name: str
) -> None:
    sides = [side("ledger", NEW, {"name": "ヤマダ商店"}), side("crm", NEW, {"name": "ﾔﾏﾀﾞ商店"})]
    assert decide({}, *sides, owner=owner) == ({"name": name}, "first", "", BOTH)


# S20: sent, not imported yet


def test_s20_what_was_handed_over_is_not_handed_over_again() -> None:
    yayoi = side("yayoi", ONE, ONE, sent={"phone": TWO})
    assert decide(TWO, side("ledger", TWO, TWO), yayoi).fates == {}


# S26: a no

IN, OUT, UNSAID = {"consent_mail": "in"}, {"consent_mail": "out"}, {"consent_mail": ""}


@pytest.mark.parametrize(
    ("habits", "policy"),
    [
        ({}, {}),
        ({}, {"owner": "ledger"}),
        ({}, {"only": "ledger"}),
        ({}, {"policy": "newest"}),
        ({"direction": "out"}, {}),
    ],
)
def test_s26_a_no_counts_from_anyone_whatever_the_policies_say(
    habits: dict[str, Any], policy: dict[str, Any]
) -> None:
    told = decide(IN, side("ledger", IN, IN), side("crm", IN, OUT, **habits), **policy)
    assert told == (OUT, "opt_out", "", TO_LEDGER)


def test_s26_a_no_beats_a_yes_given_at_the_same_time() -> None:
    assert decide(UNSAID, side("ledger", UNSAID, IN), side("crm", UNSAID, OUT)).value == OUT


def test_s26_a_yes_counts_from_one_who_knew_of_the_no() -> None:
    others = side("ledger", OUT, OUT)
    assert decide(OUT, others, side("crm", OUT, IN)).value == IN
    assert decide(OUT, others, side("crm", UNSAID, IN)).value == OUT


def test_s26_a_yes_older_than_the_no_is_not_taken() -> None:
    no = {**OUT, "consent_on": "2026-11-20"}
    assert decide(no, side("ledger", no, {**IN, "consent_on": "2026-11-01"})).value == no
