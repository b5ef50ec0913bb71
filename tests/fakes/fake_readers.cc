#include "tests/fakes/fake_readers.h"

#include <algorithm>
#include <map>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.h"
#include "base/status.h"
#include "base/steady_time.h"

namespace jpkid::fakes {
namespace {

// A test that waits longer has failed.
absl::Time Patience() { return SteadyNow() + absl::Seconds(20); }

}  // namespace

// What the cards, which may outlive the readers, share with them.
class FakeReaders::State {
 public:
  hal::ReaderList List() const {
    const MutexLock lock(mutex_);
    return Listed();
  }

  hal::ReaderList WaitForChange(std::uint64_t version, absl::Time deadline) const {
    const MutexLock lock(mutex_);
    while (version_ == version && changed_.WaitUntil(mutex_, deadline)) {
    }
    return Listed();
  }

  void Change(const std::string& reader, absl::FunctionRef<void(hal::ReaderState&)> change) {
    const MutexLock lock(mutex_);
    hal::ReaderState& state = readers_[reader];
    state.name = reader;
    change(state);
    ++version_;
    changed_.NotifyAll();
  }

  void Unplug(const std::string& reader) {
    const MutexLock lock(mutex_);
    readers_.erase(reader);
    ++version_;
    changed_.NotifyAll();
  }

  absl::StatusOr<std::uint64_t> Open(const std::string& reader) {
    JPKID_RETURN_IF_ERROR(Enter(DriverCall::kOpen, "open"));
    const MutexLock lock(mutex_);
    const auto found = readers_.find(reader);
    if (found == readers_.end()) return Fail(Reason::kReaderUnknown, {{"reader", reader}});
    if (found->second.presence == hal::Presence::kEmpty) {
      return Fail(Reason::kCardAbsent, {{"reader", reader}});
    }
    EXPECT_TRUE(open_.insert(reader).second) << reader << " is opened twice";
    return found->second.insertion;
  }

  absl::Status Use(DriverCall call, const std::string& what, const std::string& reader,
                   std::uint64_t insertion) {
    JPKID_RETURN_IF_ERROR(Enter(call, what));
    const MutexLock lock(mutex_);
    const auto found = readers_.find(reader);
    const bool there = found != readers_.end() && found->second.insertion == insertion &&
                       found->second.presence == hal::Presence::kPresent;
    return there ? absl::OkStatus() : Fail(Reason::kCardRemoved);
  }

  void Close(const std::string& reader) {
    const absl::Status status = Enter(DriverCall::kClose, "close");
    const MutexLock lock(mutex_);
    open_.erase(reader);
  }

  void FailNext(DriverCall call, absl::Status failure) {
    const MutexLock lock(mutex_);
    failures_[call] = std::move(failure);
  }

  void HangNext(DriverCall call) {
    const MutexLock lock(mutex_);
    to_hang_.insert(call);
  }

  void WaitForHang() const {
    const absl::Time patience = Patience();
    const MutexLock lock(mutex_);
    while (hanging_ == 0 && changed_.WaitUntil(mutex_, patience)) {
    }
    EXPECT_GT(hanging_, 0) << "no call hangs";
  }

  void Release() {
    const MutexLock lock(mutex_);
    to_hang_.clear();
    ++releases_;
    changed_.NotifyAll();
  }

  std::vector<std::string> calls() const {
    const MutexLock lock(mutex_);
    return calls_;
  }

  void ExpectCalls(const std::vector<std::string>& expected) const {
    const absl::Time patience = Patience();
    const MutexLock lock(mutex_);
    while (calls_ != expected && changed_.WaitUntil(mutex_, patience)) {
    }
    EXPECT_THAT(calls_, ::testing::ElementsAreArray(expected));
  }

 private:
  absl::Status Enter(DriverCall call, const std::string& what) {
    const MutexLock lock(mutex_);
    calls_.push_back(what);
    changed_.NotifyAll();
    if (to_hang_.erase(call) > 0) {
      ++hanging_;
      const int released = releases_;
      while (releases_ == released) changed_.WaitUntil(mutex_, absl::InfiniteFuture());
      --hanging_;
    }
    const auto failure = failures_.extract(call);
    return failure.empty() ? absl::OkStatus() : failure.mapped();
  }

  hal::ReaderList Listed() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    hal::ReaderList list = {.version = version_, .readers = {}};
    for (const auto& [name, state] : readers_) list.readers.push_back(state);
    return list;
  }

  mutable Mutex mutex_;
  mutable CondVar changed_;
  std::uint64_t version_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<std::string, hal::ReaderState> readers_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> open_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> calls_ ABSL_GUARDED_BY(mutex_);
  std::map<DriverCall, absl::Status> failures_ ABSL_GUARDED_BY(mutex_);
  std::set<DriverCall> to_hang_ ABSL_GUARDED_BY(mutex_);
  int hanging_ ABSL_GUARDED_BY(mutex_) = 0;
  int releases_ ABSL_GUARDED_BY(mutex_) = 0;
};

class FakeReaders::FakeCard final : public hal::Card {
 public:
  FakeCard(std::shared_ptr<State> state, std::string reader, std::uint64_t insertion)
      : state_(std::move(state)), reader_(std::move(reader)), insertion_(insertion) {}
  FakeCard(const FakeCard&) = delete;
  FakeCard& operator=(const FakeCard&) = delete;
  ~FakeCard() override {
    ExpectOwnThread();
    state_->Close(reader_);
  }

  absl::StatusOr<Bytes> TransmitRaw(ByteView apdu) override {
    ExpectOwnThread();
    JPKID_RETURN_IF_ERROR(state_->Use(DriverCall::kTransmit, absl::StrCat("transmit ", ToHex(apdu)),
                                      reader_, insertion_));
    return Bytes{0x90, 0x00};
  }

  std::uint64_t insertion() const override { return insertion_; }

 protected:
  absl::Status CutPower() override {
    ExpectOwnThread();
    return state_->Use(DriverCall::kPowerDown, "power-down", reader_, insertion_);
  }

 private:
  void ExpectOwnThread() const {
    EXPECT_EQ(std::this_thread::get_id(), thread_) << "a card is used by one thread alone";
  }

  const std::shared_ptr<State> state_;
  const std::string reader_;
  const std::uint64_t insertion_;
  const std::thread::id thread_ = std::this_thread::get_id();
};

FakeReaders::FakeReaders() : state_(std::make_shared<State>()) {}
FakeReaders::~FakeReaders() = default;

hal::ReaderList FakeReaders::List() const { return state_->List(); }

hal::ReaderList FakeReaders::WaitForChange(std::uint64_t version, absl::Time deadline) const {
  return state_->WaitForChange(version, deadline);
}

absl::StatusOr<std::unique_ptr<hal::Card>> FakeReaders::Open(absl::string_view reader) {
  const std::string name(reader);
  JPKID_ASSIGN_OR_RETURN(const std::uint64_t insertion, state_->Open(name));
  return std::make_unique<FakeCard>(state_, name, insertion);
}

void FakeReaders::Plug(const std::string& reader) {
  state_->Change(reader, [](hal::ReaderState&) {});
}

void FakeReaders::Unplug(const std::string& reader) { state_->Unplug(reader); }

void FakeReaders::Insert(const std::string& reader, const Bytes& atr) {
  state_->Change(reader, [&atr](hal::ReaderState& state) {
    EXPECT_EQ(state.presence, hal::Presence::kEmpty) << "there is a card already";
    state.presence = hal::Presence::kPresent;
    state.atr = atr;
    ++state.insertion;
  });
}

void FakeReaders::Remove(const std::string& reader) {
  state_->Change(reader, [](hal::ReaderState& state) {
    EXPECT_NE(state.presence, hal::Presence::kEmpty) << "there is no card";
    state.presence = hal::Presence::kEmpty;
  });
}

void FakeReaders::Swap(const std::string& reader) {
  state_->Change(reader, [](hal::ReaderState& state) { ++state.insertion; });
}

void FakeReaders::FailNext(DriverCall call, absl::Status failure) {
  state_->FailNext(call, std::move(failure));
}

void FakeReaders::HangNext(DriverCall call) { state_->HangNext(call); }
void FakeReaders::WaitForHang() const { state_->WaitForHang(); }
void FakeReaders::Release() { state_->Release(); }
std::vector<std::string> FakeReaders::calls() const { return state_->calls(); }

void FakeReaders::ExpectCalls(const std::vector<std::string>& expected) const {
  state_->ExpectCalls(expected);
}

}  // namespace jpkid::fakes
