#include "daemon/session/alarms.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/steady_time.h"
#include "daemon/session/turn_lengths.h"

namespace jpkid::session {
namespace {

TEST(Alarms, RingInOrderUnlessTakenBack) {
  const std::shared_ptr<Alarms> alarms = Alarms::Start();
  Mutex mutex;
  CondVar changed;
  std::vector<int> rung;
  const auto ring = [&](int which) {
    return [&, which] {
      const MutexLock lock(mutex);
      rung.push_back(which);
      changed.NotifyAll();
    };
  };
  const absl::Time now = SteadyNow();
  const auto third = alarms->Set(now + absl::Milliseconds(600), ring(3));
  const auto first = alarms->Set(now + absl::Milliseconds(300), ring(1));
  auto never = alarms->Set(now + absl::Milliseconds(400), ring(2));
  never = nullptr;
  {
    const MutexLock lock(mutex);
    while (rung.size() < 2 && changed.WaitUntil(mutex, now + absl::Seconds(20))) {
    }
    EXPECT_THAT(rung, ::testing::ElementsAre(1, 3));
  }
  EXPECT_GE(SteadyNow(), now + absl::Milliseconds(600));
  alarms->Stop();
}

TEST(TurnLengths, ARunningMean) {
  TurnLengths lengths;
  EXPECT_EQ(lengths.Wait(1, absl::ZeroDuration()), std::nullopt);
  lengths.Add(absl::Milliseconds(80));
  EXPECT_EQ(lengths.Wait(0, absl::ZeroDuration()), absl::ZeroDuration());
  EXPECT_EQ(lengths.Wait(1, absl::Milliseconds(30)), absl::Milliseconds(50));
  EXPECT_EQ(lengths.Wait(3, absl::Milliseconds(100)), absl::Milliseconds(160));
  lengths.Add(absl::Milliseconds(160));
  EXPECT_EQ(lengths.Wait(1, absl::ZeroDuration()), absl::Milliseconds(90));
}

}  // namespace
}  // namespace jpkid::session
