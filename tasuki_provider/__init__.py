"""What Airflow shows when somebody enters how a system is reached: the forms, in Japanese.

Airflow reads this in every command, so nothing is imported here.
"""

from typing import Any


def get_provider_info() -> dict[str, Any]:
    """Entry point `apache_airflow_provider`; fields whose names hold "secret" are stored and shown hidden."""
    return {
        "package-name": "tasuki",
        "name": "襷 (Tasuki)",
        "description": "顧客情報を社内の各システムへ渡す連携ミドルウェア",
        "connection-types": [KINTONE, SFTP, IMAP, SMTP],
    }


def _field(label: str, help: str, **schema: Any) -> dict[str, Any]:
    return {"label": label, "description": help, "schema": schema}


def _security(default: str) -> dict[str, Any]:
    ways = ["ssl", "starttls", "none"]
    return _field("暗号化", "「なし」は同じパソコンの中だけ", type="string", enum=ways, default=default)


KINTONE = {
    "connection-type": "tasuki_kintone",
    "hook-name": "kintone (襷)",
    "hook-class-name": "tasuki_provider.hooks.KintoneHook",
    "ui-field-behaviour": {
        "hidden-fields": ["schema", "login", "port"],
        "relabeling": {"host": "サブドメイン", "password": "APIトークン"},
        "placeholders": {"host": "example.cybozu.com", "password": "複数のときはカンマで区切る"},
    },
    "conn-fields": {
        "app_id": _field(
            "接続テスト用のアプリID",
            "テストボタンが項目一覧を読むアプリ",
            type=["integer", "null"],
            minimum=1,
        )
    },
}

SFTP = {
    "connection-type": "tasuki_sftp",
    "hook-name": "SFTP (襷)",
    "hook-class-name": "tasuki_provider.hooks.SftpHook",
    "ui-field-behaviour": {
        "hidden-fields": ["schema"],
        "relabeling": {"host": "サーバー", "login": "ユーザー名", "password": "パスワード"},
        "placeholders": {"host": "sftp.example.co.jp", "port": "22"},
    },
    "conn-fields": {
        "host_key": _field(
            "サーバーの公開鍵", "ssh-keyscan が表示する1行。違う鍵のサーバーには接続しません", type="string"
        ),
        "key_file": _field(
            "秘密鍵のファイル", "使うときは、パスワードの欄に鍵のパスフレーズを入力", type=["string", "null"]
        ),
    },
}

SMTP = {
    "connection-type": "tasuki_smtp",
    "hook-name": "報告メールの送信 (襷)",
    "hook-class-name": "tasuki_provider.hooks.SmtpHook",
    "ui-field-behaviour": {
        "hidden-fields": ["schema"],
        "relabeling": {"host": "SMTPサーバー", "login": "ユーザー名", "password": "パスワード"},
        "placeholders": {"host": "smtp.example.co.jp", "port": "587"},
    },
    "conn-fields": {"security": _security("starttls")},
}

IMAP = {
    "connection-type": "tasuki_imap",
    "hook-name": "共有メールボックス (襷)",
    "hook-class-name": "tasuki_provider.hooks.ImapHook",
    "ui-field-behaviour": {
        "hidden-fields": ["schema"],
        "relabeling": {"host": "IMAPサーバー", "login": "ユーザー名", "password": "パスワード"},
        "placeholders": {"host": "imap.example.co.jp", "port": "993"},
    },
    "conn-fields": {"security": _security("ssl")},
}
