#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <openssl/sha.h>

#include "daemon/ca/certificate.h"
#include "daemon/rpc/server_fixture.h"
#include "jpki/v1/card_service.grpc.pb.h"
#include "jpki/v1/case_service.grpc.pb.h"
#include "jpki/v1/operation_service.grpc.pb.h"
#include "jpki/v1/reader_service.grpc.pb.h"

// The services of the API, from a client's stub to the card and back.
namespace jpkid::rpc {
namespace {

namespace v1 = jpki::v1;
using ::testing::IsEmpty;

constexpr char kReader[] = "readers/sim-0";

class ServicesTest : public ServerTest {
 protected:
  // Calls `method` of `stub`.
  template <typename Stub, typename Request, typename Response>
  static grpc::Status Call(Stub& stub,
                           grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                        Response*),
                           const Request& request, Response* response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    return (stub.*method)(&context, request, response);
  }

  std::string Serial() {
    v1::ReadCardRequest request;
    request.set_reader(kReader);
    v1::Card card;
    EXPECT_EQ(CodeOf(Call(*cards_, &Cards::ReadCard, request, &card)), "");
    return card.serial();
  }

  grpc::Status ResetPin(v1::PinKind kind, const std::string& pin, const std::string& serial,
                        const std::string& request_id) {
    v1::ResetPinRequest request;
    request.set_reader(kReader);
    request.set_pin(kind);
    request.set_new_pin(pin);
    request.set_card_serial(serial);
    request.set_request_id(request_id);
    v1::ResetPinResponse response;
    return Call(*cards_, &Cards::ResetPin, request, &response);
  }

  int TriesLeft(int pin) {
    v1::GetPinStatusRequest request;
    request.set_reader(kReader);
    v1::GetPinStatusResponse response;
    EXPECT_EQ(CodeOf(Call(*cards_, &Cards::GetPinStatus, request, &response)), "");
    return response.pins(pin).tries_left();
  }

  v1::RunCaseRequest Issue() {
    v1::RunCaseRequest request;
    request.set_reader(kReader);
    request.set_type(v1::Operation::TYPE_ISSUE);
    request.set_request_id("case-1");
    return request;
  }

  grpc::Status Run(const v1::RunCaseRequest& request, v1::Operation* operation) {
    return Call(*cases_, &Cases::RunCase, request, operation);
  }

  void GivePins(const std::string& operation, const v1::OperationEvent::Waiting& waiting) {
    for (const v1::PendingInput& input : waiting.inputs()) {
      v1::ProvideInputRequest request;
      request.set_name(operation);
      request.set_input_id(input.input_id());
      request.mutable_pin()->set_pin(input.pin().pin());
      request.mutable_pin()->set_card_serial(input.pin().card_serial());
      request.mutable_pin()->set_value(input.pin().pin() == v1::PIN_KIND_AUTH ? "1234"
                                                                              : "ABC123DEF4567XYZ");
      request.set_request_id("give-" + input.input_id());
      v1::Operation answer;
      EXPECT_EQ(CodeOf(Call(*operations_, &Operations::ProvideInput, request, &answer)), "");
    }
  }

  // Issues both certificates; the last event.
  v1::OperationEvent IssueToTheEnd() {
    v1::Operation operation;
    EXPECT_EQ(CodeOf(Run(Issue(), &operation)), "");
    grpc::ClientContext context;
    v1::WatchOperationRequest request;
    request.set_name(operation.name());
    const auto reader = operations_->WatchOperation(&context, request);
    v1::WatchOperationResponse response;
    std::int64_t sequence = 0;
    while (reader->Read(&response)) {
      EXPECT_EQ(response.event().sequence(), ++sequence);
      if (response.event().has_waiting()) GivePins(operation.name(), response.event().waiting());
    }
    EXPECT_TRUE(reader->Finish().ok());
    return response.event();
  }

  using Cards = v1::CardService::Stub;
  using Cases = v1::CaseService::Stub;
  using Operations = v1::OperationService::Stub;
  using Readers = v1::ReaderService::Stub;
  const std::unique_ptr<Cards> cards_ = v1::CardService::NewStub(Connect());
  const std::unique_ptr<Cases> cases_ = v1::CaseService::NewStub(Connect());
  const std::unique_ptr<Operations> operations_ = v1::OperationService::NewStub(Connect());
  const std::unique_ptr<Readers> readers_stub_ = v1::ReaderService::NewStub(Connect());
};

TEST_F(ServicesTest, TheReaderAndItsCard) {
  v1::ListReadersResponse list;
  ASSERT_EQ(CodeOf(Call(*readers_stub_, &Readers::ListReaders, v1::ListReadersRequest(), &list)),
            "");
  ASSERT_EQ(list.readers_size(), 1);
  EXPECT_EQ(list.readers(0).name(), kReader);
  EXPECT_EQ(list.readers(0).driver_name(), "Simulated Reader 0");

  v1::ReadCardRequest request;
  request.set_reader(kReader);
  v1::Card card;
  ASSERT_EQ(CodeOf(Call(*cards_, &Cards::ReadCard, request, &card)), "");
  EXPECT_EQ(card.serial().size(), 15u);
  EXPECT_EQ(card.token_label(), "JPKISIMCARD");
  EXPECT_TRUE(card.training());
  EXPECT_THAT(card.certificates(), IsEmpty());
  EXPECT_EQ(card.pins_size(), 2);
}

TEST_F(ServicesTest, AWatcherOfReadersIsToldWhenTheCardIsUsed) {
  grpc::ClientContext context;
  const auto reader = readers_stub_->WatchReaders(&context, v1::WatchReadersRequest());
  v1::WatchReadersResponse response;
  ASSERT_TRUE(reader->Read(&response));
  const session::LeaseRequest turn = {
      .reader = "sim-0", .client = "a test", .deadline = absl::InfiniteFuture()};
  const auto lease = sessions_->Acquire(turn, [](int) {}).value();
  while (response.readers(0).holder() != "a test") ASSERT_TRUE(reader->Read(&response));
  context.TryCancel();
}

TEST_F(ServicesTest, BothCertificatesAreIssuedAndSignWithTheirPins) {
  const v1::OperationEvent last = IssueToTheEnd();
  ASSERT_TRUE(last.has_completed()) << last.ShortDebugString();
  EXPECT_EQ(last.completed().receipt().certificates_size(), 2);

  v1::ReadCertificateRequest read;
  read.set_reader(kReader);
  read.set_kind(v1::CERTIFICATE_KIND_SIGNATURE);
  read.set_pin("abc123def4567xyz");  // Letters are folded.
  v1::ReadCertificateResponse certificate;
  ASSERT_EQ(CodeOf(Call(*cards_, &Cards::ReadCertificate, read, &certificate)), "");
  EXPECT_EQ(certificate.info().ShortDebugString(),
            last.completed().receipt().certificates(1).ShortDebugString());

  const std::string message = "a form";
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(AsBytes(message).data(), message.size(), reinterpret_cast<unsigned char*>(digest.data()));
  v1::SignRequest sign;
  sign.set_reader(kReader);
  sign.set_kind(v1::CERTIFICATE_KIND_SIGNATURE);
  sign.set_pin("ABC123DEF4567XYZ");
  sign.set_hash(v1::SignRequest::HASH_SHA256);
  sign.set_digest(digest);
  v1::SignResponse signature;
  ASSERT_EQ(CodeOf(Call(*cards_, &Cards::Sign, sign, &signature)), "");
  EXPECT_EQ(ca::VerifySignature(AsBytes(certificate.certificate()), AsBytes(message),
                                AsBytes(signature.signature())),
            absl::OkStatus());
}

TEST_F(ServicesTest, TheSameCaseIsRunOnce) {
  v1::Operation first;
  v1::Operation second;
  ASSERT_EQ(CodeOf(Run(Issue(), &first)), "");
  ASSERT_EQ(CodeOf(Run(Issue(), &second)), "");
  EXPECT_EQ(second.name(), first.name());
  v1::ListOperationsResponse list;
  ASSERT_EQ(
      CodeOf(Call(*operations_, &Operations::ListOperations, v1::ListOperationsRequest(), &list)),
      "");
  EXPECT_EQ(list.operations_size(), 1);
}

TEST_F(ServicesTest, ACancelledOperationEndsForItsWatchers) {
  v1::Operation operation;
  ASSERT_EQ(CodeOf(Run(Issue(), &operation)), "");
  grpc::ClientContext context;
  v1::WatchOperationRequest watch;
  watch.set_name(operation.name());
  const auto reader = operations_->WatchOperation(&context, watch);
  v1::WatchOperationResponse response;
  while (reader->Read(&response) && !response.event().has_waiting()) {
  }
  v1::CancelOperationRequest cancel;
  cancel.set_name(operation.name());
  cancel.set_request_id("cancel-1");
  ASSERT_EQ(CodeOf(Call(*operations_, &Operations::CancelOperation, cancel, &operation)), "");
  while (reader->Read(&response)) {
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(response.event().failed().failure().reason(), "OPERATION_CANCELLED");
  watch.set_resume_after(response.event().sequence() + 1);
  grpc::ClientContext beyond;
  EXPECT_EQ(CodeOf(operations_->WatchOperation(&beyond, watch)->Finish()), "ARGUMENT_INVALID");
}

TEST_F(ServicesTest, WhatCannotBeRunIsRefused) {
  v1::Operation operation;
  v1::RunCaseRequest request = Issue();
  request.clear_type();
  EXPECT_EQ(CodeOf(Run(request, &operation)), "ARGUMENT_INVALID");
  request = Issue();
  request.set_applicant(v1::APPLICANT_VOLUNTARY_PROXY);
  EXPECT_EQ(CodeOf(Run(request, &operation)), "TWO_VISITS_NEEDED");
  request = Issue();
  request.set_residence_status(v1::RESIDENCE_STATUS_MID_TO_LONG_TERM);
  EXPECT_EQ(CodeOf(Run(request, &operation)), "STAY_DATE_MISSING");
  request = Issue();
  request.set_name("cases/none");
  EXPECT_EQ(CodeOf(Run(request, &operation)), "CASE_UNKNOWN");
  request = Issue();
  request.clear_request_id();
  EXPECT_EQ(CodeOf(Run(request, &operation)), "ARGUMENT_INVALID");
  request = Issue();
  request.set_reader("readers/none");
  EXPECT_EQ(CodeOf(Run(request, &operation)), "READER_UNKNOWN");
}

TEST_F(ServicesTest, AnUnknownOperationIsNotFound) {
  v1::GetOperationRequest get;
  get.set_name("operations/none");
  v1::Operation operation;
  EXPECT_EQ(CodeOf(Call(*operations_, &Operations::GetOperation, get, &operation)),
            "OPERATION_UNKNOWN");
  grpc::ClientContext context;
  v1::WatchOperationRequest watch;
  watch.set_name("operations/none");
  v1::WatchOperationResponse response;
  const auto reader = operations_->WatchOperation(&context, watch);
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(CodeOf(reader->Finish()), "OPERATION_UNKNOWN");
}

TEST_F(ServicesTest, APinIsResetOnTheCardThatIsMeantOnly) {
  const std::string serial = Serial();
  EXPECT_EQ(CodeOf(ResetPin(v1::PIN_KIND_AUTH, "1234", "000000000000000", "r-1")), "CARD_WRONG");
  EXPECT_EQ(CodeOf(ResetPin(v1::PIN_KIND_AUTH, "1234", "", "r-1")), "ARGUMENT_INVALID");
  EXPECT_EQ(TriesLeft(0), 0);
  EXPECT_EQ(CodeOf(ResetPin(v1::PIN_KIND_AUTH, "1234", serial, "r-1")), "");
  EXPECT_EQ(TriesLeft(0), 3);
}

TEST_F(ServicesTest, AWrongPinCostsOneTryAndOneOfTheWrongFormNone) {
  const std::string serial = Serial();
  ASSERT_EQ(CodeOf(ResetPin(v1::PIN_KIND_AUTH, "1234", serial, "r-1")), "");
  v1::ChangePinRequest request;
  request.set_reader(kReader);
  request.set_pin(v1::PIN_KIND_AUTH);
  request.set_current_pin("123");
  request.set_new_pin("5678");
  request.set_request_id("c-1");
  v1::ChangePinResponse response;
  EXPECT_EQ(CodeOf(Call(*cards_, &Cards::ChangePin, request, &response)), "PIN_FORMAT");
  EXPECT_EQ(TriesLeft(0), 3);
  request.set_current_pin("9999");
  EXPECT_EQ(CodeOf(Call(*cards_, &Cards::ChangePin, request, &response)), "PIN_WRONG");
  EXPECT_EQ(CodeOf(Call(*cards_, &Cards::ChangePin, request, &response)), "PIN_WRONG");
  EXPECT_EQ(TriesLeft(0), 2) << "the repeat was answered from memory";
  request.set_current_pin("1234");
  request.set_request_id("c-2");
  EXPECT_EQ(CodeOf(Call(*cards_, &Cards::ChangePin, request, &response)), "");
  EXPECT_EQ(response.status().tries_left(), 3);
}

TEST_F(ServicesTest, AClientWithoutPatienceDoesNotSpoilTheReader) {
  const session::LeaseRequest turn = {
      .reader = "sim-0", .client = "a test", .deadline = absl::InfiniteFuture()};
  const auto lease = sessions_->Acquire(turn, [](int) {}).value();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(50));
  v1::ReadCardRequest request;
  request.set_reader(kReader);
  v1::Card card;
  EXPECT_EQ(cards_->ReadCard(&context, request, &card).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
}

}  // namespace
}  // namespace jpkid::rpc
