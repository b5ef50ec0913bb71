#include "tests/clients/case_test.h"

namespace jpkid::cli {
namespace {

using fakes::AwaitPin;
using fakes::Completed;
using jpki::v1::Case;

using SlipsTest = CaseTest;

TEST_F(SlipsTest, TheSlipOfTheFirstVisitSaysWhatToBringByWhenAndWhomToAsk) {
  Create();
  Run({"case", "mail-inquiry", "c1"});
  const std::string text = Run({"case", "slip", "c1"}).out;
  for (const char* part :
       {"*** TRAINING", "Card       ***********0001", "14 February 2027.\n",
        "[ To bring to visit 2 ]", "[ ] The <sealed> form", "Citizens' division", "079-559-5044"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  const std::string path = Path("slip.html");
  const Ran html = Run({"case", "slip", "c1", "--format", "html", "--paper", "a6", "--out", path},
                       "ja_JP.UTF-8");
  EXPECT_EQ(html.code, ExitCode::kDone) << html.err;
  const std::string page = Content(path);
  EXPECT_EQ(page.rfind("<!DOCTYPE html>\n<html lang=\"ja\">", 0), 0U);
  for (const char* part : {"size: A6", "The &lt;sealed&gt; form", "2027年2月14日（日）",
                           "Citizens&#39; division", "class=\"training\""}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(page.find("http:"), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
}

TEST_F(SlipsTest, TheCustodySlipSaysThatNoPinIsKept) {
  Create();
  SetState(Case::STATE_IN_CUSTODY);
  const std::string text = Run({"case", "slip", "c1"}).out;
  EXPECT_NE(text.find("Your card is kept: please come back"), std::string::npos);
  EXPECT_NE(text.find("No PIN is kept"), std::string::npos);
  EXPECT_NE(text.find("079-559-5044"), std::string::npos);
}

TEST_F(SlipsTest, AfterAWrongPinOnTheFormTheSlipSaysWhatToBringOnceMore) {
  Create();
  SetState(Case::STATE_PIN_MISMATCH);
  const std::string text = Run({"case", "slip", "c1"}).out;
  EXPECT_NE(text.find("[ To bring to visit 2 ]\n[ ] The holder's card\n[ ] The <sealed> form\n"),
            std::string::npos)
      << text;
}

TEST_F(SlipsTest, ASlipNamesWhatIsMissingNotWhatIsThere) {
  Create();
  Case one = daemon_.the_case();
  one.add_missing_items("SEALED_REPLY_FORM");
  one.set_state(Case::STATE_REPLY_PRESENTED);
  daemon_.SetCase(one);
  const std::string presented = Run({"case", "slip", "c1"}).out;
  EXPECT_NE(presented.find("goes on when what is still missing\nis here."), std::string::npos)
      << presented;
  EXPECT_NE(presented.find("[ Still missing; please bring ]\n[ ] The <sealed> form\n\n"),
            std::string::npos)
      << presented;
  EXPECT_EQ(presented.find("To bring"), std::string::npos) << presented;
  one.set_state(Case::STATE_RECEIVED);
  daemon_.SetCase(one);
  const std::string received = Run({"case", "slip", "c1"}).out;
  EXPECT_NE(received.find("[ Still missing; please bring ]"), std::string::npos) << received;
  EXPECT_NE(received.find("1. When these are shown, we post"), std::string::npos) << received;
  one.clear_missing_items();
  one.set_state(Case::STATE_READY);
  daemon_.SetCase(one);
  const std::string ready = Run({"case", "slip", "c1"}).out;
  EXPECT_NE(ready.find("Everything that was needed is here."), std::string::npos) << ready;
  EXPECT_EQ(ready.find("[ ] "), std::string::npos) << ready;
}

TEST_F(SlipsTest, AWithdrawnCasesSlipSaysWhetherItsOperationsChangedTheCard) {
  Create();
  SetState(Case::STATE_WITHDRAWN);
  EXPECT_NE(Run({"case", "slip", "c1"}).out.find("withdrawn.\nThe card was not changed.\n"),
            std::string::npos);
  daemon_.Script({fakes::Failed(Reason::kOperationCancelled, true)});
  EXPECT_EQ(Run({"issue", "--detach"}).code, ExitCode::kDone);
  Case one = daemon_.the_case();
  one.add_history()->set_detail("operations/op1");
  daemon_.SetCase(one);
  const std::string changed = Run({"case", "slip", "c1"}).out;
  EXPECT_NE(changed.find("withdrawn.\nThe card was changed before that."), std::string::npos)
      << changed;
}

TEST_F(SlipsTest, EveryStateHasASlip) {
  Create();
  for (int state = Case::STATE_RECEIVED; state <= Case::STATE_IN_CUSTODY; ++state) {
    SetState(static_cast<Case::State>(state));
    for (const char* lang : {"C", "ja_JP.UTF-8"}) {
      const Ran ran = Run({"case", "slip", "c1"}, lang);
      EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
      EXPECT_EQ(ran.out.find("?"), std::string::npos) << ran.out;
      EXPECT_EQ(Run({"case", "show", "c1"}, lang).code, ExitCode::kDone);
    }
  }
}

class ReceiptTest : public JpkictlTest {};

TEST_F(ReceiptTest, OfADoneOperation) {
  daemon_.Script({Completed()});
  EXPECT_EQ(Run({"renew", "--kinds", "auth", "--detach"}).code, ExitCode::kDone);
  EXPECT_EQ(Run({"receipt", "op1"}).out,
            "*** TRAINING: nothing made here is valid anywhere ***\n"
            "================================================================\n"
            "Your certificates\n"
            "================================================================\n"
            "Number   operations/op1\n"
            "What     renew\n"
            "Card     ***********0001\n"
            "Done on  2027-01-15 17:01:40\n"
            "\n"
            "[ User-authentication certificate ]\n"
            "Valid until\n"
            "Serial number  ****\n"
            "\n"
            "[ Please note ]\n"
            "After expiry certificates from convenience stores, e-Tax and the\n"
            "like no longer work. Please renew before that day.\n"
            "Before expiry J-LIS posts a notice with the form that a proxy\n"
            "needs for renewal.\n"
            "Keep your PINs to yourself, and not with the card.\n"
            "\n"
            "[ Questions are answered by ]\n"
            "Training Division\n"
            "Telephone: 000-000-0000\n"
            "\n"
            "*** TRAINING: nothing made here is valid anywhere ***\n");
  EXPECT_EQ(Run({"receipt", "op1", "--format", "pdf"}).code, ExitCode::kUsage);
  EXPECT_EQ(
      Run({"receipt", "op1", "-o", "jsonl"}).out.rfind("{\"operation\":\"operations/op1\"", 0), 0U);
}

TEST_F(ReceiptTest, WithoutAnEndThereIsNone) {
  daemon_.Script(
      {AwaitPin(jpki::v1::PIN_KIND_AUTH, "i1", jpki::v1::PinRequest::PURPOSE_VERIFY, 3)});
  EXPECT_EQ(Run({"issue", "--detach"}).code, ExitCode::kDone);
  const Ran ran = Run({"receipt", "op1"});
  EXPECT_EQ(ran.code, ExitCode::kRefused);
  EXPECT_NE(ran.err.find("operations/op1 has no receipt: it is waiting."), std::string::npos);
}

TEST_F(ReceiptTest, WhileTheAuthorityIsAwaitedTheCardMayBeKept) {
  jpki::v1::OperationEvent waiting;
  waiting.mutable_waiting()->set_waiting_for(jpki::v1::OperationEvent::Waiting::FOR_CA);
  daemon_.Script({waiting});
  EXPECT_EQ(Run({"issue", "--detach"}).code, ExitCode::kDone);
  EXPECT_EQ(Run({"receipt", "op1"}).code, ExitCode::kRefused);
  daemon_.TakeIntoCustody();
  const Ran ran = Run({"receipt", "op1", "--lang", "ja"});
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_NE(ran.out.find("マイナンバーカード　お預かり票"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("暗証番号は保存していません"), std::string::npos);
  EXPECT_NE(ran.out.find("電話：000-000-0000"), std::string::npos);
}

TEST_F(ReceiptTest, IssueAndRenewSayWhoAppliesAndWhichPinsAreSetAnew) {
  daemon_.Script({Completed()});
  EXPECT_EQ(Run({"renew", "--applicant", "legal-representative", "--reset-pins", "auth,signature",
                 "--pinless-card", "--request-id", "r", "--detach"})
                .code,
            ExitCode::kDone);
  EXPECT_EQ(daemon_.last("RunCase"),
            "reader: \"readers/sim\" type: TYPE_RENEW applicant: APPLICANT_LEGAL_REPRESENTATIVE "
            "request_id: \"r\" reset_pins: PIN_KIND_AUTH reset_pins: PIN_KIND_SIGNATURE "
            "pinless_card: true");
}

}  // namespace
}  // namespace jpkid::cli
