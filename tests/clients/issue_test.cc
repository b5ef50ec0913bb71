#include <algorithm>
#include <thread>

#include "tests/clients/jpkictl_test.h"

namespace jpkid::cli {
namespace {

using fakes::Activated;
using fakes::AwaitPin;
using fakes::Completed;
using fakes::FakeDaemon;
using jpki::v1::CERTIFICATE_KIND_AUTH;
using jpki::v1::CERTIFICATE_KIND_SIGNATURE;
using jpki::v1::PIN_KIND_AUTH;
using jpki::v1::PIN_KIND_SIGNATURE;
using jpki::v1::PinRequest;

constexpr char kStopped[] =
    "Watching has stopped; the operation belongs to the daemon and goes on: whether the card is "
    "changed, its end tells.\n"
    "Go on with 'jpkictl operation watch operations/op1', end it with 'jpkictl operation cancel "
    "operations/op1'.\n";

std::size_t Lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

class IssueTest : public JpkictlTest {
 protected:
  void ScriptOneCertificate() {
    daemon_.Script({AwaitPin(PIN_KIND_AUTH, "i1", PinRequest::PURPOSE_VERIFY, 3),
                    Activated(CERTIFICATE_KIND_AUTH, 80), Completed()});
  }
};

TEST_F(IssueTest, WithDescriptorsItRunsToItsReceipt) {
  daemon_.Script({AwaitPin(PIN_KIND_AUTH, "i1", PinRequest::PURPOSE_VERIFY, 3),
                  AwaitPin(PIN_KIND_SIGNATURE, "i2", PinRequest::PURPOSE_SET, 0),
                  Activated(CERTIFICATE_KIND_AUTH, 50), Activated(CERTIFICATE_KIND_SIGNATURE, 90),
                  Completed()});
  const Ran ran = Run({"issue", "--reader", "sim", "--kinds", "auth,signature", "--request-id",
                       "r1", "--auth-pin-fd", DescriptorText("1234\n"), "--signature-pin-fd",
                       DescriptorText("NEW123\n"), "-o", "text"});
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(ran.err, std::string(kBanner) + "Started operations/op1, request id r1.\n");
  EXPECT_EQ(ran.out,
            "2027-01-15 17:00:01  10 % Waiting for the PIN (auth).\n"
            "2027-01-15 17:00:02   0 % The auth PIN is accepted.\n"
            "2027-01-15 17:00:03  10 % Waiting for a new PIN (signature).\n"
            "2027-01-15 17:00:04   0 % The signature PIN is accepted.\n"
            "2027-01-15 17:00:05  50 % The auth certificate is in force on the card.\n"
            "2027-01-15 17:00:06  90 % The signature certificate is in force on the card.\n"
            "2027-01-15 17:00:07 100 % Done.\n"
            "Done: operations/op1, card 100000000000001, 2027-01-15 17:01:40\n"
            "Certificate (auth)\n"
            "  Serial number  0A01\n"
            "  Issuer\n"
            "  Subject\n"
            "  Valid           to \n"
            "*** TRAINING: nothing made here is valid anywhere ***\n");
  EXPECT_EQ(daemon_.pin(PIN_KIND_SIGNATURE).value, "NEW123");
}

TEST_F(IssueTest, ElsewhereThanOnATerminalItsOutputIsJsonLines) {
  ScriptOneCertificate();
  const Ran ran = Run({"issue", "--auth-pin-fd", DescriptorText("1234")});
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(Lines(ran.out), 4U);
  EXPECT_EQ(ran.out.rfind("{\"sequence\":\"1\",", 0), 0U) << ran.out;
  EXPECT_NE(ran.out.find("\n{\"sequence\":\"4\","), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("\"receipt\":{\"operation\":\"operations/op1\""), std::string::npos);
}

TEST_F(IssueTest, AsOneJsonDocumentItIsTheOperationAtItsEnd) {
  ScriptOneCertificate();
  const Ran ran = Run({"issue", "-o", "json", "--auth-pin-fd", DescriptorText("1234")});
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(ran.out.rfind("{\n \"name\": \"operations/op1\",\n", 0), 0U) << ran.out;
  EXPECT_NE(ran.out.find("\"state\": \"STATE_SUCCEEDED\""), std::string::npos);
}

TEST_F(IssueTest, OnATerminalThePersonIsAsked) {
  somebody_there_ = true;
  out_is_terminal_ = true;
  ScriptOneCertificate();
  terminal_.Answer("9999");
  terminal_.Answer("12");
  terminal_.Answer("1234");
  const Ran ran = Run({"issue", "--kinds", "auth"});
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(daemon_.calls("ProvideInput"), 3);
  EXPECT_NE(ran.out.find("Waiting for the PIN (auth). The auth PIN is wrong. Tries left: 2.\n"),
            std::string::npos)
      << ran.out;
  EXPECT_NE(ran.err.find("[PIN_FORMAT]"), std::string::npos) << ran.err;
}

TEST_F(IssueTest, APinOfADescriptorThatIsRefusedEndsTheCommandNotTheOperation) {
  ScriptOneCertificate();
  const Ran ran =
      Run({"issue", "--request-id", "r1", "--auth-pin-fd", DescriptorText("9999\n1234\n")});
  EXPECT_EQ(ran.code, ExitCode::kPin);
  EXPECT_EQ(daemon_.calls("ProvideInput"), 1);
  EXPECT_EQ(ran.err, std::string(kBanner) + "Started operations/op1, request id r1.\n" +
                         "jpkictl: The auth PIN is wrong. Tries left: 2. [PIN_WRONG]\n"
                         "Enter the right PIN, or have it reset at the counter.\n" +
                         kStopped);
}

TEST_F(IssueTest, ACardThatIsTakenAwayIsNoRefusalOfThePinGivenBefore) {
  jpki::v1::OperationEvent card;
  card.mutable_waiting()->set_waiting_for(jpki::v1::OperationEvent::Waiting::FOR_CARD);
  card.mutable_waiting()->set_reason("CARD_REMOVED");
  card.mutable_waiting()->add_inputs()->set_input_id("c1");
  card.mutable_waiting()->mutable_inputs(0)->mutable_card()->set_card_serial(
      FakeDaemon::kCardSerial);
  daemon_.Script({AwaitPin(PIN_KIND_SIGNATURE, "i1", PinRequest::PURPOSE_VERIFY, 5), card,
                  AwaitPin(PIN_KIND_SIGNATURE, "i2", PinRequest::PURPOSE_VERIFY, 5), Completed()});
  Ran issue;
  std::thread clerk([&] {
    issue = Run({"issue", "--signature-pin-fd", DescriptorText("ABC123\nABC123\n")});
  });
  EXPECT_TRUE(daemon_.WaitUntilWatched(3));
  EXPECT_EQ(Run({"operation", "input", "op1", "--card"}).code, ExitCode::kDone);
  clerk.join();
  EXPECT_EQ(issue.code, ExitCode::kDone) << issue.err;
}

TEST_F(IssueTest, AMissingPinIsToldBeforeAnythingIsBegun) {
  EXPECT_EQ(Run({"issue", "--auth-pin-fd", DescriptorText("")}).code, ExitCode::kUsage);
  EXPECT_EQ(Run({"issue", "--holder", "/nonexistent"}).code, ExitCode::kUsage);
  const std::string holder = File("holder.json", "{\"nick\": 1}");
  EXPECT_EQ(Run({"issue", "--holder", holder}).code, ExitCode::kUsage);
  Content(holder);
  EXPECT_EQ(daemon_.calls("RunCase"), 0);
}

TEST_F(IssueTest, WithNobodyToAskAnotherClientMayAnswer) {
  ScriptOneCertificate();
  Ran issue;
  std::thread clerk([&] { issue = RunOnScreen({"issue", "--kinds", "auth"}); });
  EXPECT_TRUE(
      err_.WaitFor("The auth PIN can be given with: jpkictl operation input operations/op1 "
                   "--auth-pin-fd N\n"));
  const Ran input =
      Run({"operation", "input", "op1", "--auth-pin-fd", DescriptorText("1234"), "-o", "jsonl"});
  clerk.join();
  EXPECT_EQ(input.code, ExitCode::kDone) << input.err;
  EXPECT_EQ(issue.code, ExitCode::kDone) << issue.err;
}

TEST_F(IssueTest, GoesOnWhenTheDaemonIsKilledAndComesBack) {
  daemon_.Script({AwaitPin(PIN_KIND_AUTH, "i1", PinRequest::PURPOSE_VERIFY, 3),
                  Activated(CERTIFICATE_KIND_AUTH, 30), fakes::Pause(),
                  Activated(CERTIFICATE_KIND_SIGNATURE, 80), Completed()});
  std::thread operator_([&] {
    EXPECT_TRUE(out_.WaitFor("{\"sequence\":\"3\","));  // What a killed daemon sent may be lost.
    daemon_.Kill();
    daemon_.Start();
    daemon_.GoOn();
  });
  const Ran ran = RunOnScreen({"issue", "--auth-pin-fd", DescriptorText("1234")});
  operator_.join();
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(Lines(ran.out), 5U) << ran.out;  // Each event once.
  EXPECT_EQ(daemon_.calls("RunCase"), 1);
  EXPECT_NE(ran.err.find("Trying again …\n"), std::string::npos) << ran.err;
}

TEST_F(IssueTest, GoesOnWithWhatARestoredStoreTells) {
  daemon_.Script({AwaitPin(PIN_KIND_AUTH, "i1", PinRequest::PURPOSE_VERIFY, 3),
                  Activated(CERTIFICATE_KIND_AUTH, 30), fakes::Pause(),
                  AwaitPin(PIN_KIND_AUTH, "i2", PinRequest::PURPOSE_VERIFY, 3), Completed()});
  std::thread operator_([&] {
    EXPECT_TRUE(out_.WaitFor("{\"sequence\":\"3\","));
    daemon_.Kill();
    daemon_.Forget(1);
    daemon_.Start();
    daemon_.GoOn();
  });
  const Ran ran = RunOnScreen({"issue", "--auth-pin-fd", DescriptorText("1234\n1234\n")});
  operator_.join();
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(daemon_.calls("ProvideInput"), 2);
  EXPECT_EQ(Lines(ran.out), 6U) << ran.out;
}

TEST_F(IssueTest, APinThatIsAskedForAgainAfterARestartIsTheDescriptorsNextLine) {
  daemon_.Script({AwaitPin(PIN_KIND_AUTH, "i1", PinRequest::PURPOSE_VERIFY, 3),
                  AwaitPin(PIN_KIND_AUTH, "i2", PinRequest::PURPOSE_VERIFY, 3), Completed()});
  const Ran ran = Run({"issue", "--auth-pin-fd", DescriptorText("1234\n1234\n")});
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(daemon_.calls("ProvideInput"), 2);
}

TEST_F(IssueTest, TheRequestIdFindsTheOperationThatRunsAlready) {
  ScriptOneCertificate();
  const Ran detached = Run({"issue", "--detach", "--request-id", "r1", "-o", "text"});
  EXPECT_EQ(detached.code, ExitCode::kDone) << detached.err;
  EXPECT_EQ(detached.out, "Started operations/op1, request id r1.\n");
  const Ran again = Run({"issue", "--request-id", "r1", "--auth-pin-fd", DescriptorText("1234")});
  EXPECT_EQ(again.code, ExitCode::kDone) << again.err;
  EXPECT_EQ(Lines(again.out), 4U);
  const Ran other = Run({"issue", "--request-id", "r1", "--kinds", "auth", "--detach"});
  EXPECT_EQ(other.code, ExitCode::kRefused);
  EXPECT_NE(other.err.find("[REQUEST_ID_REUSED]"), std::string::npos);
}

TEST_F(IssueTest, AnInterruptionStopsTheWatchingAndSaysHowToGoOn) {
  ScriptOneCertificate();
  std::thread user([&] {
    EXPECT_TRUE(out_.WaitFor("\n"));
    interruption_.Raise();
  });
  const Ran ran = RunOnScreen({"issue", "--request-id", "r1", "--never-ask"});
  user.join();
  EXPECT_EQ(ran.code, ExitCode::kInterrupted);
  EXPECT_EQ(daemon_.calls("CancelOperation"), 0);
  EXPECT_EQ(ran.err.substr(ran.err.size() - sizeof(kStopped) + 1), kStopped);
}

TEST_F(IssueTest, TimeIsUpForTheWatcherOnly) {
  ScriptOneCertificate();
  const Ran ran = Run({"issue", "--timeout", "2s"});
  EXPECT_EQ(ran.code, ExitCode::kTimeout);
  EXPECT_NE(ran.err.find(kStopped), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("[CALL_TIMEOUT]"), std::string::npos) << ran.err;
}

TEST_F(IssueTest, AnOperationThatFailsSaysAllThatThereIsToSay) {
  daemon_.Script({Activated(CERTIFICATE_KIND_AUTH, 30), fakes::Failed(Reason::kCaRejected, true)});
  const Ran ran = Run({"issue", "--request-id", "r1", "-o", "text"});
  EXPECT_EQ(ran.code, ExitCode::kAuthority);
  EXPECT_EQ(ran.err, std::string(kBanner) +
                         "Started operations/op1, request id r1.\n"
                         "Failed: The certificate authority refused the request: ?. [CA_REJECTED]\n"
                         "The card was changed.\n"
                         "Clear up the cause and start again.\n");
}

}  // namespace
}  // namespace jpkid::cli
