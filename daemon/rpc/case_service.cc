#include "daemon/rpc/case_service.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/convert_case.h"
#include "daemon/rpc/repeats.h"
#include "daemon/rpc/run_request.h"
#include "daemon/runner/holder_record.h"

namespace jpkid::rpc {
namespace {

constexpr int kPageByDefault = 50;
constexpr int kPageAtMost = 200;  // So that a page fits into a message.
constexpr std::size_t kItemsAtMost = 100;
constexpr std::size_t kSerialDigits = 15;  // EF 0001 of the card's common application.

bool IsSerialOrEmpty(const std::string& serial) {
  return serial.empty() || (serial.size() == kSerialDigits &&
                            std::all_of(serial.begin(), serial.end(), absl::ascii_isdigit));
}

absl::Status Invalid(absl::string_view field, absl::string_view detail) {
  return Fail(Reason::kArgumentInvalid,
              {{"field", std::string(field)}, {"detail", std::string(detail)}});
}

template <typename Request>
absl::StatusOr<std::vector<std::string>> CheckedItems(const Request& request) {
  if (request.checked_items_size() > static_cast<int>(kItemsAtMost)) {
    return Invalid("checked_items", "at most 100");
  }
  return std::vector<std::string>(request.checked_items().begin(), request.checked_items().end());
}

// The case that a step names, as its caller has seen it.
template <typename Request>
absl::StatusOr<desk::CaseAsSeen> SeenBy(const CallInfo& info, const Request& request) {
  desk::CaseAsSeen seen;
  JPKID_ASSIGN_OR_RETURN(seen.id, IdOf("cases", request.name(), "name"));
  JPKID_ASSIGN_OR_RETURN(seen.version, ToVersion(request.etag()));
  seen.actor = InWords(info.caller);
  return seen;
}

absl::StatusOr<store::CaseFilter> ToFilter(const v1::ListCasesRequest& request) {
  store::CaseFilter filter;
  for (const int state : request.states()) {
    if (state == 0 || !v1::Case::State_IsValid(state)) return Invalid("states", "is not known");
    filter.states.push_back(static_cast<store::CaseRecord::State>(state));
  }
  filter.card_serial = request.card_serial();
  if (request.has_created_from()) {
    JPKID_ASSIGN_OR_RETURN(const absl::Time from, ToTime(request.created_from(), "created_from"));
    filter.created_from_us = absl::ToUnixMicros(from);
  }
  if (request.has_created_before()) {
    JPKID_ASSIGN_OR_RETURN(const absl::Time before,
                           ToTime(request.created_before(), "created_before"));
    filter.created_before_us = absl::ToUnixMicros(before);
  }
  return filter;
}

}  // namespace

CaseService::CaseService(desk::CaseDesk& desk, store::Cases& cases, runner::Runner& runner,
                         Registry& registry)
    : desk_(desk), cases_(cases), runner_(runner) {
  const auto bind = [&](absl::string_view method, auto member, Repeat repeat = Repeat::kGuard) {
    registry.BindUnary(absl::StrCat("jpki.v1.CaseService.", method), Where::kStore, *this, member,
                       repeat);
  };
  bind("PreviewProcedure", &CaseService::PreviewProcedure);
  // The case and the operation themselves remember their requests: they outlive whatever cuts the
  // call off.
  bind("CreateCase", &CaseService::CreateCase, Repeat::kHandler);
  bind("GetCase", &CaseService::GetCase);
  bind("ListCases", &CaseService::ListCases);
  bind("MailInquiry", &CaseService::MailInquiry);
  bind("PresentReply", &CaseService::PresentReply);
  bind("WithdrawCase", &CaseService::WithdrawCase);
  bind("RunCase", &CaseService::RunCase, Repeat::kHandler);
}

absl::StatusOr<v1::Procedure> CaseService::PreviewProcedure(
    CallInfo& info, const v1::PreviewProcedureRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const rules::Application application,
                         ToApplication(request.application()));
  std::optional<absl::Time> at;
  if (request.has_time()) {
    JPKID_ASSIGN_OR_RETURN(at, ToTime(request.time(), "time"));
  }
  JPKID_ASSIGN_OR_RETURN(const desk::Preview preview,
                         desk_.PreviewProcedure(application, at, request.municipality()));
  return ToProcedure(preview, info.language);
}

absl::StatusOr<v1::Case> CaseService::CreateCase(CallInfo& info,
                                                 const v1::CreateCaseRequest& request) {
  desk::NewCase created;
  JPKID_ASSIGN_OR_RETURN(created.request_id, RequestIdOf(request));
  created.actor = InWords(info.caller);
  JPKID_ASSIGN_OR_RETURN(created.application, ToApplication(request.application()));
  if (request.has_holder()) {
    JPKID_ASSIGN_OR_RETURN(const ca::Holder holder, ToHolder(request.holder()));
    if (holder.birth_date != created.application.birth_date) {
      return Invalid("holder.birth_date", "as in the application");
    }
    created.holder = runner::EncodeHolder(holder);
  }
  if (!IsSerialOrEmpty(request.card_serial())) return Invalid("card_serial", "has 15 digits");
  created.card_serial = request.card_serial();
  JPKID_ASSIGN_OR_RETURN(created.checked_items, CheckedItems(request));
  JPKID_ASSIGN_OR_RETURN(const store::CaseRecord record, desk_.CreateCase(created));
  return Tell(record, info);
}

absl::StatusOr<v1::Case> CaseService::GetCase(CallInfo& info, const v1::GetCaseRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const std::string id, IdOf("cases", request.name(), "name"));
  JPKID_ASSIGN_OR_RETURN(const store::CaseRecord record, desk_.GetCase(id));
  return Tell(record, info, /*person=*/true);
}

absl::StatusOr<v1::ListCasesResponse> CaseService::ListCases(CallInfo& info,
                                                             const v1::ListCasesRequest& request) {
  if (request.page_size() < 0) return Invalid("page_size", "not below 0");
  JPKID_ASSIGN_OR_RETURN(const store::CaseFilter filter, ToFilter(request));
  const int size =
      request.page_size() == 0 ? kPageByDefault : std::min(request.page_size(), kPageAtMost);
  JPKID_ASSIGN_OR_RETURN(const store::CasePage page,
                         desk_.ListCases(filter, size, request.page_token()));
  v1::ListCasesResponse response;
  for (const store::CaseRecord& record : page.cases) *response.add_cases() = Tell(record, info);
  response.set_next_page_token(page.next_token);
  return response;
}

absl::StatusOr<v1::Case> CaseService::MailInquiry(CallInfo& info,
                                                  const v1::MailInquiryRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const desk::CaseAsSeen seen, SeenBy(info, request));
  JPKID_ASSIGN_OR_RETURN(const store::CaseRecord record, desk_.MailInquiry(seen));
  return Tell(record, info);
}

absl::StatusOr<v1::Case> CaseService::PresentReply(CallInfo& info,
                                                   const v1::PresentReplyRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const desk::CaseAsSeen seen, SeenBy(info, request));
  desk::Reply reply;
  JPKID_ASSIGN_OR_RETURN(reply.presenter, ToApplicant(request.presenter(), "presenter"));
  JPKID_ASSIGN_OR_RETURN(reply.checked_items, CheckedItems(request));
  JPKID_ASSIGN_OR_RETURN(const store::CaseRecord record, desk_.PresentReply(seen, reply));
  return Tell(record, info);
}

absl::StatusOr<v1::Case> CaseService::WithdrawCase(CallInfo& info,
                                                   const v1::WithdrawCaseRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const desk::CaseAsSeen seen, SeenBy(info, request));
  JPKID_ASSIGN_OR_RETURN(const store::CaseRecord record, desk_.WithdrawCase(seen, request.why()));
  return Tell(record, info);
}

absl::StatusOr<v1::Operation> CaseService::RunCase(CallInfo& info,
                                                   const v1::RunCaseRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const std::string request_id, RequestIdOf(request));
  JPKID_ASSIGN_OR_RETURN(const std::string reader, IdOf("readers", request.reader(), "reader"));
  JPKID_ASSIGN_OR_RETURN(runner::RunRequest run,
                         request.name().empty() ? ToRunRequest(request) : OfCase(info, request));
  run.request_id = request_id;
  run.reader = reader;
  run.creator = InWords(info.caller);
  JPKID_ASSIGN_OR_RETURN(const store::OperationRecord record, runner_.Begin(run));
  return ToOperation(record, info.language);
}

absl::StatusOr<runner::RunRequest> CaseService::OfCase(const CallInfo& info,
                                                       const v1::RunCaseRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const desk::CaseAsSeen seen, SeenBy(info, request));
  JPKID_ASSIGN_OR_RETURN(const store::CaseRecord record, desk_.GetCase(seen.id));
  JPKID_ASSIGN_OR_RETURN(const std::optional<Bytes> holder, cases_.GetCaseHolder(seen.id));
  JPKID_ASSIGN_OR_RETURN(runner::RunRequest run, ToRunRequest(record, holder));
  if (seen.version != 0) run.case_version = seen.version;
  return run;
}

v1::Case CaseService::Tell(const store::CaseRecord& record, const CallInfo& info,
                           bool person) const {
  // Its file may have gone since the case was taken.
  const auto municipality = desk_.Municipality(record.municipality());
  return ToCase(record, municipality.ok() ? *municipality : nullptr, info.language, person);
}

}  // namespace jpkid::rpc
