#include "hal/trace/recording.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include "base/file.h"

namespace jpkid::hal::trace {
namespace {

class Recording : public testing::Test {
 protected:
  ~Recording() override { unlink(path_.c_str()); }

  auto Read(absl::string_view text) {
    EXPECT_TRUE(ReplaceFile(path_, AsBytes(text), 0600).ok());
    return ReadRecording(path_);
  }
  // The complaint, without the file's path.
  std::string Complaint(absl::string_view text) {
    const absl::Status status = Read(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    return std::string(status.message().substr(path_.size()));
  }

  const std::string path_ = testing::TempDir() + "recording." + std::to_string(getpid());
};

TEST_F(Recording, StepsByReaderWithWhatWasMaskedAsZeros) {
  const auto recording = Read(
      "{\"number\":\"1\",\"instruction\":\"POWER UP\",\"reader\":\"A\",\"atr\":\"3B00\"}\n"
      "\n"
      "{\"number\":\"2\",\"instruction\":\"READ BINARY\",\"header\":\"00B08100\",\"le\":6,"
      "\"answer_octets\":6,\"sw\":\"9000\",\"answer\":\"308205B0\",\"reader\":\"A\"}\n"
      "{\"number\":\"3\",\"instruction\":\"VERIFY\",\"header\":\"00200080\",\"end\":\"CARD_"
      "GONE\"}");
  ASSERT_TRUE(recording.ok()) << recording.status();
  ASSERT_EQ(recording->size(), 2U);
  const std::vector<Step>& a = recording->at("A");
  ASSERT_EQ(a.size(), 2U);
  EXPECT_TRUE(a[0].powers_up());
  EXPECT_EQ(a[1].line, 3);
  EXPECT_EQ(ToHex(a[1].answer), "308205B000009000");
  const std::vector<Step>& unnamed = recording->at("Replayed Reader");
  ASSERT_EQ(unnamed.size(), 1U);
  EXPECT_EQ(unnamed[0].record.end(), CARD_GONE);
  EXPECT_TRUE(unnamed[0].answer.empty());
}

TEST_F(Recording, SaysInWhichLineItIsNone) {
  EXPECT_EQ(Complaint(""), ": nothing was recorded");
  EXPECT_EQ(Complaint("{\"header\":\"00200080\"}"), ":1: no instruction");
  EXPECT_EQ(Complaint("{\"instruction\":\"VERIFY\",\"sw\":\"9000\"}\n"
                      "{\"instruction\":\"VERIFY\",\"sw\":\"90\"}"),
            ":2: sw is no status word");
  EXPECT_EQ(Complaint("{\"instruction\":\"SELECT\",\"answer\":\"AABB\",\"answer_octets\":1,"
                      "\"sw\":\"9000\"}"),
            ":1: answer_octets does not fit the answer");
  EXPECT_EQ(Complaint("{\"instruction\":\"SELECT\",\"answer_octets\":65537,\"sw\":\"9000\"}"),
            ":1: answer_octets does not fit the answer");
  EXPECT_EQ(Complaint("card.bin").substr(0, 4), ":1: ");
  EXPECT_EQ(Complaint("{\"instruction\":\"POWER UP\",\"atr\":\"3\"}").substr(0, 4), ":1: ");
}

TEST_F(Recording, NotThere) {
  EXPECT_EQ(ReadRecording(path_ + "x").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace jpkid::hal::trace
