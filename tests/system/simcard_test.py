"""jpki-simcard without a reader: what it refuses, and that nothing is lost by it."""

import datetime
import select
import signal
import socket
import sqlite3
import subprocess

import pytest

import simcard
from pcscd_daemon import PATIENCE, die_with_parent
from pins import by_descriptor

NOBODY = ["--vpcd", "127.0.0.1:1"]  # Where nothing listens: the card waits for its reader.


@pytest.fixture(name="card")
def make_card(tmp_path):
    card = tmp_path / "card.bin"
    simcard.create(card)
    return card


def refusal(*arguments, pins=None, code=1):
    """What it says when it does not do so."""
    with by_descriptor(pins) as (secrets, passed):
        ended = subprocess.run([simcard.program("jpki-simcard"), *map(str, arguments), *secrets],
                               capture_output=True, pass_fds=passed, timeout=PATIENCE, text=True)
    assert (ended.returncode, ended.stdout) == (code, ""), ended
    return ended.stderr.removeprefix("jpki-simcard: ").rstrip("\n")


class Waiting:
    """A card that is in use, as a context manager."""

    def __init__(self, card, *options):
        self._command = [simcard.program("jpki-simcard"), "run", "--card", str(card), *NOBODY,
                         *options]

    def __enter__(self):
        self.process = subprocess.Popen(self._command, stderr=subprocess.PIPE,
                                        preexec_fn=die_with_parent(signal.SIGTERM))
        assert select.select([self.process.stderr], [], [], PATIENCE)[0]
        assert b"no vpcd at port 1 yet" in self.process.stderr.readline()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(PATIENCE)
        self.process.stderr.close()


def test_one_program_has_a_card_until_it_ends(card):
    before = simcard.show(card)
    in_use = (f"the card {card} is in use by another jpkid or jpki-simcard: "
              "end that one or take the card off its reader")
    with Waiting(card):
        assert refusal("run", "--card", card, *NOBODY) == in_use
        assert refusal("create", "--out", card, "--force") == in_use
        assert simcard.show(card) == before
    with Waiting(card):  # The one before was killed.
        assert list(card.parent.iterdir()) == [card]


def test_what_would_spoil_a_card_is_refused(card):
    before = card.read_bytes()
    assert (refusal("run", "--card", card, "--token-label", "ÄÖ", *NOBODY, code=2)
            == "the token label is 1 to 32 characters of ASCII without spaces")
    assert card.read_bytes() == before
    with Waiting(card):
        assert card.read_bytes() == before  # Without a switch nothing is written.


def test_a_switch_can_be_set_back(card):
    before = card.read_bytes()
    with Waiting(card, "--first-6f00"):
        assert card.read_bytes() != before
    with Waiting(card, "--no-first-6f00"):
        assert card.read_bytes() == before


@pytest.mark.parametrize("options, pins, code, says", [
    (["--with-certificates", "--ca-dir", "/proc/none"], None, 1,
     "cannot create directory /proc/none"),
    (["--with-certificates", "--ca-dir", "CA", "--card-expiry", "2020-01-01"], None, 1,
     "it would have expired already"),
    (["--name", "\udcff\udcfe"], None, 2, "the name is 1 to 1024 octets of UTF-8"),
    (["--birth-date", "17.2.1980"], None, 2, '--birth-date is a date, YYYY-MM-DD, not "17.2.1980"'),
    (["--birth-date", "2999-01-01"], None, 2, "--birth-date 2999-01-01 is yet to come"),
    (["--card-expiry", "2030-2-17"], None, 2,
     '--card-expiry is a date, YYYY-MM-DD, not "2030-2-17"'),
    ([], {"signature": "ABCDEF"}, 2, "at least one of each"),
    ([], {"auth": "12345"}, 2, "it has exactly 4 digits"),
])
def test_a_card_that_cannot_be_made_is_not_there(tmp_path, options, pins, code, says):
    options = [str(tmp_path / "ca") if option == "CA" else option for option in options]
    said = refusal("create", "--out", tmp_path / "new.bin", *options, pins=pins, code=code)
    assert says in said
    assert not (tmp_path / "new.bin").exists()
    assert "ABCDEF" not in said and "12345" not in said


def ask(control, line):
    """The answer on a control socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(str(control))
        connection.sendall(line.encode() + b"\n")
        with connection.makefile("r", encoding="utf-8") as answers:
            return answers.readline()


def test_a_control_socket_is_its_programs_until_that_ends(tmp_path, card):
    control = tmp_path / "control"
    other = tmp_path / "other.bin"
    simcard.create(other)
    in_use = (f"another program listens at {control}: "
              "end that one or name another control socket")
    with Waiting(card, "--control", str(control)):
        assert refusal("run", "--card", other, "--control", control, *NOBODY) == in_use
        assert '"attached":false' in ask(control, "status")
    assert control.is_socket()  # That one was killed: what it left is cleared away.
    with Waiting(card, "--control", str(control)) as running:
        assert '"attached":false' in ask(control, "status")
        running.process.terminate()
        assert running.process.wait(PATIENCE) == 0
    assert not control.exists()


def test_a_socket_put_in_the_place_of_its_own_stays(tmp_path, card):
    control = tmp_path / "control"
    with Waiting(card, "--control", str(control)) as running, \
            socket.socket(socket.AF_UNIX) as other:
        control.unlink()
        other.bind(str(control))
        running.process.terminate()
        assert running.process.wait(PATIENCE) == 0
        assert control.is_socket()


def certificates_in_force(authority):
    with sqlite3.connect(f"file:{authority}/book.db?mode=ro", uri=True) as book:
        return book.execute(
            "SELECT COUNT(*) FROM certificate WHERE revoked_at IS NULL").fetchone()[0]


def test_certificates_that_reach_no_card_are_revoked(tmp_path, card):
    options = ("create", "--out", card, "--force", "--with-certificates", "--ca-dir", tmp_path)
    with Waiting(card):
        assert "is in use by another" in refusal(*options)
    assert certificates_in_force(tmp_path) == 0
    simcard.create(card, *map(str, options[3:]))
    assert certificates_in_force(tmp_path) == 2


@pytest.mark.parametrize("years, birthdays", [(40, 10), (8, 5)])
def test_a_card_lasts_as_long_as_its_holders_age_says(tmp_path, years, birthdays):
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=9))).date()
    simcard.create(tmp_path / "card.bin", "--birth-date", f"{today.year - years}-01-01")
    shown = simcard.show(tmp_path / "card.bin")
    assert shown["card expiry"] == f"{today.year + birthdays}0101", shown


def test_it_tells_its_version():
    told = subprocess.run([simcard.program("jpki-simcard"), "--version"], capture_output=True,
                          check=True, timeout=PATIENCE, text=True).stdout
    assert told.startswith("jpki-simcard ")
