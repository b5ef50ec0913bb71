#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>

#include "daemon/rpc/server_fixture.h"
#include "daemon/rpc/session_policy.h"
#include "daemon/rpc/test_session.h"
#include "jpki/v1/card_service.grpc.pb.h"
#include "jpki/v1/reader_service.grpc.pb.h"

// Raw sessions and queues, from a client's stub to the card and back.
namespace jpkid::rpc {
namespace {

namespace v1 = jpki::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kSelectJpki[] = "00A4040C0AD392F000260100000001";
constexpr char kReader[] = "readers/sim-0";

class SessionServiceTest : public ServerTest {
 protected:
  using ServerTest::ServerTest;

  v1::Queue Queue() {
    grpc::ClientContext context;
    v1::GetQueueRequest request;
    request.set_reader(kReader);
    v1::Queue queue;
    EXPECT_EQ(CodeOf(readers().GetQueue(&context, request, &queue)), "");
    return queue;
  }
  v1::ReaderService::Stub& readers() { return *stub_; }

 private:
  const std::unique_ptr<v1::ReaderService::Stub> stub_ = v1::ReaderService::NewStub(Connect());
};

constexpr auto kExclusive = v1::AcquireReader::MODE_EXCLUSIVE;
constexpr auto kShared = v1::AcquireReader::MODE_SHARED;

TEST_F(SessionServiceTest, FromAcquireToReleaseAndAgain) {
  Session session(Connect());
  session.Send(Acquire(kExclusive));
  const v1::SessionGranted granted = session.Next().granted();
  EXPECT_EQ(granted.insertion(), 1);
  EXPECT_THAT(granted.atr(), ::testing::Not(IsEmpty()));
  EXPECT_EQ(granted.idle_limit().seconds(), 30);
  session.Send(Batch(7, {kSelectJpki, "00200098", "00B0860020"}));
  const v1::BatchAnswer answer = session.Next().answer();
  EXPECT_EQ(answer.number(), 7u);
  ASSERT_EQ(answer.answers_size(), 3);
  EXPECT_EQ(ToHex(AsBytes(answer.answers(0))), "9000");
  EXPECT_TRUE(absl::StartsWith(answer.answers(2), "JPKISIMCARD"));
  EXPECT_TRUE(session.Send(Release()).Next().has_released());
  EXPECT_TRUE(session.Send(Acquire(kShared)).Next().has_granted());
  EXPECT_EQ(CodeOf(session.Finish()), "");
}

TEST_F(SessionServiceTest, BatchesMayBeSentAhead) {
  Session session(Connect());
  session.Send(Acquire(kShared));
  for (std::uint64_t i = 1; i <= 40; ++i) session.Send(Batch(i, {kSelectJpki}));
  EXPECT_TRUE(session.Next().has_granted());
  for (std::uint64_t i = 1; i <= 40; ++i) EXPECT_EQ(session.Next().answer().number(), i);
  EXPECT_EQ(CodeOf(session.Finish()), "");
}

// What was selected is certain only where nobody spoke in between.
TEST_F(SessionServiceTest, ASharedSessionIsToldThatOthersSpoke) {
  const auto others_between = [](Session& session, std::uint64_t number) {
    return session.Send(Batch(number, {kSelectJpki})).Next().answer().others_between();
  };
  Session one(Connect());
  one.Hold(v1::AcquireReader::MODE_SHARED);
  EXPECT_FALSE(others_between(one, 1)) << "there was no batch before";
  EXPECT_FALSE(others_between(one, 2));
  Session other(Connect());
  other.Hold(v1::AcquireReader::MODE_SHARED);
  EXPECT_FALSE(others_between(other, 1));
  EXPECT_TRUE(others_between(one, 3));
  EXPECT_FALSE(others_between(one, 4));
  grpc::ClientContext context;
  v1::GetPinStatusRequest request;
  request.set_reader(kReader);
  v1::GetPinStatusResponse response;
  EXPECT_EQ(CodeOf(v1::CardService::NewStub(Connect())->GetPinStatus(&context, request, &response)),
            "");
  EXPECT_TRUE(others_between(one, 5)) << "the daemon asked the card itself";
}

TEST_F(SessionServiceTest, StopsWhereItIsToldTo) {
  Session session(Connect());
  session.Hold(kExclusive);
  v1::OpenSessionRequest request = Batch(1, {kSelectJpki, "00A4020C020FFF", kSelectJpki});
  EXPECT_THAT(session.Send(request).Answers(), ElementsAre("9000", "6A82", "9000"));
  request.mutable_batch()->set_stop_at_failure(true);
  EXPECT_THAT(session.Send(request).Answers(), ElementsAre("9000", "6A82"));
}

TEST_F(SessionServiceTest, WhatIsNotSentEndsTheSessionBeforeTheCardIsAsked) {
  for (const auto& [command, code] : {std::pair("002000980431323334", "COMMAND_REFUSED"),
                                      std::pair("8050000008000000000000000000", "COMMAND_REFUSED"),
                                      std::pair("00B0", "ARGUMENT_INVALID")}) {
    Session session(Connect());
    session.Hold(kExclusive).Send(Batch(1, {kSelectJpki, command}));
    EXPECT_EQ(session.Next().event_case(), v1::OpenSessionResponse::EVENT_NOT_SET);
    EXPECT_EQ(CodeOf(session.Finish()), code) << command;
  }
}

TEST_F(SessionServiceTest, WhatMayBeSent) {
  for (const char* sent : {kSelectJpki, "00200098", "00B0000000", "00B2010C00", "802A00800101",
                           "00CA010000", "00C0000010"}) {
    EXPECT_EQ(CheckRawCommand(*FromHex(sent)), absl::OkStatus()) << sent;
  }
  for (const char* refused :
       {"0020008004", "00200098 04 31323334", "00240180 04 31323334", "002C0280", "0082000000",
        "04A40400", "01A40400", "40A40400", "FFCA000000", "00D6000001AA", "00470000", "00440000",
        "0070000001", "00DA0100", "00E20000", "00860000", "00220000"}) {
    EXPECT_FALSE(CheckRawCommand(*FromHex(refused)).ok()) << refused;
  }
}

TEST_F(SessionServiceTest, TheQueueIsToldAndAClientThatGoesIsOutOfIt) {
  Session holder(Connect());
  holder.Hold(kExclusive);
  Session second(Connect());
  EXPECT_EQ(second.Send(Acquire(kExclusive)).Next().queued().position(), 1);
  Session third(Connect());
  v1::OpenSessionRequest request = Acquire(kExclusive);
  request.mutable_acquire()->set_priority(v1::PRIORITY_BATCH);
  EXPECT_EQ(third.Send(request).Next().queued().position(), 2);

  const v1::Queue queue = Queue();
  EXPECT_EQ(queue.name(), "readers/sim-0/queue");
  EXPECT_EQ(queue.holder().client(), absl::StrCat("uid:", geteuid(), " pid:", getpid()));
  EXPECT_TRUE(queue.holder().exclusive());
  ASSERT_EQ(queue.waiting_size(), 2);
  EXPECT_EQ(queue.waiting(0).priority(), v1::PRIORITY_COUNTER);
  EXPECT_EQ(queue.waiting(1).priority(), v1::PRIORITY_BATCH);

  second.Cancel();
  EXPECT_EQ(third.Next().queued().position(), 1);
  holder.Cancel();
  EXPECT_TRUE(third.Next().has_granted());
  EXPECT_EQ(Queue().waiting_size(), 0);
}

TEST_F(SessionServiceTest, WaitsNoLongerThanItWantsTo) {
  Session holder(Connect());
  holder.Hold(kExclusive);
  Session second(Connect());
  v1::OpenSessionRequest request = Acquire(kShared);
  request.mutable_acquire()->mutable_wait_limit()->set_nanos(50'000'000);
  EXPECT_TRUE(second.Send(request).Next().has_queued());
  EXPECT_EQ(second.Next().event_case(), v1::OpenSessionResponse::EVENT_NOT_SET);
  EXPECT_EQ(CodeOf(second.Finish()), "READER_BUSY");
}

TEST_F(SessionServiceTest, AnOperatorReleasesTheReader) {
  Session holder(Connect());
  holder.Hold(kExclusive);
  const auto released = [this](const char* request_id) {
    v1::ReleaseReaderRequest request;
    request.set_reader(kReader);
    request.set_request_id(request_id);
    grpc::ClientContext context;
    v1::ReleaseReaderResponse response;
    EXPECT_EQ(CodeOf(readers().ReleaseReader(&context, request, &response)), "");
    return response.released();
  };
  EXPECT_TRUE(released("1"));
  EXPECT_EQ(CodeOf(holder.Finish()), "LEASE_TIME_UP");
  EXPECT_FALSE(released("2"));
  Session next(Connect());
  next.Hold(kExclusive);
  EXPECT_TRUE(released("1"));  // The answer of then. The next one keeps the reader.
  EXPECT_TRUE(released("3"));
  EXPECT_EQ(CodeOf(next.Finish()), "LEASE_TIME_UP");
}

TEST_F(SessionServiceTest, TheQueueIsWatched) {
  grpc::ClientContext context;
  v1::WatchQueueRequest request;
  request.set_reader(kReader);
  const auto watch = readers().WatchQueue(&context, request);
  v1::WatchQueueResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_FALSE(response.queue().has_holder());
  Session holder(Connect());
  holder.Hold(kExclusive);
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_TRUE(response.queue().has_holder());
  context.TryCancel();
}

TEST_F(SessionServiceTest, OutOfOrderIsRefused) {
  Session early(Connect());
  EXPECT_EQ(CodeOf(early.Send(Batch(1, {kSelectJpki})).Finish()), "ARGUMENT_INVALID");
  Session twice(Connect());
  twice.Hold(kShared).Send(Acquire(kShared));
  EXPECT_EQ(CodeOf(twice.Finish()), "ARGUMENT_INVALID");
  Session empty(Connect());
  EXPECT_EQ(CodeOf(empty.Hold(kShared).Send(Batch(1, {})).Finish()), "ARGUMENT_INVALID");
}

TEST_F(SessionServiceTest, TheEndOfTheDaemonEndsThem) {
  Session holder(Connect());
  holder.Hold(kExclusive);
  Stop();
  EXPECT_EQ(CodeOf(holder.Finish()), "SHUTTING_DOWN");
}

class WithoutTheRole : public SessionServiceTest {
 protected:
  WithoutTheRole() : SessionServiceTest({"observer", "clerk", "operator", "auditor"}) {}
};

TEST_F(WithoutTheRole, RefusesRawSessions) {
  EXPECT_EQ(CodeOf(Session(Connect()).Send(Acquire(kShared)).Finish()), "ROLE_MISSING");
}

}  // namespace
}  // namespace jpkid::rpc
