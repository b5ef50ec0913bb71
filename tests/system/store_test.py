"""The store in an operator's hands: copied while an issue runs, put back when the daemon has gone
on or is gone, and left behind by an earlier version. The operation goes on, and the authority's
book says what is on the card."""

import os
import sqlite3
import subprocess

import pytest

import simcard
from clerk import Clerk
from daemon import Jpkid
from pcscd_daemon import PATIENCE
from simcard import program

PINS = {"auth": "4711", "signature": "TEST99"}
SIMULATED = 'simulated { reader { name: "sim" card_file: "%s" create_card: true } }'
# The second key takes its time, so that whoever is quick does not end the issue meanwhile.
SLOW = 'faults: "faults { match { instruction: 0x47 nth: 2 } slow { by_ms: 5000 } }"'
UNHURRIED = SIMULATED.replace("create_card: true", f"create_card: true {SLOW}")
STORES = os.path.join(os.path.dirname(__file__), "..", "contract", "stores")
KEY_OF_VERSION_1 = "d7de14ace95eb8d94e582cc4f56310d4ac5d650d5cbf7821972f01056241caaa"
CARD_OF_VERSION_1 = "990705711587881"


@pytest.fixture(name="daemon")
def make_daemon(tmp_path):
    with Jpkid(tmp_path, "sim", os.environ, SIMULATED % (tmp_path / "card.bin")) as daemon:
        yield daemon


@pytest.fixture(name="unhurried")
def make_unhurried(tmp_path):
    with Jpkid(tmp_path, "sim", os.environ, UNHURRIED % (tmp_path / "card.bin")) as daemon:
        yield daemon


def restore(daemon, backup):
    """What jpkid says."""
    done = subprocess.run(
        [program("jpkid"), "--config", daemon.directory + "/jpkid.textproto",
         "--data-dir", daemon.directory + "/store", "--restore", backup],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=3 * PATIENCE, text=True)
    return done.returncode, done.stdout


def in_order(*arguments):
    """What a jpkid says at last that ends at once."""
    done = subprocess.run([program("jpkid"), *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=3 * PATIENCE, text=True)
    return done.returncode, done.stdout.splitlines()[-1]


def expect_agreement(daemon, kinds=("auth", "signature")):
    """One good certificate of each kind in the book: the card's."""
    with sqlite3.connect(f"file:{daemon.directory}/store/ca/book.db?mode=ro", uri=True) as book:
        rows = book.execute("SELECT kind, der FROM certificate WHERE revoked_at IS NULL").fetchall()
    for kind in kinds:
        path = os.path.join(daemon.directory, kind + ".der")
        daemon.jpkictl("cert", "read", "--reader", "counter", "--kind", kind, "--format", "der",
                       "--out", path, pins={kind: PINS[kind]} if kind == "signature" else None)
        with open(path, "rb") as file:
            assert [bytes.fromhex(der) for of, der in rows if of == kind] == [file.read()], kind
    assert len(rows) == len(kinds)


# The daemon goes on for a moment after the copy was made: the store that is put back is behind its
# card.
@pytest.mark.parametrize("event", ["waiting", "key_made", "certificate_received"])
def test_cut_off_and_restored_it_goes_on(unhurried, event):
    daemon = unhurried
    backup = daemon.directory + "/backup.db"

    def cut_off():
        daemon.jpkictl("backup", backup)
        daemon.kill()
        with open(daemon.directory + "/store/jpkid.db", "wb") as broken:
            broken.write(b"the disk did this")
        code, said = restore(daemon, backup)
        assert code == 0, said
        daemon.start()

    clerk = Clerk(daemon, PINS)
    clerk.issue(lambda line: event in line, cut_off)
    assert os.stat(backup).st_mode & 0o777 == 0o600
    clerk.finish()
    clerk.expect_whole_story()
    expect_agreement(daemon)


# The issue ended after the copy was made. What it did is found again, or seen and left alone; how
# far the copy knows of it is chance, and each moment is rehearsed by jpki-faults.
@pytest.mark.parametrize("event, ends", [("waiting", ["failed"]),
                                         ("key_made", ["completed", "failed"])])
def test_a_store_of_before_the_end_breaks_nothing(daemon, event, ends):
    backup = daemon.directory + "/backup.db"
    clerk = Clerk(daemon, PINS)
    clerk.issue(lambda line: event in line, lambda: daemon.jpkictl("backup", backup))
    assert clerk.operation()["state"] == "STATE_SUCCEEDED"
    code, said = restore(daemon, backup)
    assert code == 1 and "stop it first" in said, said
    daemon.stop()
    code, said = restore(daemon, backup)
    assert code == 0, said
    daemon.start()
    last = clerk.finish()
    assert any(end in last for end in ends), (last, daemon.log())
    expect_agreement(daemon)


def test_a_store_elsewhere_is_one_daemons_too(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    store = elsewhere / "jpkid.db"
    backend = SIMULATED % (tmp_path / "card.bin")
    with Jpkid(tmp_path, "sim", os.environ, backend) as daemon:
        daemon.stop()
        config = tmp_path / "jpkid.textproto"
        with open(config, "a", encoding="utf-8") as file:
            file.write(f'store {{ url: "sqlite:{store}" holder_key_file: "{elsewhere}/key" }}\n')
        daemon.start()
        assert os.stat(f"{store}.lock").st_mode & 0o777 == 0o600
        link = tmp_path / "link.db"
        link.symlink_to(store)
        linked = tmp_path / "linked.textproto"
        linked.write_text(config.read_text(encoding="utf-8").replace(f":{store}", f":{link}"),
                          encoding="utf-8")
        backup = tmp_path / "backup.db"
        daemon.jpkictl("backup", str(backup))
        for file, named, told in [(config, store, ["--restore", backup]),
                                  (config, store, ["--mark-restored"]),
                                  (config, store, []), (linked, link, [])]:
            code, said = in_order("--config", file, "--data-dir", tmp_path / "other", *told)
            assert code == 1 and f"another jpkid works in {named}; stop it first" in said, said


def test_what_another_program_restored_is_marked(daemon):
    backup = daemon.directory + "/backup.db"
    clerk = Clerk(daemon, PINS)
    clerk.issue(lambda line: "waiting" in line, lambda: daemon.jpkictl("backup", backup))
    daemon.stop()
    given = ["--config", daemon.directory + "/jpkid.textproto", "--mark-restored", "--data-dir",
             daemon.directory + "/store"]
    assert in_order(*given) == (0, "marked as restored; unfinished operations: 0")
    os.replace(backup, daemon.directory + "/store/jpkid.db")
    assert in_order(*given) == (0, "marked as restored; unfinished operations: 1")
    os.unlink(daemon.directory + "/store/jpkid.db")
    code, said = in_order(*given)
    assert code == 1 and "there is no store to mark" in said, said
    assert not os.path.exists(daemon.directory + "/store/jpkid.db")


def test_an_operation_of_an_earlier_version_goes_on(tmp_path):
    card = tmp_path / "card.bin"
    simcard.create(card, "--serial", CARD_OF_VERSION_1)
    store = tmp_path / "store"
    store.mkdir(mode=0o700)
    (store / "holder.key").write_bytes(bytes.fromhex(KEY_OF_VERSION_1))
    (store / "holder.key").chmod(0o600)
    with open(os.path.join(STORES, "version-1.sql"), encoding="utf-8") as file:
        text = file.read().replace("/tmp/jpkid-v1", str(store)).replace('"sim-0"', '"counter"')
    with sqlite3.connect(store / "jpkid.db") as database:
        database.executescript(text)
    with Jpkid(tmp_path, "sim", os.environ, SIMULATED % card) as daemon:
        clerk = Clerk(daemon, PINS)
        clerk.finish()
        clerk.expect_whole_story()
        assert any("resumed" in line for line in clerk.story)
        expect_agreement(daemon, ["signature"])
