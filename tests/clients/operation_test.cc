#include <algorithm>
#include <thread>

#include "tests/clients/jpkictl_test.h"

namespace jpkid::cli {
namespace {

using fakes::Activated;
using fakes::AwaitPin;
using fakes::Completed;
using jpki::v1::CERTIFICATE_KIND_AUTH;
using jpki::v1::PIN_KIND_AUTH;
using jpki::v1::PinRequest;

std::size_t Lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

class OperationTest : public JpkictlTest {
 protected:
  void ScriptOneCertificate() {
    daemon_.Script({AwaitPin(PIN_KIND_AUTH, "i1", PinRequest::PURPOSE_VERIFY, 3),
                    Activated(CERTIFICATE_KIND_AUTH, 80), Completed()});
  }
};

TEST_F(OperationTest, WatchingThatStopsEarlyPrintsTheOperationAsItStands) {
  ScriptOneCertificate();
  const Ran refused = Run({"issue", "-o", "json", "--auth-pin-fd", DescriptorText("9999\n")});
  EXPECT_EQ(refused.code, ExitCode::kPin);
  const Ran late = Run({"operation", "watch", "op1", "-o", "json", "--timeout", "2s"});
  EXPECT_EQ(late.code, ExitCode::kTimeout);
  for (const Ran& ran : {refused, late}) {
    EXPECT_EQ(ran.out.rfind("{\n \"name\": \"operations/op1\",\n", 0), 0U) << ran.out;
    EXPECT_NE(ran.out.find("\"state\": \"STATE_WAITING\""), std::string::npos) << ran.out;
    EXPECT_EQ(ran.err.find("The card was not changed."), std::string::npos) << ran.err;
  }
}

TEST_F(OperationTest, NothingIsLeftToWatchOfAnEndedOperation) {
  daemon_.Script({Activated(CERTIFICATE_KIND_AUTH, 30), fakes::Failed(Reason::kPinWrong, true)});
  EXPECT_EQ(Run({"issue", "--detach"}).code, ExitCode::kDone);
  const Ran text = Run({"operation", "watch", "op1", "--resume-after", "2", "-o", "text"});
  EXPECT_EQ(text.code, ExitCode::kPin);
  EXPECT_EQ(text.out, "");
  EXPECT_EQ(text.err, std::string(kBanner) +
                          "Failed: The ? PIN is wrong. Tries left: ?. [PIN_WRONG]\n"
                          "The card was changed.\n"
                          "Enter the right PIN, or have it reset at the counter.\n");
  EXPECT_EQ(daemon_.calls("WatchOperation"), 1);
  for (const char* form : {"json", "jsonl"}) {
    const Ran ran = Run({"operation", "watch", "op1", "-o", form});
    EXPECT_EQ(ran.code, ExitCode::kPin);
    EXPECT_NE(ran.out.find("PIN_WRONG"), std::string::npos) << ran.out;
    EXPECT_EQ(ran.err, text.err) << "people are told, too";
  }
  const Ran beyond = Run({"operation", "watch", "op1", "--resume-after", "3"});
  EXPECT_EQ(beyond.code, ExitCode::kUsage);
  EXPECT_EQ(beyond.err, std::string(kBanner) +
                            "jpkictl: --resume-after: too far. [ARGUMENT_INVALID]\n"
                            "Mend the request.\n");
}

TEST_F(OperationTest, OperationsAreListedShownWatchedAndCancelled) {
  ScriptOneCertificate();
  EXPECT_EQ(Run({"operation", "show", "op1"}).code, ExitCode::kRefused);
  EXPECT_EQ(Run({"issue", "--detach", "-o", "json"}).code, ExitCode::kDone);
  const Ran show = Run({"operation", "show", "op1"});
  EXPECT_NE(show.out.find("Waits for    PIN (auth), input i1\n"), std::string::npos) << show.out;
  EXPECT_EQ(Lines(Run({"operation", "list", "-o", "jsonl"}).out), 3U);
  EXPECT_EQ(Lines(Run({"operation", "list", "-o", "jsonl", "--limit", "2"}).out), 2U);
  EXPECT_EQ(Lines(Run({"operation", "list"}).out), 4U);
  const Ran cancel = Run({"operation", "cancel", "operations/op1"});
  EXPECT_EQ(cancel.code, ExitCode::kDone) << cancel.err;
  EXPECT_EQ(cancel.out, "operations/op1 is cancelled.\nThe card was not changed.\n");
  const Ran watch = Run({"operation", "watch", "op1", "--resume-after", "1"});
  EXPECT_EQ(watch.code, ExitCode::kTimeout);
  EXPECT_EQ(Lines(watch.out), 1U);
}

TEST_F(OperationTest, InputsThatNobodyWaitsForAreRefusedHere) {
  ScriptOneCertificate();
  EXPECT_EQ(Run({"issue", "--detach"}).code, ExitCode::kDone);
  for (const auto& options : std::vector<std::vector<std::string>>{
           {"--card"}, {"--input-id", "i9"}, {"--signature-pin-fd", DescriptorText("ABC123")}}) {
    std::vector<std::string> arguments = {"operation", "input", "op1"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    EXPECT_EQ(Run(arguments).code, ExitCode::kRefused) << options[0];
  }
  EXPECT_EQ(Run({"operation", "input", "op1"}).code, ExitCode::kUsage);  // Nobody to ask.
  EXPECT_EQ(daemon_.calls("ProvideInput"), 0);
}

TEST_F(OperationTest, WhoOnlyLooksOnIsNotAsked) {
  somebody_there_ = true;
  ScriptOneCertificate();
  EXPECT_EQ(Run({"issue", "--detach"}).code, ExitCode::kDone);
  std::thread clerk([&] {
    EXPECT_TRUE(daemon_.WaitUntilWatched(1));
    EXPECT_EQ(Run({"operation", "input", "op1", "--auth-pin-fd", DescriptorText("1234")}).code,
              ExitCode::kDone);
  });
  EXPECT_EQ(Run({"operation", "watch", "op1", "--look-on"}).code, ExitCode::kDone);
  clerk.join();
}

TEST_F(OperationTest, ADaemonWithoutAnOperationToWatch) {
  const Ran ran = Run({"operation", "watch", "moon", "-o", "jsonl"});
  EXPECT_EQ(ran.code, ExitCode::kRefused);
  EXPECT_NE(ran.err.find("[OPERATION_UNKNOWN]"), std::string::npos) << ran.err;
  EXPECT_EQ(ran.err.find("Watching"), std::string::npos) << ran.err;
}

}  // namespace
}  // namespace jpkid::cli
