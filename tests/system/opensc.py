"""OpenSC's tools at a card, for tests."""

import subprocess
import time

from pcscd_daemon import PATIENCE

MODULE = "opensc-pkcs11.so"
PINS = {"auth": "4711", "signature": "TEST99"}
KINDS = {"auth": ("01", "03"), "signature": ("02", "04")}  # OpenSC's ids: certificate, its CA's.
SLOTS = {"auth": "0", "signature": "1"}


class Desk:
    """A directory, a pcscd and a card on its reader; OpenSC's tools run there."""

    def __init__(self, directory, stack, card, pins=None):
        self.directory = directory
        self.stack = stack
        self.card = card
        self.pins = pins or PINS

    def run(self, *command, code=0):
        """The standard output of a program that is to end with `code`."""
        done = subprocess.run(
            command, env=self.stack.environment(), cwd=self.directory, capture_output=True,
            timeout=3 * PATIENCE, check=False,
        )
        assert done.returncode == code, (command[0], done.stdout, done.stderr)
        return done.stdout

    def await_card(self):
        """Returns when no other program holds the card any more."""
        deadline = time.monotonic() + PATIENCE
        command = ["opensc-tool", "--name"]
        while subprocess.run(
            command, env=self.stack.environment(), capture_output=True, timeout=PATIENCE,
            check=False,
        ).returncode:
            assert time.monotonic() < deadline, "the card is still held"

    def certificate(self, kind, which=0):
        """Reads the certificate of a kind (0) or its CA's (1) off the card; its file."""
        wanted = KINDS[kind][which]
        path = self.directory / f"{kind}-{which}.pem"
        pin = ["--verify-pin", "--auth-id", "02", "--pin", self.pins["signature"]]
        first = pin if wanted == "02" else []
        path.write_bytes(self.run("pkcs15-tool", *first, "--read-certificate", wanted))
        return path

    def sign(self, kind, pin, code=0):
        """Signs `data` with the card's key; the signature's file."""
        (self.directory / "data").write_bytes(b"what is signed")
        path = self.directory / f"{kind}.signature"
        self.run(
            "pkcs11-tool", "--module", MODULE, "--slot-index", SLOTS[kind], "--login", "--pin", pin,
            "--sign", "--mechanism", "SHA256-RSA-PKCS", "--id", KINDS[kind][0],
            "--input-file", "data", "--output-file", path, code=code,
        )
        return path

    def verify(self, signature):
        """OpenSSL verifies the signature over `data` with the key in key.pem."""
        check = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature"]
        assert self.run(*check, signature, "data") == b"Verified OK\n"

    def tries_left(self):
        """Of the auth PIN and the signature PIN, as OpenSC says."""
        lines = self.run("pkcs15-tool", "--list-pins").decode().splitlines()
        return [int(line.split(":")[1]) for line in lines if "Tries left" in line]
