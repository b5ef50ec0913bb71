"""A town with two counters: each has a jpkid of its own with readers at a pcscd of its own; they
share their cases in one PostgreSQL, and the authority."""

import os
import random
import subprocess
import threading

import simcard
from daemon import Jpkid
from pcscd_daemon import PATIENCE, SLOTS
from pcscd_stack import PcscdStack
from pins import by_descriptor

# The card's next GENERATE KEY PAIR takes that much longer: an operation stands still there.
PAUSE = "fault faults { match { instruction: 0x47 } slow { by_ms: 1500 } }"
SHARED = 'store {{ url: "{}" holder_key_file: "{}/holder.key" }}\n'


class Terminal:
    """A reader of a counter. Citizens' cards are put on it and taken away, one after the other."""

    def __init__(self, directory, vpcd):
        os.makedirs(directory)
        blank = os.path.join(directory, "blank.bin")
        simcard.create(blank)
        self._reader = simcard.SimCard(blank, vpcd, directory)
        self._turn = threading.Lock()
        self._asking = threading.Lock()
        self.name = os.path.basename(directory)

    def __enter__(self):
        self._reader.__enter__()
        self.ask("remove")
        return self

    def __exit__(self, *exception):
        self._reader.__exit__(*exception)

    def put(self, card, patience=0.0):
        """Whether it was free within that time. The card is then on it until it is taken."""
        if not self._turn.acquire(timeout=patience):
            return False
        self.ask(f"insert {card}")
        self._reader.await_attached()
        return True

    def take(self):
        self.ask("remove")
        self._turn.release()

    def ask(self, line):
        """One line to jpki-simcard; from any thread."""
        with self._asking:
            self._reader.ask(line)


class Counter:
    """A daemon that is killed now and then, and its terminals."""

    def __init__(self, directory, settings):
        self._directory = str(directory)
        self._settings = settings
        self._stack = PcscdStack(readers=SLOTS)
        self._daemon = None
        self.terminals = []
        self.serves = threading.Event()
        self.closed = threading.Event()  # For so long that citizens go elsewhere.
        self.kills = 0

    def __enter__(self):
        os.makedirs(self._directory)
        self._stack.__enter__()
        aliases = {}
        for number, (reader, vpcd) in enumerate(zip(self._stack.readers, self._stack.vpcd)):
            directory = os.path.join(self._directory, f"terminal-{number}")
            self.terminals.append(Terminal(directory, vpcd).__enter__())
            aliases[self.terminals[-1].name] = reader
        self._daemon = Jpkid(self._directory, aliases, self._stack.environment())
        with open(os.path.join(self._directory, "jpkid.textproto"), "a", encoding="utf-8") as file:
            file.write(self._settings)
        self.start()
        return self

    def __exit__(self, *exception):
        if self.serves.is_set():
            self._daemon.stop()
        for terminal in self.terminals:
            terminal.__exit__(*exception)
        self._stack.close()

    def start(self):
        self._daemon.start()
        self.serves.set()

    def pause(self):
        """The next issue on each of its terminals stands still for a while, half done."""
        for terminal in self.terminals:
            terminal.ask(PAUSE)

    def kill(self):
        """As a power cut."""
        self.serves.clear()
        self._daemon.kill()
        self.kills += 1

    def log(self):
        return self._daemon.log()

    def ask(self, *arguments, pins=None, patience=3 * PATIENCE):
        """jpkictl's exit code and what it printed. Below 0: it was left alone, because the counter
        has closed or nothing comes of it."""
        command = [simcard.program("jpkictl"), "--address", self._daemon.address, *arguments]
        with by_descriptor(pins, lines=9) as (secrets, passed), subprocess.Popen(
                command + secrets, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, pass_fds=passed, text=True) as process:
            output = ""
            for _ in range(int(patience)):
                try:
                    output, _ = process.communicate(timeout=1.0)
                    break
                except subprocess.TimeoutExpired:
                    if self.closed.is_set():
                        break
            process.kill()
        return process.returncode, output


class Town:
    """Both counters, as a context manager."""

    def __init__(self, directory, store_url, authority, state_url):
        settings = SHARED.format(store_url, directory) + authority.section(state_url)
        self.counters = [Counter(os.path.join(directory, name), settings)
                         for name in ("city-hall", "branch")]

    def __enter__(self):
        for counter in self.counters:
            counter.__enter__()
        return self

    def __exit__(self, *exception):
        for counter in self.counters:
            counter.__exit__(*exception)

    def some_counter(self):
        """Any that serves."""
        serving = [counter for counter in self.counters if counter.serves.is_set()]
        return random.choice(serving or self.counters)

    def other(self, counter):
        return self.counters[1 - self.counters.index(counter)]
