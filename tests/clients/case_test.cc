#include "tests/clients/case_test.h"

#include <algorithm>

namespace jpkid::cli {
namespace {

using fakes::Activated;
using fakes::AwaitPin;
using fakes::Completed;
using jpki::v1::Case;

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
  EXPECT_EQ(
      sent.rfind("application { type: TYPE_RENEW applicant: APPLICANT_HOLDER birth_date: "
                 "\"1980-02-17\" card_expiry: \"2035-02-17\" auth_expiry: \"2030-02-17\" "
                 "signature_expiry: \"2029-01-01\" residence_status: "
                 "RESIDENCE_STATUS_JAPANESE has_signature_certificate: true } holder { name: ",
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

}  // namespace
}  // namespace jpkid::cli
