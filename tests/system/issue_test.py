"""The main job with real processes: pcscd with vpcd, jpki-simcard, jpkid, jpkictl; then third
parties use the card."""

import json

import pytest

import simcard
from clerk import ISSUE, Clerk
from daemon import Jpkid
from opensc import Desk
from pcscd_stack import PcscdStack

PINS = {"auth": "4711", "signature": "PIN5SEARCHED4HER"}


@pytest.fixture(name="counter")
def make_counter(tmp_path):
    """A new card on a reader of a private pcscd, and the daemon that owns it."""
    card = tmp_path / "card.bin"
    simcard.create(card)
    trace = str(tmp_path / "trace.jsonl")
    with PcscdStack() as stack:
        with simcard.SimCard(card, stack.vpcd[0], str(tmp_path), "--trace", trace) as running:
            with Jpkid(tmp_path, stack.readers[0], stack.environment()) as daemon:
                yield Desk(tmp_path, stack, running, PINS), daemon


def issue(daemon, request_id):
    return daemon.jpkictl(*ISSUE, "--request-id", request_id, "-o", "jsonl", pins=PINS, lines=9)


def kinds_of(story, name):
    """Of which certificates the story tells `name`."""
    return [line[name]["kind"] for line in story if name in line]


def lines_of(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


BOTH = ["CERTIFICATE_KIND_AUTH", "CERTIFICATE_KIND_SIGNATURE"]


def test_issues_both_and_third_parties_use_the_card(counter):
    desk, daemon = counter
    story = lines_of(issue(daemon, "both"))
    assert kinds_of(story, "activated") == BOTH
    assert [line["sequence"] for line in story] == [str(n + 1) for n in range(len(story))]

    desk.await_card()
    for kind in ("auth", "signature"):
        certificate, authority = desk.certificate(kind, 0), desk.certificate(kind, 1)
        desk.run("openssl", "verify", "-CAfile", authority, certificate)
        key = desk.run("openssl", "x509", "-in", certificate, "-noout", "-pubkey")
        (desk.directory / "key.pem").write_bytes(key)
        signature = desk.sign(kind, PINS[kind])
        desk.verify(signature)


def test_jpkictl_reads_signs_and_tells_pins(counter):
    desk, daemon = counter
    issue(daemon, "both")
    for kind in ("auth", "signature"):
        certificate = str(desk.directory / f"{kind}.der")
        pins = {kind: PINS[kind]}
        daemon.jpkictl("cert", "read", "--reader", "counter", "--kind", kind,
                       "--format", "der", "--out", certificate,
                       pins=pins if kind == "signature" else None)
        (desk.directory / "data").write_bytes(b"what is signed")
        daemon.jpkictl("sign", "--reader", "counter", "--kind", kind,
                       "--in", str(desk.directory / "data"),
                       "--out", str(desk.directory / "signature"), pins=pins)
        key = desk.run("openssl", "x509", "-inform", "der", "-in", certificate, "-noout", "-pubkey")
        (desk.directory / "key.pem").write_bytes(key)
        desk.verify("signature")
    status = json.loads(daemon.jpkictl("pin", "status", "--reader", "counter", "-o", "json"))
    assert [pin["tries_left"] for pin in status["pins"]] == [3, 5]
    # Who is told to come back is told whom to ask.
    early = daemon.jpkictl("--lang", "en", "renew", "--reader", "counter", code=4)
    assert "RENEWAL_TOO_EARLY" in early and "Ask: Training City, Training Division" in early


@pytest.mark.parametrize("event", ["key_made", "certificate_received", "writing", "activated"])
def test_killed_in_the_middle_it_goes_on_at_the_next_start(counter, event):
    desk, daemon = counter
    # The second key takes its time: it is not made before the kill comes.
    desk.card.ask("fault faults { match { instruction: 0x47 nth: 2 } slow { by_ms: 1500 } }")

    def kill():
        daemon.kill()
        daemon.start()

    clerk = Clerk(daemon, PINS)
    story = clerk.issue(lambda line: event in line, kill)
    clerk.expect_whole_story()
    assert kinds_of(story, "activated") == BOTH
    assert any("resumed" in line for line in story)
    desk.await_card()
    for kind in ("auth", "signature"):
        authority, certificate = desk.certificate(kind, 1), desk.certificate(kind)
        desk.run("openssl", "verify", "-CAfile", authority, certificate)
