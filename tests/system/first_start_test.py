"""jpkid and jpkictl that are told nothing: the embedded default in a home where nothing was yet."""

import os
import select
import signal
import subprocess

import pytest

from pcscd_daemon import PATIENCE, die_with_parent
from simcard import program


def environment(home):
    """This one's, with another home."""
    told = {name: value for name, value in os.environ.items()
            if name not in ("XDG_STATE_HOME", "JPKID_ADDRESS")}
    return told | {"HOME": str(home)}


def refusal(*arguments):
    """What jpkid says when it does not start."""
    ended = subprocess.run([program("jpkid"), *map(str, arguments)], capture_output=True, text=True,
                           timeout=PATIENCE)
    assert (ended.returncode, ended.stdout) == (1, "")
    return ended.stderr.splitlines()[-1]


def test_a_new_home(tmp_path):
    directory = tmp_path / ".local" / "state" / "jpkid"
    with subprocess.Popen([program("jpkid")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env=environment(tmp_path), text=True,
                          preexec_fn=die_with_parent(signal.SIGTERM)) as daemon:
        assert select.select([daemon.stdout], [], [], PATIENCE)[0]
        assert daemon.stdout.readline() == f"jpkid ready: unix:{directory}/jpkid.sock (TRAINING)\n"
        readers = subprocess.run([program("jpkictl"), "--lang", "en", "readers"], check=True,
                                 capture_output=True, env=environment(tmp_path), text=True,
                                 timeout=PATIENCE)
        daemon.terminate()
    assert daemon.returncode == 0
    assert "sim-0" in readers.stdout
    for made in (directory, directory.parent, directory.parent.parent):
        assert made.stat().st_mode & 0o777 == 0o700, made


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_data_directory_that_others_write_to_is_refused(tmp_path, mode):
    directory = tmp_path / "data"
    directory.mkdir()
    directory.chmod(mode)
    assert refusal("--data-dir", directory) == (
        f"jpkid: {directory} can be written by others, but keys are kept in it: "
        "chmod go-w it first")
    assert not list(directory.iterdir())
