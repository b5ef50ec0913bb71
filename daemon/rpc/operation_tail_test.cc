#include "daemon/rpc/operation_tail.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/rpc/received.h"
#include "daemon/rpc/test_endpoint.h"
#include "jpki/v1/operation_service.pb.h"

namespace jpkid::rpc {
namespace {

namespace v1 = jpki::v1;
using events::Event;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Word that there may be more.
class Bell {
 public:
  Wake wake() {
    return [this] {
      const MutexLock lock(mutex_);
      ++rung_;
      changed_.NotifyAll();
    };
  }
  // Waits until it has rung since the last time.
  void Await() {
    const absl::Time patience = SteadyNow() + absl::Seconds(20);
    const MutexLock lock(mutex_);
    while (rung_ == heard_ && changed_.WaitUntil(mutex_, patience)) {
    }
    ASSERT_NE(rung_, heard_);
    heard_ = rung_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int rung_ ABSL_GUARDED_BY(mutex_) = 0;
  int heard_ ABSL_GUARDED_BY(mutex_) = 0;
};

class OperationTailTest : public testing::Test {
 protected:
  OperationTailTest() {
    record_.set_id("op");
    record_.set_creator("test:clerk");
    record_.set_request_id("r-1");
    record_.set_reader("a");
    record_.set_state(store::OperationRecord::RUNNING);
    epoch_ = store_->Create(record_, {NewEvent(Event::QUEUED)}, std::nullopt).value().epoch;
  }

  Event NewEvent(Event::Type type) {
    Event event;
    event.set_sequence(++sequence_);
    event.set_type(type);
    return event;
  }

  void Happen(Event::Type type) {
    HappenElsewhere(type);
    feed_.Tell("op");
  }

  // At another daemon, whose feed is not ours.
  void HappenElsewhere(Event::Type type) {
    ASSERT_EQ(store_->Write(record_, epoch_, std::nullopt, {NewEvent(type)}), absl::OkStatus());
  }

  // What `source` tells up to its end or until nothing comes for now.
  std::vector<std::string> Told(Source& source) {
    std::vector<std::string> told;
    while (true) {
      Source::Next next = source.Take();
      if (auto* end = std::get_if<Source::End>(&next)) {
        told.push_back(end->status.ok() ? "end" : std::string(end->status.message()));
        return told;
      }
      auto* message = std::get_if<grpc::ByteBuffer>(&next);
      if (message == nullptr) return told;
      Received received;
      received.buffer().Swap(message);
      v1::WatchOperationResponse response;
      EXPECT_TRUE(received.ParseTo(response));
      told.push_back(response.event().ShortDebugString());
    }
  }

  // The same, waiting for the last of `count` events.
  std::vector<std::string> Await(Source& source, std::size_t count) {
    std::vector<std::string> told = Told(source);
    while (told.size() < count && !HasFatalFailure()) {
      bell_.Await();
      for (std::string& text : Told(source)) told.push_back(std::move(text));
    }
    return told;
  }

  std::unique_ptr<Source> Watch(std::int64_t after) {
    auto source = WatchTail(tails_.Of("op", Language::kEnglish), after);
    source->Start(bell_.wake());
    return source;
  }

  const TestDirectory directory_;
  SystemClock clock_;
  const std::unique_ptr<store::Store> store_ = OpenTestStore(directory_, clock_);
  store::OperationRecord record_;
  std::int64_t epoch_ = 0;
  std::int64_t sequence_ = 0;
  events::Feed feed_;
  Bell bell_;
  WorkPool pool_{{.name = "watch"}};
  OperationTails tails_{*store_, feed_, pool_, absl::Milliseconds(10)};
};

TEST_F(OperationTailTest, WhatHappenedThenWhatHappensThenTheEnd) {
  Happen(Event::PIN_VERIFIED);
  const auto source = Watch(0);
  EXPECT_THAT(Await(*source, 2), ElementsAre("sequence: 1 time { } progress { } queued { }",
                                             "sequence: 2 time { } progress { } pin_verified { }"));
  Happen(Event::ACTIVATED);
  EXPECT_THAT(Await(*source, 1), ElementsAre("sequence: 3 time { } progress { } activated { }"));
  record_.set_state(store::OperationRecord::FAILED);
  record_.mutable_failure()->set_reason("CARD_MUTE");
  Happen(Event::FAILED);
  EXPECT_THAT(Await(*source, 2),
              ElementsAre("sequence: 4 time { } progress { } failed { failure { reason: "
                          "\"CARD_MUTE\" message: \"The card does not answer.\" remedy: \"Take the "
                          "card off and put it back; clean its contacts.\" } }",
                          "end"));
}

TEST_F(OperationTailTest, WhatHappensAtAnotherDaemonIsToldToo) {
  const auto source = Watch(1);
  EXPECT_THAT(Told(*source), IsEmpty());
  HappenElsewhere(Event::ACTIVATED);
  EXPECT_THAT(Await(*source, 1), ElementsAre("sequence: 2 time { } progress { } activated { }"));
  HappenElsewhere(Event::COMPLETED);
  EXPECT_EQ(Await(*source, 2).back(), "end");
}

TEST_F(OperationTailTest, AWatcherResumesWhereItWas) {
  for (int i = 0; i < 5; ++i) Happen(Event::READ_BACK);
  const auto source = Watch(4);
  EXPECT_THAT(Await(*source, 2), ElementsAre("sequence: 5 time { } progress { } read_back { }",
                                             "sequence: 6 time { } progress { } read_back { }"));
}

TEST_F(OperationTailTest, AnEndedOperationIsToldWholeAndItsWatcherLetGo) {
  Happen(Event::FAILED);
  EXPECT_EQ(Await(*Watch(0), 3).back(), "end");
  EXPECT_THAT(Await(*Watch(2), 1), ElementsAre("end"));
  EXPECT_THAT(Await(*Watch(17), 1), ElementsAre("end"));
}

TEST_F(OperationTailTest, MoreEventsThanOnePageOfTheStore) {
  for (int i = 0; i < 600; ++i) Happen(Event::WRITING);
  EXPECT_EQ(Await(*Watch(0), 601).size(), 601u);
}

TEST_F(OperationTailTest, AllWhoWatchShareOneTailAsLongAsThereAreAny) {
  const auto one = tails_.Of("op", Language::kEnglish);
  EXPECT_EQ(tails_.Of("op", Language::kEnglish), one);
  EXPECT_NE(tails_.Of("op", Language::kJapanese), one);
  EXPECT_NE(tails_.Of("other", Language::kEnglish), one);
}

TEST_F(OperationTailTest, AFailureOfTheStoreEndsTheWatch) {
  auto source = WatchTail(tails_.Of("nothing", Language::kEnglish), 0);
  source->Start(bell_.wake());
  EXPECT_THAT(Await(*source, 1), ElementsAre("There is no operation 'nothing'."));
}

}  // namespace
}  // namespace jpkid::rpc
