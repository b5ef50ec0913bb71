#pragma once

#include <atomic>
#include <future>
#include <string>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "base/status.h"
#include "daemon/rpc/status.h"
#include "daemon/rpc/test_endpoint.h"
#include "jpki/v1/card_service.grpc.pb.h"
#include "jpki/v1/reader_service.grpc.pb.h"

// What the tests of the guard share.
namespace jpkid::rpc {

namespace v1 = jpki::v1;

// What stands in for the services' work.
class Fake {
 public:
  explicit Fake(Registry& registry) {
    registry.BindUnary("jpki.v1.ReaderService.ListReaders", Where::kAtOnce, *this, &Fake::List);
    registry.BindUnary("jpki.v1.CardService.Sign", Where::kCard, *this, &Fake::Sign);
    registry.BindUnary("jpki.v1.CardService.ChangePin", Where::kCard, *this, &Fake::ChangePin);
  }

  absl::StatusOr<v1::ListReadersResponse> List(CallInfo&, const v1::ListReadersRequest&) {
    v1::ListReadersResponse response;
    response.add_readers()->set_name("readers/a");
    return response;
  }

  // Answers with all it was told.
  absl::StatusOr<v1::SignResponse> Sign(CallInfo& info, const v1::SignRequest& request) {
    if (request.reader() == "readers/hold") released_.wait();
    const Secret pin = info.secrets.Take("pin");
    v1::SignResponse response;
    response.set_signature(absl::StrCat(InWords(info.caller), "|", request.ShortDebugString(), "|",
                                        AsText(pin.view())));
    return response;
  }

  absl::StatusOr<v1::ChangePinResponse> ChangePin(CallInfo&, const v1::ChangePinRequest& request) {
    ++changes_;
    if (request.reader() == "readers/wrong") {
      return Fail(Reason::kPinWrong, {{"pin", "auth"}, {"tries_left", "2"}});
    }
    if (request.reader() == "readers/none") return Fail(Reason::kCardAbsent);
    v1::ChangePinResponse response;
    response.mutable_status()->set_tries_left(changes_);
    return response;
  }

  std::promise<void> release_;
  const std::shared_future<void> released_ = release_.get_future().share();
  std::atomic<int> changes_ = 0;
};

inline Reason ReasonOf(const grpc::Status& status) {
  google::rpc::Status model;
  EXPECT_TRUE(model.ParseFromString(status.error_details())) << status.error_message();
  return FailureOf(FromErrorModel(model)).reason;
}

class GuardTest : public testing::Test {
 protected:
  void Start() { endpoint_.Start(); }

  grpc::Status List() {
    grpc::ClientContext context;
    v1::ListReadersResponse response;
    return v1::ReaderService::NewStub(endpoint_.Connect())
        ->ListReaders(&context, v1::ListReadersRequest(), &response);
  }

  grpc::Status ChangePin(const std::string& reader, const std::string& request_id,
                         v1::ChangePinResponse* response) {
    v1::ChangePinRequest request;
    request.set_reader(reader);
    request.set_current_pin("1234");
    request.set_new_pin("5678");
    request.set_request_id(request_id);
    grpc::ClientContext context;
    return v1::CardService::NewStub(endpoint_.Connect())->ChangePin(&context, request, response);
  }

  TestEndpoint endpoint_;
  Fake fake_{endpoint_.registry()};
};

}  // namespace jpkid::rpc
