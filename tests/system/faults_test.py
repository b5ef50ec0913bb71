"""A sample of the faults that jpki-faults rehearses in one process, with real processes: pcscd with
vpcd, jpki-simcard, jpkid, jpki-simca. The card fails at a command of an issue, or the daemon is
killed at an event of it; each time with another card.

JPKID_FAULT_STEP says how many commands lie between two points (13); of events it is a third."""

import itertools
import json
import os

import pytest

import simcard
from clerk import Clerk
from daemon import Jpkid
from pcscd_stack import PcscdStack
from simca import SimCa

PINS = {"auth": "4711", "signature": "TEST99"}
STEP = int(os.environ.get("JPKID_FAULT_STEP", "13"))
FAULTS = ["tear_out {}", "tear_out { after: true }", "garble {}", "cut_short { octets: 1 }",
          "mute {}", "lose_power { for_ms: 1 }", "slow { by_ms: 2000 }"]


class Counter(Clerk):
    """A reader, and a clerk who puts back a card that is missed."""

    def __init__(self, directory, daemon, reader, authority):
        super().__init__(daemon, PINS)
        self._directory = str(directory)
        self._reader = reader
        self._authority = authority
        self._served = 0
        self._card = None

    def serve(self, fault=None, at=None, do=None):
        """A citizen with a new card, to the good end; how many commands it took."""
        self._served += 1
        self._card = os.path.join(self._directory, f"card-{self._served}.bin")
        simcard.create(self._card)
        self._put_card()
        before, begun, typed = self._in_force(), self._commands(), self.typed
        if fault:
            self._reader.ask(f"fault faults {{ {fault} }}")
        self.issue(at, do, request_id=f"citizen-{self._served}")
        self.expect_whole_story()
        commands = self._commands()[len(begun):]
        sent = [one for one in commands if one["instruction"] == "VERIFY" and "data_octets" in one]
        assert len(sent) <= self.typed - typed, "a VERIFY was repeated"
        for kind, known in before.items():
            assert self._in_force()[kind] - known == {self._on_card(kind)}, kind
        assert not fault or self._reader.status().get("faults_waiting", 0) == 0, "it never struck"
        return len(commands)

    def kill(self):
        self.daemon.kill()
        self.daemon.start()

    def _commands(self):
        with open(os.path.join(self._directory, "trace.jsonl"), encoding="utf-8") as trace:
            lines = [json.loads(line) for line in trace]
        return [line for line in lines if line["instruction"] != "POWER UP"]

    def _in_force(self):
        """What the authority's book holds good, by kind."""
        return {kind: {row["der"] for row in self._authority.valid(kind)} for kind in PINS}

    def _on_card(self, kind):
        path = os.path.join(self._directory, "certificate.der")
        self.daemon.jpkictl("cert", "read", "--reader", "counter", "--kind", kind, "--format",
                            "der", "--out", path,
                            pins={kind: PINS[kind]} if kind == "signature" else None)
        with open(path, "rb") as file:
            return file.read()

    def _see(self, line):
        super()._see(line)
        if line.get("waiting", {}).get("waiting_for") == "FOR_CARD":
            self._put_card()

    def _put_card(self):
        if self._reader.status().get("inserted"):
            self._reader.ask("remove")
        self._reader.ask(f"insert {self._card}")
        self._reader.await_attached()


@pytest.fixture(name="counter", scope="module")
def make_counter(tmp_path_factory):
    directory = tmp_path_factory.mktemp("counter")
    card = directory / "blank.bin"
    simcard.create(card)
    trace = str(directory / "trace.jsonl")
    with PcscdStack() as stack, SimCa(directory) as authority:
        with simcard.SimCard(card, stack.vpcd[0], str(directory), "--trace", trace) as reader:
            daemon = Jpkid(directory, stack.readers[0], stack.environment())
            with open(directory / "jpkid.textproto", "a", encoding="utf-8") as config:
                config.write(authority.section())
            with daemon:
                yield Counter(directory, daemon, reader, authority)


def test_the_card_fails_at_a_command(counter):
    points = range(1, counter.serve() + 1, STEP)
    for nth, fault in zip(points, itertools.cycle(FAULTS)):
        print(f"command {nth}: {fault}", flush=True)
        counter.serve(f"match {{ nth: {nth} }} {fault}")
    print(f"{len(points)} fault points at the card, {len(points)} recovered", flush=True)


def test_the_daemon_is_killed_at_an_event(counter):
    counter.serve()
    points = range(1, len(counter.story), STEP // 3 or 1)
    for nth in points:
        print(f"event {nth}", flush=True)
        counter.serve(at=lambda line, nth=nth: line["sequence"] == str(nth), do=counter.kill)
    print(f"{len(points)} kills, {len(points)} recovered", flush=True)
