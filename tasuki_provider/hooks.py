"""The Test button of each connection: asks the system itself whether we may come in."""

import imaplib
import ssl

from airflow.sdk import BaseHook
from pydantic import SecretStr

from connectors._mail.imap import Imap
from connectors._sftp import SftpPlace
from connectors.kintone import KintoneConnector, KintoneSettings
from tasuki import courier, settings
from tasuki.errors import Retry, TasukiError, UserError
from tasuki.messages import render


class SystemHook(BaseHook):
    """What Airflow asks of every connection type; the connectors do the work."""

    conn_name_attr = "connection_id"
    connection_id: str

    def __init__(self, connection_id: str = "") -> None:
        super().__init__()
        self.connection_id = connection_id

    def test_connection(self) -> tuple[bool, str]:
        """The second is shown beside the button, in Japanese: the form is Japanese too."""
        try:
            self.enter(self._connection())
        except TasukiError as refused:
            text, hint = refused.message("ja")
            return False, f"{text}。{hint} [{refused.code}]"
        return True, render("TSK-8010").text

    def enter(self, connection: settings.Connection) -> None:
        """Raises UserError or Retry when the system does not let us in."""
        raise NotImplementedError

    def _connection(self) -> settings.Connection:
        given = self.get_connection(self.connection_id)
        return settings.Connection(
            id=self.connection_id,
            type=given.conn_type or "",
            host=given.host or "",
            port=given.port,
            login=given.login or "",
            password=SecretStr(given.password or ""),
            extra=given.extra_dejson,
        )


class KintoneHook(SystemHook):
    """An API token belongs to an app, so that only an app's form shows whether it is right."""

    conn_type = "tasuki_kintone"
    hook_name = "kintone (襷)"

    def enter(self, connection: settings.Connection) -> None:
        if not (app := connection.extra.get("app_id")):
            raise UserError("TSK-8011", connection.id, field="テスト用のアプリID")
        connector = KintoneConnector(
            KintoneSettings(app=app), key="$id", home=settings.home(), connection=connection
        )
        connector.describe()


class SftpHook(SystemHook):
    conn_type = "tasuki_sftp"
    hook_name = "SFTP (襷)"

    def enter(self, connection: settings.Connection) -> None:
        place = SftpPlace(connection, ".")
        try:
            place.beside()
        finally:
            place.close()


class SmtpHook(SystemHook):
    conn_type = "tasuki_smtp"
    hook_name = "報告メールの送信 (襷)"

    def enter(self, connection: settings.Connection) -> None:
        courier.greet(connection)


class ImapHook(SystemHook):
    conn_type = "tasuki_imap"
    hook_name = "共有メールボックス (襷)"

    def enter(self, connection: settings.Connection) -> None:
        try:
            Imap(connection).close()
        except ssl.SSLCertVerificationError:
            raise UserError("TSK-7011", connection.id) from None
        except (imaplib.IMAP4.error, OSError):
            # "from None": what a server says may hold addresses.
            raise Retry("TSK-7020", connection.id) from None
