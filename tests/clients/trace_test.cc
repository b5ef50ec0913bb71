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

TEST_F(TraceTest, EachFieldHasTheFormThatOursHas) {
  const struct {
    const char* record;
    const char* told;
  } cases[] = {
      {R"({"instruction":"VERIFY","header":"002000800431323334"})", "VERIFY, header"},
      {R"({"instruction":"VERIFY","header":"0020008G"})", "VERIFY, header"},
      {R"({"instruction":"VERIFY","header":200080})", "VERIFY, header"},
      {R"({"instruction":"VERIFY 1234","header":"00200080"})", "instruction"},
      {R"({"instruction":"SANDA HANAKO"})", "instruction"},
      {R"({"instruction":["VERIFY"],"header":"00200080"})", "instruction"},
      {R"({"instruction":"INS 1234"})", "instruction"},
      {R"({"instruction":"VERIFY"})", "VERIFY, instruction"},
      {R"({"instruction":"VERIFY","header":"31323334"})", "VERIFY, instruction"},
      {R"({"instruction":"VERIFY","header":"00200080","number":"1234 "})", "VERIFY, number"},
      {R"({"instruction":"VERIFY","header":"00200080","number":1.5})", "VERIFY, number"},
      {R"({"instruction":"VERIFY","header":"00200080","le":{"pin":"1234"}})", "VERIFY, le"},
      {R"({"instruction":"VERIFY","header":"00200080","offset":-1})", "VERIFY, offset"},
      {R"({"instruction":"VERIFY","header":"00200080","data_octets":31323334})",
       "VERIFY, data_octets"},
      {R"({"instruction":"VERIFY","header":"00200080","sw":"900"})", "VERIFY, sw"},
      {R"({"instruction":"VERIFY","header":"00200080","sw":"PIN1"})", "VERIFY, sw"},
      {R"({"instruction":"VERIFY","header":"00200080","end":"1234"})", "VERIFY, end"},
      {R"({"instruction":"VERIFY","header":"00200080","end":2})", "VERIFY, end"},
      {R"({"instruction":"VERIFY","header":"00200080","reader":"A\u001b[2J"})", "VERIFY, reader"},
      {R"({"instruction":"VERIFY","header":"00200080","reader":["1234"]})", "VERIFY, reader"},
      {R"({"instruction":"VERIFY","header":"00200080","file":"1234"})", "VERIFY, file"},
      {R"({"instruction":"VERIFY","header":"00200080","secure_messaging":"1234"})",
       "VERIFY, secure_messaging"},
      {R"({"instruction":"VERIFY","header":"00200080","atr":"3B00"})", "VERIFY, atr"},
      {R"({"instruction":"POWER UP","atr":"31323334"})", "POWER UP, atr"},
      {R"({"instruction":"POWER UP","data":"31323334"})", "POWER UP, data"},
      {R"({"instruction":"SELECT","header":"00A40400","data":"Hanako"})", "SELECT, data"},
      {R"({"instruction":"SELECT","header":"04A40400","data":"31"})", "SELECT, data"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(Refusal(std::string(one.record) + "\n"),
              std::string(":1 tells what a trace must not: ") + one.told)
        << one.record;
  }
}

TEST_F(TraceTest, WhatIsNoCommandAndWhatHasNoNameAreOurs) {
  EXPECT_EQ(
      Harmless(R"({"number":"1","instruction":"not a command APDU","data_octets":1,"sw":"6700"})"
               "\n"
               R"({"number":"2","instruction":"INS 84","header":"00840000","end":"NO_ANSWER"})"
               "\n"
               R"({"number":"3","instruction":"VERIFY","header":"00200080","model_ns":"25000000"})"
               "\n"),
      ": 3 lines, none of which tells a PIN or personal data.\n");
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
