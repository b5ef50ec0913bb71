#include "daemon/runner/inbox.h"

#include <thread>

#include <gtest/gtest.h>

#include "base/status.h"
#include "base/steady_time.h"

namespace jpkid::runner {
namespace {

using certs::Kind;

events::AwaitedInput Pin(const std::string& id, const std::string& kind) {
  events::AwaitedInput input;
  input.set_input_id(id);
  input.set_pin_kind(kind);
  input.set_card_serial("123456789012345");
  return input;
}

Input Given(Kind kind, absl::string_view pin, const std::string& serial = "123456789012345") {
  return PinGiven{.kind = kind, .card_serial = serial, .pin = Secret(AsBytes(pin))};
}

absl::Time Soon() { return SteadyNow() + absl::Seconds(20); }

TEST(Inbox, WakesWhenEverythingAwaitedIsThere) {
  Inbox inbox;
  inbox.Await({Pin("a", "auth"), Pin("s", "signature")});
  std::thread client([&inbox] {
    EXPECT_EQ(inbox.Give("s", Given(Kind::kSignature, "ABC123")), absl::OkStatus());
    EXPECT_EQ(inbox.Give("a", Given(Kind::kAuth, "1234")), absl::OkStatus());
  });
  Inbox::Wake wake = inbox.Wait(Soon(), true);
  while (wake == Inbox::Wake::kSome) wake = inbox.Wait(Soon(), true);
  EXPECT_EQ(wake, Inbox::Wake::kInput);
  client.join();
  const std::vector<PinGiven> pins = inbox.TakePins();
  ASSERT_EQ(pins.size(), 2u);
  EXPECT_EQ(AsText(pins[0].pin.view()), "1234");
  EXPECT_TRUE(inbox.TakePins().empty());
}

TEST(Inbox, WhatWasGivenIsNotMissingAnyMore) {
  Inbox inbox;
  google::protobuf::RepeatedPtrField<events::AwaitedInput> inputs;
  *inputs.Add() = Pin("a", "auth");
  *inputs.Add() = Pin("s", "signature");
  inbox.Await({inputs[0], inputs[1]});
  EXPECT_EQ(inbox.Missing(inputs).size(), 2);
  ASSERT_EQ(inbox.Give("a", Given(Kind::kAuth, "1234")), absl::OkStatus());
  EXPECT_EQ(inbox.Wait(Soon(), true), Inbox::Wake::kSome);
  EXPECT_EQ(inbox.Wait(SteadyNow(), true), Inbox::Wake::kTimeout);  // Told once.
  ASSERT_EQ(inbox.Missing(inputs).size(), 1);
  EXPECT_EQ(inbox.Missing(inputs)[0].input_id(), "s");
}

// A second PIN screen must not go on asking for what was given while the store was waited for.
TEST(Inbox, ASleepForgetsNothingOfWhatIsGivenMeanwhile) {
  Inbox inbox;
  inbox.Await({Pin("a", "auth"), Pin("s", "signature")});
  ASSERT_EQ(inbox.Give("a", Given(Kind::kAuth, "1234")), absl::OkStatus());
  EXPECT_EQ(inbox.Sleep(SteadyNow(), true), Inbox::Wake::kTimeout);
  EXPECT_EQ(inbox.Wait(SteadyNow(), true), Inbox::Wake::kSome);
  ASSERT_EQ(inbox.Give("s", Given(Kind::kSignature, "ABC123")), absl::OkStatus());
  EXPECT_EQ(inbox.Sleep(SteadyNow(), true), Inbox::Wake::kTimeout);
  EXPECT_EQ(inbox.Wait(SteadyNow(), true), Inbox::Wake::kInput);
}

TEST(Inbox, ASleepEndsWithACancellationWhileItIsCancellable) {
  Inbox inbox;
  ASSERT_EQ(inbox.Cancel(), absl::OkStatus());
  EXPECT_EQ(inbox.Sleep(SteadyNow(), false), Inbox::Wake::kTimeout);
  EXPECT_EQ(inbox.Sleep(Soon(), true), Inbox::Wake::kCancelled);
  inbox.Stop();
  EXPECT_EQ(inbox.Sleep(Soon(), false), Inbox::Wake::kStopping);
}

TEST(Inbox, AnInputServesOnceAndOnlyWhereItIsAwaited) {
  Inbox inbox;
  inbox.Await({Pin("a", "auth")});
  EXPECT_TRUE(FailedFor(inbox.Give("x", Given(Kind::kAuth, "1234")), Reason::kInputUnknown));
  EXPECT_TRUE(FailedFor(inbox.Give("a", Given(Kind::kSignature, "ABC123")), Reason::kInputUnknown));
  EXPECT_TRUE(FailedFor(inbox.Give("a", CardGiven()), Reason::kInputUnknown));
  EXPECT_TRUE(FailedFor(inbox.Give("a", Given(Kind::kAuth, "1234", "000000000000000")),
                        Reason::kCardWrong));
  EXPECT_EQ(inbox.Give("a", Given(Kind::kAuth, "1234")), absl::OkStatus());
  EXPECT_TRUE(FailedFor(inbox.Give("a", Given(Kind::kAuth, "1234")), Reason::kInputUnknown));
}

TEST(Inbox, WhatWasGivenForAnEarlierQuestionIsGone) {
  Inbox inbox;
  inbox.Await({Pin("a", "auth"), Pin("s", "signature")});
  ASSERT_EQ(inbox.Give("a", Given(Kind::kAuth, "1234")), absl::OkStatus());
  inbox.Await({Pin("b", "auth")});
  EXPECT_TRUE(inbox.TakePins().empty());
}

TEST(Inbox, CancelWakesUntilThePointOfNoReturn) {
  Inbox inbox;
  EXPECT_EQ(inbox.Cancel(), absl::OkStatus());
  EXPECT_EQ(inbox.Wait(Soon(), true), Inbox::Wake::kCancelled);
  EXPECT_FALSE(inbox.CloseToCancel());
  Inbox closed;
  EXPECT_TRUE(closed.CloseToCancel());
  EXPECT_TRUE(FailedFor(closed.Cancel(), Reason::kCancelTooLate));
}

TEST(Inbox, ACancellationComesFirstAndATimeoutIsTold) {
  Inbox inbox;
  EXPECT_EQ(inbox.Wait(SteadyNow(), true), Inbox::Wake::kTimeout);
  inbox.Poke();
  EXPECT_EQ(inbox.Wait(Soon(), true), Inbox::Wake::kPoke);
  inbox.Stop();
  EXPECT_EQ(inbox.Wait(Soon(), true), Inbox::Wake::kStopping);
  ASSERT_EQ(inbox.Cancel(), absl::OkStatus());
  EXPECT_EQ(inbox.Wait(Soon(), true), Inbox::Wake::kCancelled);
  EXPECT_EQ(inbox.Wait(Soon(), false), Inbox::Wake::kStopping);
}

TEST(Inbox, WhoCancelsLearnsWhetherItIsWritten) {
  Inbox inbox;
  EXPECT_EQ(inbox.WaitUntilCancelWritten(SteadyNow()), Inbox::CancelState::kAsked);
  inbox.MarkCancelWritten();
  inbox.MarkLeft();
  EXPECT_EQ(inbox.WaitUntilCancelWritten(Soon()), Inbox::CancelState::kWritten);
  Inbox left;
  left.MarkLeft();
  EXPECT_EQ(left.WaitUntilCancelWritten(Soon()), Inbox::CancelState::kLeft);
}

TEST(Inbox, WhoListensIsToldOfTheEnd) {
  Inbox inbox;
  int told = 0;
  int told_of_stop = 0;
  auto guard = inbox.OnEnd([&] { ++told; }, /*cancellable=*/true);
  const auto undoing = inbox.OnEnd([&] { ++told_of_stop; }, /*cancellable=*/false);
  EXPECT_EQ(told, 0);
  ASSERT_EQ(inbox.Cancel(), absl::OkStatus());
  EXPECT_EQ(told, 1);
  EXPECT_EQ(told_of_stop, 0);
  guard = nullptr;
  inbox.Stop();
  EXPECT_EQ(told, 1);
  EXPECT_EQ(told_of_stop, 1);
  guard = inbox.OnEnd([&] { ++told; }, true);  // It ends already.
  EXPECT_EQ(told, 2);
}

}  // namespace
}  // namespace jpkid::runner
