"""The shared mailbox gives one row per mail, from folders on disk and from a real mail server alike."""

import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.mailbox import MailboxConnector, MailboxSettings
from tasuki.connector import BadRow, Refused, Write
from tasuki.errors import Retry, UserError
from tasuki.settings import Connection
from tests.connectors.dovecot import PASSWORD, Dovecot, running
from tests.connectors.office import COLUMNS, Office, letter, read


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


class TestRows:
    def test_a_mail_is_a_row_keyed_by_its_message_id(self, office: Office) -> None:
        office.deliver(letter(1), "1.a")
        row = read(office.open()).rows["1@customer.jp"]
        assert row.cells == ("mail", "in", "yamada@customer.jp", "eigyo@example.co.jp", "見積", "INBOX")
        assert row.at == "INBOX/1.a"

    def test_every_column_that_is_described_can_be_read(self, office: Office) -> None:
        office.deliver(letter(1), "1.a")
        names = [column.name for column in office.open().describe().columns]
        row = read(office.open(), columns=names).rows["1@customer.jp"]
        cells = dict(zip(names, row.cells, strict=True))
        assert cells["message_id"] == cells["thread"] == "1@customer.jp"
        assert cells["date"] == "2026-11-22T01:00:00Z"
        assert cells["text"] == "本文"

    def test_staff_are_known_by_the_staff_list(self, office: Office) -> None:
        lines = "氏名,メール\r\n髙橋花子,Hanako@private.jp\r\n"
        (office.home / "files" / "職員.csv").write_bytes(lines.encode("cp932"))
        office.deliver(letter(1, sender="hanako@private.jp", subject="[訪問]", text="顧客: ㈱山田"), "1.a")
        staff = {"path": "files/職員.csv", "address": "メール", "name": "氏名"}
        columns = ("kind", "staff_name", "counterpart_name")
        row = read(office.open(staff=staff), columns=columns).rows["1@customer.jp"]
        assert row.cells == ("visit", "髙橋花子", "㈱山田")

    def test_staff_without_an_address_make_no_mail_ours(self, office: Office) -> None:
        (office.home / "files" / "staff.csv").write_text("氏名,メール\n退職者,\n", encoding="utf-8")
        office.deliver(letter(1, sender=""), "1.a")
        staff = {"path": "files/staff.csv", "address": "メール", "name": "氏名"}
        [row] = read(office.open(staff=staff), columns=["direction"]).rows.values()
        assert row.cells == ("in",)

    def test_many_mails_come_in_pages(self, office: Office) -> None:
        for number in range(250):
            office.deliver(letter(number), f"{number}.a")
        pages = [page for page in office.open().read(COLUMNS) if isinstance(page, list)]
        assert len(pages) > 1
        assert len({row.key for page in pages for row in page}) == 250


class TestCopies:
    def test_copies_in_several_folders_are_one_row(self, office: Office) -> None:
        office.deliver(letter(1), "1.a")
        office.deliver(letter(1), "2.a")
        office.deliver(letter(1), "3.a", "Sent")
        mailbox = office.open(folders=["Sent", "INBOX"])
        seen = read(mailbox)
        assert [row.at for row in seen.rows.values()] == ["Sent/3.a"]
        assert mailbox.counted == {"internal": 0, "copies": 2}

    def test_the_oldest_copy_counts(self, office: Office) -> None:
        office.deliver(letter(1, hour=11, subject="後"), "1.a")
        office.deliver(letter(1, hour=9, subject="先"), "2.a")
        [row] = read(office.open(), columns=["subject"]).rows.values()
        assert row.cells == ("先",)

    def test_mails_without_message_id_are_told_apart_by_their_content(self, office: Office) -> None:
        office.deliver(letter(1, message_id=""), "1.a")
        office.deliver(letter(1, message_id=""), "2.a")
        office.deliver(letter(1, message_id="", text="別の本文"), "3.a")
        mailbox = office.open()
        assert len(read(mailbox).rows) == 2
        assert mailbox.counted["copies"] == 1
        assert read(office.open()).rows.keys() == read(mailbox).rows.keys()


class TestInternal:
    def test_mail_among_ourselves_is_counted_not_carried(self, office: Office) -> None:
        office.deliver(letter(1), "1.a")
        office.deliver(letter(2, sender="sato@example.co.jp", subject="忘年会"), "2.a")
        mailbox = office.open()
        assert list(read(mailbox).rows) == ["1@customer.jp"]
        assert mailbox.counted == {"internal": 1, "copies": 0}

    def test_a_report_of_a_visit_is_carried(self, office: Office) -> None:
        office.deliver(letter(1, sender="sato@example.co.jp", subject="【訪問】山田商店様"), "1.a")
        [row] = read(office.open(), columns=["kind", "staff", "counterpart_name"]).rows.values()
        assert row.cells == ("visit", "sato@example.co.jp", "山田商店")


class TestIncrements:
    def test_nothing_new_says_so(self, office: Office) -> None:
        office.deliver(letter(1), "1.a")
        first = read(office.open())
        again = read(office.open(), first.end.cursor)
        assert again.end.unchanged
        assert not again.rows

    def test_a_new_mail_after_the_cursor_is_read(self, office: Office) -> None:
        office.deliver(letter(1), "1.a")
        cursor = read(office.open()).end.cursor
        office.deliver(letter(2), "2.a")
        again = read(office.open(), cursor)
        assert "2@customer.jp" in again.rows
        assert not again.end.unchanged

    def test_a_deleted_mail_is_never_reported_as_gone(self, office: Office) -> None:
        file = office.deliver(letter(1), "1.a")
        first = read(office.open())
        file.unlink()
        again = read(office.open(), first.end.cursor)
        assert not first.end.complete
        assert (again.end.complete, again.end.keys) == (False, None)

    def test_a_mail_marked_as_read_is_no_news(self, office: Office) -> None:
        file = office.deliver(letter(1), "1.a")
        first = read(office.open())
        file.rename(office.mail / "cur" / "1.a:2,S")
        again = read(office.open(), first.end.cursor)
        assert not again.rows
        assert again.end.unchanged

    def test_a_folder_added_to_the_settings_is_read_from_its_start(self, office: Office) -> None:
        office.deliver(letter(1), "1.a")
        office.deliver(letter(2), "2.a", "Sent")
        cursor = read(office.open()).end.cursor
        assert list(read(office.open(folders=["INBOX", "Sent"]), cursor).rows) == ["2@customer.jp"]


class TestFaults:
    def test_a_mail_that_cannot_be_followed_stops_only_itself(self, office: Office) -> None:
        office.deliver(
            b"Message-ID: <1@b.jp>\r\nFrom: a@b.jp\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 5000,
            "1.bad",
        )
        office.deliver(letter(2), "2.a")
        seen = read(office.open())
        assert list(seen.rows) == ["2@customer.jp"]
        assert seen.bad == [BadRow("INBOX/1.bad", "TSK-7001", key="1@b.jp")]

    @pytest.mark.parametrize(
        ("settings", "code"),
        [
            ({"path": "files/none"}, "TSK-1006"),
            ({"folders": ["INBOX", "営業"]}, "TSK-7014"),
            ({"path": None}, "TSK-7012"),
            ({"staff": {"path": "files/none.csv", "address": "a", "name": "b"}}, "TSK-1006"),
        ],
    )
    def test_wrong_settings_are_named(self, office: Office, settings: dict[str, Any], code: str) -> None:
        with pytest.raises(UserError) as error:
            read(office.open(**settings))
        assert error.value.code == code

    def test_a_staff_list_without_its_column_is_named(self, office: Office) -> None:
        (office.home / "files" / "staff.csv").write_text("氏名,アドレス\n", encoding="utf-8")
        staff = {"path": "files/staff.csv", "address": "メール", "name": "氏名"}
        with pytest.raises(UserError) as error:
            read(office.open(staff=staff))
        assert (error.value.code, error.value.details["column"]) == ("TSK-1003", "メール")

    def test_a_column_that_mail_has_not_is_named(self, office: Office) -> None:
        with pytest.raises(UserError) as error:
            read(office.open(), columns=["subjct"])
        assert error.value.code == "TSK-1003"
        assert "subject" in str(error.value)

    def test_a_folder_that_is_away_is_tried_again_later(self, office: Office) -> None:
        (office.mail / "new").rmdir()
        with pytest.raises(Retry) as error:
            read(office.open())
        assert error.value.code == "TSK-7022"

    def test_only_the_message_id_names_a_row(self, office: Office) -> None:
        settings = MailboxSettings(path=Path("files/mail"), own_domains=("example.co.jp",))
        with pytest.raises(UserError) as error:
            MailboxConnector(settings, key="subject", home=office.home)
        assert error.value.code == "TSK-7016"

    def test_nothing_is_written(self, office: Office) -> None:
        mailbox = office.open()
        [result] = mailbox.write(COLUMNS, [Write("update", "1", {"subject": "x"}, {}, "", "token")])
        assert isinstance(result, Refused)
        assert not mailbox.describe().writes

    def test_fetch_gives_the_mails_there_are(self, office: Office) -> None:
        office.deliver(letter(1), "1.a")
        office.deliver(letter(2), "2.a")
        found = office.open().fetch(COLUMNS, ["2@customer.jp", "9@customer.jp"])
        assert list(found) == ["2@customer.jp"]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running() as dovecot:
        yield dovecot


@pytest.mark.integration
class TestMailServer:
    def open(
        self,
        server: Dovecot,
        login: str,
        *,
        folders: Sequence[str] = ("INBOX",),
        password: str = PASSWORD,
        port: int | None = None,
        security: str = "none",
    ) -> MailboxConnector:
        connection = Connection(
            "mail",
            "tasuki_imap",
            "127.0.0.1",
            port or server.port,
            login,
            SecretStr(password),
            {"security": security},
        )
        settings = MailboxSettings(folders=tuple(folders), own_domains=("example.co.jp",))
        return MailboxConnector(settings, key="message_id", home=server.home, connection=connection)

    def test_mails_are_read_and_stay_unread(self, server: Dovecot) -> None:
        server.append("read", letter(1))
        [row] = read(self.open(server, "read")).rows.values()
        assert row.cells == ("mail", "in", "yamada@customer.jp", "eigyo@example.co.jp", "見積", "INBOX")
        assert row.at == "INBOX/1"
        with server.session("read") as session:
            session.select()
            assert session.search(None, "UNSEEN") == ("OK", [b"1"])

    def test_an_empty_box_is_read(self, server: Dovecot) -> None:
        assert not read(self.open(server, "empty")).rows

    def test_only_new_mails_are_read_after_the_cursor(self, server: Dovecot) -> None:
        server.append("later", letter(1))
        first = read(self.open(server, "later"))
        assert read(self.open(server, "later"), first.end.cursor).end.unchanged
        server.append("later", letter(2))
        assert list(read(self.open(server, "later"), first.end.cursor).rows) == ["2@customer.jp"]

    def test_a_new_uidvalidity_means_reading_all_again(self, server: Dovecot) -> None:
        server.append("void", letter(1))
        server.append("void", letter(2))
        first = read(self.open(server, "void"))
        uids = server.uid_list("void")
        head, _, rest = uids.read_text(encoding="ascii").partition("\n")
        version, _, others = head.split(" ", 2)
        uids.write_text(f"{version} V4000000000 {others}\n{rest}", encoding="ascii")
        again = read(self.open(server, "void"), first.end.cursor)
        assert again.rows.keys() == first.rows.keys()
        assert again.end.cursor != first.end.cursor

    def test_a_moved_mail_keeps_its_key(self, server: Dovecot) -> None:
        server.append("moved", letter(1))
        folders = ("INBOX", "処理済み")
        with server.session("moved") as session:
            session.create("&UeZ0Bm4IMH8-")
        first = read(self.open(server, "moved", folders=folders))
        with server.session("moved") as session:
            session.select()
            session.uid("MOVE", "1", "&UeZ0Bm4IMH8-")
        again = read(self.open(server, "moved", folders=folders), first.end.cursor)
        assert [row.at for row in first.rows.values()] == ["INBOX/1"]
        assert [row.at for row in again.rows.values()] == ["処理済み/1"]
        assert first.rows.keys() == again.rows.keys()

    def test_copies_in_several_folders_are_one_row(self, server: Dovecot) -> None:
        for folder in ("INBOX", "INBOX", "Sent"):
            server.append("copies", letter(1), folder)
        mailbox = self.open(server, "copies", folders=("INBOX", "Sent"))
        assert [row.at for row in read(mailbox).rows.values()] == ["INBOX/1"]
        assert mailbox.counted == {"internal": 0, "copies": 2}

    def test_a_deleted_mail_is_never_reported_as_gone(self, server: Dovecot) -> None:
        server.append("deleted", letter(1))
        first = read(self.open(server, "deleted"))
        with server.session("deleted") as session:
            session.select()
            session.store("1", "+FLAGS", r"(\Deleted)")
            session.expunge()
        again = read(self.open(server, "deleted"), first.end.cursor)
        assert (again.end.complete, again.end.keys, again.rows) == (False, None, {})

    def test_a_mail_with_a_huge_attachment_is_known_by_its_start(self, server: Dovecot) -> None:
        parts = "--x\r\n\r\n本文\r\n--x\r\nContent-Disposition: attachment; filename=a.zip\r\n\r\n"
        head = letter(1).replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=x")
        server.append("huge", head + b"\r\n" + parts.encode() + b"A" * 2_000_000)
        [row] = read(self.open(server, "huge"), columns=["text", "attachments"]).rows.values()
        assert row.cells == ("本文", "a.zip, …")

    def test_a_missing_folder_is_named(self, server: Dovecot) -> None:
        with pytest.raises(UserError) as error:
            read(self.open(server, "missing", folders=("営業",)))
        assert (error.value.code, error.value.details) == ("TSK-7014", {"folder": "営業"})

    def test_a_wrong_password_is_an_error_of_the_configuration(self, server: Dovecot) -> None:
        with pytest.raises(UserError) as error:
            read(self.open(server, "wrong", password="間違い"))
        assert error.value.code == "TSK-7010"
        assert "間違い" not in repr(error.value)

    def test_tls_from_the_start_and_by_starttls(
        self, server: Dovecot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        server.append("tls", letter(1))
        assert read(self.open(server, "tls", security="starttls")).rows
        assert read(self.open(server, "tls", port=server.tls_port, security="ssl")).rows

    def test_a_certificate_nobody_vouches_for_is_refused(self, server: Dovecot) -> None:
        for port, security in ((server.port, "starttls"), (server.tls_port, "ssl")):
            with pytest.raises(UserError) as error:
                read(self.open(server, "tls", port=port, security=security))
            assert error.value.code == "TSK-7011"


class TestConnection:
    def open(self, host: str, port: int, security: str) -> MailboxConnector:
        connection = Connection("mail", host=host, port=port, login="a", extra={"security": security})
        settings = MailboxSettings(own_domains=("example.co.jp",))
        return MailboxConnector(settings, key="message_id", home=Path(), connection=connection)

    @pytest.mark.integration
    @pytest.mark.parametrize("security", ["none", "starttls", "ssl"])
    def test_a_server_that_is_down_is_tried_again_later(self, security: str) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            with pytest.raises(Retry) as error:
                read(self.open("127.0.0.1", unused.getsockname()[1], security))
        assert (error.value.code, error.value.place) == ("TSK-7020", "mail")

    @pytest.mark.integration
    def test_a_host_that_can_be_none_is_not_reached(self) -> None:
        with pytest.raises(Retry) as error:
            read(self.open("imap..example.jp", 143, "ssl"))
        assert (error.value.code, error.value.place) == ("TSK-7020", "mail")

    @pytest.mark.parametrize(
        ("host", "security"), [("192.0.2.1", "none"), ("mail.invalid", "none"), ("::1", "tls")]
    )
    def test_a_password_never_travels_in_the_clear(self, host: str, security: str) -> None:
        with pytest.raises(UserError) as error:
            read(self.open(host, 143, security))
        assert error.value.code == "TSK-7013"
