#include "daemon/rpc/repeats.h"

#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "base/status.h"
#include "daemon/rpc/test_endpoint.h"
#include "jpki/v1/card_service.pb.h"

namespace jpkid::rpc {
namespace {

namespace v1 = jpki::v1;

class RepeatsTest : public testing::Test {
 protected:
  // What a client asks: its first answer says 1, a second one would say 2.
  Answer Ask(Repeats& repeats, const std::string& caller = "a") {
    v1::ChangePinRequest request;
    request.set_reader("readers/a");
    request.set_request_id("r-1");
    return repeats.Once(method_, TestCaller{caller}, request, [&] { return Work(); });
  }

  Answer Work() {
    ++done_;
    if (on_work_) on_work_();
    auto response = std::make_unique<v1::ChangePinResponse>();
    response->mutable_status()->set_tries_left(done_);
    return response;
  }

  const TestDirectory directory_;
  SystemClock clock_;
  const std::unique_ptr<store::Store> store_ = OpenTestStore(directory_, clock_);
  const Registry registry_{ApiServices(), StandardServices()};
  const Method& method_ = *registry_.Find("/jpki.v1.CardService/ChangePin");
  int done_ = 0;
  std::function<void()> on_work_;
};

TEST_F(RepeatsTest, TheFirstAnswerOutlivesTheDaemon) {
  {
    Repeats repeats(*store_);
    ASSERT_TRUE(Ask(repeats).ok());
  }
  Repeats next(*store_);
  const Answer answer = Ask(next);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ((*answer)->ShortDebugString(), "status { tries_left: 1 }");
  EXPECT_EQ(done_, 1);
}

TEST_F(RepeatsTest, CallersDoNotGetEachOthersAnswers) {
  Repeats repeats(*store_);
  ASSERT_TRUE(Ask(repeats, "a").ok());
  const Answer other = Ask(repeats, "b");
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ((*other)->ShortDebugString(), "status { tries_left: 2 }");
}

TEST_F(RepeatsTest, ARepeatOfWhatIsUnderWayIsTurnedAway) {
  Repeats repeats(*store_);
  on_work_ = [&] {
    on_work_ = nullptr;
    EXPECT_TRUE(FailedFor(Ask(repeats).status(), Reason::kRequestUnderWay));
  };
  EXPECT_TRUE(Ask(repeats).ok());
  EXPECT_EQ(done_, 1);
}

TEST_F(RepeatsTest, ARepeatOfWhatWasCutOffIsRefusedForGood) {
  Repeats dying(*store_);
  on_work_ = [&] {
    // What the next daemon sees when this one dies here.
    on_work_ = nullptr;
    Repeats next(*store_);
    EXPECT_TRUE(FailedFor(Ask(next).status(), Reason::kRequestCutOff));
    EXPECT_TRUE(FailedFor(Ask(next).status(), Reason::kRequestCutOff));
  };
  EXPECT_TRUE(Ask(dying).ok());
  EXPECT_EQ(done_, 1);
}

TEST_F(RepeatsTest, OnlyRequestsWithAnIdAreRemembered) {
  EXPECT_TRUE(Repeats::AppliesTo(method_));
  EXPECT_FALSE(Repeats::AppliesTo(*registry_.Find("/jpki.v1.CardService/Sign")));
  EXPECT_FALSE(Repeats::AppliesTo(*registry_.Find("/jpki.v1.OperationService/WatchOperation")));
}

}  // namespace
}  // namespace jpkid::rpc
