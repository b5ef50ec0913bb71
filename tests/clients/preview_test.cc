#include <google/protobuf/text_format.h>

#include "tests/clients/jpkictl_test.h"

namespace jpkid::cli {
namespace {

constexpr char kTwoVisits[] = R"(
  allowed: true visits: 2 becomes: "issue" municipality: "sanda"
  required_items { code: "HOLDER_CARD" visit: 1 text: "The holder's card" s_row: "S6" }
  required_items { code: "PROXY_PHOTO_ID" visit: 1 text: "The proxy's identity document" }
  required_items { code: "SEALED_REPLY_FORM" visit: 2 text: "The sealed form" s_row: "S7" }
  expiry { auth: "2032-02-17" }
  reasons { code: "TWO_VISITS" s_row: "S5" text: "Not the same day." remedy: "Bring it." }
  pins: PIN_KIND_AUTH
  office { municipality: "Sanda" division: "Citizens' division" telephone: "079-559-5044" })";

constexpr char kRefused[] = R"(
  becomes: "renew" expiry {}
  reasons { code: "WINDOW_NOT_SERVED" s_row: "S8" text: "Not here." remedy: "At window 7." }
  reasons { code: "LOST_AFTER_EXPIRY" text: "e-Tax stops." remedy: "Renew." })";

class PreviewTest : public JpkictlTest {
 protected:
  void Answer(const char* text) {
    jpki::v1::Procedure procedure;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &procedure));
    daemon_.SetProcedure(procedure);
  }
};

TEST_F(PreviewTest, EveryOptionReachesTheDaemon) {
  const Ran ran = Run({"preview",
                       "--operation",
                       "renew",
                       "--applicant",
                       "voluntary-proxy",
                       "--at",
                       "2027-01-12T10:00:00.5+09:00",
                       "--window",
                       "citizens-division/7",
                       "--birth-date",
                       "1980-02-17",
                       "--card-expiry",
                       "2034-02-17",
                       "--auth-expiry",
                       "2027-02-17",
                       "--signature-expiry",
                       "2027-02-16",
                       "--residence-status",
                       "mid-to-long-term",
                       "--stay-until",
                       "2028-03-31",
                       "--first-issue",
                       "--has-notice-form",
                       "--kinds",
                       "signature",
                       "--municipality",
                       "sanda",
                       "--revoked",
                       "auth,signature",
                       "--pinless-card",
                       "--reset-pins",
                       "auth",
                       "--adult-ward",
                       "--same-household",
                       "--has-appointment",
                       "--not-registered"});
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(daemon_.last("PreviewProcedure"),
            "application { type: TYPE_RENEW kinds: CERTIFICATE_KIND_SIGNATURE applicant: "
            "APPLICANT_VOLUNTARY_PROXY window: \"citizens-division/7\" birth_date: \"1980-02-17\" "
            "card_expiry: \"2034-02-17\" auth_expiry: \"2027-02-17\" signature_expiry: "
            "\"2027-02-16\" residence_status: RESIDENCE_STATUS_MID_TO_LONG_TERM stay_until: "
            "\"2028-03-31\" first_issue: true has_notice_form: true revoked_kinds: "
            "CERTIFICATE_KIND_AUTH revoked_kinds: CERTIFICATE_KIND_SIGNATURE pinless_card: true "
            "reset_pins: PIN_KIND_AUTH adult_ward: true same_household: true has_appointment: true "
            "not_registered: true } time { seconds: 1799715600 nanos: 500000000 } municipality: "
            "\"sanda\"");
}

TEST_F(PreviewTest, WhatIsNotSaidIsTheUsual) {
  EXPECT_EQ(Run({"preview", "--operation", "issue", "--birth-date", "1980-02-17"}).code,
            ExitCode::kDone);
  EXPECT_EQ(daemon_.last("PreviewProcedure"),
            "application { type: TYPE_ISSUE applicant: APPLICANT_HOLDER birth_date: \"1980-02-17\" "
            "residence_status: RESIDENCE_STATUS_JAPANESE }");
}

TEST_F(PreviewTest, JsonHasEveryFieldAndLeavesOutTheExpiryOfWhatIsNotMade) {
  Answer(kTwoVisits);
  const Ran ran =
      Run({"preview", "--operation", "issue", "--birth-date", "1980-02-17", "-o", "jsonl"});
  EXPECT_EQ(
      ran.out,
      "{\"allowed\":true,\"same_day\":false,\"visits\":2,\"becomes\":\"issue\","
      "\"required_items\":["
      "{\"code\":\"HOLDER_CARD\",\"visit\":1,\"text\":\"The holder's card\",\"s_row\":\"S6\"},"
      "{\"code\":\"PROXY_PHOTO_ID\",\"visit\":1,\"text\":\"The proxy's identity document\","
      "\"s_row\":\"\"},"
      "{\"code\":\"SEALED_REPLY_FORM\",\"visit\":2,\"text\":\"The sealed form\","
      "\"s_row\":\"S7\"}],\"expiry\":{\"auth\":\"2032-02-17\"},"
      "\"reasons\":[{\"code\":\"TWO_VISITS\",\"s_row\":\"S5\",\"text\":\"Not the same day.\","
      "\"remedy\":\"Bring it.\"}],\"pins\":[\"PIN_KIND_AUTH\"],"
      "\"office\":{\"municipality\":\"Sanda\",\"division\":\"Citizens' division\","
      "\"address\":\"\",\"telephone\":\"079-559-5044\",\"fax\":\"\"},"
      "\"municipality\":\"sanda\"}\n");
}

TEST_F(PreviewTest, TextThatAClerkReadsAloud) {
  Answer(kTwoVisits);
  EXPECT_EQ(Run({"preview", "--operation", "issue", "--birth-date", "1980-02-17"}).out,
            "Yes, but not the same day: it takes 2 visits (issue).\n"
            "To bring to visit 1:\n"
            "  - The holder's card\n"
            "  - The proxy's identity document\n"
            "To bring to visit 2:\n"
            "  - The sealed form\n"
            "PINs to enter: auth\n"
            "The new certificates will be valid until:\n"
            "  auth  Tuesday, 17 February 2032\n"
            "Why:\n"
            "  - Not the same day. [S5]\n"
            "Questions are answered by:\n"
            "Sanda\n"
            "Citizens' division\n"
            "Telephone: 079-559-5044\n");
}

TEST_F(PreviewTest, ARefusalIsAnAnswer) {
  Answer(kRefused);
  const std::vector<std::string> command = {"preview", "--operation", "renew", "--birth-date",
                                            "1980-02-17"};
  const Ran text = Run(command, "ja_JP.UTF-8");
  EXPECT_EQ(text.code, ExitCode::kDone);
  EXPECT_EQ(text.out,
            "いいえ、更新の申請は受け付けられません。\n"
            "理由：\n"
            "  - Not here.At window 7. [S8]\n"
            "  - e-Tax stops.\n");
  std::vector<std::string> json = command;
  json.insert(json.end(), {"-o", "jsonl"});
  const Ran refused = Run(json);
  EXPECT_EQ(refused.code, ExitCode::kDone);
  EXPECT_EQ(refused.out.rfind("{\"allowed\":false,\"same_day\":false,\"visits\":0,"
                              "\"becomes\":\"renew\",\"required_items\":[],\"expiry\":{},",
                              0),
            0U)
      << refused.out;
}

TEST_F(PreviewTest, WhatIsMalformedIsToldInASentence) {
  const Ran date = Run({"preview", "--operation", "issue", "--birth-date", "17.2.1980"});
  EXPECT_EQ(date.code, ExitCode::kUsage);
  EXPECT_EQ(date.out, "");
  EXPECT_NE(date.err.find("--birth-date: "), std::string::npos) << date.err;
  const Ran unknown = Run({"preview", "--operation", "issue", "--birth-date", "1980-02-17",
                           "--municipality", "atlantis"});
  EXPECT_EQ(unknown.code, ExitCode::kRefused);
  EXPECT_NE(unknown.err.find("[MUNICIPALITY_UNKNOWN]"), std::string::npos) << unknown.err;

  const struct {
    std::vector<std::string> options;
    const char* told;
  } cases[] = {
      {{}, "--operation is missing"},
      {{"--operation", "revoke"}, "--operation: issue|renew"},
      {{"--operation", "issue", "--applicant", "proxy"},
       "--applicant: holder|voluntary-proxy|legal-representative"},
      {{"--operation", "issue", "--residence-status", "tourist"},
       "--residence-status: japanese|permanent-resident|special-permanent-resident|"
       "highly-skilled-professional-2|mid-to-long-term|stay-by-birth|temporary-refuge|"
       "provisional-stay"},
      {{"--operation", "issue", "--at", "2027-01-12T10:00:00"},
       "--at: '2027-01-12T10:00:00': RFC 3339, 2026-11-24T10:00:00+09:00"},
      {{"--operation", "issue", "--at", "infinite-future"},
       "--at: 'infinite-future': RFC 3339, 2026-11-24T10:00:00+09:00"},
      {{"--operation", "issue", "--reset-pins", "auth,moon"}, "--reset-pins: auth|signature"},
      {{"--operation", "issue", "--kinds", ""}, "--kinds: auth|signature"},
  };
  const int before = daemon_.calls("PreviewProcedure");
  for (const auto& one : cases) {
    std::vector<std::string> command = {"preview"};
    command.insert(command.end(), one.options.begin(), one.options.end());
    const Ran ran = Run(command);
    EXPECT_EQ(ran.code, ExitCode::kUsage) << one.told;
    EXPECT_EQ(ran.err, std::string("jpkictl: ") + one.told + "\nSee 'jpkictl --help'.\n");
  }
  EXPECT_EQ(daemon_.calls("PreviewProcedure"), before);
}

}  // namespace
}  // namespace jpkid::cli
