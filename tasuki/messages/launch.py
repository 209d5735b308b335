"""Messages about starting, scheduling and testing connections (TSK-8…)."""

from tasuki.messages.text import Text

MESSAGES: dict[str, Text] = {
    "TSK-8001": Text(
        "ポート{port}はほかのプログラムが使っています",
        "そのプログラムを止めるか、別のポートを指定してください",
        "Port {port} is used by another program",
        "Stop that program, or name another port",
    ),
    "TSK-8002": Text(
        "Airflowのデータベースを準備できませんでした",
        "ログを見てください。ディスクの空きと書き込み権限も確かめてください",
        "Airflow's database could not be prepared",
        "See the log; check free disk space and write permission too",
    ),
    "TSK-8003": Text(
        "{part}が終わってしまいました",
        "ログの最後の行を見て原因を直し、tasuki up をもう一度実行してください",
        "{part} ended by itself",
        "See the last lines of the log, mend the cause and run tasuki up again",
    ),
    "TSK-8004": Text(
        "{seconds}秒待っても{part}が応答しません",
        "ログを見てください。動作の遅いパソコンでは、しばらくしてからもう一度実行してください",
        "{part} did not answer within {seconds} seconds",
        "See the log; on a slow machine try again later",
    ),
    "TSK-8005": Text(
        "Airflowが入っていません",
        'pip install "tasuki[airflow]" を実行してください',
        "Airflow is not installed",
        'Run pip install "tasuki[airflow]"',
    ),
    "TSK-8006": Text(
        "別の tasuki up が起動中です",
        "それが終わるのを待ってください",
        "Another tasuki up is starting",
        "Wait until it is done",
    ),
    "TSK-8007": Text(
        "同期の定義(dags/syncs.py)がありません",
        "環境変数 AIRFLOW__CORE__DAGS_FOLDER に syncs.py のあるフォルダを指定してください",
        "dags/syncs.py is missing",
        "Name the folder of syncs.py in AIRFLOW__CORE__DAGS_FOLDER",
    ),
    "TSK-8010": Text(
        "接続できました",
        "",
        "Connected",
        "",
    ),
    "TSK-8011": Text(
        "接続の設定項目「{field}」が空です",
        "接続の画面で{field}を入力してください",
        "{field} of the connection is empty",
        "Fill in {field} on the connection's page",
    ),
    "TSK-8020": Text(
        "同期の設定ファイルを読めません",
        "YAMLの書き方を直してください。ほかの同期は動いています",
        "The sync's file cannot be read",
        "Mend its YAML; other syncs go on",
    ),
    "TSK-8021": Text(
        "前の手順が失敗したため、この実行は失敗です: {tasks}",
        "失敗した手順のログを見てください。次の実行が続きから再開します",
        "The run failed because a step before failed: {tasks}",
        "See the log of that step; the next run goes on from there",
    ),
    "TSK-8022": Text(
        "実行は終了コード{exit_code}で終わりました",
        "tasuki show {run} で内容を確かめてください",
        "The run ended with exit code {exit_code}",
        "See tasuki show {run}",
    ),
}
