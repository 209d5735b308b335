"""Files on another machine, over SFTP: its key is known beforehand, and a file is replaced as a whole."""

import hashlib
import io
import stat
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO
from zoneinfo import ZoneInfo

from tasuki.errors import Retry, TasukiError, UserError
from tasuki.settings import Connection

if TYPE_CHECKING:
    import paramiko

KEPT = 5
"""Backups of a file that stay on its server."""
LARGEST = 256 << 20
TOKYO = ZoneInfo("Asia/Tokyo")

_SECONDS = 20
_WEAK = {
    "ciphers": ["aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"],
    "macs": ["hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96"],
}
"""paramiko still offers these by default."""


class Unclear(Exception):
    """The line broke during the last step: the file may be the new one or the old one."""


class SftpPlace:
    """A file on the server of a connection (type tasuki_sftp).

    The connection has host, port, login, the password or in `extra` a `key_file` (the password is then the
    key's passphrase), and in `extra` the server's public key as `host_key` ("ssh-ed25519 AAAA…").
    Raises UserError: TSK-1006 no such file, TSK-1050 another host key, TSK-1051 login refused, TSK-1053 no
    host key, TSK-1054 the server can't replace files, TSK-1055 not permitted, TSK-1056 no private key,
    TSK-1057 an outdated server. Retry TSK-1052 when the line is down.
    """

    def __init__(self, connection: Connection, path: str) -> None:
        self.connection = connection
        self.path = PurePosixPath(path)
        self.text = f"sftp://{connection.host}/{path.lstrip('/')}"

    def open(self) -> BinaryIO:
        """A copy in memory, taken when nobody was writing the file. Raises Retry TSK-1008 otherwise."""
        with self._said():
            before = self._sftp.stat(str(self.path))
            if (before.st_size or 0) > LARGEST:
                raise UserError("TSK-1012", self.text, size=f"> {LARGEST >> 20} MB")
            data = self._read(self.path)
            after = self._sftp.stat(str(self.path))
        if (before.st_size, before.st_mtime) != (after.st_size, after.st_mtime) or len(data) != after.st_size:
            raise Retry("TSK-1008", self.text)
        return io.BytesIO(data)

    def modified(self) -> str:
        """ISO 8601 with zone, to the second, which is all that SFTP tells."""
        with self._said():
            seconds = self._sftp.stat(str(self.path)).st_mtime or 0
        return datetime.fromtimestamp(seconds, TOKYO).isoformat()

    def beside(self) -> list[str]:
        """Names of all files in its folder."""
        with self._said():
            return self._sftp.listdir(str(self.path.parent))

    def entry(self, name: str) -> tuple[bytes, float] | None:
        """A small file beside it and when it was written, seconds since 1970 UTC; None when it has gone."""
        path = self.path.parent / name
        with self._said(), suppress(FileNotFoundError):
            return self._read(path), float(self._sftp.stat(str(path)).st_mtime or 0)
        return None

    def replace(self, content: Iterable[bytes], seen: str) -> bool:
        """Puts `content` in the file's stead; False, and nothing done, when its digest isn't `seen` any more.

        With "" there was no file yet. The old one stays beside it in the folder .tasuki, the last five of
        them. Raises Unclear when the answer to the last step was lost.
        """
        draft, data = self.path.with_name(f".{self.path.name}.tasuki"), b"".join(content)
        with self._said():
            self._upload(draft, data)
            old = self._old()
            if (hashlib.sha256(old).hexdigest() if old is not None else "") != seen:
                self._sftp.remove(str(draft))
                return False
            if old is not None:
                self._sftp.chmod(str(draft), stat.S_IMODE(self._sftp.stat(str(self.path)).st_mode or 0o600))
                self._keep(old)
        self._rename(draft)
        return True

    def close(self) -> None:
        if "_client" in self.__dict__:
            self._client.close()
            del self.__dict__["_client"]
        self.__dict__.pop("_sftp", None)

    @cached_property
    def _client(self) -> "paramiko.SSHClient":
        return _connected(self.connection, self.text)

    @cached_property
    def _sftp(self) -> "paramiko.SFTPClient":
        sftp = self._client.open_sftp()
        channel = sftp.get_channel()
        if channel is not None:
            channel.settimeout(_SECONDS * 3)
        return sftp

    def _read(self, path: PurePosixPath) -> bytes:
        with self._sftp.open(str(path), "rb") as file:
            file.prefetch(self._sftp.stat(str(path)).st_size)
            return file.read()

    def _old(self) -> bytes | None:
        try:
            return self._read(self.path)
        except FileNotFoundError:
            return None

    def _upload(self, path: PurePosixPath, data: bytes) -> None:
        """As private as can be until it has the old file's mode; on disk where the server can do that."""
        with self._sftp.open(str(path), "wb") as file:
            self._sftp.chmod(str(path), 0o600)
            file.set_pipelined(True)
            file.write(data)
            file.flush()
            with suppress(OSError):
                self._extended("fsync@openssh.com", file.handle)
        if self._sftp.stat(str(path)).st_size != len(data):
            raise OSError("upload cut")

    def _keep(self, old: bytes) -> None:
        """A hard link on the server, without sending anything; a copy where it can't do that."""
        folder = self.path.parent / ".tasuki"
        with suppress(OSError):
            self._sftp.mkdir(str(folder), 0o700)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        kept = folder / f"{self.path.stem}.{stamp}{self.path.suffix}"
        try:
            self._extended("hardlink@openssh.com", str(self.path).encode(), str(kept).encode())
        except OSError:
            self._upload(kept, old)
        mine = (name for name in self._sftp.listdir(str(folder)) if name.startswith(f"{self.path.stem}."))
        for name in sorted(mine)[:-KEPT]:
            self._sftp.remove(str(folder / name))

    def _rename(self, draft: PurePosixPath) -> None:
        """Only a refusal by the server proves that nothing happened."""
        try:
            self._sftp.posix_rename(str(draft), str(self.path))
        except PermissionError:
            raise UserError("TSK-1055", self.text) from None
        except _line_errors() as error:
            transport = self._client.get_transport()
            if isinstance(error, TimeoutError) or transport is None or not transport.is_active():
                self.close()
                raise Unclear from None
            # Without posix-rename@openssh.com an existing file can't be replaced in one step.
            self._sftp.remove(str(draft))
            raise UserError("TSK-1054", self.text) from None

    def _extended(self, name: str, *arguments: object) -> None:
        """An extension of OpenSSH's server; paramiko has no public call for these two."""
        from paramiko.sftp import CMD_EXTENDED  # as in _connected

        request = getattr(self._sftp, "_request")  # noqa: B009  private, so not in the type stubs
        request(CMD_EXTENDED, name, *arguments)

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Faults of the line and the server, said in our words."""
        try:
            yield
        except TasukiError:
            raise
        except FileNotFoundError:
            raise UserError("TSK-1006", self.text) from None
        except PermissionError:
            raise UserError("TSK-1055", self.text) from None
        except _line_errors():
            self.close()
            raise Retry("TSK-1052", self.text) from None


def _line_errors() -> tuple[type[Exception], ...]:
    from paramiko import SSHException  # as in _connected

    return SSHException, OSError, EOFError


def _connected(connection: Connection, place: str) -> "paramiko.SSHClient":
    # paramiko takes .35 s to import; a workspace of local files shouldn't pay for it.
    import paramiko

    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    port = connection.port or 22
    name = connection.host if port == 22 else f"[{connection.host}]:{port}"
    pinned, private = _pinned(connection, place), _private(connection, place)
    client.get_host_keys().add(name, pinned.get_name(), pinned)
    try:
        client.connect(
            connection.host,
            port,
            connection.login or None,
            password=None if private else connection.password.get_secret_value() or None,
            pkey=private,
            allow_agent=False,
            look_for_keys=False,
            disabled_algorithms=_WEAK,
            timeout=_SECONDS,
            banner_timeout=_SECONDS,
            auth_timeout=_SECONDS,
        )
    except (paramiko.SSHException, OSError, EOFError) as error:
        client.close()
        raise _why(error, place) from None
    return client


def _why(error: Exception, place: str) -> TasukiError:
    import paramiko  # as in _connected

    match error:
        case paramiko.BadHostKeyException():
            return UserError("TSK-1050", place, fingerprint=_fingerprint(error.key))
        case paramiko.AuthenticationException():
            return UserError("TSK-1051", place)
        case paramiko.ssh_exception.IncompatiblePeer():
            return UserError("TSK-1057", place)
    return Retry("TSK-1052", place)


def _pinned(connection: Connection, place: str) -> "paramiko.PKey":
    import paramiko  # as in _connected
    from paramiko.hostkeys import HostKeyEntry, InvalidHostKey

    try:
        entry = HostKeyEntry.from_line(f"host {str(connection.extra.get('host_key', '')).strip()}")
    except (InvalidHostKey, paramiko.SSHException, ValueError):
        entry = None
    if entry is None or entry.key is None:
        raise UserError("TSK-1053", place)
    return entry.key


def _private(connection: Connection, place: str) -> "paramiko.PKey | None":
    """The key of `key_file`; the connection's password is its passphrase."""
    import paramiko  # as in _connected

    path = connection.extra.get("key_file")
    if not path:
        return None
    passphrase = connection.password.get_secret_value().encode() or None
    try:
        # The stubs say str, but bytes is what the key's reader takes.
        return paramiko.PKey.from_path(str(path), passphrase)  # type: ignore[arg-type]
    except (paramiko.SSHException, OSError, ValueError, TypeError):
        raise UserError("TSK-1056", place) from None


def _fingerprint(key: "paramiko.PKey") -> str:
    """As ssh-keygen -l shows it."""
    digest = b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
    return f"{key.get_name()} SHA256:{digest}"
