"""pcscd killed under load, and many readers on one daemon. JPKID_PCSCD_KILLS says how often."""

import concurrent.futures
import json
import os
import subprocess
import threading
import time

import simcard
from daemon import Jpkid
from pcscd_daemon import PATIENCE
from pcscd_stack import PcscdStack

KILLS = int(os.environ.get("JPKID_PCSCD_KILLS", "5"))
READERS = 16


def until(daemon, *arguments, code=0):
    """Runs jpkictl until it ends with `code`."""
    deadline = time.monotonic() + PATIENCE
    command = [simcard.program("jpkictl"), "--address", daemon.address, "--timeout", "5",
               *arguments]
    while True:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
        if done.returncode == code:
            return
        assert time.monotonic() < deadline, (arguments, done, daemon.log())


def test_pcscd_is_killed_under_load(tmp_path):
    card = tmp_path / "card.bin"
    simcard.create(card, pins={"auth": "4711"})
    ending = threading.Event()

    def load(daemon):
        command = [simcard.program("jpkictl"), "--address", daemon.address, "--timeout", "5",
                   "pin", "status", "--reader", "counter"]
        codes = []
        while not ending.is_set():
            codes.append(subprocess.run(command, capture_output=True, check=False).returncode)
        return codes

    with PcscdStack() as stack:
        with simcard.SimCard(card, stack.vpcd[0], str(tmp_path)) as running:
            with Jpkid(tmp_path, stack.readers[0], stack.environment()) as daemon:
                until(daemon, "pin", "status", "--reader", "counter")
                with concurrent.futures.ThreadPoolExecutor() as pool:
                    loads = [pool.submit(load, daemon) for _ in range(2)]
                    try:
                        for _ in range(KILLS):
                            stack.stop_daemon()
                            until(daemon, "health", "reader/counter", code=3)
                            stack.start_daemon()
                            running.await_attached()
                            until(daemon, "health", "reader/counter")
                            until(daemon, "pin", "status", "--reader", "counter")
                    finally:
                        ending.set()
                    codes = [code for each in loads for code in each.result()]
                assert codes.count(0) > 0
                # No try was lost on the way.
                shown = daemon.jpkictl("pin", "status", "--reader", "counter", "-o", "json")
                status = json.loads(shown)
                assert status["pins"][0]["tries_left"] == 3


def test_16_readers_on_one_daemon(tmp_path):
    slots, aliases = [], {}
    for index in range(READERS):
        card = tmp_path / f"{index}.bin"
        simcard.create(card, "--serial", f"{index:015}")
        slots.append(f"reader {{ name: 'Simulated {index:02}' card_file: '{card}' }}")
        aliases[f"counter-{index}"] = f"Simulated {index:02}"
    backend = f"simulated {{ {' '.join(slots)} }}"
    with Jpkid(tmp_path, aliases, dict(os.environ), backend) as daemon:

        def serial(reader):
            shown = daemon.jpkictl("card", "show", "--reader", reader, "-o", "json")
            return json.loads(shown)["serial"]

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            serials = list(pool.map(serial, aliases))
        assert serials == [f"{index:015}" for index in range(READERS)]
        assert len(json.loads(daemon.jpkictl("readers", "-o", "json"))["readers"]) == READERS
