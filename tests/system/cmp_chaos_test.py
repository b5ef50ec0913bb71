"""Many issuances at once through jpki-simca, with a tenth of all messages delayed, lost or put off,
and each daemon killed every few seconds. At the end cards and the authority's book agree.

JPKID_ISSUANCES says how many (10), JPKID_COUNTERS over how many daemons at once (2); the long run
takes 500."""

import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from daemon import Jpkid
from pcscd_daemon import PATIENCE
from pins import asked_for, by_descriptor
from simca import SimCa
from simcard import program

COUNT = int(os.environ.get("JPKID_ISSUANCES", "10"))
COUNTERS = int(os.environ.get("JPKID_COUNTERS", "2"))
BATCH = 10  # Readers of one daemon.
KILL_EVERY = 4.0  # Seconds.
LONGEST = 600.0  # Seconds for one batch.
PINS = {"auth": "4711", "signature": "TEST99"}
ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


class Counter:
    """A daemon with many simulated readers, a new card on each, and a clerk who never tires."""

    def __init__(self, directory, authority, count):
        os.makedirs(directory)
        self.directory = str(directory)
        self.readers = [f"sim-{n}" for n in range(count)]
        self.daemon = Jpkid(directory, {}, os.environ)
        simulated = "".join(
            f'reader {{ name: "{name}" card_file: "{name}.bin" create_card: true }} '
            for name in self.readers)
        aliases = "".join(f'alias {{ name: "{name}" driver_name: "{name}" }} '
                          for name in self.readers)
        with open(os.path.join(directory, "jpkid.textproto"), "w", encoding="utf-8") as config:
            config.write(f"readers {{ simulated {{ {simulated} }} {aliases} }}\n"
                         f"grant {{ uid: {os.getuid()} role: OBSERVER role: CLERK }}\n"
                         + authority.section())
        self.begun = {}
        self.kills = 0

    def _jpkictl(self, *arguments, pins=(), wait=True):
        command = [program("jpkictl"), "--address", self.daemon.address, *arguments]
        with by_descriptor({kind: PINS[kind] for kind in pins}) as (secrets, passed):
            process = subprocess.Popen(
                command + secrets, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                stdout=subprocess.PIPE if wait else subprocess.DEVNULL, pass_fds=passed, text=True)
        if not wait:
            return process
        output, _ = process.communicate(timeout=3 * PATIENCE)
        return output if process.returncode == 0 else None

    def operations(self):
        """By reader. Nothing while the daemon is coming up."""
        output = self._jpkictl("operation", "list", "--limit", "100", "-o", "json")
        listed = json.loads(output).get("operations", []) if output else []
        return {one["reader"].removeprefix("readers/"): one for one in listed}

    def serve(self, operations):
        """Starts what has not begun and types what is asked for."""
        for reader in self.readers:
            operation = operations.get(reader)
            if operation is None:
                running = self.begun.get(reader)
                if running is None or running.poll() is not None:
                    self.begun[reader] = self._jpkictl(
                        "issue", "--reader", reader, "--kinds", "auth,signature", "--request-id",
                        f"{self.directory}/{reader}".replace("/", "-")[-60:], pins=PINS, wait=False)
                continue
            for kind in asked_for(operation.get("pending_inputs", [])):
                self._jpkictl("operation", "input", operation["name"], pins=[kind])

    def run(self):
        """Until every operation has ended; all must have succeeded."""
        deadline = time.monotonic() + LONGEST
        self.daemon.start()
        next_kill = time.monotonic() + KILL_EVERY
        while True:
            assert time.monotonic() < deadline, (self.operations(), self.daemon.log()[-5000:])
            operations = self.operations()
            states = {reader: one["state"].removeprefix("STATE_")
                      for reader, one in operations.items()}
            if len(states) == len(self.readers) and all(s in ENDED for s in states.values()):
                break
            self.serve(operations)
            if time.monotonic() > next_kill:
                self.daemon.kill()
                self.kills += 1
                self.daemon.start()
                next_kill = time.monotonic() + KILL_EVERY
        failed = {r: operations[r].get("failure") for r, s in states.items() if s != "SUCCEEDED"}
        assert not failed, (failed, self.daemon.log()[-5000:])
        for process in self.begun.values():
            process.kill()
            process.wait(PATIENCE)

    def certificates(self, kind):
        """What is on the cards, DER."""
        found = []
        for reader in self.readers:
            path = os.path.join(self.directory, f"{reader}-{kind}.der")
            self._jpkictl("cert", "read", "--reader", reader, "--kind", kind, "--format", "der",
                          "--out", path, pins=[kind] if kind == "signature" else ())
            with open(path, "rb") as file:
                found.append(file.read())
        return found


def work(counter):
    """All that one counter has to do; its certificates by kind. Its daemon ends with it."""
    counter.run()
    try:
        found = {kind: counter.certificates(kind) for kind in ("auth", "signature")}
    finally:
        counter.daemon.stop()
    print(f"{counter.directory}: {len(counter.readers)} issued, {counter.kills} kills", flush=True)
    return found


def test_cards_and_book_agree(tmp_path):
    with SimCa(tmp_path) as authority:
        authority.tell("polls 1 1")
        authority.tell("chaos 100 1")
        counters = [Counter(tmp_path / f"batch-{first}", authority, min(BATCH, COUNT - first))
                    for first in range(0, COUNT, BATCH)]
        with ThreadPoolExecutor(COUNTERS) as pool:
            found = list(pool.map(work, counters))
        book = authority.book()
        for kind in ("auth", "signature"):
            on_cards = [der for one in found for der in one[kind]]
            valid = authority.valid(kind)
            assert sorted(row["der"] for row in valid) == sorted(on_cards), kind
            assert all(row["confirmed"] for row in valid), kind
            assert len(set(on_cards)) == COUNT
    revoked = sum(row["revoked"] for row in book)
    kills = sum(counter.kills for counter in counters)
    print(f"{COUNT} issuances, {kills} kills, {len(book)} certificates made, {revoked} revoked "
          "before they were used: cards and book agree")
