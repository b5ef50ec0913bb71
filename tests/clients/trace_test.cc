#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"

#include "tests/clients/jpkictl_test.h"

namespace jpkid::cli {
namespace {

class TraceTest : public JpkictlTest {
 protected:
  // What `trace check` says of a file with these lines, without the file's path.
  std::string Check(const std::string& lines, ExitCode code) {
    const std::string path = File("trace.jsonl", lines);
    const Ran ran = Run({"trace", "check", path});
    EXPECT_EQ(ran.code, code) << ran.err;
    std::string said = ran.out + ran.err;
    const std::size_t at = said.find(path);
    return at == std::string::npos ? said : said.erase(0, at + path.size());
  }
  std::string Harmless(const std::string& lines) { return Check(lines, ExitCode::kDone); }
  std::string Refusal(const std::string& lines) {
    const std::string said = Check(lines, ExitCode::kFailed);
    return said.substr(0, said.find('\n'));
  }
};

// A line about a command, with these further fields.
std::string Line(const std::string& instruction, const std::string& header,
                 const std::string& fields = "") {
  return absl::Substitute(R"({"instruction":"$0","header":"$1"$2})"
                          "\n",
                          instruction, header, fields);
}

std::string Read(const std::string& file, const std::string& answer) {
  return Line("READ BINARY", "00B08100",
              absl::Substitute(R"(,"offset":0,"file":"D392F000260100000001/$0","answer":"$1")",
                               file, answer));
}

std::string Session() {
  return absl::StrCat(
      R"({"number":"1","instruction":"POWER UP","reader":"A 00","atr":"3B00"})", "\n",
      Line("SELECT", "00A4040C", R"(,"data":"D392F000260100000001")"), Read("0001", "308205B0"),
      Read("000A", "AA"), Line("GET RESPONSE", "00C00000", R"(,"sw":"9000","answer":"AA")"),
      Line("VERIFY", "00200098", R"(,"data_octets":4,"sw":"9000")"),
      Line("PERFORM SECURITY OPERATION", "802A0097", R"(,"data":"AA","le":256,"end":"CARD_GONE")"));
}

TEST_F(TraceTest, WhatOursTellsIsHarmless) {
  EXPECT_EQ(Harmless(Session()), ": 7 lines, none of which tells a PIN or personal data.\n");
}

TEST_F(TraceTest, WhatTellsTooMuchIsNamedByLine) {
  const std::string told = " tells what a trace must not: ";
  EXPECT_EQ(Refusal(Session() + Line("VERIFY", "00200098", R"(,"data":"31")")),
            ":8" + told + "VERIFY, data");
  EXPECT_EQ(Refusal(Line("SELECT", "04A40400", R"(,"secure_messaging":true,"data":"31")")),
            ":1" + told + "SELECT, data");
  EXPECT_EQ(Refusal(Line("READ BINARY", "00B00000", R"(,"offset":0,"answer":"AA")")),
            ":1" + told + "READ BINARY, answer");
  EXPECT_EQ(Refusal(Read("0001", "308205B030")), ":1" + told + "READ BINARY, answer");
  EXPECT_EQ(Refusal(Session() + Line("GET DATA", "00CA0101", R"(,"sw":"6101")") +
                    Line("GET RESPONSE", "00C00000", R"(,"answer":"AA")")),
            ":9" + told + "GET RESPONSE, answer");
  EXPECT_EQ(Refusal(Line("SELECT", "00A40400", R"(,"name":"Sanda Hanako")")),
            ":1" + told + "SELECT, an unknown field");
}

TEST_F(TraceTest, ShowsOneExchangeALine) {
  const std::string path = File("trace.jsonl", Session());
  const Ran ran = Run({"trace", "show", path});
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_NE(ran.out.find("VERIFY"), std::string::npos);
  EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 7);
}

}  // namespace
}  // namespace jpkid::cli
