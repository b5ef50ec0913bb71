"""Runs clang-tidy, with clang's warnings and thread-safety analysis, over our source files.

Usage: tidy.py BUILD_DIRECTORY [FILE...]    The directory's compile_commands.json names the files.

A file that passed is not looked at again until it, a header, a flag or .clang-tidy changes: what
passed is kept, by the hash of its preprocessed text, in $JPKID_TIDY_CACHE or ~/.cache/jpkid-tidy.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

import tree

# gcc's precompiled header is not clang's, nor are these flags.
_DROPPED = {"-Winvalid-pch", "-fpch-preprocess", "-Wno-psabi"}
_ADDED = ["-Wthread-safety", "-Wthread-safety-beta", "-Wold-style-cast", "-Wno-sign-conversion",
          "-Wno-unknown-warning-option"]
# Half of the time of a test goes into GoogleTest's headers: there, what can hide a defect.
_TEST_CHECKS = ["--checks=-*,clang-diagnostic-*,bugprone-use-after-move,readability-function-size"]
_CACHE = pathlib.Path(os.environ.get("JPKID_TIDY_CACHE", pathlib.Path.home() / ".cache/jpkid-tidy"))


def flags_of(command):
    """The compiler's flags in a command of the compile database, made fit for clang."""
    words = shlex.split(command)
    words = words[next(i for i, w in enumerate(words) if w.startswith("-")):]
    flags, skip = [], 0
    for word, following in zip(words, words[1:] + [""]):
        if skip:
            skip -= 1
        elif word in ("-o", "-c") or (word == "-include" and "cmake_pch" in following):
            skip = 1
        elif word not in _DROPPED:
            flags.append(word)
    return flags + _ADDED


def _run(command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900,
                          errors="replace", check=False)


def _key(build, *parts):
    """The same for the same sources, wherever the tree and its build directory are."""
    text = "\0".join(parts).replace(str(build), "BUILD").replace(str(tree.ROOT), "ROOT")
    return hashlib.sha256(text.encode()).hexdigest()


def check_file(entry, build, version):
    """What clang-tidy says of one file; empty when it says nothing."""
    flags = flags_of(entry["command"])
    text = _run(["clang++", "-E", "-C", *flags, entry["file"]], entry["directory"])
    if text.returncode != 0:
        return text.stderr
    passed = _CACHE / _key(build, version, *flags, text.stdout)
    if passed.exists():
        return ""
    checks = _TEST_CHECKS if entry["file"].endswith("_test.cc") else []
    said = _run(["clang-tidy", "--quiet", *checks, entry["file"], "--", *flags],
                entry["directory"])
    if said.returncode == 0 and not said.stdout.strip():
        passed.touch()
        return ""
    return said.stdout or said.stderr


def main(build, *chosen):
    build = pathlib.Path(build).resolve()
    own = [e for e in json.loads((build / "compile_commands.json").read_text())
           if tree.is_own(e["file"])]
    if chosen:
        own = [e for e in own if e["file"].endswith(chosen)]
    if not own:
        print("tidy: no file to look at")
        return 1
    _CACHE.mkdir(parents=True, exist_ok=True)
    version = _run(["clang-tidy", "--version"], build).stdout
    version += (tree.ROOT / ".clang-tidy").read_text() + pathlib.Path(__file__).read_text()
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for said in pool.map(lambda entry: check_file(entry, build, version), own):
            if said:
                failed += 1
                print(said)
    print(f"clang-tidy: {len(own)} files, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
