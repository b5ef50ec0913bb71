"""Holds the shell scripts: bash parses them and shellcheck finds nothing to say."""

import os
import subprocess
import sys

import tree


def shell_scripts(root):
    """Executable files whose first line names a shell, .ci/run among them."""
    candidates = [*tree.files(root, ""), *tree.files(root / ".ci", "")]
    candidates = [root / c if (root / c).exists() else root / ".ci" / c for c in candidates]
    found = []
    for path in candidates:
        if os.access(path, os.X_OK):
            with open(path, "rb") as file:
                if file.readline().rstrip().endswith((b"bash", b"/sh")):
                    found.append(path)
    return found


def main():
    scripts = shell_scripts(tree.ROOT)
    failed = 0
    for command in (["bash", "-n"], ["shellcheck"]):
        for script in scripts:
            failed |= subprocess.run([*command, str(script)], timeout=60, check=False).returncode
    print(f"{len(scripts)} shell scripts")
    return 1 if failed or not scripts else 0


if __name__ == "__main__":
    sys.exit(main())
