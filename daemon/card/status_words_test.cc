#include "daemon/card/status_words.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::card {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

TEST(StatusWords, EveryOneASurveyedCardGivesHasARow) {
  for (const int sw :
       {0x6281, 0x6283, 0x6300, 0x63C0, 0x63C5, 0x63CF, 0x6381, 0x6400, 0x6581, 0x6700, 0x6881,
        0x6882, 0x6981, 0x6982, 0x6983, 0x6984, 0x6985, 0x6986, 0x6987, 0x6988, 0x6A80, 0x6A81,
        0x6A82, 0x6A83, 0x6A84, 0x6A85, 0x6A86, 0x6A87, 0x6A88, 0x6B00, 0x6D00, 0x6E00, 0x6F00}) {
    const absl::Status failure = StatusWordFailure(static_cast<hal::StatusWord>(sw), "READ BINARY");
    EXPECT_FALSE(failure.ok());
    EXPECT_NE(FailureOf(failure).metadata.at("detail"), "unknown") << std::hex << sw;
  }
}

TEST(StatusWords, TellTheReason) {
  const std::map<hal::StatusWord, Reason> expected = {
      {0x63C2, Reason::kPinWrong},
      {0x63C0, Reason::kPinBlocked},
      {0x6983, Reason::kPinBlocked},
      {0x6984, Reason::kPinBlocked},
      {0x6982, Reason::kPinNotVerified},
      {0x6882, Reason::kSecureChannelBroken},
      {0x6988, Reason::kSecureChannelBroken},
      {0x6A82, Reason::kCardStatus},
      {0x6581, Reason::kCardStatus},
  };
  for (const auto& [sw, reason] : expected) {
    EXPECT_EQ(FailureOf(StatusWordFailure(sw, "VERIFY")).reason, reason) << std::hex << sw;
  }
}

TEST(StatusWords, TriesLeftAreTold) {
  EXPECT_THAT(FailureOf(StatusWordFailure(0x63C2, "VERIFY")).metadata,
              UnorderedElementsAre(Pair("command", "VERIFY"), Pair("sw", "63C2"),
                                   Pair("tries_left", "2"), Pair("detail", "verification failed")));
}

TEST(StatusWords, UnknownIsAnError) {
  for (const int sw : {0x0000, 0x9001, 0x6A99, 0x61FF, 0xFFFF}) {
    const Failure failure =
        FailureOf(StatusWordFailure(static_cast<hal::StatusWord>(sw), "VERIFY"));
    EXPECT_EQ(failure.reason, Reason::kCardStatus);
    EXPECT_EQ(failure.metadata.at("detail"), "unknown");
  }
}

}  // namespace
}  // namespace jpkid::card
