#include "daemon/rules/municipalities.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::rules {
namespace {

class InDirectory : public ::testing::Test {
 public:
  InDirectory() { std::filesystem::create_directories(directory_); }
  ~InDirectory() override { std::filesystem::remove_all(directory_); }

 protected:
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(std::filesystem::path(directory_) / name) << text;
  }

  const std::string directory_ =
      ::testing::TempDir() + "jpkid-municipalities-" + std::to_string(getpid());
};

TEST(Municipalities, TheBuiltInFilesAreRight) {
  const auto all = Municipalities::Load("");
  ASSERT_TRUE(all.ok()) << all.status();
  std::vector<std::string> ids;
  for (const auto& [id, municipality] : all->all()) ids.push_back(id);
  EXPECT_THAT(
      ids, ::testing::ElementsAre("ome", "sakuragawa", "sanda", "togo", "toyohashi", "training"));
}

TEST(Municipalities, SandaAsItsPageSays) {
  const auto all = Municipalities::Load("");
  ASSERT_TRUE(all.ok()) << all.status();
  const Municipality& sanda = **all->Find("sanda");
  EXPECT_EQ(sanda.id(), "sanda");
  EXPECT_EQ(sanda.name(Language::kEnglish), "Sanda City");
  EXPECT_EQ(sanda.name(Language::kJapanese), "三田市");
  EXPECT_EQ(sanda.romaji_prefecture(), "Hyogo-ken");
  EXPECT_EQ(sanda.romaji_municipality(), "Sanda-shi");
  EXPECT_EQ(sanda.leap(), LeapDayBirthday::kFeb28);
  EXPECT_EQ(sanda.office().telephone, "079-559-5044");
  EXPECT_EQ(sanda.office().fax, "079-563-2101");
  EXPECT_EQ(sanda.office().address.japanese, "〒669-1595 三田市三輪2丁目1番1号");
}

TEST(Municipalities, AnUnknownOneTellsTheKnown) {
  const auto all = Municipalities::Load("");
  ASSERT_TRUE(all.ok()) << all.status();
  const absl::Status status = all->Find("edo").status();
  EXPECT_TRUE(FailedFor(status, Reason::kMunicipalityUnknown));
  EXPECT_EQ(FailureOf(status).metadata,
            (ReasonMetadata{{"municipality", "edo"},
                            {"known", "ome, sakuragawa, sanda, togo, toyohashi, training"}}));
}

TEST_F(InDirectory, AFileThereTakesThePlaceOfTheBuiltInOne) {
  Write("holidays.textproto", R"pb(
    first_year: 2030
    last_year: 2030
    holiday { date: "2030-01-01" english: "New Year's Day" japanese: "元日" }
  )pb");
  const auto all = Municipalities::Load(directory_);
  ASSERT_TRUE(all.ok()) << all.status();
  const Holidays& holidays = (*all->Find("sanda"))->holidays();
  EXPECT_EQ(holidays.last(), absl::CivilDay(2030, 12, 31));
  EXPECT_TRUE(
      FailedFor(holidays.On(absl::CivilDay(2029, 12, 31)).status(), Reason::kHolidaysUnknown));
}

TEST_F(InDirectory, AWrongFileIsNamedWithLineAndColumn) {
  Write("edo.textproto", "id: \"edo\"\nname { english: 3 }\n");
  const absl::Status status = Municipalities::Load(directory_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), directory_ + "/edo.textproto:2:17: Expected string, got: 3.");
}

TEST(Municipalities, ADirectoryThatIsNotThereIsAnError) {
  EXPECT_EQ(Municipalities::Load("/no/such/directory").status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace jpkid::rules
