#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/steady_time.h"
#include "daemon/session/session_fixture.h"

namespace jpkid::session {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

class Listing : public SessionFixture {
 protected:
  // Waits for a list that shows this many readers, each change once.
  ReaderStatusList Await(std::size_t readers) {
    const absl::Time patience = Patience();
    ReaderStatusList list = sessions_->List();
    while (list.readers.size() != readers && SteadyNow() < patience) {
      list = sessions_->WaitForChange(list.version, patience);
    }
    EXPECT_EQ(list.readers.size(), readers);
    return list;
  }
};

TEST_F(Listing, ReadersByAliasWithWhatIsOnThem) {
  options_.aliases = {{.alias = "window-1", .driver_name = "Fake ?1"}};
  readers_->Plug("Fake 01");
  readers_->Insert("Fake 01");
  Start();
  const ReaderStatusList list = sessions_->List();
  EXPECT_THAT(list.readers, ElementsAre(Field(&ReaderStatus::alias, kReader),
                                        Field(&ReaderStatus::alias, "window-1")));
  EXPECT_EQ(list.readers[0].hardware.presence, hal::Presence::kEmpty);
  EXPECT_EQ(list.readers[1].hardware.presence, hal::Presence::kPresent);
  EXPECT_EQ(list.readers[1].hardware.name, "Fake 01");
  EXPECT_EQ(list.readers[1].hardware.insertion, 1);
}

TEST_F(Listing, ChangesOfHardwareEndTheWait) {
  Start();
  readers_->Plug("Fake 01");
  Await(2);
  readers_->Unplug("Fake 01");
  Await(1);
}

TEST_F(Listing, HolderAndWaitersAreShown) {
  Start();
  const absl::Time before = SteadyNow();
  std::unique_ptr<Lease> lease = Take("operations/7f3a");
  EXPECT_EQ(Status().holder, "operations/7f3a");
  EXPECT_GE(Status().held_since, before);
  const ReaderStatusList held = sessions_->List();
  lease.reset();
  EXPECT_EQ(sessions_->WaitForChange(held.version, Patience()).readers[0].holder, "");
}

TEST_F(Listing, AWaitEndsAtItsDeadlineOrAtTheEnd) {
  Start();
  Take("a");
  const std::uint64_t now = sessions_->List().version + 1000;
  EXPECT_LT(sessions_->WaitForChange(now, absl::InfinitePast()).version, now);
  sessions_->Stop();
  const std::uint64_t last = sessions_->List().version;
  EXPECT_GE(sessions_->WaitForChange(last, Patience()).version, last);
}

TEST_F(Listing, ListenersAreToldUntilTheirGuardGoes) {
  Start();
  int told = 0;
  std::shared_ptr<void> guard = sessions_->OnChange([&told] { ++told; });
  Take("a");
  guard.reset();
  const int until_then = told;
  EXPECT_GE(until_then, 2);  // Taken and given back.
  Take("a");
  EXPECT_EQ(told, until_then);
}

TEST_F(Listing, NeverWaitsForADriver) {
  readers_->Insert(kDriverName);
  Start();
  readers_->HangNext(fakes::DriverCall::kOpen);
  Client client(*sessions_, RequestOf("a"));
  const std::unique_ptr<Lease> lease = client.TakeLease();
  std::thread user([&lease] {
    EXPECT_EQ(lease->Run(Patience(), [](hal::Card&) { return absl::OkStatus(); }),
              absl::OkStatus());
  });
  readers_->WaitForHang();
  EXPECT_EQ(Status().holder, "a");
  readers_->Release();
  user.join();
}

}  // namespace
}  // namespace jpkid::session
