#include "daemon/runner/beginning.h"

#include "absl/algorithm/container.h"

#include "base/digest.h"
#include "base/ids.h"
#include "base/status.h"
#include "daemon/rules/rules.h"
#include "daemon/runner/holder_record.h"
#include "daemon/workflow/workflow.h"

namespace jpkid::runner {
namespace {

// The request id, so that one holder's digests are not alike.
std::string DigestOf(const RunRequest& request) {
  const Bytes holder = request.holder.has_value() ? EncodeHolder(*request.holder) : Bytes();
  std::vector<absl::string_view> parts = {request.request_id, request.card_serial, AsText(holder)};
  for (const certs::Kind kind : request.reset_pins) parts.push_back(certs::Name(kind));
  return std::string(AsText(Sha256OfParts(parts)));
}

}  // namespace

store::OperationRecord NewRecord(const RunRequest& request, bool training, absl::Time now) {
  store::OperationRecord record;
  record.set_id(NewId());
  record.set_request_id(request.request_id);
  record.set_creator(request.creator);
  record.set_type(std::string(rules::Name(request.procedure)));
  for (const certs::Kind kind : request.kinds) record.add_kinds(std::string(certs::Name(kind)));
  *record.mutable_requested_kinds() = record.kinds();
  record.set_card_serial(request.card_serial);
  record.set_reader(request.reader);
  record.set_requested_reader(request.reader);
  record.set_applicant(std::string(rules::Name(request.applicant)));
  record.set_case_id(request.case_id);
  record.set_case_version(request.case_version);
  record.set_pinless_card(request.pinless_card);
  record.set_adult_ward(request.adult_ward);
  record.set_two_visits(request.two_visits);
  record.set_pins_from_form(request.applicant == rules::Applicant::kVoluntaryProxy);
  if (request.end_of_stay.has_value()) {
    record.set_end_of_stay(absl::FormatCivilTime(*request.end_of_stay));
  }
  for (const certs::Kind kind : request.reset_pins) {
    record.add_reset_pins(std::string(certs::Name(kind)));
  }
  record.set_request_digest(DigestOf(request));
  record.set_training(training);
  record.set_create_time_us(absl::ToUnixMicros(now));
  record.set_update_time_us(record.create_time_us());
  record.set_state(store::OperationRecord::QUEUED);
  record.set_step(std::string(workflow::Name(workflow::Step::kIdentify)));
  return record;
}

absl::StatusOr<store::OperationRecord> Repeated(const RunRequest& request,
                                                store::OperationRecord first) {
  // When does not matter.
  const store::OperationRecord again = NewRecord(request, first.training(), absl::UnixEpoch());
  const std::string& digest = first.request_digest();
  const auto& kinds = first.requested_kinds().empty() ? first.kinds() : first.requested_kinds();
  const bool same =
      first.case_id() == again.case_id() &&
      (!first.case_id().empty() ||
       ((digest.empty() || digest == again.request_digest()) && first.type() == again.type() &&
        absl::c_equal(kinds, again.kinds()) && first.applicant() == again.applicant() &&
        first.end_of_stay() == again.end_of_stay() && first.adult_ward() == again.adult_ward() &&
        first.pinless_card() == again.pinless_card() &&
        (first.requested_reader().empty() ? first.reader() : first.requested_reader()) ==
            again.requested_reader()));
  if (!same) return Fail(Reason::kRequestIdReused, {{"request_id", request.request_id}});
  return first;
}

}  // namespace jpkid::runner
