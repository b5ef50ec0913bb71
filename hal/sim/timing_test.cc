#include "hal/sim/timing.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace jpkid::hal::sim {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kHost = 500'000;

// SELECT of an application: 15 octets there, 2 back. Frames of 15+3 and 2+3 octets are 23 + 180 and
// 23 + 50 etu; the turns are 144/fs and 10 etu + 32/fs, that is 18 + 14 etu: 308 etu in all.
TEST(LinkModelTest, TypeBOneBlockEachWay) {
  EXPECT_EQ(LinkModel::TypeB().WireNs(15, 2), 308LL * 128 * 25'000 / 339);
  EXPECT_EQ(LinkModel::TypeB().WireNs(15, 2), 2'907'374);
}

// Twice the bit rate halves the etu; what is counted in fs stays.
TEST(LinkModelTest, TypeBFaster) {
  EXPECT_EQ(LinkModel::TypeB(2).WireNs(15, 2), (286LL * 64 + 144 * 16 + 32 * 16) * 25'000 / 339);
}

// Le 251 fits one block with its status word; Le 256 costs an empty frame, a header and two turns.
TEST(LinkModelTest, TypeBSecondBlock) {
  const LinkModel model = LinkModel::TypeB();
  const std::int64_t one = model.WireNs(5, 253);
  const std::int64_t two = model.WireNs(5, 254);
  const std::int64_t extra_etu = 10 + 2 * (23 + 30) + 32;
  const std::int64_t extra_ns = extra_etu * 128 * 25'000 / 339;
  EXPECT_LE(std::abs(two - one - extra_ns), 1);  // Each is rounded down by itself.
}

// Both sides chained: 300 octets are two blocks, 600 are three: 4 pairs of blocks.
TEST(LinkModelTest, TypeBChainsBothWays) {
  const std::int64_t etu = 900 * 10 + 2 * 4 * 53 + 4 * 32;
  EXPECT_EQ(LinkModel::TypeB().WireNs(300, 600), etu * 128 * 25'000 / 339);
}

// block(n) = 11·(n + 4) etu and 22 etu a turn; 252 octets of data and a status word are one block.
TEST(LinkModelTest, T1Contact) {
  const LinkModel model = LinkModel::T1Contact();
  EXPECT_EQ(model.WireNs(5, 254), (11LL * 9 + 11 * 258 + 44) * 1'000'000'000 / 9'600);
  EXPECT_EQ(model.WireNs(5, 255), (11LL * 9 + 11 * 263 + 11 * 4 + 88) * 1'000'000'000 / 9'600);
}

TEST(LinkModelTest, NoAnswerCostsTheCommandAlone) {
  EXPECT_EQ(LinkModel::TypeB().WireNs(5, 0), (23LL + 80 + 32) * 128 * 25'000 / 339);
}

TEST(LinkModelTest, AddsTheWorkOfTheCardAndTheHost) {
  const LinkModel model = LinkModel::TypeB();
  const auto work = [&model](Bytes command, KeyAlgorithm algorithm) {
    return model.ExchangeNs(command, 2, algorithm) - model.WireNs(command.size(), 2) - kHost;
  };
  EXPECT_EQ(work({0x00, 0xA4, 0x04, 0x0C}, RSA_2048), 6 * kMs);
  EXPECT_EQ(work({0x00, 0xB0, 0x00, 0x00}, RSA_2048), 3 * kMs);
  EXPECT_EQ(work({0x00, 0x20, 0x00, 0x80}, RSA_2048), 20 * kMs);
  EXPECT_EQ(work({0x80, 0x2A, 0x00, 0x80}, RSA_2048), 300 * kMs);
  EXPECT_EQ(work({0x84, 0x47, 0x00, 0x00}, RSA_2048), 8'000 * kMs);
  EXPECT_EQ(work({0x84, 0x47, 0x00, 0x00}, EC_P384), 300 * kMs);
  EXPECT_EQ(work({0x00}, RSA_2048), 3 * kMs);
}

TEST(CardTimeTest, Adds) {
  CardTime time;
  time.Add(5, 258, 10);
  time.Add(15, 2, 20);
  EXPECT_EQ(time,
            (CardTime{.commands = 2, .octets_to_card = 20, .octets_from_card = 260, .ns = 30}));
}

}  // namespace
}  // namespace jpkid::hal::sim
