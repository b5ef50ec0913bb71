#include "daemon/store/case_rows.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include <soci/soci.h>

#include "base/status.h"
#include "daemon/store/case_acts.h"
#include "daemon/store/text.h"

namespace jpkid::store {
namespace {

using soci::into;
using soci::use;
using Act = workflow::CaseAct;

// What becomes of a case whose operation stands so; nothing while it goes on as before.
std::optional<Act> ActOf(const OperationRecord& operation, CaseRecord::State state) {
  switch (operation.state()) {
    case OperationRecord::SUCCEEDED:
      return Act::kComplete;
    case OperationRecord::FAILED:
      return operation.failure().reason() == Row(Reason::kReplyFormPinWrong).code ? Act::kMismatch
                                                                                  : Act::kFail;
    case OperationRecord::CANCELLED:
      return Act::kFail;
    default:
      break;
  }
  if (operation.in_custody() == (state == CaseRecord::IN_CUSTODY)) return std::nullopt;
  return operation.in_custody() ? Act::kHold : Act::kGoOn;
}

void NoteWrongPin(CaseRecord& record, const OperationRecord& operation) {
  const auto pin = operation.failure().metadata().find("pin");
  if (pin == operation.failure().metadata().end()) return;
  if (std::find(record.wrong_pins().begin(), record.wrong_pins().end(), pin->second) ==
      record.wrong_pins().end()) {
    record.add_wrong_pins(pin->second);
  }
}

}  // namespace

absl::StatusOr<CaseRecord> ReadCase(soci::session& session, const std::string& id) {
  std::string text;
  session << "SELECT record FROM cases WHERE id = :id", use(id), into(text);
  if (!session.got_data()) return Fail(Reason::kCaseUnknown, {{"case", id}});
  CaseRecord record;
  JPKID_RETURN_IF_ERROR(FromText(text, record));
  return record;
}

absl::Status ReplaceCase(soci::session& session, CaseRecord& record, std::int64_t expected) {
  JPKID_ASSIGN_OR_RETURN(const CaseRecord stored, ReadCase(session, record.id()));
  if (stored.version() != expected) return Fail(Reason::kCaseChanged, {{"case", record.id()}});
  record.set_version(expected + 1);
  const bool ended = workflow::HasEnded(StateOf(record));
  CaseRecord open = record;
  open.mutable_application()->clear_person();
  if (ended) record = open;
  const std::string text = ToText(open);
  const std::string state = CaseRecord::State_Name(record.state());
  const long long version = record.version();
  session << "UPDATE cases SET state = :state, version = :version, card_serial = :serial,"
             " record = :record WHERE id = :id",
      use(state), use(version), use(record.card_serial()), use(text), use(record.id());
  if (ended) session << "DELETE FROM personal_data WHERE record_id = :id", use(record.id());
  return absl::OkStatus();
}

absl::Status TakeCase(soci::session& session, const OperationRecord& operation) {
  if (operation.case_id().empty()) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(CaseRecord record, ReadCase(session, operation.case_id()));
  const std::int64_t version = record.version();
  if (operation.case_version() != 0 && operation.case_version() != version) {
    return Fail(Reason::kCaseChanged, {{"case", record.id()}});
  }
  JPKID_RETURN_IF_ERROR(Apply(record, Act::kRun,
                              {.actor = operation.creator(),
                               .time_us = operation.create_time_us(),
                               .detail = absl::StrCat("operations/", operation.id())}));
  record.set_operation_id(operation.id());
  return ReplaceCase(session, record, version);
}

absl::Status MoveCase(soci::session& session, const OperationRecord& operation,
                      std::int64_t now_us) {
  if (operation.case_id().empty()) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(CaseRecord record, ReadCase(session, operation.case_id()));
  const bool at_work =
      record.state() == CaseRecord::IN_PROGRESS || record.state() == CaseRecord::IN_CUSTODY;
  // A write that is repeated because its first answer was lost finds the case moved already.
  if (!at_work || record.operation_id() != operation.id()) return absl::OkStatus();
  const std::optional<Act> act = ActOf(operation, record.state());
  if (!act.has_value()) return absl::OkStatus();
  const std::int64_t version = record.version();
  JPKID_RETURN_IF_ERROR(Apply(record, *act,
                              {.actor = absl::StrCat("operations/", operation.id()),
                               .time_us = now_us,
                               .detail = operation.failure().reason()}));
  if (*act == Act::kMismatch) NoteWrongPin(record, operation);
  if (record.card_serial().empty()) record.set_card_serial(operation.card_serial());
  return ReplaceCase(session, record, version);
}

}  // namespace jpkid::store
