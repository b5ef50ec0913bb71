"""The processes under pcscd_stack: a pcscd in a namespace of its own, and what it needs."""

import ctypes
import random
import select
import shutil
import signal
import socket
import subprocess
import threading

PATIENCE = 20.0  # Seconds for a daemon to come up or go down on a busy machine.
SLOTS = 2  # Of one vpcd driver instance, on consecutive ports.
_PR_SET_PDEATHSIG = 1


class StackUnavailable(RuntimeError):
    """No pcscd can be had here; the message says why."""


def die_with_parent(signal_number):
    """For preexec_fn: the child is signalled when this process goes, even by SIGKILL."""
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, signal_number)


def namespace_command():
    """The unshare command line that works here, or None."""
    for command in (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]):
        if shutil.which("unshare") is None:
            return None
        probe = subprocess.run(
            command + ["mount", "--bind", "/run", "/run"],
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        if probe.returncode == 0:
            return command
    return None


def free_port_pair():
    """Two consecutive ports nobody listens on, below the range the kernel gives to clients."""
    for _ in range(200):
        first = random.randrange(20000, 30000, SLOTS)
        try:
            for port in range(first, first + SLOTS):
                with socket.socket() as probe:
                    probe.bind(("0.0.0.0", port))
            return first
        except OSError:
            continue
    raise StackUnavailable("no two consecutive free TCP ports between 20000 and 30000")


class Daemon:
    """One running pcscd, started in the foreground; its log goes to a file."""

    READY = b"daemon ready"
    FAILED = b"Could not initialize connection to virtual ICC"

    def __init__(self, command, log_path):
        self._settled = threading.Event()
        self._ready = False
        self._log_path = log_path
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        self._pump = threading.Thread(target=self._read_log, daemon=True)
        self._pump.start()

    def _read_log(self):
        with open(self._log_path, "ab") as log:
            for line in self.process.stdout:
                log.write(line)
                log.flush()
                if self.READY in line and not self._settled.is_set():
                    self._ready = True
                    self._settled.set()
                if self.FAILED in line:
                    self._settled.set()
        self._settled.set()

    def wait_ready(self):
        """True once it serves all its readers; False when it gave up or could not bind a port."""
        self._settled.wait(PATIENCE)
        return self._ready

    def stop(self):
        """Ends it, by SIGKILL if it does not listen."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(5.0)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(PATIENCE)
        self._pump.join(PATIENCE)


class Control(threading.Thread):
    """Serves JPKID_TEST_PCSCD: lets COMMAND stop and start its pcscd."""

    def __init__(self, stack, path):
        super().__init__(daemon=True)
        self._verbs = {
            "stop": stack.stop_daemon,
            "start": stack.start_daemon,
            "freeze": stack.freeze_daemon,
            "thaw": stack.thaw_daemon,
        }
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen()

    def run(self):
        # All in this one thread: a pcscd started here is to live as long as we do, and its death
        # signal comes when the thread ends that started it.
        waiting = {self._listener: None}
        while True:
            for ready in select.select(list(waiting), [], [])[0]:
                if ready is self._listener:
                    connection, _ = ready.accept()
                    waiting[connection] = connection.makefile("r", encoding="ascii")
                elif not self._answer(ready, waiting[ready].readline()):
                    waiting.pop(ready).close()
                    ready.close()

    def _answer(self, connection, line):
        """False when the client has gone."""
        if not line:
            return False
        try:
            connection.sendall((self._obey(line.strip()) + "\n").encode())
        except OSError:
            return False
        return True

    def _obey(self, verb):
        if verb not in self._verbs:
            return f"unknown: {verb}"
        try:
            self._verbs[verb]()
        except StackUnavailable as failure:
            return str(failure).splitlines()[0]
        return "ok"
