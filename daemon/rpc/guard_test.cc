#include "daemon/rpc/guard.h"

#include <atomic>
#include <future>
#include <string>

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include "daemon/rpc/guard_fixture.h"
#include "jpki/v1/case_service.grpc.pb.h"

namespace jpkid::rpc {
namespace {

TEST_F(GuardTest, ARequestArrivesAndItsSecretApartFromIt) {
  Start();
  v1::SignRequest request;
  request.set_reader("readers/a");
  request.set_pin("SIGNATURE16PIN78");
  grpc::ClientContext context;
  v1::SignResponse response;
  const grpc::Status status =
      v1::CardService::NewStub(endpoint_.Connect())->Sign(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.signature(), "test:clerk|reader: \"readers/a\"|SIGNATURE16PIN78");
}

TEST_F(GuardTest, EveryAnswerSaysThatThisIsTraining) {
  Start();
  const auto stub = v1::ReaderService::NewStub(endpoint_.Connect());
  for (const bool known : {true, false}) {
    endpoint_.SetCaller(known ? std::optional<Caller>(TestCaller{"clerk"}) : std::nullopt);
    grpc::ClientContext context;
    v1::ListReadersResponse response;
    EXPECT_EQ(stub->ListReaders(&context, v1::ListReadersRequest(), &response).ok(), known);
    const auto& metadata = context.GetServerInitialMetadata();
    const auto found = metadata.find("jpkid-environment");
    ASSERT_NE(found, metadata.end());
    EXPECT_EQ(std::string(found->second.data(), found->second.size()), "training");
  }
}

TEST_F(GuardTest, NobodyKnownIsRefused) {
  Start();
  endpoint_.SetCaller(std::nullopt);
  const grpc::Status status = List();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(ReasonOf(status), Reason::kCallerUnknown);
}

TEST_F(GuardTest, WithoutTheRoleThereIsNoCall) {
  Start();
  endpoint_.SetCaller(UidCaller{4242});
  const grpc::Status status = List();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(status.error_message(),
            "jpki.v1.ReaderService.ListReaders needs the role observer, which uid:4242 does not "
            "have. Ask the operator to grant the role in the configuration.");
}

TEST_F(GuardTest, WordsComeInTheLanguageOfTheCall) {
  Start();
  endpoint_.SetCaller(std::nullopt);
  grpc::ClientContext context;
  context.AddMetadata("accept-language", "ja-JP,ja;q=0.9");
  v1::ListReadersResponse response;
  const grpc::Status status = v1::ReaderService::NewStub(endpoint_.Connect())
                                  ->ListReaders(&context, v1::ListReadersRequest(), &response);
  EXPECT_THAT(status.error_details(), testing::HasSubstr("呼び出し元を確認できません。"));
}

TEST_F(GuardTest, AMethodThatNobodyBoundIsNotBuilt) {
  Start();
  grpc::ClientContext context;
  v1::Operation operation;
  const grpc::Status status = v1::CaseService::NewStub(endpoint_.Connect())
                                  ->RunCase(&context, v1::RunCaseRequest(), &operation);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(status.error_message(),
            "jpki.v1.CaseService.RunCase is not built yet. Use a newer version when there is one.");
}

// A call of any method with any octets.
grpc::Status CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                     const std::string& octets) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  const grpc::Slice slice(octets);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::CompletionQueue queue;
  grpc::ByteBuffer response;
  grpc::Status status;
  const auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return status;
}

TEST_F(GuardTest, AnUnknownMethodIsNotBuilt) {
  Start();
  const grpc::Status status = CallRaw(endpoint_.Connect(), "/jpki.v1.CardService/Forge", "");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(ReasonOf(status), Reason::kNotBuilt);
}

TEST_F(GuardTest, WhatIsNoRequestIsRefused) {
  Start();
  const grpc::Status status =
      CallRaw(endpoint_.Connect(), "/jpki.v1.CardService/Sign", "\xFF\xFF\xFF");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), testing::StartsWith("request: not a jpki.v1.SignRequest."));
}

TEST_F(GuardTest, ATooLargeMessageIsRefusedBeforeItIsKept) {
  Start();
  const grpc::Status status = CallRaw(endpoint_.Connect(), "/jpki.v1.CardService/Sign",
                                      std::string(Endpoint::Limits().message_octets + 1, 'x'));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(GuardTest, WhileTheDaemonStopsCallsAreRefused) {
  Start();
  endpoint_.guard().RefuseAll();
  EXPECT_EQ(ReasonOf(List()), Reason::kShuttingDown);
}

TEST(GuardOverloadTest, BeyondTheBoundCallsAreRefusedAtOnceAndOthersGoOn) {
  TestEndpoint endpoint({}, {.name = "card", .most_threads = 1, .most_waiting = 1});
  Fake fake(endpoint.registry());
  endpoint.Start();
  const auto stub = v1::CardService::NewStub(endpoint.Connect());
  v1::SignRequest request;
  request.set_reader("readers/hold");
  // One works and one may wait: at least two are too many.
  constexpr int kCalls = 4;
  std::vector<std::future<grpc::Status>> calls;
  std::atomic<int> refused = 0;
  std::promise<void> two_refused;
  for (int i = 0; i < kCalls; ++i) {
    calls.push_back(std::async(std::launch::async, [&] {
      grpc::ClientContext context;
      v1::SignResponse response;
      const grpc::Status status = stub->Sign(&context, request, &response);
      if (!status.ok() && ++refused == 2) two_refused.set_value();
      return status;
    }));
  }
  auto waited = two_refused.get_future().wait_for(std::chrono::seconds(20));
  ASSERT_EQ(waited, std::future_status::ready);
  grpc::ClientContext context;
  v1::ListReadersResponse response;
  EXPECT_TRUE(v1::ReaderService::NewStub(endpoint.Connect())
                  ->ListReaders(&context, v1::ListReadersRequest(), &response)
                  .ok());
  fake.release_.set_value();
  int ok = 0;
  for (auto& call : calls) {
    const grpc::Status status = call.get();
    if (status.ok()) {
      ++ok;
    } else {
      EXPECT_EQ(ReasonOf(status), Reason::kOverloaded);
    }
  }
  EXPECT_GE(ok, 1);
  EXPECT_LE(ok, 2);
}

}  // namespace
}  // namespace jpkid::rpc
