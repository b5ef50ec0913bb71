"""A session at a reader of pcscd, recorded, and held again with the recording alone."""

import os

import pytest

import simcard
from daemon import Jpkid
from opensc import PINS
from pcscd_stack import PcscdStack

READER = ("--reader", "counter")
LIMITS = "reader_idle_milliseconds: 0"  # Pauses between clients are no part of the recording.
SECRETS = (PINS["signature"], *(pin.encode().hex().upper() for pin in PINS.values()))


def session(daemon, directory, name, pins):
    """What a clerk sees of the card, and a signature."""
    shown = daemon.jpkictl("card", "show", *READER, "-o", "json")
    (directory / "data").write_bytes(b"what is signed")
    signature = directory / f"{name}.sig"
    daemon.jpkictl("sign", *READER, "--kind", "signature", "--in", str(directory / "data"),
                   "--out", str(signature), pins={"": pins["signature"]})
    return shown, signature.read_bytes()


@pytest.fixture(name="recorded")
def make_recording(tmp_path):
    """A session and the file in which it was recorded."""
    card = tmp_path / "card.bin"
    recording = tmp_path / "session.jsonl"
    simcard.create(card, "--with-certificates", "--ca-dir", str(tmp_path / "ca"), pins=PINS)
    first = tmp_path / "first"
    first.mkdir()
    backend = f'pcsc {{}} trace_file: "{recording}"'
    with PcscdStack() as stack:
        with simcard.SimCard(card, stack.vpcd[0], str(tmp_path)):
            with Jpkid(first, stack.readers[0], stack.environment(), backend, LIMITS) as daemon:
                return session(daemon, tmp_path, "first", PINS), recording


def replaying(directory, recording):
    second = directory / "second"
    second.mkdir()
    backend = f'replayed {{ recording_file: "{recording}" }}'
    return Jpkid(second, "Virtual*", dict(os.environ), backend, LIMITS)


def test_the_same_session_without_card_and_pins(tmp_path, recorded):
    seen, recording = recorded
    with replaying(tmp_path, recording) as daemon:
        wrong = {"signature": "X" * (len(PINS["signature"]) - 1) + "1"}
        assert session(daemon, tmp_path, "second", wrong) == seen


def test_another_session_is_told(tmp_path, recorded):
    _, recording = recorded
    with replaying(tmp_path, recording) as daemon:
        daemon.jpkictl("card", "show", *READER)
        daemon.jpkictl("pin", "status", *READER, code=1)


def test_the_recording_may_be_handed_on(tmp_path, recorded):
    _, recording = recorded
    text = recording.read_text(encoding="ascii")
    assert not any(secret in text for secret in SECRETS)
    with replaying(tmp_path, recording) as daemon:
        assert "none of which tells a PIN" in daemon.jpkictl("trace", "check", str(recording))
