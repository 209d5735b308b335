"""A real mail server for tests: Dovecot with its own settings, one free port each for plain and TLS."""

import getpass
import grp
import imaplib
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.certificate import certify

SBIN = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin"
PASSWORD = "secret"

SETTINGS = """
base_dir = {home}/run
log_path = {home}/log
protocols = imap
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
disable_plaintext_auth = no
auth_failure_delay = 0
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
mail_location = maildir:{home}/mail/%u:INDEX=MEMORY
auth_mechanisms = plain login xoauth2
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {home}/oauth.conf
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  # No waiting time for everybody after the test of a wrong password.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""

OAUTH = """
introspection_mode = post
introspection_url = {introspection}
username_attribute = username
active_attribute = active
active_value = true
"""


class Dovecot:
    """Every login has its own mailbox; the password is always PASSWORD."""

    def __init__(self, home: Path, port: int, tls_port: int) -> None:
        self.home = home
        self.port = port
        self.tls_port = tls_port
        self.certificate = home / "cert.pem"

    @contextmanager
    def session(self, login: str) -> Iterator[imaplib.IMAP4]:
        """As a mail program sees the box."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as session:
            session.login(login, PASSWORD)
            yield session

    def append(self, login: str, data: bytes, folder: str = "INBOX") -> None:
        with self.session(login) as session:
            session.create(folder)
            answer, _ = session.append(folder, "", "", data)
            assert answer == "OK"

    def uid_list(self, login: str) -> Path:
        """Its first line holds the UIDVALIDITY after a V."""
        return self.home / "mail" / login / "dovecot-uidlist"


@contextmanager
def running(introspection: str = "http://127.0.0.1:9/") -> Iterator[Dovecot]:
    """Skips without the program; under CI that is a failure. `introspection` tells whose a token is."""
    program = shutil.which("dovecot", path=SBIN)
    if not program:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("needs Dovecot (dovecot-imapd)")
    # Dovecot gives no mail to root; and the tests' own folder is closed to anybody else.
    user = "nobody" if os.geteuid() == 0 else getpass.getuser()
    account = pwd.getpwnam(user)
    home = Path(tempfile.mkdtemp(prefix="tasuki-dovecot-"))
    server = Dovecot(home, _free_port(), _free_port())
    names = {"home": home, "user": user, "group": _group(account.pw_gid), "password": PASSWORD}
    ports = {"port": server.port, "tls_port": server.tls_port}
    (home / "dovecot.conf").write_text(SETTINGS.format(**names, **ports), encoding="ascii")
    (home / "oauth.conf").write_text(OAUTH.format(introspection=introspection), encoding="ascii")
    certify(home)
    for path in (home, *home.iterdir()):
        os.chown(path, account.pw_uid, account.pw_gid)
    as_user = (
        {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    )
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [program, "-c", str(home / "dovecot.conf")]
    try:
        # It returns when its ports are open.
        subprocess.run(command, check=True, timeout=20, **quiet, **as_user)
        yield server
    finally:
        _stop(home / "run" / "master.pid")
        shutil.rmtree(home, ignore_errors=True)


def _stop(pid_file: Path) -> None:
    """By its own pid, and not before it is gone."""
    if pid_file.exists():
        pid = int(pid_file.read_text(encoding="ascii"))
        ended = os.pidfd_open(pid)
        os.kill(pid, signal.SIGTERM)
        select.select([ended], [], [], 10)
        os.close(ended)


def _group(number: int) -> str:
    return grp.getgrgid(number).gr_name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
