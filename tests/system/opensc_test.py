"""Third parties meet a simulated card: OpenSC's tools on a real pcscd read, verify and sign."""

import json

import pytest

from opensc import KINDS, PINS


def test_lists_one_jpki_token(desk):
    assert b"jpki" in desk.run("opensc-tool", "--name")
    listed = desk.run("pkcs15-tool", "--list-certificates").decode()
    assert listed.count("X.509 Certificate") == 4
    assert desk.tries_left() == [3, 5]


@pytest.mark.parametrize("kind", KINDS)
def test_reads_certificates_that_openssl_accepts(desk, kind):
    certificate, authority = desk.certificate(kind), desk.certificate(kind, 1)
    accepted = desk.run("openssl", "verify", "-x509_strict", "-CAfile", authority, certificate)
    assert accepted.strip() == f"{certificate}: OK".encode()


@pytest.mark.parametrize("kind", KINDS)
def test_signs_what_openssl_verifies(desk, kind):
    signature = desk.sign(kind, PINS[kind])
    key = desk.directory / "key.pem"
    key.write_bytes(
        desk.run("openssl", "x509", "-in", desk.certificate(kind), "-pubkey", "-noout")
    )
    verify = ["openssl", "dgst", "-sha256", "-verify", key, "-signature", signature, "data"]
    assert desk.run(*verify) == b"Verified OK\n"


def test_wrong_pin_costs_one_try_and_no_other(desk):
    desk.sign("auth", "0000", code=1)
    assert desk.tries_left() == [2, 5]
    desk.sign("auth", PINS["auth"])
    assert desk.tries_left() == [3, 5]


def test_trace_holds_no_pin(desk):
    desk.sign("signature", PINS["signature"])
    trace = (desk.directory / "trace.jsonl").read_bytes()
    records = [json.loads(line) for line in trace.splitlines()]
    verified = [r for r in records if r["instruction"] == "VERIFY" and r.get("data_octets")]
    assert {r["sw"] for r in verified} == {"9000"}
    for secret in (PINS["signature"].encode(), PINS["signature"].encode().hex().upper().encode()):
        assert secret not in trace
    commands = [r for r in records if r["instruction"] != "POWER UP"]
    assert len(commands) == int(desk.card.status()["total"]["commands"])
