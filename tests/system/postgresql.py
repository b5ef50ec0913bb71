"""A PostgreSQL 15 server as tests use it: a cluster of its own, reachable over a Unix socket and
nowhere else."""

import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import tempfile

from pcscd_daemon import PATIENCE, die_with_parent

PROGRAMS = "/usr/lib/postgresql/15/bin"  # Where Debian keeps it; it is not on the PATH.


class Postgresql:
    """A context manager. The server refuses root, so under root it runs as another user."""

    def __init__(self):
        self._user = pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else None
        self._directory = None
        self._server = None

    def __enter__(self):
        self._directory = tempfile.mkdtemp(prefix="jpkid-pg-", dir="/tmp")  # Short: the socket's.
        if self._user is not None:
            os.chown(self._directory, self._user, -1)
        try:
            self._run("initdb", "-D", self._directory + "/data", "-U", "super", "-A", "trust",
                      "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)  # Its immediate end.
            self._server.wait(PATIENCE)
        shutil.rmtree(self._directory, ignore_errors=True)

    def new_database(self, name):
        """Its URL."""
        self._run("createdb", "-h", self._directory, "-U", "super", name)
        return f"postgresql://super@/{name}?host={self._directory}"

    def _run(self, program, *arguments):
        subprocess.run([f"{PROGRAMS}/{program}", *arguments], check=True, user=self._user, cwd="/",
                       stdout=subprocess.DEVNULL, timeout=3 * PATIENCE)

    def _start(self):
        """Returns when it takes connections: as to systemd, it then says so to a socket."""
        name = f"jpkid-test-{os.path.basename(self._directory)}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
            notices.bind("\0" + name)  # Abstract: no file, no mode.
            command = [f"{PROGRAMS}/postgres", "-D", self._directory + "/data", "-k",
                       self._directory, "-c", "listen_addresses=", "-c", "log_min_messages=fatal"]
            self._server = subprocess.Popen(
                command, user=self._user, cwd="/", env=dict(os.environ, NOTIFY_SOCKET="@" + name),
                stderr=subprocess.DEVNULL, preexec_fn=die_with_parent(signal.SIGQUIT))
            said = b""
            while b"READY=1" not in said:
                assert select.select([notices], [], [], 3 * PATIENCE)[0], "it does not start"
                said = notices.recv(512)
