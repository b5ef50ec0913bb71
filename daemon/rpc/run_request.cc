#include "daemon/rpc/run_request.h"

#include <string>
#include <vector>

#include "absl/time/civil_time.h"

#include "base/status.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/convert_case.h"
#include "daemon/runner/holder_record.h"

namespace jpkid::rpc {
namespace {

using runner::RunRequest;

// A proxy who comes without a sealed form that the holder filled in comes twice (S5); the form of
// the expiry notice serves for a renewal with the PINs that are (S15).
absl::Status CheckOneVisit(const RunRequest& run) {
  if (run.applicant != rules::Applicant::kVoluntaryProxy) return absl::OkStatus();
  if (run.procedure == rules::Procedure::kRenew && run.reset_pins.empty()) return absl::OkStatus();
  return Fail(Reason::kTwoVisitsNeeded);
}

// What will be made: the certificates that were given an expiry.
std::vector<certs::Kind> KindsOf(const store::CaseDecision& decision) {
  std::vector<certs::Kind> kinds;
  if (!decision.auth_expiry().empty()) kinds.push_back(certs::Kind::kAuth);
  if (!decision.signature_expiry().empty()) kinds.push_back(certs::Kind::kSignature);
  return kinds;
}

// `stay_until` where certificates of people with this status end with it (S12).
absl::Status SetEndOfStay(rules::ResidenceStatus status, std::optional<absl::CivilDay> stay_until,
                          RunRequest& run) {
  if (!rules::EndsWithStay(status)) return absl::OkStatus();
  if (!stay_until.has_value()) return Fail(Reason::kStayDateMissing);
  run.end_of_stay = stay_until;
  return absl::OkStatus();
}

absl::Status SetPerson(const store::CasePerson& person, RunRequest& run) {
  run.adult_ward = person.adult_ward();
  JPKID_ASSIGN_OR_RETURN(const rules::ResidenceStatus status,
                         rules::ParseResidenceStatus(person.residence_status()));
  JPKID_ASSIGN_OR_RETURN(const auto stay_until, ToDayIfAny(person.stay_until(), "stay_until"));
  return SetEndOfStay(status, stay_until, run);
}

}  // namespace

absl::StatusOr<RunRequest> ToRunRequest(const v1::RunCaseRequest& request) {
  RunRequest run;
  JPKID_ASSIGN_OR_RETURN(run.procedure, ToProcedure(request.type(), "type"));
  JPKID_ASSIGN_OR_RETURN(run.kinds, ToKinds(request.kinds(), "kinds"));
  JPKID_ASSIGN_OR_RETURN(run.applicant, ToApplicant(request.applicant(), "applicant"));
  if (request.has_holder()) {
    JPKID_ASSIGN_OR_RETURN(run.holder, ToHolder(request.holder()));
  }
  JPKID_ASSIGN_OR_RETURN(run.reset_pins, ToPins(request.reset_pins(), "reset_pins"));
  run.pinless_card = request.pinless_card();
  run.adult_ward = request.adult_ward();
  JPKID_ASSIGN_OR_RETURN(const rules::ResidenceStatus status,
                         ToResidenceStatus(request.residence_status(), "residence_status"));
  JPKID_ASSIGN_OR_RETURN(const auto stay_until, ToDayIfAny(request.stay_until(), "stay_until"));
  JPKID_RETURN_IF_ERROR(SetEndOfStay(status, stay_until, run));
  JPKID_RETURN_IF_ERROR(CheckOneVisit(run));
  return run;
}

absl::StatusOr<RunRequest> ToRunRequest(const store::CaseRecord& record,
                                        const std::optional<Bytes>& holder) {
  const store::CaseApplication& application = record.application();
  RunRequest run;
  JPKID_ASSIGN_OR_RETURN(run.procedure, rules::ParseProcedure(record.decision().becomes()));
  run.kinds = KindsOf(record.decision());
  run.two_visits = record.decision().visits() > 1;
  // Who stands there: the holder may come himself with the reply, and then enters his PINs.
  JPKID_ASSIGN_OR_RETURN(run.applicant,
                         rules::ParseApplicant(record.presenter().empty() ? application.applicant()
                                                                          : record.presenter()));
  if (holder.has_value()) {
    JPKID_ASSIGN_OR_RETURN(run.holder, runner::DecodeHolder(*holder));
  }
  // Erased where the case has ended; it is then refused, or its operation is known.
  if (application.has_person()) JPKID_RETURN_IF_ERROR(SetPerson(application.person(), run));
  run.pinless_card = application.pinless_card();
  for (const std::string& pin : application.reset_pins()) {
    JPKID_ASSIGN_OR_RETURN(const certs::Kind kind, certs::ParseKind(pin));
    run.reset_pins.push_back(kind);
  }
  run.card_serial = record.card_serial();
  run.case_id = record.id();
  run.case_version = record.version();
  return run;
}

}  // namespace jpkid::rpc
