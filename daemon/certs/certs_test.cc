#include "daemon/certs/certs.h"

#include <set>

#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::certs {
namespace {

TEST(Certs, EveryKindHasItsOwnRowAndNumbers) {
  std::set<int> files;
  for (const Kind kind : kAllKinds) {
    const KindRow& row = Row(kind);
    EXPECT_EQ(row.kind, kind);
    files.insert({row.certificate_file, row.ca_certificate_file, row.key_file, row.pin_file});
    EXPECT_EQ(row.key_reference, row.key_file);
  }
  EXPECT_EQ(files, (std::set<int>{0x01, 0x02, 0x0A, 0x0B, 0x17, 0x18, 0x1A, 0x1B}));
}

TEST(Certs, AuthIsMadeFirst) { EXPECT_EQ(kAllKinds[0], Kind::kAuth); }

TEST(Certs, NamesAreReadBack) {
  for (const Kind kind : kAllKinds) EXPECT_EQ(ParseKind(Name(kind)).value(), kind);
  EXPECT_TRUE(FailedFor(ParseKind("Auth").status(), Reason::kArgumentInvalid));
  EXPECT_TRUE(FailedFor(ParseKind("").status(), Reason::kArgumentInvalid));
}

TEST(Certs, EveryProfileIsFoundByName) {
  for (const CardProfile& profile : CardProfiles()) {
    EXPECT_EQ(ParseCardProfile(profile.name).value().name, profile.name);
    EXPECT_EQ(Row(profile.algorithm).algorithm, profile.algorithm);
    EXPECT_EQ(ProfileOfCard(profile.name).name, profile.name);
    EXPECT_LE(profile.name.size(), 16u);  // A token's model has no room for more.
  }
  EXPECT_EQ(ProfileOfCard("").name, CardProfiles().front().name);
  EXPECT_EQ(ProfileOfCard("p-521").name, CardProfiles().front().name);
  EXPECT_TRUE(FailedFor(ParseCardProfile("p-521").status(), Reason::kArgumentInvalid));
}

TEST(Certs, ValidityEndsWithTheDayInTokyo) {
  EXPECT_EQ(absl::FormatTime(EndOfValidity(absl::CivilDay(2030, 2, 17)), absl::UTCTimeZone()),
            "2030-02-17T14:59:59+00:00");
  EXPECT_EQ(absl::FormatTime(EndOfValidity(absl::CivilDay(2028, 2, 29)), absl::UTCTimeZone()),
            "2028-02-29T14:59:59+00:00");
}

TEST(Certs, PinsOfAProfileAreThoseOfTheKind) {
  const CardProfile& today = CardProfiles()[0];
  EXPECT_EQ(today.pin(Kind::kAuth).longest, 4u);
  EXPECT_EQ(today.pin(Kind::kAuth).alphabet, PinAlphabet::kDigits);
  EXPECT_EQ(today.pin(Kind::kSignature).shortest, 6u);
  EXPECT_EQ(today.pin(Kind::kSignature).longest, 16u);
}

}  // namespace
}  // namespace jpkid::certs
