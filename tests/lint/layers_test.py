"""A planted violation of each rule is found, and what is allowed is not."""

import pathlib
import tempfile
import unittest

import layers
import tree

TABLE = layers.read_table(tree.ROOT / "tests/lint/layers.txt")


class LayersTest(unittest.TestCase):
    def check(self, path, include):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / path).parent.mkdir(parents=True)
            (root / path).write_text(f"#pragma once\n#include {include}\n", encoding="utf-8")
            return layers.check_tree(TABLE, root)

    def test_downwards_through_a_door_is_allowed(self):
        for path, include in (
            ("daemon/session/x.cc", '"hal/reader.h"'),
            ("daemon/session/x.cc", '"absl/time/time.h"'),
            ("daemon/workflow/x.cc", '"daemon/rules/rules.h"'),
            ("daemon/card/inner.cc", '"daemon/card/inner.h"'),
            ("hal/open_readers.cc", '"hal/pcsc/pcsc_readers.h"'),
            ("tests/system/x.cc", '"daemon/card/inner.h"'),
            ("hal/pcsc/x.cc", "<winscard.h>"),
            ("base/x.cc", "<sys/socket.h>"),
            ("base/x.cc", "<vector>"),
        ):
            with self.subTest(path=path, include=include):
                self.assertEqual(self.check(path, include), [])

    def test_what_is_forbidden_is_named_with_its_line(self):
        for path, include, rule in (
            ("base/x.cc", '"hal/reader.h"', "base (level 0) may not include hal (level 1)"),
            ("daemon/card/x.cc", '"daemon/store/store.h"',
             "daemon/card (level 3) may not include daemon/store (level 3)"),
            ("daemon/rules/x.cc", '"daemon/workflow/workflow.h"',
             "daemon/rules (level 2) may not include daemon/workflow (level 2)"),
            ("daemon/runner/x.cc", '"daemon/card/inner.h"',
             "daemon/card/inner.h is not a door of daemon/card (card.h)"),
            ("daemon/runner/x.cc", '"jpki/v1/case.pb.h"',
             "jpki is only for daemon/rpc, clients, tests"),
            ("clients/cli/x.cc", '"daemon/card/card.h"',
             "daemon is only for daemon, training, tests"),
            ("daemon/rpc/x.cc", '"nowhere/x.h"', '"nowhere/x.h" is in no room of layers.txt'),
            ("hal/sim/x.cc", "<winscard.h>", "<winscard.h> is only for hal/pcsc, tests"),
            ("daemon/rpc/x.cc", "<openssl/cmp.h>",
             "<openssl/cmp.h> is only for daemon/ca, training"),
            ("daemon/rpc/x.cc", "<boost/any.hpp>", "<boost/any.hpp> has no home in layers.txt"),
        ):
            with self.subTest(path=path, include=include):
                self.assertEqual(self.check(path, include), [f"{path}:2: {rule}"])

    def test_a_folder_that_the_table_does_not_know_is_refused(self):
        self.assertEqual(self.check("cards/x.cc", "<vector>"),
                         ["cards/x.cc:1: the file is in no room of layers.txt"])

    def test_a_row_that_is_none_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            table = pathlib.Path(folder) / "layers.txt"
            table.write_text("room base\n", encoding="utf-8")
            with self.assertRaises(ValueError):
                layers.read_table(table)


if __name__ == "__main__":
    unittest.main()
