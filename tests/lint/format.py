"""Holds .clang-format: names every file that clang-format would write otherwise."""

import subprocess
import sys

import tree


def main():
    paths = [str(p) for p in tree.files(tree.ROOT, ".cc", ".h")]
    said = subprocess.run(["clang-format", "--dry-run", "--Werror", "--ferror-limit=1", *paths],
                          cwd=tree.ROOT, capture_output=True, text=True, timeout=300, check=False)
    wrong = [line for line in said.stderr.splitlines() if "error:" in line]
    code = tree.report(wrong)
    if code or said.returncode:
        print("Put it right with: clang-format -i FILE")
    return code or said.returncode


if __name__ == "__main__":
    sys.exit(main())
