"""jpkid and jpkictl that are told nothing: the embedded default in a home where nothing was yet."""

import os
import select
import signal
import subprocess
import time

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


# As a script with an unset variable writes it.
@pytest.mark.parametrize("option", ["--config", "--data-dir", "--ca-dir", "--restore"])
@pytest.mark.parametrize("joined", [False, True])
def test_a_file_without_a_name_is_wrong_usage(option, joined, tmp_path):
    given = [option + "="] if joined else [option, ""]
    ended = subprocess.run([program("jpkid"), *given], capture_output=True, text=True,
                           env=environment(tmp_path), timeout=PATIENCE)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert option in ended.stderr
    assert not list(tmp_path.iterdir())


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


# Every file is there but the first, and none holds what it should.
CMP = ('ca { cmp { ra_certificate_file: "%s" ra_key_file: "/etc/passwd" url: "http://localhost/cmp"'
       ' server_certificate_file: "/etc/passwd"'
       ' auth_issuer { certificate_file: "/etc/passwd" crl_url: "/etc/passwd" }'
       ' signature_issuer { certificate_file: "/etc/passwd" crl_url: "/etc/passwd" } } }')
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
    ('readers { replayed { recording_file: "/etc/passwd" } }', "2:22", "/etc/passwd:1: "),
    ('readers { trace_file: "none/trace" }', "2:11",
     "cannot make files in DIR/none: No such file or directory."),
    ('readers { trace_file: "/tmp" }', "2:11", "/tmp is a directory."),
    ('issuer_master_key_file: "none"', "2:1", " DIR/none cannot be opened"),
    ('readers { simulated { reader { name: "A" card_file: "/etc/passwd" } } }', "2:42",
     "/etc/passwd is not a card image"),
    ('store { holder_key_file: "/etc/passwd" }', "2:9", "/etc/passwd"),
    ('store { url: "sqlite:none/a.db" }', "2:9", "cannot make files in DIR/none"),
    ('store { url: "sqlite:/etc/passwd" }', "2:9", "/etc/passwd is not an SQLite database."),
    ('store { url: "sqlite:/etc" }', "2:9", "/etc is a directory."),
    ('store { holder_key_file: "none/key" }', "2:9", "cannot make files in DIR/none"),
    ('ca { embedded { dir: "/dev/null/ca" } }', "2:17", "cannot make files in /dev/null"),
    ('ca { embedded { dir: "/etc/passwd" } }', "2:17", "/etc/passwd is not a directory."),
    (CMP % "none", "2:12", "cannot read DIR/none: No such file or directory."),
    (CMP % "/etc/passwd", "2:6", "/etc/passwd"),
    ('socket { path: "/%s" }' % ("p" * 107), "2:10", f"/{'p' * 107} is longer than 107 octets."),
    ('socket { path: "none/jpkid.sock" }', "2:10",
     "cannot make files in DIR/none: No such file or directory."),
    ('socket { path: "/etc/passwd" }', "2:10", "/etc/passwd exists and is no socket."),
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


def test_the_training_authority_is_shared(tmp_path):
    """jpki-simcard and jpkid use the same one when told nothing, and when told the same place."""
    home = environment(tmp_path)
    subprocess.run([program("jpki-simcard"), "create", "--with-certificates", "--out",
                    str(tmp_path / "card.bin")], check=True, env=home, timeout=PATIENCE,
                   stdout=subprocess.DEVNULL)
    authority = tmp_path / ".local" / "state" / "jpkid" / "ca"
    assert (authority / "book.db").exists()
    data = tmp_path / "data"
    with subprocess.Popen([program("jpkid"), "--data-dir", str(data), "--ca-dir", str(authority)],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          preexec_fn=die_with_parent(signal.SIGTERM)) as daemon:
        assert select.select([daemon.stdout], [], [], PATIENCE)[0]
        assert daemon.stdout.readline().startswith("jpkid ready: ")
        daemon.terminate()
    assert daemon.returncode == 0 and not (data / "ca").exists()


def activated(tmp_path, listens_at):
    """systemd's part: a socket that is there before the daemon, which the first call starts."""
    return subprocess.Popen(
        ["systemd-socket-activate", "-l", str(listens_at), program("jpkid"), "--data-dir",
         str(tmp_path / "data")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=die_with_parent(signal.SIGTERM))


def ask(address):
    """The first call; it waits for whoever comes to answer it."""
    deadline = time.monotonic() + PATIENCE
    while not address.exists():
        assert time.monotonic() < deadline
    return subprocess.run([program("jpkictl"), "--address", f"unix:{address}", "readers", "-o",
                           "json"], capture_output=True, text=True, timeout=2 * PATIENCE)


def test_a_socket_of_the_service_manager_is_taken_and_left(tmp_path):
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    address = data / "jpkid.sock"
    with activated(tmp_path, address) as daemon:
        answer = ask(address)
        daemon.terminate()
        _, log = daemon.communicate(timeout=PATIENCE)
    assert answer.returncode == 0 and '"readers/sim-0"' in answer.stdout, (answer, log)
    assert daemon.returncode == 0, log
    assert address.exists()  # It is not the daemon's.


def test_another_socket_of_the_service_manager_is_refused(tmp_path):
    address = tmp_path / "elsewhere.sock"
    with activated(tmp_path, address) as daemon:
        answer = ask(address)
        _, log = daemon.communicate(timeout=PATIENCE)
    assert answer.returncode == 3 and daemon.returncode == 1, (answer, log)
    assert "the service manager hands over another socket than" in log


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_data_directory_that_others_write_to_is_refused(tmp_path, mode):
    directory = tmp_path / "data"
    directory.mkdir()
    directory.chmod(mode)
    assert refusal("--data-dir", directory) == (
        f"jpkid: {directory} can be written by others, but keys are kept in it: "
        "chmod go-w it first.")
    assert not list(directory.iterdir())


@pytest.mark.parametrize("check", [["--check-config"], []])
def test_the_embedded_default_is_examined_too(check, tmp_path):
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "jpkid.db").write_text("the disk did this", encoding="utf-8")
    authority = tmp_path / "authority"
    authority.write_text("", encoding="utf-8")
    ended = subprocess.run(
        [program("jpkid"), "--data-dir", str(data), "--ca-dir", str(authority), *check],
        capture_output=True, text=True, timeout=PATIENCE)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.endswith(f"jpkid: {authority} is not a directory.\n"
                                 f"{data}/jpkid.db is not an SQLite database.\n")
    assert [path.name for path in data.iterdir()] == ["jpkid.db"]


def test_a_good_embedded_default_is_called_fine(tmp_path):
    said = subprocess.run([program("jpkid"), "--data-dir", str(tmp_path / "data"),
                           "--check-config"], check=True, capture_output=True, text=True,
                          timeout=PATIENCE)
    assert said.stdout == "the embedded default: fine\n"
    assert not list(tmp_path.iterdir())
