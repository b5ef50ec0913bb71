#include <fstream>

#include "tests/clients/jpkictl_test.h"

namespace jpkid::cli {
namespace {

using UsageTest = JpkictlTest;

TEST_F(UsageTest, GlobalOptionsStandBeforeAndAfterTheCommand) {
  const Ran before = Run({"-o", "jsonl", "readers"});
  EXPECT_EQ(before.code, ExitCode::kDone) << before.err;
  EXPECT_EQ(Run({"readers", "-o", "jsonl"}).out, before.out);
  EXPECT_EQ(Run({"readers", "--output=jsonl"}).out, before.out);
  EXPECT_EQ(Run({"pin", "-o", "json", "status"}).out, Run({"pin", "status", "-o", "json"}).out);
  EXPECT_EQ(Run({"pin", "status", "--lang", "ja"}).out, Run({"--lang", "ja", "pin", "status"}).out);
  EXPECT_EQ(Run({"pin", "status", "--timeout", "5s", "--address", daemon_.address()}).code,
            ExitCode::kDone);
}

TEST_F(UsageTest, TheAddressOfTheOptionComesFirst) {
  const Ran ran = Run({"readers", "--address", "unix:/nonexistent/jpkid.sock"});
  EXPECT_EQ(ran.code, ExitCode::kUnreachable);
  EXPECT_EQ(ran.err,
            "jpkictl: No daemon answers at unix:/nonexistent/jpkid.sock: No such file or directory."
            " [DAEMON_UNREACHABLE]\n"
            "Start jpkid, or name the right one with --address or JPKID_ADDRESS. Operations under "
            "way go on at its next start.\n");
}

TEST_F(UsageTest, NobodyOnTheSocketIsToldAtOnce) {
  daemon_.Kill();
  const Ran ran = Run({"card", "show", "-r", "sim", "--lang", "ja"});
  EXPECT_EQ(ran.code, ExitCode::kUnreachable);
  EXPECT_NE(ran.err.find("[DAEMON_UNREACHABLE]\nカードの内容は変わっていません。\n"),
            std::string::npos)
      << ran.err;
}

TEST_F(UsageTest, WrongUsageIsToldAndNothingIsDone) {
  const struct {
    std::vector<std::string> arguments;
    const char* told;
  } cases[] = {
      {{}, "jpkictl: a command is missing\nSee 'jpkictl --help'.\n"},
      {{"pin"}, "jpkictl: a command is missing\nSee 'jpkictl --help'.\n"},
      {{"bogus"}, "jpkictl: there is no command 'bogus'\nSee 'jpkictl --help'.\n"},
      {{"pin", "bogus", "x"}, "jpkictl: there is no command 'pin bogus'\nSee 'jpkictl --help'.\n"},
      {{"readers", "--bogus=1"},
       "jpkictl: there is no option --bogus here\nSee 'jpkictl --help'.\n"},
      {{"case", "show", "a", "b"}, "jpkictl: there is one word too many\nSee 'jpkictl --help'.\n"},
      {{"pin", "reset"}, "jpkictl: --kind is missing\nSee 'jpkictl --help'.\n"},
      {{"pin", "reset", "-k"}, "jpkictl: --kind: its value is missing\nSee 'jpkictl --help'.\n"},
      {{"operation", "list", "--limit", "1", "--limit", "2"},
       "jpkictl: --limit is given more than once\nSee 'jpkictl --help'.\n"},
      {{"queue", "--watch", "--release"},
       "jpkictl: --watch does not go with --release\nSee 'jpkictl --help'.\n"},
      {{"issue", "--auth-pin-fd", "x"},
       "jpkictl: --auth-pin-fd: the number of an open descriptor belongs here, never a PIN\nSee "
       "'jpkictl --help'.\n"},
      {{"operation", "list", "--limit", "0"},
       "jpkictl: --limit: '0' is no whole number from 1 to 100000\nSee 'jpkictl --help'.\n"},
      {{"preview", "--operation", "issue", "--first-issue=maybe"},
       "jpkictl: --first-issue: true|false\nSee 'jpkictl --help'.\n"},
      {{"operation", "list", "--active=99999999999999999999"},
       "jpkictl: --active: true|false\nSee 'jpkictl --help'.\n"},
      {{"pin", "reset", "-k", "both"}, "jpkictl: --kind: auth|signature\nSee 'jpkictl --help'.\n"},
      {{"readers", "-o", "xml"}, "jpkictl: --output: text|json|jsonl\nSee 'jpkictl --help'.\n"},
      {{"readers", "--timeout", "soon"},
       "jpkictl: --timeout: 'soon': 30, 30s, 5m, 1h\nSee 'jpkictl --help'.\n"},
      {{"readers", "--timeout", "0"}, "jpkictl: --timeout: > 0\nSee 'jpkictl --help'.\n"},
      {{"issue", "--kinds", "auth,moon"},
       "jpkictl: --kinds: auth|signature\nSee 'jpkictl --help'.\n"},
      {{"--lang", "fr", "readers"}, "jpkictl: --lang: ja|en\nSee 'jpkictl --help'.\n"},
      {{"readers", "--address", "tcp:1"},
       "jpkictl: --address: 'tcp:1' is not unix:PATH.\nSee 'jpkictl --help'.\n"},
  };
  for (const auto& one : cases) {
    const Ran ran = Run(one.arguments);
    EXPECT_EQ(ran.code, ExitCode::kUsage) << one.told;
    EXPECT_EQ(ran.err, one.told);
    EXPECT_EQ(ran.out, "");
  }
  EXPECT_TRUE(daemon_.languages().empty());
  EXPECT_EQ(Run({"pin", "reset"}, "ja_JP.UTF-8").err,
            "jpkictl: 指定に誤りがあります（--kind がありません）。\n"
            "「jpkictl --help」をご覧ください。\n");
  EXPECT_EQ(
      Run({"operation", "watch", "a", "--resume-after", "x", "--lang", "ja"}).err,
      "jpkictl: 指定に誤りがあります（--resume-after: 「x」は 0 以上の整数ではありません）。\n"
      "「jpkictl --help」をご覧ください。\n");
}

TEST_F(UsageTest, AFlagMayHaveItsValue) {
  EXPECT_EQ(Run({"preview", "--operation", "issue", "--birth-date", "1980-02-17",
                 "--first-issue=false", "--adult-ward=true"})
                .code,
            ExitCode::kDone);
  EXPECT_NE(daemon_.last("PreviewProcedure").find("adult_ward: true"), std::string::npos);
  EXPECT_EQ(daemon_.last("PreviewProcedure").find("first_issue"), std::string::npos);
}

TEST_F(UsageTest, TrainingIsToldOnceWhateverTheOutput) {
  for (const char* output : {"text", "json", "jsonl"}) {
    EXPECT_EQ(Run({"operation", "list", "--limit", "2", "-o", output}).err, kBanner) << output;
  }
}

TEST_F(UsageTest, OutputThatCannotBeWrittenIsToldWithTheReason) {
  for (const char* output : {"text", "json"}) {
    std::ofstream full("/dev/full");
    const Ran ran = RunInto(full, {"operation", "list", "-o", output});
    EXPECT_EQ(ran.code, ExitCode::kFailed);
    EXPECT_EQ(ran.err,
              std::string(kBanner) + "Cannot write standard output: No space left on device\n");
  }
}

TEST_F(UsageTest, APinIsNoArgument) {
  const Ran ran = Run({"sign", "--kind", "auth", "--in", "-", "--out", "-", "--pin", "1234"});
  EXPECT_EQ(ran.code, ExitCode::kUsage);
  EXPECT_EQ(ran.err.find("1234"), std::string::npos) << ran.err;
}

TEST_F(UsageTest, HelpInTheLanguageOfTheLocaleOrOfTheOption) {
  const Ran english = Run({"issue", "--help"});
  EXPECT_EQ(english.code, ExitCode::kDone);
  EXPECT_EQ(english.out.rfind("Issues certificates on a card and shows how it goes.\n"
                              "Usage: jpkictl issue [OPTIONS]\n\nOptions:\n",
                              0),
            0U)
      << english.out;
  const Ran japanese = Run({"issue", "--help"}, "ja_JP.UTF-8");
  EXPECT_EQ(japanese.out.rfind("カードに電子証明書を発行し、進み具合を表示します。\n"
                               "使い方: jpkictl issue [OPTIONS]\n\nオプション:\n",
                               0),
            0U)
      << japanese.out;
  EXPECT_EQ(Run({"--lang", "ja", "issue", "--help"}).out, japanese.out);
  EXPECT_EQ(Run({"issue", "--help", "--lang=en"}, "ja_JP.UTF-8").out, english.out);
}

TEST_F(UsageTest, VersionNeedsNoDaemon) {
  daemon_.Kill();
  const Ran ran = Run({"--version"});
  EXPECT_EQ(ran.code, ExitCode::kDone);
  EXPECT_EQ(ran.out.rfind("jpkictl ", 0), 0U);
}

TEST_F(UsageTest, CallsCarryTheLanguage) {
  Run({"card", "show", "-r", "sim"}, "ja_JP.UTF-8");
  Run({"card", "show", "-r", "sim"}, "C");
  EXPECT_EQ(daemon_.languages(), (std::vector<std::string>{"ja", "en"}));
}

TEST_F(UsageTest, AnInterruptedCommandEndsLikeOneOfTheShell) {
  interruption_.Raise();
  const Ran ran = Run({"readers"});
  EXPECT_EQ(ran.code, ExitCode::kInterrupted);
  EXPECT_EQ(static_cast<int>(ran.code), 130);
  EXPECT_EQ(ran.err, "");
}

}  // namespace
}  // namespace jpkid::cli
