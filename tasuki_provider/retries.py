"""Says which failed task is tried again: only the one whose system may answer later."""

from datetime import timedelta

from airflow.sdk import Context
from airflow.sdk.definitions.retry_policy import RetryDecision, RetryPolicy

from tasuki.errors import Retry, TasukiError


class ByReaction(RetryPolicy):
    """Retry waits as long as the system asked; every other error of ours needs a person first.

    What isn't ours (a lost database, a killed worker) is tried again as the task says.
    """

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Context | None = None
    ) -> RetryDecision:
        if isinstance(exception, Retry):
            delay = None if exception.after is None else timedelta(seconds=exception.after)
            return RetryDecision.retry(delay, exception.code)
        if isinstance(exception, TasukiError):
            return RetryDecision.fail(exception.code)
        return RetryDecision.default()
