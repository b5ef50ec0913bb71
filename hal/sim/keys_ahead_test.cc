#include "hal/sim/keys_ahead.h"

#include <set>

#include <gtest/gtest.h>

namespace jpkid::hal::sim {
namespace {

TEST(KeysAhead, EachKeyIsGivenOutOnce) {
  KeysAhead keys;
  std::set<Bytes> seen;
  for (int i = 0; i < 4; ++i) {
    const absl::StatusOr<PrivateKey> key = keys.NewKey(RSA_2048);
    ASSERT_TRUE(key.ok());
    EXPECT_TRUE(seen.insert(key->PublicKeyInfo().value()).second);
  }
  EXPECT_TRUE(keys.NewKey(EC_P384).ok());
}

}  // namespace
}  // namespace jpkid::hal::sim
