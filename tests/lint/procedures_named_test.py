"""What docs/procedures.md must not lack is missed."""

import unittest

import procedures_named
import tree

LINES = tree.lines(tree.ROOT / "docs/procedures.md")
TESTS = procedures_named.all_tests()


class ProceduresNamedTest(unittest.TestCase):
    def check(self, row, change):
        """The findings after `change` of the line of `row`."""
        changed = [change(line) if line.startswith(f"| {row} |") else line for line in LINES]
        return list(procedures_named.check(changed, TESTS))

    def test_the_page_is_whole(self):
        self.assertEqual(self.check("S1", lambda line: line), [])

    def test_a_row_without_a_rule_is_missed(self):
        self.assertEqual(len(self.check("S7", lambda line: "")), 1)

    def test_each_empty_cell_is_missed(self):
        for cell in (3, 4, 5, 6):
            def empty(line, cell=cell):
                cells = line.split("|")
                cells[cell] = " 0 " if cell == 5 else " "
                return "|".join(cells)
            self.assertIn("docs/procedures.md: S8 has an empty cell", self.check("S8", empty))

    def test_what_is_named_must_exist(self):
        for name in ("RefusalsAtCounter", "S8OnlyWindowSevenTakesIt"):
            found = self.check("S8", lambda line, name=name: line.replace(name, "Nothing"))
            self.assertEqual(len(found), 1, name)


if __name__ == "__main__":
    unittest.main()
