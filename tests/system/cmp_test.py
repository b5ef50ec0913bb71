"""An issue through CMP with real processes: pcscd with vpcd, jpki-simcard, jpkid, jpki-simca. What
the authority's book says is what is on the card, whatever got lost on the way."""

import os
import subprocess
import time

import pytest

import simcard
from clerk import Clerk
from daemon import Jpkid
from opensc import Desk
from pcscd_daemon import PATIENCE
from pcscd_stack import PcscdStack
from simca import SimCa

PINS = {"auth": "4711", "signature": "TEST99"}


@pytest.fixture(name="counter")
def make_counter(tmp_path, request):
    """A new card on a reader of a private pcscd, the daemon that owns it, and the authority; the
    test may give the daemon's limits."""
    limits = getattr(request, "param", "")
    card = tmp_path / "card.bin"
    simcard.create(card)
    with PcscdStack() as stack:
        with simcard.SimCard(card, stack.vpcd[0], str(tmp_path)) as running:
            with SimCa(tmp_path) as authority:
                daemon = Jpkid(tmp_path, stack.readers[0], stack.environment(), limits=limits)
                with open(tmp_path / "jpkid.textproto", "a", encoding="utf-8") as config:
                    config.write(authority.section())
                with daemon:
                    yield Desk(tmp_path, stack, running, PINS), daemon, authority


def der(path):
    return subprocess.run(["openssl", "x509", "-in", path, "-outform", "der"], check=True,
                          capture_output=True, timeout=20).stdout


def expect_agreement(desk, authority, kinds=("auth", "signature")):
    """Card and book: one valid certificate of each kind, the same one, and it is confirmed."""
    desk.await_card()
    for kind in kinds:
        valid = authority.valid(kind)
        assert [row["confirmed"] for row in valid] == [True], (kind, valid)
        certificate, issuer = desk.certificate(kind, 0), desk.certificate(kind, 1)
        assert der(certificate) == valid[0]["der"], kind
        desk.run("openssl", "verify", "-CAfile", issuer, certificate)
    assert len(authority.book()) == len(kinds)


def issue(daemon, at=None, do=None):
    clerk = Clerk(daemon, PINS)
    clerk.issue(at, do)
    clerk.expect_whole_story()
    return clerk.story


def test_issues_both(counter):
    desk, daemon, authority = counter
    issue(daemon)
    expect_agreement(desk, authority)


def test_polls_until_the_authority_has_decided(counter):
    desk, daemon, authority = counter
    authority.tell("polls 2 1")
    story = issue(daemon)
    assert any(line.get("waiting", {}).get("waiting_for") == "FOR_CA" for line in story)
    expect_agreement(desk, authority)


# Every fault at every message is tests/contract/cmp_fault_test.cc's.
@pytest.mark.parametrize("fault, message", [("lose-answer", "p10cr"), ("not-now", "p10cr"),
                                            ("lose-answer", "certConf"), ("busy", "certConf")])
def test_what_is_lost_is_asked_for_again(counter, fault, message):
    desk, daemon, authority = counter
    authority.tell(f"{fault} {message} 2")
    issue(daemon)
    expect_agreement(desk, authority)


@pytest.mark.parametrize("event", ["ca_submitted", "certificate_received", "activated", "proved"])
def test_killed_around_each_message_with_its_answer_lost(counter, event):
    desk, daemon, authority = counter
    authority.tell("lose-answer any 2")

    def kill():
        daemon.kill()
        daemon.start()

    issue(daemon, lambda line: event in line, kill)
    expect_agreement(desk, authority)


def test_an_outage_is_waited_out(counter):
    desk, daemon, authority = counter
    authority.tell("outage on")
    issue(daemon, lambda line: line.get("waiting", {}).get("waiting_for") == "FOR_CA",
          lambda: authority.tell("outage off"))
    expect_agreement(desk, authority)


@pytest.mark.parametrize("counter", ["ca_wait_with_card_seconds: 1"], indirect=True)
def test_an_authority_that_is_awaited_for_long_keeps_no_reader(counter):
    desk, daemon, authority = counter
    authority.tell("outage on")
    clerk = Clerk(daemon, PINS)

    def others_come_first():
        daemon.jpkictl("pin", "status", "--reader", "counter")  # Waits for its turn.
        deadline = time.monotonic() + PATIENCE
        operation = clerk.operation()
        while not operation["in_custody"] and time.monotonic() < deadline:
            operation = clerk.operation()
        assert operation["state"] == "STATE_WAITING" and operation["in_custody"], operation
        authority.tell("outage off")

    clerk.issue(lambda line: line.get("waiting", {}).get("waiting_for") == "FOR_CA",
                others_come_first)
    clerk.expect_whole_story()
    assert clerk.typed == 4, "the card was let go: both PINs are given again"
    expect_agreement(desk, authority)


def test_a_refusal_leaves_the_card_as_it_was(counter):
    desk, daemon, authority = counter
    authority.tell("refuse p10cr 10")
    last = Clerk(daemon, PINS).issue(code=7)[-1]
    assert last["failed"]["failure"]["reason"] == "CA_REJECTED", last
    assert authority.book() == []
    authority.tell("clear")


def test_the_book_is_the_embedded_authoritys_too(tmp_path):
    """Cards made with certificates of the same directory are known to the server."""
    with SimCa(tmp_path) as authority:
        card = os.path.join(tmp_path, "made.bin")
        simcard.create(card, "--with-certificates", "--ca-dir", authority.ca_dir)
        assert sorted(row["kind"] for row in authority.book()) == ["auth", "signature"]
