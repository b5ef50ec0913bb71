"""jpkid and jpkictl as tests use them: real processes, PINs by descriptor."""

import json
import os
import select
import signal
import subprocess
import threading

from pcscd_daemon import PATIENCE, die_with_parent
from pins import by_descriptor
from simcard import program

CONFIG = """
readers { %s %s }
limits { %s }
grant { uid: %d role: OBSERVER role: CLERK role: OPERATOR role: RAW_APDU }
"""


class Jpkid:
    """The daemon on the reader called `driver_name`, or on those of a dict from alias to driver's
    name; its data under `directory`; `limits` as its configuration has them. start, kill and start
    again: what it knows is in its store and on the card."""

    def __init__(self, directory, driver_name, environment, backend="pcsc {}", limits=""):
        self.directory = str(directory)
        self._environment = environment
        self._log = os.path.join(self.directory, "jpkid.log")
        self._config = os.path.join(self.directory, "jpkid.textproto")
        self.address = f"unix:{self.directory}/store/jpkid.sock"
        self.process = None
        with open(self._config, "w", encoding="utf-8") as file:
            readers = driver_name if isinstance(driver_name, dict) else {"counter": driver_name}
            aliases = [f'alias {{ name: "{alias}" driver_name: "{name}" }}'
                       for alias, name in readers.items()]
            file.write(CONFIG % (backend, " ".join(aliases), limits, os.getuid()))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()

    def start(self):
        """Returns when it says that it is ready."""
        with open(self._log, "ab") as log:
            self.process = subprocess.Popen(
                [program("jpkid"), "--config", self._config,
                 "--data-dir", self.directory + "/store"],
                stdout=subprocess.PIPE, stderr=log, env=self._environment,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        line = self.process.stdout.readline() if ready else b""
        assert line.startswith(b"jpkid ready: unix:") and b"TRAINING" in line, self.log()

    def stop(self):
        """As an upgrade does: SIGTERM."""
        self.process.terminate()
        assert self.process.wait(PATIENCE) == 0, self.log()

    def kill(self):
        """As a power cut does: kill -9."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def log(self):
        with open(self._log, encoding="utf-8") as file:
            return file.read()

    def jpkictl(self, *arguments, pins=None, lines=1, code=0, on_event=None):
        """Runs jpkictl to its end, which must be `code` unless that is None; its standard output.
        Each of the `pins` may be asked for as often as `lines` says: on a busy machine a virtual
        reader may lose its card for a moment.
        `on_event` is called with each JSON line of an operation's story, on the way."""
        command = [program("jpkictl"), "--address", self.address, *arguments]
        with by_descriptor(pins, lines) as (secrets, passed):
            process = subprocess.Popen(
                command + secrets, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, pass_fds=passed, env=self._environment, text=True,
            )
        watchdog = threading.Timer(4 * PATIENCE, process.kill)
        watchdog.start()
        try:
            output = []
            for line in process.stdout:
                output.append(line)
                if on_event is not None and line.startswith("{"):
                    on_event(json.loads(line))
            errors = process.stderr.read()
            process.wait()
        finally:
            watchdog.cancel()
        assert code in (None, process.returncode), (
            process.returncode, arguments, "".join(output), errors, self.log())
        return "".join(output)
