#include "tests/clients/jpkictl_test.h"

namespace jpkid::cli {
namespace {

using jpki::v1::PIN_KIND_AUTH;
using jpki::v1::PIN_KIND_SIGNATURE;

// PINs from the person at the terminal, and from descriptors.
class PinsTest : public JpkictlTest {
 protected:
  void SetUp() override { somebody_there_ = true; }

  Ran Sign(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"sign", "-k", "auth", "--in", "/dev/null", "--out", "-"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }
};

TEST_F(PinsTest, IsAskedForOnce) {
  terminal_.Answer("1234");
  EXPECT_EQ(Sign().code, ExitCode::kDone);
  EXPECT_EQ(terminal_.prompts(), (std::vector<std::string>{"PIN (auth), tries left: 3: "}));
}

TEST_F(PinsTest, IsAskedForAgainWhenItWasWrongOrMalformed) {
  for (const char* answer : {"12", "4321", "1234"}) terminal_.Answer(answer);
  const Ran ran = Sign();
  EXPECT_EQ(ran.code, ExitCode::kDone);
  EXPECT_EQ(ran.err, std::string(kBanner) +
                         "jpkictl: The auth PIN has the wrong form: 4 digits. [PIN_FORMAT]\n"
                         "The card was not changed.\n"
                         "Enter it again. The card was not asked and no try was lost.\n"
                         "jpkictl: The auth PIN is wrong. Tries left: 2. [PIN_WRONG]\n"
                         "The card was not changed.\n"
                         "Enter the right PIN, or have it reset at the counter.\n");
}

TEST_F(PinsTest, TheLastTryWantsAYes) {
  daemon_.SetPin(PIN_KIND_AUTH, {.value = "1234", .tries_left = 1});
  terminal_.Answer("no");
  const Ran declined = Sign();
  EXPECT_EQ(declined.code, ExitCode::kTimeout);
  EXPECT_EQ(daemon_.calls("Sign"), 0);
  EXPECT_EQ(terminal_.prompts()[0],
            "The auth PIN has one try left: a wrong one locks it. Go on? (yes/no) ");
  terminal_.Answer("yes");
  terminal_.Answer("1234");
  EXPECT_EQ(Sign().code, ExitCode::kDone);
}

TEST_F(PinsTest, InJapaneseYesIsJapanese) {
  daemon_.SetPin(PIN_KIND_AUTH, {.value = "1234", .tries_left = 1});
  terminal_.Answer("はい");
  terminal_.Answer("1234");
  const Ran ran = Run({"sign", "-k", "auth", "--in", "/dev/null", "--out", "-"}, "ja_JP.UTF-8");
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(terminal_.prompts()[1], "暗証番号（利用者証明用、残り 1 回）：");
}

TEST_F(PinsTest, ALockedPinIsNotAskedFor) {
  daemon_.SetPin(PIN_KIND_AUTH, {.value = "1234", .tries_left = 0});
  const Ran ran = Sign();
  EXPECT_EQ(ran.code, ExitCode::kPin);
  EXPECT_NE(ran.err.find("[PIN_BLOCKED]"), std::string::npos);
  EXPECT_TRUE(terminal_.prompts().empty());
}

TEST_F(PinsTest, EmptyLinesAreNoPin) {
  for (int i = 0; i < 5; ++i) terminal_.Answer("");
  EXPECT_EQ(Sign().code, ExitCode::kTimeout);
  EXPECT_EQ(daemon_.calls("Sign"), 0);
}

TEST_F(PinsTest, WrongAnswersEndSomeTime) {
  for (int i = 0; i < 5; ++i) terminal_.Answer("12");
  EXPECT_EQ(Sign().code, ExitCode::kPin);
  EXPECT_EQ(daemon_.calls("Sign"), 5);
}

TEST_F(PinsTest, FromADescriptorItIsSentOnce) {
  const Ran ran = Sign({"--auth-pin-fd", DescriptorText("4321\n1234\n")});
  EXPECT_EQ(ran.code, ExitCode::kPin);
  EXPECT_EQ(daemon_.calls("Sign"), 1);
  EXPECT_EQ(daemon_.calls("GetPinStatus"), 0);
  EXPECT_EQ(daemon_.pin(PIN_KIND_AUTH).tries_left, 2);
}

TEST_F(PinsTest, ADescriptorThatGivesNothingIsWrongUsage) {
  const std::string empty = DescriptorText("");
  const Ran ran = Sign({"--pin-fd", empty, "--lang", "ja"});
  EXPECT_EQ(ran.code, ExitCode::kUsage);
  EXPECT_EQ(ran.err.substr(ran.err.rfind("jpkictl:")),
            "jpkictl: 記述子 " + empty + " から暗証番号を読み取れません。\n");
  EXPECT_EQ(Sign({"--pin-fd", "999"}).code, ExitCode::kUsage);
  EXPECT_EQ(Sign({"--pin-fd", "-1"}).code, ExitCode::kUsage);
  EXPECT_EQ(daemon_.calls("Sign"), 0);
}

TEST_F(PinsTest, NeverAskMeansNever) {
  const Ran ran = Sign({"--never-ask"});
  EXPECT_EQ(ran.code, ExitCode::kUsage);
  EXPECT_TRUE(terminal_.prompts().empty());
}

TEST_F(PinsTest, ANewPinIsTypedTwice) {
  for (const char* answer : {"1234", "5678", "5679", "5678", "5678"}) terminal_.Answer(answer);
  const Ran ran = Run({"pin", "change", "--kind", "auth"});
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(ran.out, "The auth PIN was changed.\nPIN (auth)  ready, tries left: 3\n");
  EXPECT_EQ(ran.err, std::string(kBanner) + "These were not the same.\n");
  EXPECT_EQ(daemon_.pin(PIN_KIND_AUTH).value, "5678");
  EXPECT_EQ(terminal_.prompts(),
            (std::vector<std::string>{
                "PIN (auth), tries left: 3: ", "New PIN (auth): ", "New PIN (auth), once more: ",
                "New PIN (auth): ", "New PIN (auth), once more: "}));
}

TEST_F(PinsTest, OneDescriptorMayHoldBoth) {
  const std::string descriptor = DescriptorText("ABC123\nXYZ789\n");
  const Ran ran = Run({"pin", "change", "-k", "signature", "--pin-fd", descriptor, "--new-pin-fd",
                       descriptor, "-o", "jsonl"});
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(daemon_.pin(PIN_KIND_SIGNATURE).value, "XYZ789");
  EXPECT_EQ(ran.out,
            "{\"status\":{\"pin\":\"PIN_KIND_SIGNATURE\",\"state\":\"STATE_READY\","
            "\"tries_left\":5}}\n");
}

TEST_F(PinsTest, ResetNamesTheCardItMeans) {
  const Ran wrong = Run({"pin", "reset", "-k", "auth", "--card-serial", "999", "--new-pin-fd",
                         DescriptorText("0000")});
  EXPECT_EQ(wrong.code, ExitCode::kCard);
  EXPECT_EQ(daemon_.pin(PIN_KIND_AUTH).value, "1234");
  terminal_.Answer("0000");
  terminal_.Answer("0000");
  const Ran ran = Run({"pin", "reset", "-k", "auth"});
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(daemon_.calls("ReadCard"), 1);
  EXPECT_EQ(daemon_.pin(PIN_KIND_AUTH).value, "0000");
}

TEST_F(PinsTest, TheSameRequestIdIsDoneOnce) {
  for (int i = 0; i < 2; ++i) {
    const Ran ran = Run({"pin", "change", "-k", "auth", "--request-id", "r1", "--pin-fd",
                         DescriptorText("1234"), "--new-pin-fd", DescriptorText("5678")});
    EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  }
  EXPECT_EQ(daemon_.pin(PIN_KIND_AUTH).value, "5678");
  EXPECT_EQ(daemon_.pin(PIN_KIND_AUTH).tries_left, 3);
}

}  // namespace
}  // namespace jpkid::cli
