"""jpki-simca as tests use it: a real process, told what goes wrong by its control socket."""

import os
import select
import signal
import socket
import sqlite3
import subprocess

from pcscd_daemon import PATIENCE, die_with_parent
from simcard import program


class SimCa:
    """The training authority over CMP, its directory under `directory`. A context manager; stop and
    start it in between: what it knows is in its books."""

    def __init__(self, directory, *options):
        self.directory = str(directory)
        self.ca_dir = os.path.join(self.directory, "ca")
        self._options = options
        self._address = "127.0.0.1:0"
        self._control = None
        self.process = None
        self.url = None
        make = [program("jpki-simca"), "make-ra", "--ca-dir", self.ca_dir, "--out", self.path("ra"),
                "--server", self.path("server"), "--auth-issuer", self.path("auth"),
                "--signature-issuer", self.path("signature")]
        subprocess.run(make, check=True, timeout=3 * PATIENCE)

    def path(self, name):
        """One of the files of a registration authority."""
        return os.path.join(self.directory, name + ".pem")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Returns when it serves, on the same port each time."""
        control = os.path.join(self.directory, "simca.sock")
        self.process = subprocess.Popen(
            [program("jpki-simca"), "run", "--ca-dir", self.ca_dir, "--listen", self._address,
             "--control", control, *self._options],
            stdout=subprocess.PIPE, preexec_fn=die_with_parent(signal.SIGTERM),
        )
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        line = self.process.stdout.readline().decode() if ready else ""
        assert line.startswith("jpki-simca ready: http") and "TRAINING" in line, line
        self.url = line.split()[2]
        self._address = self.url.split("/")[2]
        self._control = socket.socket(socket.AF_UNIX)
        self._control.settimeout(PATIENCE)
        self._control.connect(control)

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self._control.close()
        self.process.terminate()
        assert self.process.wait(PATIENCE) == 0
        self.process.stdout.close()

    def tell(self, line):
        """Says what goes wrong next (training/simca/faults.h)."""
        self._control.sendall(line.encode() + b"\n")
        with self._control.makefile("r", encoding="utf-8") as answers:
            assert answers.readline() == "ok\n", line

    def section(self, state_url=None):
        """The section `ca` of a daemon that is served here; where it keeps its messages."""
        base = self.url.rsplit("/", 1)[0]
        issuers = "".join(
            f' {kind}_issuer {{ certificate_file: "{self.path(kind)}"'
            f' crl_url: "{base}/{kind}.crl" }}' for kind in ("auth", "signature"))
        state = f' state_url: "{state_url}"' if state_url else ""
        return (f'ca {{ cmp {{ url: "{self.url}" server_certificate_file: "{self.path("server")}"'
                f' ra_certificate_file: "{self.path("ra")}" ra_key_file: "{self.path("ra")}"'
                f'{issuers} message_timeout_seconds: 10{state} }} }}\n')

    def book(self):
        """The authority's certificates: dictionaries with kind, serial, der, confirmed, revoked."""
        with sqlite3.connect(f"file:{self.ca_dir}/book.db?mode=ro", uri=True) as book:
            rows = book.execute(
                "SELECT kind, serial, der, confirmed_at, revoked_at FROM certificate").fetchall()
        return [{"kind": row[0], "serial": row[1], "der": bytes.fromhex(row[2]),
                 "confirmed": row[3] is not None, "revoked": row[4] is not None} for row in rows]

    def valid(self, kind):
        return [row for row in self.book() if row["kind"] == kind and not row["revoked"]]
