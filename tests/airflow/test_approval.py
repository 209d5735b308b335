"""When a person must answer, and which failures are tried again."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from airflow.sdk.definitions.retry_policy import RetryAction

from tasuki.errors import Retry, Skip, Stop, TasukiError, UserError
from tasuki_provider.approval import until_next
from tasuki_provider.retries import ByReaction
from tasuki_provider.timetable import Timetable

pytestmark = pytest.mark.airflow

TOKYO = ZoneInfo("Asia/Tokyo")


def table(schedule: str | None) -> Timetable:
    return Timetable("customers", "customer", schedule, "Asia/Tokyo", {"default_pool": ["ledger"]}, "")


@pytest.mark.parametrize(
    ("schedule", "next_run"),
    [
        ("0 6 * * 1-5", datetime(2026, 11, 23, 6, 0, tzinfo=TOKYO)),
        ("*/10 * * * *", datetime(2026, 11, 20, 6, 10, tzinfo=TOKYO)),
        ("@daily", datetime(2026, 11, 21, 0, 0, tzinfo=TOKYO)),
    ],
)
def test_the_question_closes_before_the_next_run(schedule: str, next_run: datetime) -> None:
    asked = datetime(2026, 11, 20, 6, 1, tzinfo=TOKYO)
    patience = until_next(table(schedule), asked)
    assert patience is not None
    assert asked + timedelta(minutes=1) < asked + patience < next_run


def test_a_sync_without_a_timetable_waits_as_long_as_it_takes() -> None:
    assert until_next(table(None), datetime.now(TOKYO)) is None


@pytest.mark.parametrize("kind", [UserError, Stop, Skip])
def test_what_needs_a_person_is_not_tried_again(kind: type[TasukiError]) -> None:
    assert ByReaction().evaluate(kind("TSK-8010"), 1, 3).action is RetryAction.FAIL


def test_a_busy_system_is_asked_again_when_it_said() -> None:
    decision = ByReaction().evaluate(Retry("TSK-8010", after=90), 1, 3)
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(seconds=90))


def test_a_system_that_did_not_say_when_is_asked_again_at_the_tasks_own_pace() -> None:
    decision = ByReaction().evaluate(Retry("TSK-8010"), 1, 3)
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, None)


def test_a_fault_that_is_not_ours_is_left_to_airflow() -> None:
    assert ByReaction().evaluate(OSError(), 1, 3).action is RetryAction.DEFAULT
