"""Compares a committed page with the program that makes it.

Usage: generated_page.py PAGE PROGRAM [ARGUMENT...]
"""

import difflib
import pathlib
import subprocess
import sys


def main(page, *program):
    made = subprocess.run(program, capture_output=True, text=True, timeout=60, check=True).stdout
    kept = pathlib.Path(page).read_text(encoding="utf-8") if pathlib.Path(page).exists() else ""
    if made == kept:
        return 0
    sys.stdout.writelines(difflib.unified_diff(
        kept.splitlines(True), made.splitlines(True), page, "as it should be"))
    print(f"\nMake it anew with: {' '.join(program)} > {page}")
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
