#include "daemon/rpc/convert_case.h"

#include <string>

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::rpc {
namespace {

using google::protobuf::Message;
using rules::Applicant;
using rules::ResidenceStatus;

template <typename T>
T Parse(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

void ExpectIs(const Message& actual, const std::string& text) {
  const std::unique_ptr<Message> expected(actual.New());
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, expected.get())) << text;
  EXPECT_EQ(actual.DebugString(), expected->DebugString());
}

constexpr char kLeast[] = "type: TYPE_ISSUE birth_date: '1980-02-17' card_expiry: '2034-02-17' ";

// The field that ARGUMENT_INVALID names.
std::string FieldOf(const absl::Status& status) {
  EXPECT_TRUE(FailedFor(status, Reason::kArgumentInvalid)) << status;
  return FailureOf(status).metadata["field"];
}

TEST(ConvertCaseTest, TheLeastThatAnApplicationSays) {
  const auto application = ToApplication(Parse<v1::Application>(kLeast));
  ASSERT_TRUE(application.ok()) << application.status();
  EXPECT_EQ(application->procedure, rules::Procedure::kIssue);
  EXPECT_EQ(application->kinds,
            (std::vector<certs::Kind>{certs::Kind::kAuth, certs::Kind::kSignature}));
  EXPECT_EQ(application->applicant, Applicant::kHolder);
  EXPECT_EQ(application->birth_date, absl::CivilDay(1980, 2, 17));
  EXPECT_EQ(application->card_expiry, absl::CivilDay(2034, 2, 17));
  EXPECT_EQ(application->auth_expiry, std::nullopt);
  EXPECT_EQ(application->residence_status, ResidenceStatus::kJapanese);
  EXPECT_TRUE(application->reset_pins.empty());
}

TEST(ConvertCaseTest, AllThatAnApplicationSays) {
  const auto application = ToApplication(Parse<v1::Application>(
      R"(type: TYPE_RENEW kinds: CERTIFICATE_KIND_SIGNATURE kinds: CERTIFICATE_KIND_AUTH
         applicant: APPLICANT_LEGAL_REPRESENTATIVE
         window: "citizens-division/7" birth_date: "2004-02-29" card_expiry: "2030-02-28"
         auth_expiry: "2027-01-31" signature_expiry: "2027-01-30"
         residence_status: RESIDENCE_STATUS_STAY_BY_BIRTH stay_until: "2028-12-31"
         first_issue: true has_notice_form: true revoked_kinds: CERTIFICATE_KIND_SIGNATURE
         pinless_card: true reset_pins: PIN_KIND_SIGNATURE adult_ward: true same_household: true
         has_appointment: true not_registered: true has_signature_certificate: true
         card_profile: "p-384")"));
  ASSERT_TRUE(application.ok()) << application.status();
  EXPECT_EQ(application->procedure, rules::Procedure::kRenew);
  EXPECT_EQ(application->kinds,
            (std::vector<certs::Kind>{certs::Kind::kAuth, certs::Kind::kSignature}));
  EXPECT_EQ(application->applicant, Applicant::kLegalRepresentative);
  EXPECT_EQ(application->window, "citizens-division/7");
  EXPECT_EQ(application->birth_date, absl::CivilDay(2004, 2, 29));
  EXPECT_EQ(application->auth_expiry, absl::CivilDay(2027, 1, 31));
  EXPECT_EQ(application->signature_expiry, absl::CivilDay(2027, 1, 30));
  EXPECT_EQ(application->residence_status, ResidenceStatus::kStayByBirth);
  EXPECT_EQ(application->stay_until, absl::CivilDay(2028, 12, 31));
  EXPECT_EQ(application->revoked_kinds, std::vector{certs::Kind::kSignature});
  EXPECT_EQ(application->reset_pins, std::vector{certs::Kind::kSignature});
  EXPECT_EQ(application->card_profile, "p-384");
  EXPECT_TRUE(application->first_issue && application->has_notice_form &&
              application->holds_signature && application->pinless_card &&
              application->adult_ward && application->same_household &&
              application->has_appointment && application->not_registered);
}

TEST(ConvertCaseTest, WhatIsMalformedIsNamed) {
  const struct {
    const char* wrong;
    const char* field;
  } cases[] = {
      {"type: TYPE_UNSPECIFIED", "application.type"},
      {"type: 7", "application.type"},
      {"kinds: CERTIFICATE_KIND_UNSPECIFIED", "application.kinds"},
      {"kinds: [CERTIFICATE_KIND_AUTH, CERTIFICATE_KIND_AUTH]", "application.kinds"},
      {"card_profile: 'p-521'", "application.card_profile"},
      {"applicant: 9", "application.applicant"},
      {"birth_date: ''", "application.birth_date"},
      {"birth_date: '1980-2-17'", "application.birth_date"},
      {"birth_date: '1980-02-30'", "application.birth_date"},
      {"birth_date: ' 980-02-17'", "application.birth_date"},
      {"birth_date: '1980-02-17T00:00:00'", "application.birth_date"},
      {"card_expiry: '17/02/2034'", "application.card_expiry"},
      {"auth_expiry: 'never'", "application.auth_expiry"},
      {"signature_expiry: '2027-13-01'", "application.signature_expiry"},
      {"stay_until: '2028-12'", "application.stay_until"},
      {"revoked_kinds: 5", "application.revoked_kinds"},
      {"residence_status: 77", "application.residence_status"},
      {"reset_pins: PIN_KIND_UNSPECIFIED", "application.reset_pins"},
  };
  for (const auto& [wrong, field] : cases) {
    auto application = Parse<v1::Application>(kLeast);
    const auto change = Parse<v1::Application>(wrong);
    application.MergeFrom(change);
    if (std::string(wrong) == "type: TYPE_UNSPECIFIED") application.clear_type();
    if (std::string(wrong) == "birth_date: ''") application.clear_birth_date();
    EXPECT_EQ(FieldOf(ToApplication(application).status()), field) << wrong;
  }
}

TEST(ConvertCaseTest, EtagsAndTimes) {
  EXPECT_EQ(ToVersion("").value(), 0);
  EXPECT_EQ(ToVersion("12").value(), 12);
  for (const char* etag : {"0", "-1", "+1", " 1", "1 ", "x", "99999999999999999999"}) {
    EXPECT_EQ(FieldOf(ToVersion(etag).status()), "etag") << etag;
  }
  EXPECT_EQ(ToTime(Parse<google::protobuf::Timestamp>("seconds: 10 nanos: 500000000"), "t").value(),
            absl::UnixEpoch() + absl::Milliseconds(10500));
  for (const char* time :
       {"nanos: -1", "nanos: 1000000000", "seconds: 253402300800", "seconds: -62135596801"}) {
    EXPECT_EQ(FieldOf(ToTime(Parse<google::protobuf::Timestamp>(time), "t").status()), "t") << time;
  }
}

TEST(ConvertCaseTest, StatesAreNumberedAlike) {
  const auto& ours = *store::CaseRecord::State_descriptor();
  const auto& wire = *v1::Case::State_descriptor();
  ASSERT_EQ(ours.value_count(), wire.value_count());
  for (int i = 1; i < ours.value_count(); ++i) {
    const auto* told = wire.FindValueByNumber(ours.value(i)->number());
    ASSERT_NE(told, nullptr) << ours.value(i)->name();
    EXPECT_EQ(told->name(), "STATE_" + ours.value(i)->name());
  }
}

constexpr char kRecord[] = R"(
  id: "c-1" request_id: "r" creator: "uid:1000" state: INQUIRY_MAILED version: 3
  create_time_us: 1750000000000000 update_time_us: 1750000001000000 municipality: "sanda"
  training: true card_serial: "123456789012345" reply_due: "2027-01-10" operation_id: "o-1"
  application { procedure: "renew" kinds: "auth" applicant: "voluntary-proxy"
    window: "citizens-division/7" card_expiry: "2030-02-17" auth_expiry: "2026-12-01"
    reset_pins: "auth" same_household: true
    person { birth_date: "1980-02-17" residence_status: "mid-to-long-term"
             stay_until: "2028-03-31" } }
  decision { allowed: true visits: 2 becomes: "renew" pins: "auth" auth_expiry: "2028-03-31"
    items { code: "SEALED_REPLY_FORM" visit: 2 s_row: "S7" english: "the form" japanese: "照会書" }
    findings { reason: "EXPIRY_BY_STAY" source: "S12" metadata { key: "kind" value: "auth" }
               metadata { key: "date" value: "2028-03-31" } }
    findings { reason: "OF_A_NEWER_DAEMON" } }
  documents { code: "HOLDER_CARD" visit: 1 checked_by: "uid:1000" check_time_us: 1750000000000000 }
  history { time_us: 1750000000000000 actor: "uid:1000" act: "create" state: RECEIVED })";

TEST(ConvertCaseTest, ACaseInTheCallersLanguage) {
  const auto municipalities = rules::Municipalities::Load("");
  ASSERT_TRUE(municipalities.ok()) << municipalities.status();
  const rules::Municipality& sanda = **municipalities->Find("sanda");
  const v1::Case told =
      ToCase(Parse<store::CaseRecord>(kRecord), &sanda, Language::kJapanese, /*person=*/true);

  EXPECT_EQ(told.name(), "cases/c-1");
  EXPECT_EQ(told.etag(), "3");
  EXPECT_EQ(told.state(), v1::Case::STATE_INQUIRY_MAILED);
  EXPECT_EQ(told.operation(), "operations/o-1");
  ExpectIs(told.application(),
           R"(type: TYPE_RENEW kinds: CERTIFICATE_KIND_AUTH applicant: APPLICANT_VOLUNTARY_PROXY
              window: "citizens-division/7" birth_date: "1980-02-17" card_expiry: "2030-02-17"
              auth_expiry: "2026-12-01" residence_status: RESIDENCE_STATUS_MID_TO_LONG_TERM
              stay_until: "2028-03-31" reset_pins: PIN_KIND_AUTH same_household: true)");
  ExpectIs(told.procedure().expiry(), R"(auth: "2028-03-31")");
  ExpectIs(told.procedure().required_items(0),
           R"(code: "SEALED_REPLY_FORM" visit: 2 text: "照会書" s_row: "S7")");
  ASSERT_EQ(told.procedure().reasons_size(), 1);
  EXPECT_EQ(told.procedure().reasons(0).code(), "EXPIRY_BY_STAY");
  EXPECT_EQ(told.procedure().reasons(0).s_row(), "S12");
  EXPECT_NE(told.procedure().reasons(0).text().find("2028-03-31"), std::string::npos);
  EXPECT_EQ(told.procedure().office().telephone(), "079-559-5044");
  ExpectIs(told.documents(0), R"(code: "HOLDER_CARD" visit: 1 checked_by: "uid:1000"
                                 check_time { seconds: 1750000000 })");
  ExpectIs(told.history(0), R"(time { seconds: 1750000000 } actor: "uid:1000" act: "create"
                               state: STATE_RECEIVED)");
  EXPECT_EQ(told.reply_due(), "2027-01-10");
  EXPECT_TRUE(told.training());
}

TEST(ConvertCaseTest, WithoutThePersonNothingPersonalIsTold) {
  const v1::Case told = ToCase(Parse<store::CaseRecord>(kRecord), nullptr, Language::kEnglish,
                               /*person=*/false);
  EXPECT_EQ(told.application().birth_date(), "");
  EXPECT_EQ(told.application().stay_until(), "");
  EXPECT_EQ(told.application().residence_status(), v1::RESIDENCE_STATUS_UNSPECIFIED);
  EXPECT_FALSE(told.procedure().has_office());
  EXPECT_EQ(told.procedure().required_items(0).text(), "the form");
}

}  // namespace
}  // namespace jpkid::rpc
