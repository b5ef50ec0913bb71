#include "daemon/store/case_acts.h"

#include <optional>

#include "base/status.h"

namespace jpkid::store {
namespace {

using workflow::CaseState;

struct StatePair {
  CaseRecord::State record;
  CaseState state;
};
constexpr StatePair kStates[] = {
    {CaseRecord::RECEIVED, CaseState::kReceived},
    {CaseRecord::INQUIRY_MAILED, CaseState::kInquiryMailed},
    {CaseRecord::REPLY_PRESENTED, CaseState::kReplyPresented},
    {CaseRecord::READY, CaseState::kReady},
    {CaseRecord::IN_PROGRESS, CaseState::kInProgress},
    {CaseRecord::IN_CUSTODY, CaseState::kInCustody},
    {CaseRecord::COMPLETED, CaseState::kCompleted},
    {CaseRecord::PIN_MISMATCH, CaseState::kPinMismatch},
    {CaseRecord::EXPIRED, CaseState::kExpired},
    {CaseRecord::WITHDRAWN, CaseState::kWithdrawn},
};

}  // namespace

CaseState StateOf(const CaseRecord& record) {
  for (const StatePair& pair : kStates) {
    if (pair.record == record.state()) return pair.state;
  }
  return CaseState::kWithdrawn;  // A newer daemon's state: nothing of ours leads out of it.
}

CaseRecord::State RecordState(CaseState state) {
  for (const StatePair& pair : kStates) {
    if (pair.state == state) return pair.record;
  }
  return CaseRecord::STATE_UNSPECIFIED;
}

absl::Status Apply(CaseRecord& record, workflow::CaseAct act, const ActStamp& stamp) {
  const CaseState state = StateOf(record);
  const std::optional<CaseState> next = act == workflow::CaseAct::kCreate
                                            ? std::optional(workflow::kFirstCaseState)
                                            : workflow::After(state, act);
  if (!next.has_value()) {
    return Fail(Reason::kCaseState, {{"case", record.id()},
                                     {"state", std::string(workflow::Name(state))},
                                     {"wanted", std::string(workflow::Name(act))}});
  }
  record.set_state(RecordState(*next));
  record.set_update_time_us(stamp.time_us);
  CaseAct& line = *record.add_history();
  line.set_time_us(stamp.time_us);
  line.set_actor(stamp.actor);
  line.set_act(std::string(workflow::Name(act)));
  line.set_state(record.state());
  line.set_detail(stamp.detail);
  return absl::OkStatus();
}

}  // namespace jpkid::store
