#include "clients/cli/table.h"

#include <gtest/gtest.h>

namespace jpkid::cli {
namespace {

TEST(TableTest, KanjiAndKanaAreTwoColumnsWide) {
  EXPECT_EQ(Columns("auth"), 4U);
  EXPECT_EQ(Columns("署名用"), 6U);
  EXPECT_EQ(Columns("（残り 3 回）"), 13U);
  EXPECT_EQ(Columns("é…"), 2U);
  EXPECT_EQ(Columns("𠮟"), 2U);
  EXPECT_EQ(Columns(""), 0U);
}

TEST(TableTest, BrokenUtf8IsCountedAndNeverOverrun) {
  EXPECT_EQ(Columns("\xE7\xBD"), 2U);
  EXPECT_EQ(Columns("\xFF\x80x"), 3U);
}

TEST(TableTest, FitCutsBetweenCharacters) {
  EXPECT_EQ(Fit("署名用", 6), "署名用");
  EXPECT_EQ(Fit("署名用", 5), "署名");
  EXPECT_EQ(Fit("a署名", 2), "a");
  EXPECT_EQ(Fit("abc", 0), "");
}

TEST(TableTest, ColumnsStandUnderEachOther) {
  Table table;
  table.Add({"リーダー", "State", "Waiting"});
  table.Add({"sim", "empty", "0"});
  table.Add({"counter-1", "", "12"});
  EXPECT_EQ(table.Text(),
            "リーダー   State  Waiting\n"
            "sim        empty  0\n"
            "counter-1         12\n");
  EXPECT_EQ(table.Text("> "),
            "> リーダー   State  Waiting\n"
            "> sim        empty  0\n"
            "> counter-1         12\n");
}

TEST(TableTest, NoBlanksAtTheEndsOfLines) {
  Table table;
  table.Add({"a", ""});
  table.Add({"long", "b"});
  EXPECT_EQ(table.Text(), "a\nlong  b\n");
}

}  // namespace
}  // namespace jpkid::cli
