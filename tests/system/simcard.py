"""jpki-simcard as tests use it: making cards, and putting one on a virtual reader."""

import json
import os
import select
import signal
import socket
import subprocess

from pcscd_daemon import PATIENCE, die_with_parent
from pins import by_descriptor


def program(name):
    """A binary of the build under test: JPKID_BIN names its directory."""
    return os.path.join(os.environ["JPKID_BIN"], name)


def create(path, *options, pins=None):
    """Makes a card, with `pins` by kind."""
    command = [program("jpki-simcard"), "create", "--out", str(path), *options]
    with by_descriptor(pins) as (secrets, passed):
        subprocess.run(command + secrets, pass_fds=passed, check=True, timeout=PATIENCE,
                       stdout=subprocess.DEVNULL)


def show(path):
    """What `jpki-simcard show` says of a card that no program uses, by name."""
    shown = subprocess.run([program("jpki-simcard"), "show", "--card", str(path)], check=True,
                           capture_output=True, timeout=PATIENCE, text=True).stdout
    return dict(line.split(": ", 1) for line in shown.splitlines())


class SimCard:
    """A card on the reader at `vpcd`, from the moment the reader has met it. A context manager."""

    def __init__(self, card, vpcd, directory, *options):
        self._control_path = os.path.join(directory, "control")
        self._command = [
            program("jpki-simcard"), "run", "--card", str(card), "--vpcd", vpcd,
            "--control", self._control_path, *options,
        ]
        self._process = None
        self._control = None

    def __enter__(self):
        # Unbuffered: select sees what was not read yet.
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, bufsize=0,
                                         preexec_fn=die_with_parent(signal.SIGTERM))
        try:
            self.await_attached()
        except BaseException:
            self.__exit__()
            raise
        self._control = socket.socket(socket.AF_UNIX)
        self._control.settimeout(PATIENCE)
        self._control.connect(self._control_path)
        return self

    def __exit__(self, *_):
        if self._control is not None:
            self._control.close()
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._process.stdout.close()

    def await_attached(self):
        """Waits for the next line that says that the reader has met the card."""
        output = self._process.stdout
        while True:
            if not select.select([output], [], [], PATIENCE)[0]:
                raise TimeoutError("the reader does not meet the card")
            line = output.readline()
            if not line:
                raise RuntimeError("jpki-simcard has ended")
            if b" attached to " in line:
                return

    def ask(self, line):
        """Sends a line to the control socket; its answer."""
        self._control.sendall(line.encode() + b"\n")
        with self._control.makefile("r", encoding="utf-8") as answers:
            answer = answers.readline().rstrip("\n")
        if answer.startswith("error: "):
            raise RuntimeError(answer)
        return answer

    def status(self):
        """What the card says of itself, training/simcard/status.proto."""
        return json.loads(self.ask("status"))
