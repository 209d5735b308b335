"""Asks a person about a plan that goes over a limit, and waits until shortly before the next run."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Context, Param
from airflow.sdk.exceptions import AirflowSkipException
from croniter import croniter

from tasuki_provider.timetable import Timetable

SUBJECT = "【襷】同期 {{ task.table.name }} の計画 {{ ti.xcom_pull(task_ids='plan')['digest'][:8] }} の承認"

BODY = """\
{% set plan = ti.xcom_pull(task_ids='plan') -%}
計画 `{{ plan['digest'] }}` は、次の理由で承認が必要です。

{% for reason in plan['approval'] -%}
- {{ task.WHY.get(reason['code'], reason['code']) }} {{ reason['system'] }}
{%- if reason['planned'] %}: {{ reason['planned'] }}件 (上限 {{ reason['limit'] }}件){% endif %}
{% endfor %}
| 項目 | 件数 |
|---|---:|
{% for key, value in plan['summary'].items() %}| {{ task.WHY.get(key, key) }} | {{ value }} |
{% endfor %}
内容は `tasuki show {{ ti.xcom_pull(task_ids='start') }}` で確かめられます。
却下した場合と、次の実行の前までに回答がない場合は、何も書き込みません。
"""

# Airflow wants a valid answer from the start; what stands here counts for whoever only presses the button.
REASON = Param("画面で内容を確認", type="string", minLength=1, title="理由", description="記録に残ります")


class Approval(ApprovalOperator):
    """Skipped when the plan needs nobody. Rejected or unanswered, nothing is applied (sync-rules S19)."""

    APPROVE = "承認"
    REJECT = "却下"
    WHY: ClassVar[dict[str, str]] = {
        "first_load": "初回の取り込み",
        "create": "追加",
        "change": "更新",
        "update": "更新",
        "delete": "削除",
        "unmerge": "分離",
    }

    def __init__(self, *, table: Timetable, **task: Any) -> None:
        task["execution_timeout"] = None  # a person may take longer than a machine
        super().__init__(
            subject=SUBJECT, body=BODY, defaults=[self.REJECT], params={"reason": REASON}, **task
        )
        self.table = table

    def execute(self, context: Context) -> Any:
        if not context["ti"].xcom_pull(task_ids="plan")["approval"]:
            raise AirflowSkipException
        self.response_timeout = until_next(self.table, datetime.now(UTC))
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        answer = super().execute_complete(context, event)
        if answer["chosen_options"] == [self.APPROVE]:
            # The engine costs half a second that only this answer needs, not each reading of the DAG file.
            from tasuki_provider import steps

            digest = context["ti"].xcom_pull(task_ids="plan")["digest"]
            user = answer["responded_by_user"]["name"]
            steps.approve(digest, user, answer["params_input"]["reason"])
        return {"chosen": answer["chosen_options"]}


def until_next(table: Timetable, now: datetime) -> timedelta | None:
    """Nine tenths of the time to the next run; None when there is no timetable."""
    if table.schedule is None:
        return None
    local = now.astimezone(ZoneInfo(table.timezone))
    following: datetime = croniter(table.schedule, local).get_next(datetime)
    return (following - local) * 0.9
