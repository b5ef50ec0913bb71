#!/usr/bin/python3
"""A pcscd of one's own, with virtual readers (vpcd), beside any other pcscd of the machine.

The daemon runs in a mount namespace where a private directory lies over /run, so that its fixed
socket path is private; clients are pointed there by PCSCLITE_CSOCK_NAME. Any number of stacks run
beside each other. Where namespaces are not permitted, the machine's own pcscd is taken, one stack
at a time; where there is none either, StackUnavailable says why.

As a context manager (a pytest fixture is three lines around it):

    with PcscdStack(readers=2) as stack:
        subprocess.run(["opensc-tool", "-l"], env=stack.environment())

As a program, stopping all it started whatever happens to it or to COMMAND:

    pcscd_stack.py --readers 2 -- COMMAND...

COMMAND finds in its environment: PCSCLITE_CSOCK_NAME, the socket of pcscd; JPKID_TEST_READERS, the
readers' names, joined by commas; JPKID_TEST_VPCD, the place each one's card connects to,
host:port, in the same order; JPKID_TEST_PCSCD, a Unix socket that takes the lines stop, start,
freeze and thaw, and answers each with "ok" or a sentence.
"""

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from pcscd_daemon import (
    PATIENCE,
    SLOTS,
    Control,
    Daemon,
    StackUnavailable,
    die_with_parent,
    free_port_pair,
    namespace_command,
)

DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
SYSTEM_SOCKET = "/run/pcscd/pcscd.comm"
SYSTEM_READERS = [("Virtual PCD 00 00", 35963), ("Virtual PCD 00 01", 35964)]
MOST_READERS = 16  # pcsc-lite's PCSCLITE_MAX_READERS_CONTEXTS.
LOCK_PATIENCE = 300.0  # Seconds for another test to give the machine's pcscd back.


class PcscdStack:
    """A private pcscd with `readers` virtual readers. Attributes: readers, a list of names; vpcd,
    for each the "host:port" where its card connects; socket, the daemon's."""

    def __init__(self, readers=1):
        if not 1 <= readers <= MOST_READERS:
            raise ValueError(f"between 1 and {MOST_READERS} readers")
        self._wanted = readers
        self._directory = None
        self._daemon = None
        self._lock = None
        self._namespace = None
        self._entries = []
        self.readers = []
        self.vpcd = []
        self.socket = None

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def environment(self):
        """os.environ with what clients and cards of this stack need."""
        return dict(
            os.environ,
            PCSCLITE_CSOCK_NAME=self.socket,
            JPKID_TEST_READERS=",".join(self.readers),
            JPKID_TEST_VPCD=",".join(self.vpcd),
        )

    def _start(self):
        if not os.path.exists(DRIVER):
            raise StackUnavailable(f"{DRIVER} is missing: install vsmartcard-vpcd")
        self._directory = tempfile.mkdtemp(prefix="jpkid-pcscd-")
        self._namespace = namespace_command()
        if self._namespace is None:
            self._take_system_daemon()
            return
        os.makedirs(os.path.join(self._directory, "run", "pcscd"))
        os.makedirs(os.path.join(self._directory, "conf"))
        os.chmod(self._directory, 0o755)
        self.socket = os.path.join(self._directory, "run", "pcscd", "pcscd.comm")
        for _ in range(10):
            self._configure()
            if self._launch():
                return
        raise StackUnavailable(f"pcscd did not come up:\n{self.log()}")

    def _configure(self):
        """Writes reader.conf: one driver for each two readers, each with its own name. Each is a
        copy of its own: vpcd keeps its cards in globals, and pcscd asks the readers of one library
        one after the other."""
        self._entries = [
            (f"Virtual PCD{'' if i == 0 else f' {i}'}", free_port_pair())
            for i in range((self._wanted + SLOTS - 1) // SLOTS)
        ]
        with open(os.path.join(self._directory, "conf", "vpcd"), "w", encoding="ascii") as conf:
            for index, (name, port) in enumerate(self._entries):
                driver = shutil.copy(DRIVER, os.path.join(self._directory, f"vpcd{index}.so"))
                conf.write(
                    f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:0x{port:X}\n'
                    f"LIBPATH {driver}\nCHANNELID 0x{port:X}\n\n"
                )
        self._take([
            (f"{name} 00 0{slot}", port + slot)
            for name, port in self._entries
            for slot in range(SLOTS)
        ])

    def _take(self, slots):
        self.readers = [name for name, _ in slots[: self._wanted]]
        self.vpcd = [f"127.0.0.1:{port}" for _, port in slots[: self._wanted]]

    def _launch(self):
        run, conf = (os.path.join(self._directory, part) for part in ("run", "conf"))
        script = f'mount --bind "{run}" /run && exec pcscd --foreground --info --config "{conf}"'
        self._daemon = Daemon(
            self._namespace + ["sh", "-c", script], os.path.join(self._directory, "log")
        )
        if self._daemon.wait_ready():
            return True
        self.stop_daemon()
        return False

    def _take_system_daemon(self):
        """The machine's own pcscd, under a lock, since its readers are shared by all stacks."""
        why = "a mount namespace of one's own is not permitted here (unshare --mount)"
        if self._wanted > len(SYSTEM_READERS):
            raise StackUnavailable(f"{why}, and the machine's pcscd has too few readers")
        if not os.path.exists(SYSTEM_SOCKET):
            raise StackUnavailable(f"{why}, and no pcscd runs on this machine")
        self._lock = open(
            os.path.join(tempfile.gettempdir(), "jpkid-pcscd.lock"), "a", encoding="ascii"
        )
        locking = threading.Thread(
            target=fcntl.flock, args=(self._lock, fcntl.LOCK_EX), daemon=True
        )
        locking.start()
        locking.join(LOCK_PATIENCE)
        if locking.is_alive():
            raise StackUnavailable(f"{why}, and another test holds the machine's pcscd")
        self.socket = SYSTEM_SOCKET
        self._take(SYSTEM_READERS)

    def _own_daemon(self):
        if self._daemon is None:
            raise StackUnavailable("the machine's own pcscd is not ours to stop")
        return self._daemon

    def stop_daemon(self):
        """Ends pcscd; its readers go with it. The stack stays and can be started again."""
        self._own_daemon().stop()
        if os.path.exists(self.socket):
            os.unlink(self.socket)

    def start_daemon(self):
        """Starts pcscd again with the same readers and ports."""
        if self._own_daemon().process.poll() is None:
            return
        deadline = time.monotonic() + PATIENCE
        while not self._launch():  # The cards' closed connections may hold the ports for a moment.
            if time.monotonic() > deadline:
                raise StackUnavailable(f"pcscd did not come back:\n{self.log()}")

    def freeze_daemon(self):
        """pcscd answers nobody until thaw_daemon, as when a driver hangs."""
        self._own_daemon().process.send_signal(signal.SIGSTOP)

    def thaw_daemon(self):
        self._own_daemon().process.send_signal(signal.SIGCONT)

    def control_path(self):
        """Where a control socket of this stack may stand."""
        return os.path.join(self._directory, "control")

    def log(self):
        """What pcscd wrote so far."""
        path = os.path.join(self._directory, "log")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def close(self):
        """Stops what was started and removes its files."""
        if self._daemon is not None:
            self._daemon.stop()
            self._daemon = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None


class _Terminated(Exception):
    pass


def _run(stack, command):
    """Runs COMMAND to its end and returns its exit code; when we are told to end, so is it."""
    control_path = stack.control_path()
    control = Control(stack, control_path)
    child = subprocess.Popen(
        command,
        env=dict(stack.environment(), JPKID_TEST_PCSCD=control_path),
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    control.start()
    try:
        code = child.wait()
    except (_Terminated, KeyboardInterrupt):
        child.terminate()
        try:
            code = child.wait(10.0)
        except subprocess.TimeoutExpired:
            child.kill()
            code = child.wait()
    return code if code >= 0 else 128 - code


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readers", type=int, default=1, help="how many (default 1, at most 16)")
    parser.add_argument("command", nargs="+", metavar="COMMAND", help="what to run, after --")
    arguments = parser.parse_args()

    def terminate(*_):
        raise _Terminated

    signal.signal(signal.SIGTERM, terminate)
    signal.signal(signal.SIGHUP, terminate)
    try:
        with PcscdStack(arguments.readers) as stack:
            return _run(stack, arguments.command)
    except StackUnavailable as failure:
        print(f"pcscd_stack: {failure}", file=sys.stderr)
        return 69
    except _Terminated:
        return 128 + signal.SIGTERM


if __name__ == "__main__":
    sys.exit(main())
