"""Holds systemd/: the units are well formed, and the service as closed as when it was written."""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import tree

_MOST_EXPOSURE = 15  # Tenths, as systemd-analyze security counts; 0 is closed, 100 open.


def main():
    unit = tree.ROOT / "systemd/jpkid.service"
    checks = [["systemd-analyze", "security", "--offline=true", f"--threshold={_MOST_EXPOSURE}"],
              ["systemd-analyze", "verify", "--man=no"]]
    with tempfile.TemporaryDirectory() as folder:
        # verify wants the program installed; any will do.
        copy = pathlib.Path(folder) / unit.name
        copy.write_text(unit.read_text(encoding="utf-8").replace("/usr/bin/jpkid", "/bin/true"),
                        encoding="utf-8")
        failed = 0
        socket = pathlib.Path(folder) / "jpkid.socket"
        shutil.copy(tree.ROOT / "systemd/jpkid.socket", socket)
        for command in checks:
            units = [copy, socket] if "verify" in command else [copy]
            said = subprocess.run([*command, *map(str, units)], capture_output=True, text=True,
                                  timeout=60, check=False)
            if said.returncode or said.stderr:
                failed = 1
                print(said.stdout + said.stderr)
        said = subprocess.run(["systemd-sysusers", "--dry-run",
                               str(tree.ROOT / "systemd/jpkid.sysusers")],
                              capture_output=True, text=True, timeout=60, check=False)
        if said.returncode or "jpkid" not in said.stdout + said.stderr:
            failed = 1
            print(said.stdout + said.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
