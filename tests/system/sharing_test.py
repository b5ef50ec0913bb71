"""What goes wrong when several programs use one card through pcscd, and does not through jpkid.

Each row is shown twice on the same sort of stack: `plain` has the fault, `jpkid` has not.
"""

import concurrent.futures
import json
import subprocess
import threading
import time

import pytest

import simcard
from daemon import Jpkid
from opensc import PINS
from pcsc import Client
from pcscd_daemon import PATIENCE

SELECT = "00A4040C0AD392F000260100000001"
READER = ("--reader", "counter")
SELECT_PIN = {"auth": "00A4020C020018", "signature": "00A4020C02001B"}
DIGEST_INFO = "3031300D060960864801650304020105000420" + "AB" * 32
SIGN_AUTH = "802A0097" + "33" + DIGEST_INFO + "00"
TRIES_AUTH, TRIES_SIGNATURE = "00200098", "0020009B"


def verify(pin, reference="98"):
    return f"002000{reference}{len(pin):02X}" + pin.encode().hex()


@pytest.fixture(name="daemon")
def make_daemon(desk):
    """jpkid in front of the desk's reader."""
    with Jpkid(desk.directory, desk.stack.readers[0], desk.stack.environment()) as daemon:
        yield daemon


def plain(desk):
    return Client(desk.stack.readers[0], desk.stack.environment())


def commands(desk):
    """How many commands the card was sent so far."""
    with open(desk.directory / "trace.jsonl", encoding="utf-8") as trace:
        return sum(1 for line in trace if json.loads(line)["instruction"] != "POWER UP")


def sign(desk, daemon, kind="auth", name="out", pin=None, code=0):
    """A signature through jpkid."""
    (desk.directory / "data").write_bytes(b"what is signed")
    out = desk.directory / f"{name}.sig"
    daemon.jpkictl("sign", *READER, "--kind", kind, "--in", str(desk.directory / "data"),
                   "--out", str(out), pins={"": pin or PINS[kind]}, code=code)
    return out


class Apdu:
    """A client of jpkid with a session of its own: a line of commands, a line of answers."""

    def __init__(self, daemon, *options):
        self._process = subprocess.Popen(
            [simcard.program("jpkictl"), "--address", daemon.address, "apdu", *READER, *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def send(self, line):
        """The answers; "" when the session has ended."""
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return ""
        return self._process.stdout.readline().strip()

    def close(self):
        """Ends it; what it says of a failure."""
        return self._process.communicate(timeout=PATIENCE)[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.communicate(timeout=PATIENCE)


# After one process logs in, any other signs without a PIN.


def test_row_1_plain(desk):
    with plain(desk) as a, plain(desk) as b:
        assert a.send(SELECT) == "9000"
        assert a.send(verify(PINS["auth"])) == "9000"
        assert b.send(SIGN_AUTH).endswith("9000")


def test_row_1_jpkid(desk, daemon):
    sign(desk, daemon)
    with Apdu(daemon) as b:
        assert b.send(SIGN_AUTH) != ""
        answers = b.send(f"{SELECT} {SIGN_AUTH}").split()
        assert answers == ["9000", "6982"]


# A starting client ends everybody's login.


def test_row_2_plain(desk):
    with plain(desk) as a, plain(desk) as b:
        a.send(SELECT)
        a.send(verify(PINS["auth"]))
        b.send(SELECT)
        assert a.send(SIGN_AUTH) == "6982"


def test_row_2_jpkid(desk, daemon):
    ending = threading.Event()

    def start_again_and_again():
        starts = 0
        while not ending.is_set():
            daemon.jpkictl("apdu", *READER, SELECT)
            starts += 1
        return starts

    with concurrent.futures.ThreadPoolExecutor() as pool:
        starting = pool.submit(start_again_and_again)
        try:
            signatures = [sign(desk, daemon, name=str(n)).read_bytes() for n in range(8)]
        finally:
            ending.set()
        assert starting.result() > 0
    assert len(set(signatures)) == 1 and len(signatures[0]) == 256


# A wrong PIN by one client is made good by the next right one of another: nobody notices a guesser.


def test_row_3_plain(desk):
    with plain(desk) as a, plain(desk) as b:
        for guess in ("0000", "0001", "0002", "0003", "0004"):  # More than the three tries.
            a.send(SELECT)
            assert b.send(verify(guess)) == "63C2"
            assert a.send(verify(PINS["auth"])) == "9000"


def test_row_3_jpkid(desk, daemon):
    for guess in range(2):
        sign(desk, daemon, pin="0000", code=5)
        sign(desk, daemon)
        assert f"refused PIN number {guess + 1} of uid:" in daemon.log()


# A correct PIN reaches the other PIN's file and costs it a try.


def test_row_4_plain(desk):
    with plain(desk) as a, plain(desk) as b:
        a.send(SELECT)
        a.send(SELECT_PIN["auth"])
        b.send(SELECT_PIN["signature"])
        # This card looks at the length first; where both PINs are as long it costs a try, 63C4.
        assert a.send(verify(PINS["auth"], "80")) == "6700"


def test_row_4_jpkid(desk, daemon):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        both = [pool.submit(sign, desk, daemon, kind, f"{kind}{n}")
                for n in range(4) for kind in ("auth", "signature")]
        for each in both:
            each.result()
    status = json.loads(daemon.jpkictl("pin", "status", *READER, "-o", "json"))
    assert [pin["tries_left"] for pin in status["pins"]] == [3, 5]


# Who holds a transaction blocks all others without limit.


def test_row_5_plain(desk):
    with plain(desk) as a, plain(desk) as b:
        assert a.send("begin") == "ok"
        b.ask("begin")
        waiting = threading.Thread(target=b.answer, daemon=True)
        waiting.start()
        waiting.join(3.0)
        assert waiting.is_alive()
        assert a.send("end") == "ok"
        waiting.join(PATIENCE)
        assert not waiting.is_alive()


def test_row_5_jpkid(desk, daemon):
    with Apdu(daemon, "--exclusive") as holder:
        assert holder.send(SELECT) == "9000"
        start = time.monotonic()
        daemon.jpkictl("pin", "status", *READER, "--timeout", "1", code=8)
        queue = json.loads(daemon.jpkictl("queue", "counter", "-o", "json"))
        daemon.jpkictl("readers")
        assert time.monotonic() - start < PATIENCE
        assert queue["holder"]["client"].startswith("uid:") and queue["holder"]["exclusive"]
        assert holder.send(TRIES_AUTH) == "63C3"
    daemon.jpkictl("pin", "status", *READER)


# One signature is 70 commands.


def test_row_6_plain(desk):
    before = commands(desk)
    desk.sign("auth", PINS["auth"])
    assert commands(desk) - before > 60


def test_row_6_jpkid(desk, daemon):
    before = commands(desk)
    sign(desk, daemon)
    assert commands(desk) - before == 3
    sign(desk, daemon)
    assert commands(desk) - before == 6  # Another client each time, and nothing verified for it.


# The card is back within 400 ms: who had it before fails for ever.


def swap(desk):
    desk.card.ask("remove")
    desk.card.ask("insert")
    desk.card.await_attached()


def test_row_7_plain(desk):
    with plain(desk) as a:
        assert a.send(SELECT) == "9000"
        swap(desk)
        deadline = time.monotonic() + 5.0
        while a.send(SELECT) == "9000" and time.monotonic() < deadline:
            pass
        assert [a.send(SELECT)[:5] for _ in range(5)] == ["error"] * 5


def test_row_7_jpkid(desk, daemon):
    with Apdu(daemon, "--exclusive") as old:
        assert old.send(SELECT) == "9000"
        swap(desk)
        while old.send(TRIES_SIGNATURE):
            pass
        why = old.close()
    assert "LEASE_STALE" in why or "CARD_REMOVED" in why
    sign(desk, daemon)
