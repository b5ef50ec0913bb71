"""Holds the house rules that a line or a line count can show; CONTRIBUTING.md has them in words."""

import dataclasses
import re
import sys

import tree

_LINES = {".h": 120, ".cc": 300, ".proto": 300, ".py": 300, ".txt": 300}
_COLUMNS = 100
_CODE = (".cc", ".h", ".proto", ".py")
_CPP = (".cc", ".h")
_ALL = (*_CODE, ".txt", ".cmake", ".md", ".json", ".yaml", ".service", ".textproto")

# These quote what they forbid; those are not ours.
_EXEMPT = ("tests/lint/file_rules", "proto/google/", "proto/grpc/")


@dataclasses.dataclass(frozen=True)
class Rule:
    suffixes: tuple
    pattern: re.Pattern
    words: str
    homes: tuple = ()  # How the paths begin of those that may.


_RULES = (
    Rule(_ALL, re.compile(r"\t|[ \t]+$"), "tab, or blanks at the end of the line"),
    Rule(_CODE, re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"), "unfinished: finish it or leave it out"),
    Rule(_CODE, re.compile(r"sleep_for|absl::SleepFor|\busleep\(|time\.sleep\("),
         "waits for time to pass: wait for the event, with a deadline"),
    Rule(_CPP, re.compile(r"^[^/]*absl::Mutex\b|absl/synchronization/mutex\.h"),
         "absl::Mutex: use base/mutex.h"),
    Rule(_CPP, re.compile(r"absl::Now\(\)"),
         "the machine's clock: SteadyNow() for deadlines, a Clock for the time of day",
         ("base/clock.h", "base/steady_time.cc", "daemon/session/clock_set_test.cc")),
    Rule(_CPP, re.compile(r"#include <(format|expected|source_location|ranges)>"),
         "header that a compiler of Debian 12 lacks"),
    Rule(_CPP,
         re.compile(r"(operator<<|AbslStringify|format_as|formatter<).*\b(Secret|WipedBytes)\b"),
         "a secret is never printed"),
    Rule(_CPP, re.compile(r"\b(memset|std::fill|explicit_bzero)\b.*([Pp]in|[Ss]ecret|[Kk]ey)"),
         "wipe with OPENSSL_cleanse: Secret, WipedBytes or Wipe() of base/secret.h"),
    Rule(_ALL, re.compile(r"(?<![\w.$}])/(work|root|home/\w+)/|https?://(deb|registry|snapshot)\."),
         "path of one machine, or a package server"),
)


def check_text(path, text):
    """A list of violations in the file `path` with the content `text`."""
    suffix = path.suffix
    lines = text.splitlines()
    found = []
    if len(lines) >= _LINES.get(suffix, len(lines) + 1):
        found.append(f"{path}:{len(lines)}: not under {_LINES[suffix]} lines:"
                     " split it by what it does")
    if suffix == ".h" and "#pragma once" not in lines:
        found.append(f"{path}:1: no #pragma once")
    if text and not text.endswith("\n"):
        found.append(f"{path}:{len(lines)}: no newline at the end")
    for number, line in enumerate(lines, 1):
        if suffix in _CODE and len(line) > _COLUMNS and "http" not in line:
            found.append(f"{path}:{number}: more than {_COLUMNS} columns")
        found += [f"{path}:{number}: {rule.words}" for rule in _RULES
                  if suffix in rule.suffixes and not str(path).startswith(rule.homes)
                  and rule.pattern.search(line)]
    return found


def check_tree(root):
    return [v for path in tree.files(root, *_ALL) if not str(path).startswith(_EXEMPT)
            for v in check_text(path, (root / path).read_text(encoding="utf-8"))]


if __name__ == "__main__":
    sys.exit(tree.report(check_tree(tree.ROOT)))
