#pragma once

#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "grpc/health/v1/health.grpc.pb.h"
#include "jpki/v1/card_service.grpc.pb.h"
#include "jpki/v1/operation_service.grpc.pb.h"
#include "jpki/v1/reader_service.grpc.pb.h"
#include "tests/fakes/fake_case_service.h"
#include "tests/fakes/fake_daemon_state.h"

// The services of the fake daemon. Only for tests/fakes.
namespace jpkid::fakes {

namespace v1 = jpki::v1;

class FakeReaderService final : public v1::ReaderService::Service {
 public:
  explicit FakeReaderService(FakeState& state) : state_(state) {}
  grpc::Status ListReaders(grpc::ServerContext* context, const v1::ListReadersRequest* request,
                           v1::ListReadersResponse* response) override;
  grpc::Status WatchReaders(grpc::ServerContext* context, const v1::WatchReadersRequest* request,
                            grpc::ServerWriter<v1::WatchReadersResponse>* writer) override;
  grpc::Status ReleaseReader(grpc::ServerContext* context, const v1::ReleaseReaderRequest* request,
                             v1::ReleaseReaderResponse* response) override;

 private:
  FakeState& state_;
};

class FakeCardService final : public v1::CardService::Service {
 public:
  explicit FakeCardService(FakeState& state) : state_(state) {}
  grpc::Status ReadCard(grpc::ServerContext* context, const v1::ReadCardRequest* request,
                        v1::Card* response) override;
  grpc::Status ReadCertificate(grpc::ServerContext* context,
                               const v1::ReadCertificateRequest* request,
                               v1::ReadCertificateResponse* response) override;
  grpc::Status GetPinStatus(grpc::ServerContext* context, const v1::GetPinStatusRequest* request,
                            v1::GetPinStatusResponse* response) override;
  grpc::Status ChangePin(grpc::ServerContext* context, const v1::ChangePinRequest* request,
                         v1::ChangePinResponse* response) override;
  grpc::Status ResetPin(grpc::ServerContext* context, const v1::ResetPinRequest* request,
                        v1::ResetPinResponse* response) override;
  grpc::Status Sign(grpc::ServerContext* context, const v1::SignRequest* request,
                    v1::SignResponse* response) override;

 private:
  FakeState& state_;
};

class FakeOperationService final : public v1::OperationService::Service {
 public:
  explicit FakeOperationService(FakeState& state) : state_(state) {}
  grpc::Status GetOperation(grpc::ServerContext* context, const v1::GetOperationRequest* request,
                            v1::Operation* response) override;
  grpc::Status ListOperations(grpc::ServerContext* context,
                              const v1::ListOperationsRequest* request,
                              v1::ListOperationsResponse* response) override;
  grpc::Status WatchOperation(grpc::ServerContext* context,
                              const v1::WatchOperationRequest* request,
                              grpc::ServerWriter<v1::WatchOperationResponse>* writer) override;
  grpc::Status ProvideInput(grpc::ServerContext* context, const v1::ProvideInputRequest* request,
                            v1::Operation* response) override;
  grpc::Status CancelOperation(grpc::ServerContext* context,
                               const v1::CancelOperationRequest* request,
                               v1::Operation* response) override;

 private:
  FakeState& state_;
};

class FakeHealth final : public grpc::health::v1::Health::Service {
 public:
  explicit FakeHealth(FakeState& state) : state_(state) {}
  grpc::Status Check(grpc::ServerContext* context,
                     const grpc::health::v1::HealthCheckRequest* request,
                     grpc::health::v1::HealthCheckResponse* response) override;

 private:
  FakeState& state_;
};

// All of them behind one socket, from construction to destruction.
class FakeServices {
 public:
  FakeServices(FakeState& state, const std::string& address);
  ~FakeServices();
  FakeServices(const FakeServices&) = delete;
  FakeServices& operator=(const FakeServices&) = delete;

 private:
  FakeReaderService readers_;
  FakeCardService cards_;
  FakeCaseService cases_;
  FakeOperationService operations_;
  FakeHealth health_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace jpkid::fakes
