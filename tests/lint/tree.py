"""The files of the tree that are ours: not built, not downloaded, not hidden."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
_SKIPPED = {"build", "node_modules", "__pycache__"}


def files(root, *suffixes):
    """Paths relative to `root`, sorted, of files whose name ends in one of `suffixes`."""
    found = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [s for s in subfolders if s not in _SKIPPED and not s.startswith(".")]
        for name in names:
            if name.endswith(suffixes):
                found.append((pathlib.Path(folder) / name).relative_to(root))
    return sorted(found)


def is_own(path):
    """Whether the absolute `path` is one of our source files, not a generated one."""
    path = pathlib.Path(path)
    return path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] not in _SKIPPED


def lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def report(violations):
    """Prints what was found, one a line; the exit code of the check."""
    for violation in violations:
        print(violation)
    print(f"{len(violations)} violation(s)")
    return 1 if violations else 0
