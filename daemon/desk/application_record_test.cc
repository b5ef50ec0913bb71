#include "daemon/desk/application_record.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::desk {
namespace {

// Every field with a value of its own.
rules::Application Full() {
  return {.procedure = rules::Procedure::kRenew,
          .kinds = {certs::Kind::kAuth, certs::Kind::kSignature},
          .applicant = rules::Applicant::kLegalRepresentative,
          .window = "citizens-division/7",
          .birth_date = absl::CivilDay(1980, 2, 29),
          .card_profile = "p-384",
          .card_expiry = absl::CivilDay(2031, 2, 28),
          .auth_expiry = absl::CivilDay(2026, 1, 2),
          .signature_expiry = absl::CivilDay(2026, 3, 4),
          .holds_signature = true,
          .revoked_kinds = {certs::Kind::kSignature},
          .residence_status = rules::ResidenceStatus::kMidToLongTerm,
          .stay_until = absl::CivilDay(2027, 5, 6),
          .first_issue = true,
          .has_notice_form = true,
          .pinless_card = true,
          .reset_pins = {certs::Kind::kAuth},
          .adult_ward = true,
          .same_household = true,
          .has_appointment = true,
          .not_registered = true};
}

TEST(ApplicationRecord, WhatIsWrittenIsRead) {
  const store::CaseApplication record = ToRecord(Full());
  EXPECT_EQ(record.person().birth_date(), "1980-02-29");
  EXPECT_EQ(record.person().residence_status(), "mid-to-long-term");
  EXPECT_EQ(record.card_expiry(), "2031-02-28");
  // All fields are set, so that none is lost unseen; and read back they write the same.
  EXPECT_EQ(record.GetDescriptor()->field_count(), 18);
  EXPECT_EQ(ToRecord(FromRecord(record).value()).SerializeAsString(), record.SerializeAsString());
  const rules::Application read = FromRecord(record).value();
  EXPECT_EQ(read.stay_until, absl::CivilDay(2027, 5, 6));
  EXPECT_EQ(read.kinds, Full().kinds);
  EXPECT_TRUE(read.adult_ward && read.same_household && read.has_appointment &&
              read.not_registered && read.holds_signature && read.first_issue &&
              read.has_notice_form && read.pinless_card);
}

TEST(ApplicationRecord, WhatIsAbsentStaysAbsent) {
  rules::Application application = Full();
  application.auth_expiry.reset();
  application.stay_until.reset();
  const rules::Application read = FromRecord(ToRecord(application)).value();
  EXPECT_FALSE(read.auth_expiry.has_value());
  EXPECT_FALSE(read.stay_until.has_value());
}

TEST(ApplicationRecord, WhatDoesNotReadIsRefused) {
  store::CaseApplication no_person = ToRecord(Full());
  no_person.clear_person();
  EXPECT_TRUE(FailedFor(FromRecord(no_person).status(), Reason::kArgumentInvalid));
  store::CaseApplication no_date = ToRecord(Full());
  no_date.set_auth_expiry("2026-02-30");
  EXPECT_TRUE(FailedFor(FromRecord(no_date).status(), Reason::kArgumentInvalid));
  store::CaseApplication no_word = ToRecord(Full());
  no_word.set_applicant("neighbour");
  EXPECT_TRUE(FailedFor(FromRecord(no_word).status(), Reason::kArgumentInvalid));
}

}  // namespace
}  // namespace jpkid::desk
