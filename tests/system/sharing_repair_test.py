"""pcscd killed under load, readers that hang, cards that come and go all the time, and many readers
on one daemon. JPKID_PCSCD_KILLS and JPKID_INSERTIONS say how often."""

import concurrent.futures
import contextlib
import json
import os
import subprocess
import threading
import time

import pytest

import simcard
from daemon import Jpkid
from pcscd_daemon import PATIENCE
from pcscd_stack import PcscdStack

KILLS = int(os.environ.get("JPKID_PCSCD_KILLS", "5"))
INSERTIONS = int(os.environ.get("JPKID_INSERTIONS", "20"))
STORE_POOL = 4  # Threads that start when so many calls are first at the store at once.
READERS = 16
# What a client may be told of a card that came or went under its hands.
GONE = ("CARD_ABSENT", "CARD_REMOVED", "CARD_MUTE")


READER = ("--reader", "counter")
ASK_TRIES = ("pin", "status", *READER)


def jpkictl(daemon, *arguments):
    return [simcard.program("jpkictl"), "--address", daemon.address, "--timeout", "5", *arguments]


def until(daemon, *arguments, code=0):
    """Runs jpkictl until it ends with `code`."""
    deadline = time.monotonic() + PATIENCE
    while True:
        done = subprocess.run(jpkictl(daemon, *arguments), capture_output=True, timeout=PATIENCE,
                              check=False)
        if done.returncode == code:
            return
        assert time.monotonic() < deadline, (arguments, done, daemon.log())


class Load:
    """Clients that ask for the tries left, each in a process of its own, as long as it is open."""

    def __init__(self, daemon, clients):
        self._daemon = daemon
        self._clients = clients
        self._ending = threading.Event()
        self._pool = concurrent.futures.ThreadPoolExecutor(clients)
        self._asking = []
        self.ended = []  # The exit code and the words of each.

    def _ask(self):
        while not self._ending.is_set():
            done = subprocess.run(jpkictl(self._daemon, *ASK_TRIES), capture_output=True, text=True,
                                  check=False)
            self.ended.append((done.returncode, done.stderr))

    def __enter__(self):
        self._asking = [self._pool.submit(self._ask) for _ in range(self._clients)]
        return self

    def __exit__(self, *_):
        self._ending.set()
        for each in self._asking:
            each.result(PATIENCE)

    def codes(self):
        return [code for code, _ in self.ended]


def no_try_was_lost(daemon):
    status = json.loads(daemon.jpkictl(*ASK_TRIES, "-o", "json"))
    return status["pins"][0]["tries_left"] == 3


def descriptors(daemon):
    return len(os.listdir(f"/proc/{daemon.process.pid}/fd"))


def settled(daemon, read, wanted):
    """What `read` says once it is no more than `wanted`, or will not be: the daemon does not notice
    at once who has gone."""
    deadline = time.monotonic() + PATIENCE
    while read(daemon) > wanted and time.monotonic() < deadline:
        pass
    return read(daemon)


def threads(daemon):
    return len(os.listdir(f"/proc/{daemon.process.pid}/task"))


@pytest.fixture(name="card")
def make_card(tmp_path):
    card = tmp_path / "card.bin"
    simcard.create(card, pins={"auth": "4711"})
    return card


@pytest.fixture(name="stack")
def make_stack():
    with PcscdStack() as stack:
        yield stack


@pytest.fixture(name="running")
def make_running(tmp_path, card, stack):
    with simcard.SimCard(card, stack.vpcd[0], str(tmp_path)) as running:
        yield running


def test_pcscd_is_killed_under_load(tmp_path, stack, running):
    with Jpkid(tmp_path, stack.readers[0], stack.environment()) as daemon:
        until(daemon, *ASK_TRIES)
        with Load(daemon, 2) as load:
            for _ in range(KILLS):
                stack.stop_daemon()
                until(daemon, "health", "reader/counter", code=3)
                stack.start_daemon()
                running.await_attached()
                until(daemon, "health", "reader/counter")
                until(daemon, *ASK_TRIES)
        assert load.codes().count(0) > 0
        assert no_try_was_lost(daemon)


def test_cards_come_and_go_while_clients_ask(tmp_path, stack, running):
    with Jpkid(tmp_path, stack.readers[0], stack.environment()) as daemon:
        until(daemon, *ASK_TRIES)
        with Load(daemon, 4):
            pass  # What a first load makes stays.
        files, workers = descriptors(daemon), threads(daemon)
        with Load(daemon, 4) as load:
            for _ in range(INSERTIONS):
                until(daemon, *ASK_TRIES)
                running.ask("remove")
                until(daemon, "card", "show", "--reader", "counter", code=6)
                running.ask("insert")
        until(daemon, *ASK_TRIES)
        # Every call ended, with the tries or with the reason.
        for code, words in load.ended:
            assert code == 0 or any(reason in words for reason in GONE), (code, words)
        assert load.codes().count(0) > INSERTIONS
        queue = json.loads(daemon.jpkictl("queue", "counter", "-o", "json"))
        assert not queue["waiting"] and "holder" not in queue
        assert settled(daemon, descriptors, files) <= files
        assert settled(daemon, threads, workers + STORE_POOL) <= workers + STORE_POOL
        assert no_try_was_lost(daemon)


def test_a_reader_that_hangs_is_set_aside_and_comes_back(tmp_path, stack, running):
    assert running.status()["attached"]
    limits = "card_job_seconds: 1"
    with Jpkid(tmp_path, stack.readers[0], stack.environment(), limits=limits) as daemon:
        until(daemon, "health", "reader/counter")
        until(daemon, *ASK_TRIES)
        stack.freeze_daemon()
        try:
            with subprocess.Popen(jpkictl(daemon, *ASK_TRIES), stderr=subprocess.PIPE) as asking:
                until(daemon, "health", "reader/counter", code=3)
                assert b"READER_HUNG" in asking.communicate(timeout=PATIENCE)[1]
            # Listing waits for nobody, nor does being told no.
            shown = daemon.jpkictl("readers", "-o", "json")
            assert "the driver has not answered since" in shown
            daemon.jpkictl(*ASK_TRIES, code=6)
        finally:
            stack.thaw_daemon()
        until(daemon, "health", "reader/counter")
        until(daemon, *ASK_TRIES)
        assert no_try_was_lost(daemon)


def serials(daemon, readers):
    """Of the cards on these readers, asked for at once."""

    def serial(reader):
        until(daemon, "card", "show", "--reader", reader)
        shown = daemon.jpkictl("card", "show", "--reader", reader, "-o", "json")
        return json.loads(shown)["serial"]

    with concurrent.futures.ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(serial, readers))


def make_cards(directory):
    """The files of READERS cards, whose serial numbers tell them apart."""
    cards = [directory / f"{index}.bin" for index in range(READERS)]
    for index, card in enumerate(cards):
        simcard.create(card, "--serial", f"{index:015}")
    return cards


def test_16_readers_on_one_daemon(tmp_path):
    slots, aliases = [], {}
    for index, card in enumerate(make_cards(tmp_path)):
        slots.append(f"reader {{ name: 'Simulated {index:02}' card_file: '{card}' }}")
        aliases[f"counter-{index}"] = f"Simulated {index:02}"
    backend = f"simulated {{ {' '.join(slots)} }}"
    with Jpkid(tmp_path, aliases, dict(os.environ), backend) as daemon:
        assert serials(daemon, aliases) == [f"{index:015}" for index in range(READERS)]
        assert len(json.loads(daemon.jpkictl("readers", "-o", "json"))["readers"]) == READERS


def test_16_readers_of_pcscd(tmp_path):
    cards = make_cards(tmp_path)
    with contextlib.ExitStack() as running:
        stack = running.enter_context(PcscdStack(READERS))
        for index, card in enumerate(cards):
            place = tmp_path / str(index)
            place.mkdir()
            running.enter_context(simcard.SimCard(card, stack.vpcd[index], str(place)))
        aliases = {f"counter-{index}": name for index, name in enumerate(stack.readers)}
        with Jpkid(tmp_path, aliases, stack.environment()) as daemon:
            for alias in aliases:
                until(daemon, "card", "show", "--reader", alias)
            start = time.monotonic()
            found = serials(daemon, aliases)
            print(f"{READERS} cards behind pcscd, all at once: {time.monotonic() - start:.1f} s")
            assert found == [f"{index:015}" for index in range(READERS)]
