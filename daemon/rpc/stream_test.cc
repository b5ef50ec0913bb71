#include "daemon/rpc/stream.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/rpc/received.h"
#include "daemon/rpc/test_endpoint.h"
#include "jpki/v1/reader_service.grpc.pb.h"

namespace jpkid::rpc {
namespace {

namespace v1 = jpki::v1;
using ::testing::ElementsAre;

// What there is to tell, and who listens. Thread-safe.
class Story {
 public:
  void Tell(const std::string& text) {
    {
      const MutexLock lock(mutex_);
      texts_.push_back(text);
    }
    WakeAll();
  }

  void End(absl::Status status) {
    {
      const MutexLock lock(mutex_);
      end_ = std::move(status);
    }
    WakeAll();
  }

  std::shared_ptr<void> Listen(Wake wake) {
    const MutexLock lock(mutex_);
    ++listeners_;
    wakes_.push_back(std::move(wake));
    changed_.NotifyAll();
    return std::shared_ptr<void>(nullptr, [this](void*) {
      const MutexLock leave(mutex_);
      --listeners_;
      changed_.NotifyAll();
    });
  }

  Source::Next At(std::size_t place) {
    const MutexLock lock(mutex_);
    if (place < texts_.size()) {
      v1::WatchReadersResponse response;
      response.add_readers()->set_name(texts_[place]);
      ++taken_;
      return ToBuffer(response);
    }
    if (end_.has_value()) return Source::End{*end_};
    return Source::Nothing{};
  }

  void AwaitListeners(int wanted) {
    const absl::Time patience = SteadyNow() + absl::Seconds(20);
    const MutexLock lock(mutex_);
    while (listeners_ != wanted && changed_.WaitUntil(mutex_, patience)) {
    }
    ASSERT_EQ(listeners_, wanted);
  }

  std::size_t taken() {
    const MutexLock lock(mutex_);
    return taken_;
  }

 private:
  void WakeAll() {
    std::vector<Wake> wakes;
    {
      const MutexLock lock(mutex_);
      wakes = wakes_;
    }
    for (const Wake& wake : wakes) wake();
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> texts_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  std::vector<Wake> wakes_ ABSL_GUARDED_BY(mutex_);
  int listeners_ ABSL_GUARDED_BY(mutex_) = 0;
  std::size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
};

class StorySource final : public Source {
 public:
  explicit StorySource(Story& story) : story_(story) {}
  void Start(Wake wake) override { listening_ = story_.Listen(std::move(wake)); }
  Next Take() override {
    Next next = story_.At(place_);
    if (std::holds_alternative<grpc::ByteBuffer>(next)) ++place_;
    return next;
  }

 private:
  Story& story_;
  std::size_t place_ = 0;
  std::shared_ptr<void> listening_;
};

class StreamTest : public testing::Test {
 protected:
  StreamTest() {
    endpoint_.registry().BindWatch<v1::WatchReadersResponse>(
        "jpki.v1.ReaderService.WatchReaders", Where::kStore, *this, &StreamTest::Watch);
    endpoint_.Start();
  }

  absl::StatusOr<std::unique_ptr<Source>> Watch(CallInfo&, const v1::WatchReadersRequest&) {
    return std::make_unique<StorySource>(story_);
  }

  // A client that watches.
  struct Watcher {
    explicit Watcher(const std::shared_ptr<grpc::Channel>& channel)
        : stub(v1::ReaderService::NewStub(channel)),
          reader(stub->WatchReaders(&context, v1::WatchReadersRequest())) {}
    ~Watcher() { context.TryCancel(); }

    // The next text; empty at the end.
    std::string Next() {
      v1::WatchReadersResponse response;
      return reader->Read(&response) ? response.readers(0).name() : "";
    }

    grpc::ClientContext context;
    std::unique_ptr<v1::ReaderService::Stub> stub;
    std::unique_ptr<grpc::ClientReader<v1::WatchReadersResponse>> reader;
  };

  Story story_;
  TestEndpoint endpoint_;
};

TEST_F(StreamTest, WhatWasToldBeforeAndAfterComesInOrderToTheEnd) {
  story_.Tell("a");
  Watcher watcher(endpoint_.Connect());
  EXPECT_EQ(watcher.Next(), "a");
  story_.Tell("b");
  story_.Tell("c");
  EXPECT_EQ(watcher.Next(), "b");
  EXPECT_EQ(watcher.Next(), "c");
  story_.End(absl::OkStatus());
  EXPECT_EQ(watcher.Next(), "");
  EXPECT_TRUE(watcher.reader->Finish().ok());
  story_.AwaitListeners(0);
}

TEST_F(StreamTest, AFailureEndsTheStreamWithItsReason) {
  story_.End(Fail(Reason::kStoreUnavailable, {{"detail", "disk full"}}));
  Watcher watcher(endpoint_.Connect());
  EXPECT_EQ(watcher.Next(), "");
  EXPECT_EQ(watcher.reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(StreamTest, WhenTheClientGoesItsSourceGoes) {
  Watcher watcher(endpoint_.Connect());
  story_.AwaitListeners(1);
  watcher.context.TryCancel();
  story_.AwaitListeners(0);
  story_.Tell("nobody hears");
}

// A client that does not read fills its window of flow control; then one message waits, and all
// others stay where they are.
TEST_F(StreamTest, ASlowClientHoldsOnlyItselfUp) {
  Watcher slow(endpoint_.Connect());
  Watcher quick(endpoint_.Connect());
  story_.AwaitListeners(2);
  constexpr int kTexts = 200;
  const std::string large(64 * 1024, 'x');
  for (int i = 0; i < kTexts; ++i) story_.Tell(absl::StrCat(i, large));

  for (int i = 0; i < kTexts; ++i) ASSERT_EQ(quick.Next(), absl::StrCat(i, large));
  // 12.5 MiB: far more than sockets and windows hold.
  EXPECT_LT(story_.taken(), static_cast<std::size_t>(2 * kTexts));
  for (int i = 0; i < kTexts; ++i) ASSERT_EQ(slow.Next(), absl::StrCat(i, large));
  EXPECT_EQ(story_.taken(), static_cast<std::size_t>(2 * kTexts));
}

TEST_F(StreamTest, AThousandWatchersHearEverything) {
  constexpr int kWatchers = 1000;
  const auto channel = endpoint_.Connect();
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < kWatchers; ++i) watchers.push_back(std::make_unique<Watcher>(channel));
  story_.AwaitListeners(kWatchers);
  story_.Tell("a");
  story_.Tell("b");
  story_.End(absl::OkStatus());
  for (const auto& watcher : watchers) {
    EXPECT_EQ(watcher->Next(), "a");
    EXPECT_EQ(watcher->Next(), "b");
    EXPECT_EQ(watcher->Next(), "");
  }
}

TEST_F(StreamTest, WhenTheDaemonStopsStreamsEndWithWordOfIt) {
  Watcher early(endpoint_.Connect());
  story_.AwaitListeners(1);
  endpoint_.loop().Post([this] { endpoint_.streams().EndAll(Fail(Reason::kShuttingDown)); });
  Watcher late(endpoint_.Connect());
  for (Watcher* watcher : {&early, &late}) {
    EXPECT_EQ(watcher->Next(), "");
    const grpc::Status status = watcher->reader->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(status.error_message(),
              "The daemon is stopping. Operations under way go on at its next start.");
  }
}

}  // namespace
}  // namespace jpkid::rpc
