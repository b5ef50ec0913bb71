"""No PIN is found anywhere after everything that takes one: not in the daemon's memory, not in a
file, not in what the system tells of any process."""

import glob
import os
import re
import secrets

import process_memory
import simcard
from clerk import ISSUE
from daemon import Jpkid
from pcscd_stack import PcscdStack

# 16 characters each, and nobody else's on this machine.
FIRST, CHANGED, RESET, WRONG = (f"PIN{n}{secrets.token_hex(6).upper()}" for n in range(4))
SIGNATURE_PINS = [pin.encode() for pin in (FIRST, CHANGED, RESET, WRONG)]
AUTH = b"4711"
# Four digits may stand anywhere among others; these stand alone.
AUTH_ALONE = re.compile(rb"(?<![0-9A-Za-z+/])" + AUTH + rb"(?![0-9A-Za-z+/])")


def in_memory(pid):
    """The mappings of a process that hold one of the signature PINs."""
    return [line for line, content in process_memory.mappings(pid)
            for pin in SIGNATURE_PINS if pin in content]


def in_files(directory):
    """The files that hold one, in clear or in hexadecimal, or a VERIFY with any PIN."""
    sought = [form for pin in SIGNATURE_PINS for form in (pin, pin.hex().encode())]
    sought.append(b"\x04" + AUTH)
    sought.append(f"04{AUTH.hex()}".encode())
    found = []
    for root, _, names in os.walk(directory):
        for path in (os.path.join(root, name) for name in names):
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    content = file.read()
                found += [path for form in sought if form in content or form in content.lower()]
                found += [path] if AUTH_ALONE.search(content) else []
    return found


def in_processes(directory):
    """Arguments and environments, of whichever process; the auth PIN in those of this test."""
    ours = str(directory).encode()
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline") + glob.glob("/proc/[0-9]*/environ"):
        try:
            with open(path, "rb") as file:
                content = file.read()
        except OSError:
            continue  # It has ended meanwhile.
        found += [path for pin in SIGNATURE_PINS if pin in content]
        found += [path for one in content.split(b"\0") if ours in content
                  and (one == AUTH or one.endswith(b"=" + AUTH))]
    return found


def use_every_pin(daemon, directory):
    """Each command that takes a PIN; at each event of the issue all processes are looked at."""
    seen = []

    def look(_):
        seen.extend(in_processes(directory))

    daemon.jpkictl(*ISSUE, "--request-id", "secret", "-o", "jsonl",
                   pins={"auth": AUTH.decode(), "signature": FIRST}, lines=9, on_event=look)
    (directory / "data").write_bytes(b"what is signed")

    def sign(kind, pin, code=0):
        daemon.jpkictl("sign", "--reader", "counter", "--kind", kind, "--in",
                       str(directory / "data"), "--out", str(directory / "signature"),
                       pins={kind: pin}, code=code)

    def pin_command(what, **pins):
        daemon.jpkictl("pin", what, "--reader", "counter", "--kind", "signature",
                       pins={kind.strip("_"): pin for kind, pin in pins.items()})

    sign("auth", AUTH.decode())
    sign("signature", FIRST)
    sign("signature", WRONG, code=5)
    daemon.jpkictl("cert", "read", "--reader", "counter", "--kind", "signature", "--out",
                   str(directory / "certificate"), pins={"signature": FIRST})
    pin_command("change", _=FIRST, new=CHANGED)
    sign("signature", CHANGED)
    pin_command("reset", new=RESET)
    sign("signature", RESET)
    return seen


def test_no_pin_anywhere(tmp_path):
    card = tmp_path / "card.bin"
    simcard.create(card)
    backend = f'pcsc {{}} trace_file: "{tmp_path}/daemon-trace.jsonl"'
    with PcscdStack() as stack:
        with simcard.SimCard(card, stack.vpcd[0], str(tmp_path), "--trace",
                             str(tmp_path / "trace.jsonl")):
            with Jpkid(tmp_path, stack.readers[0], stack.environment(), backend) as daemon:
                seen = use_every_pin(daemon, tmp_path)
                assert in_memory(os.getpid()), "the search finds what is there"
                assert not in_memory(daemon.process.pid)
                assert not seen and not in_processes(tmp_path)
                assert not in_files(tmp_path)
                assert os.path.getsize(tmp_path / "daemon-trace.jsonl") > 0
