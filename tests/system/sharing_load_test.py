"""64 clients at one reader, some of which are killed all the time: nobody starves, no turn is lost,
nothing leaks. JPKID_LOAD_SECONDS says for how long."""

import json
import os
import random
import signal
import subprocess
import time

import process_memory
import simcard
from daemon import Jpkid
from pcscd_daemon import PATIENCE, die_with_parent

SECONDS = int(os.environ.get("JPKID_LOAD_SECONDS", "20"))
KILLED, SPARED = 48, 16
WARM_UP = max(5.0, SECONDS / 10)
SIMULATED = "simulated { reader { name: 'Simulated 00' card_file: '%s' } }"


class Client:
    """Sends scripts of five commands until its time is over, or it is killed."""

    def __init__(self, daemon, seconds):
        self.process = subprocess.Popen(
            [simcard.program("jpki-bench"), "share-client", "stream", daemon.address, "5", "5",
             str(seconds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            preexec_fn=die_with_parent(signal.SIGTERM))

    def start(self):
        """As soon as it is connected; itself."""
        assert self.process.stdout.readline() == b"ready\n"
        self.process.stdin.write(b"go\n")
        self.process.stdin.flush()
        return self

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)

    def results(self):
        """What each script took, in microseconds."""
        output, _ = self.process.communicate(timeout=SECONDS + 4 * PATIENCE)
        assert self.process.returncode == 0
        return [abs(int(line)) for line in output.split()]


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def settled(read, wanted):
    """Waits for what the daemon does once it has noticed who is gone."""
    deadline = time.monotonic() + PATIENCE
    while read() > wanted and time.monotonic() < deadline:
        pass
    return read()


def test_64_clients_with_kills(tmp_path):
    card = tmp_path / "card.bin"
    simcard.create(card)
    reader = {"bench": "Simulated 00"}
    with Jpkid(tmp_path, reader, dict(os.environ), SIMULATED % card) as daemon:
        pid = daemon.process.pid
        daemon.jpkictl("queue")
        descriptors_before = descriptors(pid)
        spared = [Client(daemon, SECONDS) for _ in range(SPARED)]
        killed = [Client(daemon, 10 * SECONDS) for _ in range(KILLED)]
        for client in [*killed, *spared]:
            client.start()
        warm = None
        start = time.monotonic()
        kills = 0
        while time.monotonic() - start < SECONDS:
            victim = random.randrange(KILLED)
            killed[victim].kill()
            killed[victim] = Client(daemon, 10 * SECONDS).start()
            kills += 1
            if warm is None and time.monotonic() - start > WARM_UP:
                warm = process_memory.resident(pid)
        for client in killed:
            client.kill()
        results = [client.results() for client in spared]
        queue = json.loads(daemon.jpkictl("queue", "-o", "json"))
        assert not queue["waiting"] and "holder" not in queue
        assert settled(lambda: descriptors(pid), descriptors_before) <= descriptors_before
        # A sanitizer keeps so much of what was freed (AddressSanitizer's quarantine: 256 MiB).
        most_growth = (300 if process_memory.is_sanitized(pid) else 8) * 1024
        assert process_memory.resident(pid) - warm < most_growth
    counts = [len(each) for each in results]
    print(f"{kills} kills; scripts of those spared: {counts}; worst wait "
          f"{max(max(each) for each in results) / 1000:.0f} ms")
    assert kills > SECONDS / 2
    assert min(counts) > 0
    assert min(counts) > max(counts) / 3
