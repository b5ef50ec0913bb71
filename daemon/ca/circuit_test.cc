#include "daemon/ca/circuit.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::ca {
namespace {

class CircuitTest : public testing::Test {
 protected:
  void BeSilent(int times) {
    for (int i = 0; i < times; ++i) {
      ASSERT_EQ(circuit_.Admit(), absl::OkStatus());
      circuit_.Silent();
    }
  }

  ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  CircuitBreaker circuit_{clock_};
};

TEST_F(CircuitTest, OpensAfterThreeSilentMessagesInARow) {
  BeSilent(2);
  circuit_.Answered();
  BeSilent(2);
  EXPECT_EQ(circuit_.state(), Circuit::kClosed);
  BeSilent(1);
  EXPECT_EQ(circuit_.state(), Circuit::kOpen);
  EXPECT_TRUE(FailedFor(circuit_.Admit(), Reason::kCaUnavailable));
}

TEST_F(CircuitTest, OneMessageTriesAfterThePauseAndClosesIt) {
  BeSilent(3);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(circuit_.state(), Circuit::kHalfOpen);
  EXPECT_EQ(circuit_.Admit(), absl::OkStatus());
  EXPECT_TRUE(FailedFor(circuit_.Admit(), Reason::kCaUnavailable)) << "two tried at once";
  circuit_.Answered();
  EXPECT_EQ(circuit_.state(), Circuit::kClosed);
  EXPECT_EQ(circuit_.Admit(), absl::OkStatus());
}

TEST_F(CircuitTest, PausesGrowToAMinuteAndNoFurther) {
  BeSilent(3);
  for (int i = 0; i < 10; ++i) {
    clock_.Advance(absl::Minutes(1));
    BeSilent(1);
  }
  clock_.Advance(absl::Seconds(29));
  EXPECT_EQ(circuit_.state(), Circuit::kOpen) << "the pause is half a minute at least";
  clock_.Advance(absl::Seconds(31));
  EXPECT_EQ(circuit_.state(), Circuit::kHalfOpen);
}

TEST_F(CircuitTest, AClockThatIsSetBackDoesNotKeepItOpen) {
  BeSilent(3);
  EXPECT_EQ(circuit_.state(), Circuit::kOpen);
  clock_.Advance(-absl::Hours(20));
  EXPECT_EQ(circuit_.state(), Circuit::kHalfOpen);
  EXPECT_EQ(circuit_.Admit(), absl::OkStatus());
}

}  // namespace
}  // namespace jpkid::ca
