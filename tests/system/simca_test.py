"""jpki-simca alone: what it refuses before anything is done, and whose its control socket is."""

import socket
import subprocess

import pytest

from pcscd_daemon import PATIENCE
from simca import SimCa
from simcard import program


def refusal(*arguments, code):
    """What it says when it does not run."""
    ended = subprocess.run([program("jpki-simca"), "run", *map(str, arguments)],
                           capture_output=True, timeout=PATIENCE, text=True)
    assert (ended.returncode, ended.stdout) == (code, ""), ended
    return ended.stderr


@pytest.mark.parametrize("options, says", [
    (["--mac-secret", "/nonexistent", "--mac-reference", "ra"],
     "no secret in /nonexistent: No such file or directory"),
    (["--mac-secret", "/dev/null", "--mac-reference", "ra"], "no secret in /dev/null: nothing"),
    (["--mac-secret", "/dev/null"], "--mac-secret requires --mac-reference"),
    (["--mac-reference", "ra"], "--mac-reference requires --mac-secret"),
])
def test_a_secret_and_what_it_is_known_by_go_together(tmp_path, options, says):
    directory = tmp_path / "ca"
    assert says in refusal("--ca-dir", directory, *options, code=2)
    assert not directory.exists()


def test_a_control_socket_is_not_taken_over(tmp_path):
    with SimCa(tmp_path) as running:
        control = tmp_path / "simca.sock"
        said = refusal("--ca-dir", tmp_path / "other", "--control", control, code=1)
        assert f"another program listens at {control}" in said
        running.tell("busy rr")
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(control))
    assert not control.exists()


def test_every_fault_is_in_the_help():
    told = subprocess.run([program("jpki-simca"), "run", "--help"], capture_output=True,
                          check=True, timeout=PATIENCE, text=True).stdout
    for fault in ("lose-request", "lose-answer", "garble", "cut", "busy", "refuse", "not-now",
                  "impostor", "delay", "outage", "polls", "chaos"):
        assert f" {fault} " in told, fault
