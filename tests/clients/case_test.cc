#include <algorithm>

#include <google/protobuf/text_format.h>

#include "tests/clients/jpkictl_test.h"

namespace jpkid::cli {
namespace {

using fakes::Activated;
using fakes::AwaitPin;
using fakes::Completed;
using jpki::v1::Case;

constexpr char kByProxy[] = R"(
  allowed: true visits: 2 becomes: "issue"
  required_items { code: "HOLDER_CARD" visit: 1 text: "The holder's card" }
  required_items { code: "PROXY_PHOTO_ID" visit: 1 text: "The proxy's identity document" }
  required_items { code: "HOLDER_CARD" visit: 2 text: "The holder's card" }
  required_items { code: "SEALED_REPLY_FORM" visit: 2 text: "The <sealed> form" }
  expiry { auth: "2032-02-17" signature: "2032-02-17" }
  office { division: "Citizens' division" telephone: "079-559-5044" })";

class CaseTest : public JpkictlTest {
 protected:
  CaseTest() {
    jpki::v1::Procedure procedure;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kByProxy, &procedure));
    daemon_.SetProcedure(procedure);
  }

  // The first visit.
  Ran Create() {
    return Run({"case", "create", "--operation", "issue", "--applicant", "voluntary-proxy",
                "--birth-date", "1980-02-17", "--card-expiry", "2034-02-17", "--card-serial",
                "100000000000001", "--checked", "HOLDER_CARD,PROXY_PHOTO_ID", "--request-id",
                "visit-1"});
  }

  void SetState(Case::State state) {
    Case one = daemon_.the_case();
    one.set_state(state);
    daemon_.SetCase(one);
  }
};

TEST_F(CaseTest, TheTwoVisits) {
  const Ran created = Create();
  EXPECT_EQ(created.code, ExitCode::kDone) << created.err;
  EXPECT_EQ(created.out,
            "Case            cases/c1 (TRAINING)\n"
            "State           taken\n"
            "What            issue (auth, signature)\n"
            "Applicant       a voluntary proxy\n"
            "Card            100000000000001\n"
            "Expiry to come  auth 2032-02-17, signature 2032-02-17\n"
            "Next            jpkictl case mail-inquiry c1\n"
            "Etag            1\n"
            "What was done:\n"
            "  2027-01-15 17:00:01  create  taken  uid:1000\n");
  EXPECT_EQ(daemon_.last("CreateCase"),
            "application { type: TYPE_ISSUE applicant: APPLICANT_VOLUNTARY_PROXY birth_date: "
            "\"1980-02-17\" card_expiry: \"2034-02-17\" residence_status: "
            "RESIDENCE_STATUS_JAPANESE } card_serial: \"100000000000001\" checked_items: "
            "\"HOLDER_CARD\" checked_items: \"PROXY_PHOTO_ID\" request_id: \"visit-1\"");

  const Ran mailed = Run({"case", "mail-inquiry", "c1", "--etag", "1"});
  EXPECT_EQ(mailed.code, ExitCode::kDone) << mailed.err;
  EXPECT_NE(mailed.out.find("Reply due       2027-02-14\n"), std::string::npos) << mailed.out;

  const Ran half = Run({"case", "present-reply", "cases/c1", "--presenter", "voluntary-proxy",
                        "--checked", "HOLDER_CARD"});
  EXPECT_EQ(half.code, ExitCode::kDone) << half.err;
  EXPECT_NE(half.out.find("Still missing   The <sealed> form [SEALED_REPLY_FORM]\n"),
            std::string::npos)
      << half.out;
  EXPECT_NE(half.out.find("jpkictl case present-reply c1 --presenter voluntary-proxy --checked "
                          "SEALED_REPLY_FORM\n"),
            std::string::npos);
  const Ran reply =
      Run({"case", "present-reply", "c1", "--checked", "SEALED_REPLY_FORM", "-o", "json"});
  EXPECT_NE(reply.out.find("\"state\": \"STATE_READY\""), std::string::npos) << reply.out;

  daemon_.Script({AwaitPin(jpki::v1::PIN_KIND_AUTH, "i1", jpki::v1::PinRequest::PURPOSE_SET, 3),
                  Activated(jpki::v1::CERTIFICATE_KIND_AUTH, 80), Completed()});
  const Ran ran = Run({"case", "run", "c1", "--reader", "sim", "--request-id", "visit-2", "--etag",
                       "4", "--auth-pin-fd", DescriptorText("1234\n"), "-o", "text"});
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(daemon_.last("RunCase"),
            "reader: \"readers/sim\" request_id: \"visit-2\" name: \"cases/c1\" etag: \"4\"");
  EXPECT_NE(ran.out.find("Done: operations/op1"), std::string::npos) << ran.out;

  const Ran receipt = Run({"case", "slip", "c1"});
  EXPECT_EQ(receipt.code, ExitCode::kDone) << receipt.err;
  EXPECT_NE(receipt.out.find("Your certificates"), std::string::npos);
  EXPECT_NE(receipt.out.find("079-559-5044"), std::string::npos) << receipt.out;
}

TEST_F(CaseTest, TwoClerksDoNotTakeTheSameVisit) {
  Create();
  EXPECT_EQ(Run({"case", "mail-inquiry", "c1", "--etag", "1"}).code, ExitCode::kDone);
  const Ran late = Run({"case", "withdraw", "c1", "--etag", "1", "--why", "moves away"});
  EXPECT_EQ(late.code, ExitCode::kRefused);
  EXPECT_NE(late.err.find("[CASE_CHANGED]"), std::string::npos) << late.err;
  EXPECT_EQ(Run({"case", "withdraw", "c1", "--why", "moves away"}).code, ExitCode::kDone);
  const Ran ended = Run({"case", "mail-inquiry", "c1"});
  EXPECT_EQ(ended.code, ExitCode::kRefused);
  EXPECT_NE(ended.err.find("[CASE_STATE]"), std::string::npos) << ended.err;
  EXPECT_EQ(Run({"case", "show", "c9"}).code, ExitCode::kRefused);
}

TEST_F(CaseTest, TheCardAndTheHoldersFileSayWhatNeedNotBeTyped) {
  const std::string holder = File(
      "holder.json",
      R"({"name": "三田 花子", "address": "三田市三輪2丁目", "birth_date": "1980-02-17", "sex": 2})");
  const Ran ran = Run({"case", "create", "--operation", "renew", "--reader", "sim", "--holder",
                       holder, "--signature-expiry", "2029-01-01", "--request-id", "r"});
  Content(holder);
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  const std::string sent = daemon_.last("CreateCase");
  EXPECT_EQ(sent.rfind("application { type: TYPE_RENEW applicant: APPLICANT_HOLDER birth_date: "
                       "\"1980-02-17\" card_expiry: \"2035-02-17\" auth_expiry: \"2030-02-17\" "
                       "signature_expiry: \"2029-01-01\" residence_status: "
                       "RESIDENCE_STATUS_JAPANESE } holder { name: ",
                       0),
            0U)
      << sent;
  EXPECT_NE(sent.find("card_serial: \"100000000000001\""), std::string::npos) << sent;
}

TEST_F(CaseTest, ListsByPageOrAll) {
  Create();
  const Ran page =
      Run({"case", "list", "--state", "received,pin-mismatch", "--card-serial", "1", "--from",
           "2027-01-01T00:00:00+09:00", "--before", "2028-01-01T00:00:00Z", "--page-size", "7"});
  EXPECT_EQ(page.code, ExitCode::kDone) << page.err;
  EXPECT_EQ(page.out,
            "Case      Begun                What                     Applicant          State  "
            "Reply due  Card\n"
            "cases/c1  2027-01-15 17:00:00  issue (auth, signature)  a voluntary proxy  taken  "
            "           100000000000001\n"
            "There are more: --page-token 2, or --all.\n");
  EXPECT_EQ(daemon_.last("ListCases"),
            "page_size: 7 states: STATE_RECEIVED states: STATE_PIN_MISMATCH card_serial: \"1\" "
            "created_from { seconds: 1798729200 } created_before { seconds: 1830297600 }");
  const Ran all = Run({"case", "list", "--all", "-o", "jsonl"});
  EXPECT_EQ(std::count(all.out.begin(), all.out.end(), '\n'), 3);
  EXPECT_EQ(Run({"case", "list", "--page-size", "1001"}).code, ExitCode::kUsage);
}

TEST_F(CaseTest, TheSlipOfTheFirstVisitSaysWhatToBringByWhenAndWhomToAsk) {
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

TEST_F(CaseTest, TheCustodySlipSaysThatNoPinIsKept) {
  Create();
  SetState(Case::STATE_IN_CUSTODY);
  const std::string text = Run({"case", "slip", "c1"}).out;
  EXPECT_NE(text.find("Your card is kept: please come back"), std::string::npos);
  EXPECT_NE(text.find("No PIN is kept"), std::string::npos);
  EXPECT_NE(text.find("079-559-5044"), std::string::npos);
}

TEST_F(CaseTest, EveryStateHasASlip) {
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

TEST_F(ReceiptTest, WhileTheAuthorityIsAwaitedTheCardIsKept) {
  jpki::v1::OperationEvent waiting;
  waiting.mutable_waiting()->set_waiting_for(jpki::v1::OperationEvent::Waiting::FOR_CA);
  daemon_.Script({waiting});
  EXPECT_EQ(Run({"issue", "--detach"}).code, ExitCode::kDone);
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
