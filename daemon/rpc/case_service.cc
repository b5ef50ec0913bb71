#include "daemon/rpc/case_service.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/repeats.h"

namespace jpkid::rpc {
namespace {

absl::Status NotBuilt(absl::string_view what) {
  return Fail(Reason::kNotBuilt, {{"what", std::string(what)}});
}

// What can be applied for so far: an issue, by the holder in person.
absl::Status CheckBuilt(const v1::RunCaseRequest& request) {
  switch (request.type()) {
    case v1::Operation::TYPE_ISSUE:
      break;
    case v1::Operation::TYPE_RENEW:
      return NotBuilt("Renewal");
    default:
      return Fail(Reason::kArgumentInvalid, {{"field", "type"}, {"detail", "must be given"}});
  }
  if (request.applicant() != v1::APPLICANT_UNSPECIFIED &&
      request.applicant() != v1::APPLICANT_HOLDER) {
    return NotBuilt("An application by a proxy");
  }
  return absl::OkStatus();
}

// Each once, in the order of making. None named: both.
absl::StatusOr<std::vector<certs::Kind>> KindsOf(const v1::RunCaseRequest& request) {
  std::vector<certs::Kind> kinds(std::begin(certs::kAllKinds), std::end(certs::kAllKinds));
  if (request.kinds().empty()) return kinds;
  std::vector<certs::Kind> named;
  for (const int number : request.kinds()) {
    JPKID_ASSIGN_OR_RETURN(const certs::Kind kind,
                           ToKind(static_cast<v1::CertificateKind>(number), "kinds"));
    named.push_back(kind);
  }
  std::erase_if(kinds, [&](certs::Kind kind) { return std::ranges::count(named, kind) == 0; });
  return kinds;
}

}  // namespace

CaseService::CaseService(runner::Runner& runner, Registry& registry) : runner_(runner) {
  // The operation itself remembers its request: it outlives whatever cuts this call off.
  registry.BindUnary("jpki.v1.CaseService.RunCase", Where::kStore, *this, &CaseService::RunCase,
                     Repeat::kHandler);
}

absl::StatusOr<v1::Operation> CaseService::RunCase(CallInfo& info,
                                                   const v1::RunCaseRequest& request) {
  runner::IssueRequest issue;
  JPKID_ASSIGN_OR_RETURN(issue.request_id, RequestIdOf(request));
  JPKID_RETURN_IF_ERROR(CheckBuilt(request));
  JPKID_ASSIGN_OR_RETURN(issue.reader, IdOf("readers", request.reader(), "reader"));
  JPKID_ASSIGN_OR_RETURN(issue.kinds, KindsOf(request));
  if (request.has_holder()) {
    JPKID_ASSIGN_OR_RETURN(issue.holder, ToHolder(request.holder()));
  }
  issue.creator = InWords(info.caller);
  JPKID_ASSIGN_OR_RETURN(const store::OperationRecord record, runner_.Issue(issue));
  return ToOperation(record, info.language);
}

}  // namespace jpkid::rpc
