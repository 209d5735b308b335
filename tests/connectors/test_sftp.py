"""A workbook on another machine: over a real SSH server, whose key is known beforehand."""

import getpass
import io
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import openpyxl
import paramiko
import pytest
from pydantic import SecretStr

from connectors._place import digest
from connectors._sftp import KEPT, SftpPlace
from connectors.csv import CsvConnector, CsvSettings
from connectors.excel import ExcelConnector, ExcelSettings
from tasuki.conformance import Cells, ConnectorTests
from tasuki.connector import Cell
from tasuki.errors import Retry, UserError
from tasuki.settings import Connection
from tests.conftest import require
from tests.connectors.test_csv import CsvTests

HEADER = ("顧客コード", "会社名", "TEL")


class Server(NamedTuple):
    folder: Path
    connection: Connection

    def place(self, path: Path, **changes: object) -> SftpPlace:
        return SftpPlace(self.connection._replace(**changes), str(path))

    def extra(self, **extra: str) -> dict[str, object]:
        return {"extra": self.connection.extra | extra}


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _key(path: Path, passphrase: str = "") -> str:
    """A new ed25519 key; returns its public half."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", str(path)]
    subprocess.run(command, check=True)
    return path.with_suffix(".pub").read_text().strip()


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    """Until the server greets; it ends by itself when its settings are wrong."""
    while server.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            if line.recv(4) == b"SSH-":
                return
    raise RuntimeError("sshd ended")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    program = require("sshd")
    folder = tmp_path_factory.mktemp("ssh")
    host, user, port = _key(folder / "host"), _key(folder / "user"), _port()
    (folder / "authorized").write_text(user)
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where a root sshd locks itself in
    settings = {
        "Port": port,
        "ListenAddress": "127.0.0.1",
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "authorized",
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "PermitRootLogin": "prohibit-password",
        "Subsystem": "sftp internal-sftp",
    }
    (folder / "config").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    command = [program, "-D", "-e", "-f", str(folder / "config")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait(port, process)
        extra = {"host_key": host, "key_file": str(folder / "user")}
        connection = Connection("ledger", "tasuki_sftp", "127.0.0.1", port, getpass.getuser(), extra=extra)
        yield Server(folder, connection)
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "共有" / "台帳.xlsx"
    path.parent.mkdir()
    path.write_bytes(b"first")
    path.chmod(0o640)
    return path


pytestmark = pytest.mark.integration

FIRST = digest(io.BytesIO(b"first"))


def test_a_file_is_read(server: Server, file: Path) -> None:
    place = server.place(file)
    with place.open() as opened:
        assert opened.read() == b"first"
    assert place.modified().endswith("+09:00")
    place.close()


def test_a_file_is_replaced_as_a_whole_and_the_old_one_kept(server: Server, file: Path) -> None:
    place = server.place(file)
    assert place.replace([b"sec", b"ond"], FIRST)
    place.close()
    assert file.read_bytes() == b"second"
    assert file.stat().st_mode & 0o777 == 0o640
    [kept] = (file.parent / ".tasuki").iterdir()
    assert kept.read_bytes() == b"first"
    assert sorted(path.name for path in file.parent.iterdir()) == [".tasuki", "台帳.xlsx"]


def test_only_the_last_backups_stay(server: Server, file: Path) -> None:
    place, seen = server.place(file), FIRST
    for number in range(KEPT + 2):
        assert place.replace([str(number).encode()], seen)
        seen = digest(io.BytesIO(str(number).encode()))
    place.close()
    kept = sorted((file.parent / ".tasuki").iterdir())
    assert [path.read_bytes() for path in kept] == [b"1", b"2", b"3", b"4", b"5"]


def test_a_file_that_changed_meanwhile_is_left_alone(server: Server, file: Path) -> None:
    place = server.place(file)
    assert not place.replace([b"second"], digest(io.BytesIO(b"other")))
    place.close()
    assert file.read_bytes() == b"first"
    assert [path.name for path in file.parent.iterdir()] == ["台帳.xlsx"]


def test_a_new_file_is_put_where_there_was_none(server: Server, tmp_path: Path) -> None:
    place = server.place(tmp_path / "新規.xlsx")
    assert place.replace([b"new"], "")
    place.close()
    assert (tmp_path / "新規.xlsx").read_bytes() == b"new"


def test_a_missing_file_is_named(server: Server, tmp_path: Path) -> None:
    place = server.place(tmp_path / "無い.xlsx")
    with pytest.raises(UserError, match=r"sftp://127\.0\.0\.1/.*無い\.xlsx: .*TSK-1006"):
        place.open()
    place.close()


def test_another_host_key_is_refused_before_anything_is_sent(server: Server, file: Path) -> None:
    """As when somebody stands between: nothing of ours may reach them."""
    other = _key(file.parent / "other")
    place = server.place(file, **server.extra(host_key=other))
    with pytest.raises(UserError) as error:
        place.open()
    assert error.value.code == "TSK-1050"
    true = subprocess.run(
        ["ssh-keygen", "-l", "-f", server.folder / "host.pub"], capture_output=True, text=True
    )
    assert true.stdout.split()[1] in error.value.message("ja").text


@pytest.mark.parametrize("pinned", ["", "ssh-ed25519", "ssh-ed25519 ###", "no-such-kind AAAA"])
def test_without_a_known_host_key_nothing_is_connected(server: Server, file: Path, pinned: str) -> None:
    with pytest.raises(UserError, match="TSK-1053"):
        server.place(file, **server.extra(host_key=pinned)).open()


def test_a_login_that_is_refused(server: Server, file: Path) -> None:
    _key(file.parent / "stranger")
    place = server.place(file, **server.extra(key_file=str(file.parent / "stranger")))
    with pytest.raises(UserError, match="TSK-1051"):
        place.open()


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_private_key_that_can_not_be_read(server: Server, file: Path, password: str) -> None:
    _key(file.parent / "locked", passphrase="right words")
    extra = server.extra(key_file=str(file.parent / "locked"))
    with pytest.raises(UserError) as error:
        server.place(file, password=SecretStr(password), **extra).open()
    assert error.value.code == "TSK-1056"


def test_a_private_key_is_opened_with_the_password(server: Server, file: Path) -> None:
    shutil.copy(server.folder / "user", file.parent / "mine")
    change = ["ssh-keygen", "-q", "-p", "-P", "", "-N", "right words", "-f", str(file.parent / "mine")]
    subprocess.run(change, check=True, stdout=subprocess.DEVNULL)
    extra = server.extra(key_file=str(file.parent / "mine"))
    place = server.place(file, password=SecretStr("right words"), **extra)
    with place.open() as opened:
        assert opened.read() == b"first"
    place.close()


def test_a_server_that_is_down_is_tried_again_later(server: Server, file: Path) -> None:
    with pytest.raises(Retry, match="TSK-1052"):
        server.place(file, port=_port()).open()


def test_weak_ciphers_are_not_offered(server: Server, file: Path) -> None:
    place = server.place(file)
    place.open()
    transport = place._client.get_transport()
    assert transport is not None
    assert not [name for name in transport.preferred_ciphers if "cbc" in name]
    assert not [name for name in transport.preferred_macs if "sha1" in name or "md5" in name]
    place.close()


def test_a_line_that_breaks_is_a_later_try_and_the_next_call_connects_anew(
    server: Server, file: Path
) -> None:
    place = server.place(file)
    place.open()
    transport = place._client.get_transport()
    assert isinstance(transport, paramiko.Transport)
    transport.close()
    with pytest.raises(Retry, match="TSK-1052"):
        place.open()
    with place.open() as opened:
        assert opened.read() == b"first"
    place.close()


class TestCsvOverSftp(CsvTests):
    """The same file, on the server."""

    @pytest.fixture(autouse=True)
    def start(self, server: Server, tmp_path: Path) -> Iterator[None]:
        self.server, self.home = server, tmp_path
        self.settings = CsvSettings(path=tmp_path / "得意先.csv", encoding="cp932")
        self.opened: list[CsvConnector] = []
        self.save([])
        yield
        for connector in self.opened:
            connector.close()

    def open(self) -> CsvConnector:
        connection = self.server.connection
        connector = CsvConnector(
            self.settings, key=self.columns[0], home=self.home / "workspace", connection=connection
        )
        self.opened.append(connector)
        return connector


class TestPersonImportsOverSftp(TestCsvOverSftp):
    """Both files lie on the server; what is ours is kept here."""

    @pytest.fixture(autouse=True)
    def imports(self, start: None, tmp_path: Path) -> None:
        paths = {"path": tmp_path / "得意先.csv", "import_path": tmp_path / "取込.csv"}
        self.settings = CsvSettings.model_validate({**paths, "encoding": "cp932"})

    def import_(self) -> None:
        path = self.home / "取込.csv"
        if path.exists():
            key = self.columns[0]
            imported = {row[key]: row for row in self.table(path)}
            self.save(list(({row[key]: row for row in self.table()} | imported).values()))


class TestExcelOverSftp(ConnectorTests):
    """The same workbook, on the server."""

    @pytest.fixture(autouse=True)
    def start(self, server: Server, tmp_path: Path) -> Iterator[None]:
        self.server, self.path = server, tmp_path / "台帳.xlsx"
        self.opened: list[ExcelConnector] = []
        self.save([])
        yield
        for connector in self.opened:
            connector.close()

    def open(self) -> ExcelConnector:
        settings = ExcelSettings(path=str(self.path), sheet="顧客")
        connection = self.server.connection
        connector = ExcelConnector(settings, key="顧客コード", home=self.path.parent, connection=connection)
        self.opened.append(connector)
        return connector

    def put(self, *rows: Cells) -> list[str]:
        self.save([*self.table(), *({name: row.get(name, "") for name in HEADER} for row in rows)])
        return [str(row["顧客コード"]) for row in rows]

    def edit(self, key: str, **cells: Cell) -> None:
        self.save([row | cells if row["顧客コード"] == key else row for row in self.table()])

    def remove(self, key: str) -> None:
        self.save([row for row in self.table() if row["顧客コード"] != key])

    def rows(self) -> dict[str, Cells]:
        return {row["顧客コード"]: row for row in self.table()}

    def table(self) -> list[dict[str, Cell]]:
        rows = openpyxl.load_workbook(self.path)["顧客"].iter_rows(min_row=2, max_col=3, values_only=True)
        return [dict(zip(HEADER, (cell or "" for cell in row), strict=True)) for row in rows if any(row)]

    def save(self, rows: list[dict[str, Cell]]) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "顧客"
        for row in [dict(zip(HEADER, HEADER, strict=True)), *rows]:
            sheet.append([row[name] or None for name in HEADER])
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
        book.save(self.path)

    def test_nothing_is_written_while_somebody_there_has_it_open(self) -> None:
        planned = self.create(1)
        (self.path.parent / ".~lock.台帳.xlsx#").write_text("太郎,root,vm,22.11.2026 09:27,file:///x;")
        with pytest.raises(Retry) as error:
            self.write(planned)
        assert (error.value.code, error.value.details["holder"]) == ("TSK-1011", "太郎")
        assert self.rows() == {}
