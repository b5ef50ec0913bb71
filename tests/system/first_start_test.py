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


@pytest.mark.parametrize("name", ["jpkid", "jpkictl", "jpki-simcard", "jpki-simca", "jpki-faults"])
def test_a_wrong_command_line(name):
    ended = subprocess.run([program(name), "--no-such-option"], capture_output=True, text=True,
                           timeout=PATIENCE)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "--help" in ended.stderr


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


FINDINGS = [
    ('municipality: "nowhere"', "2:1", "There is no municipality file 'nowhere'."),
    ('readers { simulated { reader { name: "A" card_file: "card.bin" create_card: true\n'
     '  faults: "rubbish {" } } }', "3:3", "fault: 1:9: "),
    ('readers { simulated { reader { name: "A" card_file: "none/card.bin" create_card: true } } }',
     "2:42", "cannot make files in DIR/none: No such file or directory."),
    ('readers { simulated { reader { name: "A" card_file: "card.bin" } } }',
     "2:42", "cannot read DIR/card.bin: No such file or directory."),
    ('readers { replayed { recording_file: "none" } }', "2:22",
     "cannot read DIR/none: No such file or directory."),
    ('readers { trace_file: "none/trace" }', "2:11",
     "cannot make files in DIR/none: No such file or directory."),
    ('issuer_master_key_file: "none"', "2:1", "DIR/none cannot be opened"),
    ('socket { path: "/%s" }' % ("p" * 107), "2:10", f"/{'p' * 107} is longer than 107 octets."),
]


@pytest.mark.parametrize("text, place, finding", FINDINGS)
@pytest.mark.parametrize("check", [["--check-config"], []])
def test_what_would_keep_it_from_starting_is_told_with_its_place(tmp_path, check, text, place,
                                                                  finding):
    file, data = tmp_path / "jpkid.textproto", tmp_path / "data"
    file.write_text(f"grant {{ uid: 1 role: CLERK }}\n{text}\n", encoding="utf-8")
    said = refusal("--config", file, "--data-dir", data, *check)
    assert said.startswith(f"jpkid: {file}:{place}: "), said
    assert finding.replace("DIR", str(data)) in said
    assert not data.exists()


def test_a_good_configuration_is_called_fine(tmp_path):
    file = tmp_path / "jpkid.textproto"
    file.write_text("grant { uid: 1 role: CLERK }\n"
                    'readers { trace_file: "trace" simulated { reader { name: "A" } } }\n',
                    encoding="utf-8")
    said = subprocess.run([program("jpkid"), "--config", str(file), "--data-dir",
                           str(tmp_path / "data"), "--check-config"], check=True,
                          capture_output=True, text=True, timeout=PATIENCE)
    assert said.stdout == f"{file}: fine\n"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_data_directory_that_others_write_to_is_refused(tmp_path, mode):
    directory = tmp_path / "data"
    directory.mkdir()
    directory.chmod(mode)
    assert refusal("--data-dir", directory) == (
        f"jpkid: {directory} can be written by others, but keys are kept in it: "
        "chmod go-w it first")
    assert not list(directory.iterdir())
