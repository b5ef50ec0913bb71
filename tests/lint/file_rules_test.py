"""A planted violation of each rule is found."""

import pathlib
import unittest

import file_rules


def check(name, text):
    return file_rules.check_text(pathlib.PurePath(name), text)


class FileRulesTest(unittest.TestCase):
    def test_a_file_of_the_longest_allowed_size_passes(self):
        self.assertEqual(check("a.cc", "int a;\n" * 299), [])
        self.assertEqual(check("a.h", "#pragma once\n" + "int a;\n" * 118), [])

    def test_longer_files_do_not(self):
        self.assertEqual(check("a.cc", "int a;\n" * 300),
                         ["a.cc:300: not under 300 lines: split it by what it does"])
        self.assertEqual(check("a.h", "#pragma once\n" + "int a;\n" * 119),
                         ["a.h:120: not under 120 lines: split it by what it does"])

    def test_each_line_rule(self):
        for name, line, words in (
            ("a.cc", "int a; ", "tab, or blanks at the end of the line"),
            ("a.cc", "// " + "x" * 98, "more than 100 columns"),
            ("a.py", "# TODO: later", "unfinished: finish it or leave it out"),
            ("a.cc", "std::this_thread::sleep_for(1s);",
             "waits for time to pass: wait for the event, with a deadline"),
            ("a.cc", "absl::Mutex mutex;", "absl::Mutex: use base/mutex.h"),
            ("a.cc", "const absl::Time end = absl::Now();",
             "the machine's clock: SteadyNow() for deadlines, a Clock for the time of day"),
            ("a.cc", "#include <format>", "header that a compiler of Debian 12 lacks"),
            ("a.cc", "std::ostream& operator<<(std::ostream& out, const Secret& pin);",
             "a secret is never printed"),
            ("a.cc", "memset(pin, 0, size);",
             "wipe with OPENSSL_cleanse: Secret, WipedBytes or Wipe() of base/secret.h"),
            ("a.md", "see /home/somebody/notes", "path of one machine, or a package server"),
        ):
            with self.subTest(line=line):
                self.assertEqual(check(name, line + "\n"), [f"{name}:1: {words}"])

    def test_a_header_needs_its_guard_and_a_file_its_last_newline(self):
        self.assertEqual(check("a.h", "int a;\n"), ["a.h:1: no #pragma once"])
        self.assertEqual(check("a.cc", "int a;"), ["a.cc:1: no newline at the end"])


if __name__ == "__main__":
    unittest.main()
