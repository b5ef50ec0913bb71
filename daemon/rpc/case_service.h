#pragma once

#include "daemon/desk/desk.h"
#include "daemon/rpc/registry.h"
#include "daemon/runner/runner.h"
#include "jpki/v1/case_service.pb.h"

namespace jpkid::rpc {

// jpki.v1.CaseService: what citizens apply for.
class CaseService {
 public:
  // All outlive the registry's use.
  CaseService(desk::CaseDesk& desk, store::Cases& cases, runner::Runner& runner,
              Registry& registry);

 private:
  absl::StatusOr<jpki::v1::Procedure> PreviewProcedure(
      CallInfo& info, const jpki::v1::PreviewProcedureRequest& request);
  absl::StatusOr<jpki::v1::Case> CreateCase(CallInfo& info,
                                            const jpki::v1::CreateCaseRequest& request);
  absl::StatusOr<jpki::v1::Case> GetCase(CallInfo& info, const jpki::v1::GetCaseRequest& request);
  absl::StatusOr<jpki::v1::ListCasesResponse> ListCases(CallInfo& info,
                                                        const jpki::v1::ListCasesRequest& request);
  absl::StatusOr<jpki::v1::Case> MailInquiry(CallInfo& info,
                                             const jpki::v1::MailInquiryRequest& request);
  absl::StatusOr<jpki::v1::Case> PresentReply(CallInfo& info,
                                              const jpki::v1::PresentReplyRequest& request);
  absl::StatusOr<jpki::v1::Case> WithdrawCase(CallInfo& info,
                                              const jpki::v1::WithdrawCaseRequest& request);
  absl::StatusOr<jpki::v1::Operation> RunCase(CallInfo& info,
                                              const jpki::v1::RunCaseRequest& request);

  // What is to be done for the case that the request names.
  absl::StatusOr<runner::RunRequest> OfCase(const CallInfo& info,
                                            const jpki::v1::RunCaseRequest& request);

  // The case in the caller's language; what it says of the person with `person` alone.
  jpki::v1::Case Tell(const store::CaseRecord& record, const CallInfo& info,
                      bool person = false) const;

  desk::CaseDesk& desk_;
  store::Cases& cases_;
  runner::Runner& runner_;
};

}  // namespace jpkid::rpc
