#include "tests/fakes/fake_case_service.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

#include "base/status.h"

namespace jpkid::fakes {
namespace {

using jpki::v1::Case;
using jpki::v1::Operation;

absl::Status Invalid(const std::string& field, const std::string& detail) {
  return Fail(Reason::kArgumentInvalid, {{"field", field}, {"detail", detail}});
}

absl::Status CheckApplication(const jpki::v1::Application& application) {
  if (application.type() == Operation::TYPE_UNSPECIFIED) return Invalid("type", "must be given");
  if (application.applicant() == jpki::v1::APPLICANT_UNSPECIFIED ||
      application.residence_status() == jpki::v1::RESIDENCE_STATUS_UNSPECIFIED) {
    return Invalid("application", "everything is said");
  }
  absl::CivilDay day;
  if (absl::ParseCivilTime(application.birth_date(), &day)) return absl::OkStatus();
  return Invalid("application.birth_date", "a date, YYYY-MM-DD");
}

// The case as the caller has seen it, in one of these states.
absl::Status CheckSeen(const FakeState& state, const std::string& name, const std::string& etag,
                       std::initializer_list<Case::State> states)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(state.mutex) {
  const Case& one = state.the_case;
  if (one.name().empty() || one.name() != name) {
    return Fail(Reason::kCaseUnknown, {{"case", name}});
  }
  if (!etag.empty() && etag != one.etag()) return Fail(Reason::kCaseChanged, {{"case", name}});
  if (std::ranges::count(states, one.state()) > 0) return absl::OkStatus();
  return Fail(Reason::kCaseState,
              {{"case", name}, {"state", Case::State_Name(one.state())}, {"wanted", "this"}});
}

// Moves the case on; its etag is the number of changes.
void Move(FakeState& state, const std::string& act, Case::State to)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(state.mutex) {
  Case& one = state.the_case;
  one.set_state(to);
  jpki::v1::CaseAct& done = *one.add_history();
  done.mutable_time()->set_seconds(1'800'000'000 + one.history_size());
  done.set_actor("uid:1000");
  done.set_act(act);
  done.set_state(to);
  one.set_etag(absl::StrCat(one.history_size()));
}

// Checks off documents of a visit. Each must be asked for.
absl::Status CheckOff(FakeState& state, int visit,
                      const google::protobuf::RepeatedPtrField<std::string>& codes)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(state.mutex) {
  Case& one = state.the_case;
  one.clear_missing_items();
  for (const std::string& code : codes) {
    const auto& items = one.procedure().required_items();
    const bool asked = std::ranges::any_of(
        items, [&](const auto& item) { return item.code() == code && item.visit() == visit; });
    if (!asked) return Invalid("checked_items", code);
    one.add_documents()->set_code(code);
    one.mutable_documents()->rbegin()->set_visit(visit);
  }
  for (const auto& item : one.procedure().required_items()) {
    const bool seen = std::ranges::any_of(one.documents(), [&](const auto& document) {
      return document.code() == item.code() && document.visit() == visit;
    });
    if (item.visit() == visit && !seen) one.add_missing_items(item.code());
  }
  return absl::OkStatus();
}

}  // namespace

grpc::Status FakeCaseService::PreviewProcedure(grpc::ServerContext* context,
                                               const v1::PreviewProcedureRequest* request,
                                               v1::Procedure* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "PreviewProcedure", *request);
  if (status.ok()) status = CheckApplication(request->application());
  if (status.ok() && !request->municipality().empty() && request->municipality() != "sanda") {
    status = Fail(Reason::kMunicipalityUnknown,
                  {{"municipality", request->municipality()}, {"known", "sanda"}});
  }
  *response = state_.procedure;
  return ToWire(status, *context);
}

grpc::Status FakeCaseService::CreateCase(grpc::ServerContext* context,
                                         const v1::CreateCaseRequest* request, Case* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "CreateCase", *request);
  if (status.ok()) status = CheckApplication(request->application());
  const absl::StatusOr<bool> is_new = state_.Once(status, request->request_id(), *request);
  if (!is_new.ok()) return ToWire(is_new.status(), *context);
  if (*is_new) {
    Case& one = state_.the_case;
    one = Case();
    one.set_name(FakeDaemon::kCase);
    *one.mutable_application() = request->application();
    *one.mutable_procedure() = state_.procedure;
    one.set_card_serial(request->card_serial());
    one.set_training(state_.training);
    one.mutable_create_time()->set_seconds(1'800'000'000);
    status = CheckOff(state_, 1, request->checked_items());
    if (!status.ok()) return ToWire(status, *context);
    const bool ready = one.procedure().visits() == 1 && one.missing_items().empty();
    Move(state_, "create", ready ? Case::STATE_READY : Case::STATE_RECEIVED);
  }
  *response = state_.the_case;
  return grpc::Status::OK;
}

grpc::Status FakeCaseService::GetCase(grpc::ServerContext* context,
                                      const v1::GetCaseRequest* request, Case* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "GetCase", *request);
  if (status.ok()) {
    status = CheckSeen(state_, request->name(), "", {state_.the_case.state()});
  }
  *response = state_.the_case;
  return ToWire(status, *context);
}

// One case a page, named c1, c2, c3: for paging.
grpc::Status FakeCaseService::ListCases(grpc::ServerContext* context,
                                        const v1::ListCasesRequest* request,
                                        v1::ListCasesResponse* response) {
  const MutexLock lock(state_.mutex);
  const absl::Status status = state_.Enter(*context, "ListCases", *request);
  if (!status.ok()) return ToWire(status, *context);
  const int page = request->page_token().empty() ? 1 : std::stoi(request->page_token());
  Case& one = *response->add_cases();
  one = state_.the_case;
  one.set_name(absl::StrCat("cases/c", page));
  if (page < 3) response->set_next_page_token(absl::StrCat(page + 1));
  return grpc::Status::OK;
}

grpc::Status FakeCaseService::MailInquiry(grpc::ServerContext* context,
                                          const v1::MailInquiryRequest* request, Case* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "MailInquiry", *request);
  if (status.ok()) {
    status = CheckSeen(state_, request->name(), request->etag(),
                       {Case::STATE_RECEIVED, Case::STATE_PIN_MISMATCH});
  }
  const absl::StatusOr<bool> is_new = state_.Once(status, request->request_id(), *request);
  if (!is_new.ok()) return ToWire(is_new.status(), *context);
  if (*is_new) {
    state_.the_case.set_reply_due("2027-02-14");
    Move(state_, "mail-inquiry", Case::STATE_INQUIRY_MAILED);
  }
  *response = state_.the_case;
  return grpc::Status::OK;
}

grpc::Status FakeCaseService::PresentReply(grpc::ServerContext* context,
                                           const v1::PresentReplyRequest* request, Case* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "PresentReply", *request);
  if (status.ok()) {
    status =
        CheckSeen(state_, request->name(), request->etag(),
                  {Case::STATE_RECEIVED, Case::STATE_INQUIRY_MAILED, Case::STATE_REPLY_PRESENTED});
  }
  if (status.ok() && request->presenter() == v1::APPLICANT_UNSPECIFIED) {
    status = Invalid("presenter", "must be given");
  }
  const absl::StatusOr<bool> is_new = state_.Once(status, request->request_id(), *request);
  if (!is_new.ok()) return ToWire(is_new.status(), *context);
  if (*is_new) {
    const int visit = state_.the_case.state() == Case::STATE_RECEIVED ? 1 : 2;
    status = CheckOff(state_, visit, request->checked_items());
    if (!status.ok()) return ToWire(status, *context);
    Move(state_, "present-reply",
         state_.the_case.missing_items().empty() ? Case::STATE_READY : Case::STATE_REPLY_PRESENTED);
  }
  *response = state_.the_case;
  return grpc::Status::OK;
}

grpc::Status FakeCaseService::WithdrawCase(grpc::ServerContext* context,
                                           const v1::WithdrawCaseRequest* request, Case* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "WithdrawCase", *request);
  if (status.ok()) {
    status = CheckSeen(state_, request->name(), request->etag(),
                       {Case::STATE_RECEIVED, Case::STATE_INQUIRY_MAILED,
                        Case::STATE_REPLY_PRESENTED, Case::STATE_READY});
  }
  const absl::StatusOr<bool> is_new = state_.Once(status, request->request_id(), *request);
  if (!is_new.ok()) return ToWire(is_new.status(), *context);
  if (*is_new) Move(state_, "withdraw", Case::STATE_WITHDRAWN);
  *response = state_.the_case;
  return grpc::Status::OK;
}

grpc::Status FakeCaseService::RunCase(grpc::ServerContext* context,
                                      const v1::RunCaseRequest* request, Operation* response) {
  const MutexLock lock(state_.mutex);
  absl::Status status = state_.Enter(*context, "RunCase", *request);
  if (status.ok()) status = state_.CheckReader(request->reader());
  const bool of_case = !request->name().empty();
  if (status.ok() && !of_case &&
      (request->type() == Operation::TYPE_UNSPECIFIED ||
       request->applicant() == v1::APPLICANT_UNSPECIFIED)) {
    status = Invalid("type", "what, and for whom");
  }
  const bool known = state_.requests.contains(request->request_id());
  if (status.ok() && of_case && !known) {
    status = CheckSeen(state_, request->name(), request->etag(), {Case::STATE_READY});
  }
  const absl::StatusOr<bool> is_new = state_.Once(status, request->request_id(), *request);
  if (!is_new.ok()) return ToWire(is_new.status(), *context);
  if (*is_new) state_.Begin(*request);
  if (*is_new && of_case) {
    state_.the_case.set_operation(FakeDaemon::kOperation);
    Move(state_, "run", Case::STATE_IN_PROGRESS);
  }
  if (*is_new) state_.Advance();
  *response = state_.operation;
  return grpc::Status::OK;
}

}  // namespace jpkid::fakes
