#include "daemon/store/page_token.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::store {
namespace {

TEST(PageToken, WhatIsGivenIsUnderstood) {
  const Place place =
      ParsePageToken(PageToken({.time_us = 1'750'000'000'000'000, .id = "a.b"})).value();
  EXPECT_EQ(place.time_us, 1'750'000'000'000'000);
  EXPECT_EQ(place.id, "a.b");
}

TEST(PageToken, AnEmptyOneIsBeforeEverything) {
  const Place place = ParsePageToken("").value();
  EXPECT_EQ(place.time_us, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(place.id, "");
}

TEST(PageToken, AnotherTextIsRefused) {
  for (const char* text : {"x", "12", "12.", ".id", "12x.id", "99999999999999999999.id"}) {
    EXPECT_TRUE(FailedFor(ParsePageToken(text).status(), Reason::kArgumentInvalid)) << text;
  }
}

}  // namespace
}  // namespace jpkid::store
