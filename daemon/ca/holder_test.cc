#include "daemon/ca/holder.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::ca {
namespace {

TEST(BirthDate, CarriesTheEraOfTheDay) {
  EXPECT_EQ(BirthDateText(absl::CivilDay(2019, 5, 1)), "520190501");
  EXPECT_EQ(BirthDateText(absl::CivilDay(2019, 4, 30)), "420190430");
  EXPECT_EQ(BirthDateText(absl::CivilDay(1989, 1, 8)), "419890108");
  EXPECT_EQ(BirthDateText(absl::CivilDay(1989, 1, 7)), "319890107");
  EXPECT_EQ(BirthDateText(absl::CivilDay(1926, 12, 25)), "319261225");
  EXPECT_EQ(BirthDateText(absl::CivilDay(1926, 12, 24)), "219261224");
  EXPECT_EQ(BirthDateText(absl::CivilDay(1912, 7, 30)), "219120730");
  EXPECT_EQ(BirthDateText(absl::CivilDay(1912, 7, 29)), "119120729");
  EXPECT_EQ(BirthDateText(absl::CivilDay(1868, 1, 25)), "118680125");
  EXPECT_EQ(BirthDateText(absl::CivilDay(1868, 1, 24)), "018680124");
}

Holder Hanako() {
  return {.name = "電子花子",
          .address = "兵庫県三田市三輪2-1-1",
          .sex = Sex::kFemale,
          .birth_date = absl::CivilDay(1980, 2, 17)};
}

TEST(CheckHolder, TakesWhatTheRegisterHolds) {
  EXPECT_EQ(CheckHolder(Hanako()), absl::OkStatus());
  Holder flagged = Hanako();
  flagged.substituted_name = "0100";
  EXPECT_EQ(CheckHolder(flagged), absl::OkStatus());
  Holder rare = Hanako();
  rare.name = "\xF0\xA0\xAE\xB7\xE9\x87\x8E";  // 𠮷野: four octets in one character.
  rare.substituted_name = "10";
  EXPECT_EQ(CheckHolder(rare), absl::OkStatus());
}

TEST(CheckHolder, RefusesAndNamesTheFieldButNotItsValue) {
  const auto refused = [](auto change, absl::string_view field) {
    Holder holder = Hanako();
    change(holder);
    const absl::Status status = CheckHolder(holder);
    return status.code() == absl::StatusCode::kInvalidArgument &&
           status.message().find(field) == 0 &&
           status.message().find("子") == absl::string_view::npos;
  };
  EXPECT_TRUE(refused([](Holder& h) { h.name.clear(); }, "name"));
  EXPECT_TRUE(refused([](Holder& h) { h.name += '\n'; }, "name"));
  EXPECT_TRUE(refused([](Holder& h) { h.name += "\xC2\x85"; }, "name"));
  EXPECT_TRUE(refused([](Holder& h) { h.name += "\xE9\x9B"; }, "name"));
  EXPECT_TRUE(refused([](Holder& h) { h.name += "\xC0\xAF"; }, "name"));
  EXPECT_TRUE(refused([](Holder& h) { h.name += "\xED\xA0\x80"; }, "name"));
  EXPECT_TRUE(refused([](Holder& h) { h.name += "\xF8\x88\x80\x80\x80"; }, "name"));
  EXPECT_TRUE(refused([](Holder& h) { h.name = std::string(201, 'x'); }, "name"));
  EXPECT_TRUE(refused([](Holder& h) { h.address = std::string(9000, 'x'); }, "address"));
  EXPECT_TRUE(refused([](Holder& h) { h.substituted_name = "01"; }, "name"));
  EXPECT_TRUE(refused([](Holder& h) { h.substituted_name = "01x0"; }, "name"));
  EXPECT_TRUE(refused([](Holder& h) { h.substituted_address = "1"; }, "address"));
  EXPECT_TRUE(refused([](Holder& h) { h.birth_date = absl::CivilDay(-5, 1, 1); }, "birth date"));
}

}  // namespace
}  // namespace jpkid::ca
