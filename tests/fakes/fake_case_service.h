#pragma once

#include <grpcpp/grpcpp.h>

#include "jpki/v1/case_service.grpc.pb.h"
#include "tests/fakes/fake_daemon_state.h"

// CaseService of the fake daemon. Only for tests/fakes.
namespace jpkid::fakes {

namespace v1 = jpki::v1;

class FakeCaseService final : public v1::CaseService::Service {
 public:
  explicit FakeCaseService(FakeState& state) : state_(state) {}
  grpc::Status PreviewProcedure(grpc::ServerContext* context,
                                const v1::PreviewProcedureRequest* request,
                                v1::Procedure* response) override;
  grpc::Status CreateCase(grpc::ServerContext* context, const v1::CreateCaseRequest* request,
                          v1::Case* response) override;
  grpc::Status GetCase(grpc::ServerContext* context, const v1::GetCaseRequest* request,
                       v1::Case* response) override;
  grpc::Status ListCases(grpc::ServerContext* context, const v1::ListCasesRequest* request,
                         v1::ListCasesResponse* response) override;
  grpc::Status MailInquiry(grpc::ServerContext* context, const v1::MailInquiryRequest* request,
                           v1::Case* response) override;
  grpc::Status PresentReply(grpc::ServerContext* context, const v1::PresentReplyRequest* request,
                            v1::Case* response) override;
  grpc::Status WithdrawCase(grpc::ServerContext* context, const v1::WithdrawCaseRequest* request,
                            v1::Case* response) override;
  grpc::Status RunCase(grpc::ServerContext* context, const v1::RunCaseRequest* request,
                       v1::Operation* response) override;

 private:
  FakeState& state_;
};

}  // namespace jpkid::fakes
