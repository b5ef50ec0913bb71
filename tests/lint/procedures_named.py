"""Holds docs/procedures.md: S1 to S19 are there, no cell is empty, and what a cell names exists."""

import re
import sys

import tree

_PAGE = "docs/procedures.md"
_ROWS = [f"S{n}" for n in range(1, 20)]
_TEST = re.compile(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", re.MULTILINE)


def all_tests():
    texts = ((tree.ROOT / path).read_text(encoding="utf-8")
             for path in tree.files(tree.ROOT, "_test.cc"))
    return {f"{suite}.{name}" for text in texts for suite, name in _TEST.findall(text)}


def defines(place):
    """Whether `file: name` is a function of that file."""
    file, _, name = place.partition(": ")
    path = tree.ROOT / file
    return path.exists() and re.search(rf"\b{name}\([^;]*\{{", path.read_text(encoding="utf-8"))


def check(lines, tests):
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in lines if line.startswith("| S")]
    if [row[0] for row in rows] != _ROWS:
        yield f"{_PAGE}: the rows are not S1 to S19"
    for row, _, where, named, golden, reasons in rows:
        if not all((where, named, reasons)) or golden == "0" and row != "S4":
            yield f"{_PAGE}: {row} has an empty cell"
        for place in re.findall(r"`([^`]+)`", where):
            if not defines(place):
                yield f"{_PAGE}: {row}: there is no {place}"
        for test in re.findall(r"`([^`]+)`", named):
            if test not in tests:
                yield f"{_PAGE}: {row}: there is no test {test}"


if __name__ == "__main__":
    sys.exit(tree.report(list(check(tree.lines(tree.ROOT / _PAGE), all_tests()))))
