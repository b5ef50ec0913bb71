#include "daemon/workflow/case_course.h"

#include <algorithm>
#include <array>

namespace jpkid::workflow {
namespace {

using enum CaseState;
using enum CaseAct;

constexpr std::array kTable = {
    // Documents of the first visit; a case that takes one visit is then ready.
    CaseTransition{kReceived, kCheckDocuments, kReceived},
    CaseTransition{kReceived, kCompleteDocuments, kReady},
    CaseTransition{kReceived, kMailInquiry, kInquiryMailed},
    CaseTransition{kReceived, kWithdraw, kWithdrawn},
    // The second visit.
    CaseTransition{kInquiryMailed, kPresentReply, kReplyPresented},
    CaseTransition{kInquiryMailed, kExpire, kExpired},
    CaseTransition{kInquiryMailed, kWithdraw, kWithdrawn},
    CaseTransition{kReplyPresented, kCheckDocuments, kReplyPresented},
    CaseTransition{kReplyPresented, kCompleteDocuments, kReady},
    CaseTransition{kReplyPresented, kWithdraw, kWithdrawn},
    // At the card.
    CaseTransition{kReady, kRun, kInProgress},
    CaseTransition{kReady, kWithdraw, kWithdrawn},
    CaseTransition{kInProgress, kHold, kInCustody},
    CaseTransition{kInProgress, kComplete, kCompleted},
    CaseTransition{kInProgress, kFail, kReady},
    CaseTransition{kInProgress, kMismatch, kPinMismatch},
    CaseTransition{kInCustody, kGoOn, kInProgress},
    CaseTransition{kInCustody, kComplete, kCompleted},
    CaseTransition{kInCustody, kFail, kReady},
    CaseTransition{kInCustody, kMismatch, kPinMismatch},
    // A new inquiry, to reset the PIN.
    CaseTransition{kPinMismatch, kMailInquiry, kInquiryMailed},
    CaseTransition{kPinMismatch, kWithdraw, kWithdrawn},
};

}  // namespace

std::span<const CaseTransition> CaseTable() { return kTable; }

std::optional<CaseState> After(CaseState state, CaseAct act) {
  for (const CaseTransition& row : kTable) {
    if (row.from == state && row.act == act) return row.to;
  }
  return std::nullopt;
}

bool HasEnded(CaseState state) {
  return std::none_of(kTable.begin(), kTable.end(),
                      [state](const CaseTransition& row) { return row.from == state; });
}

absl::string_view Name(CaseState state) {
  switch (state) {
    case kReceived:
      return "RECEIVED";
    case kInquiryMailed:
      return "INQUIRY_MAILED";
    case kReplyPresented:
      return "REPLY_PRESENTED";
    case kReady:
      return "READY";
    case kInProgress:
      return "IN_PROGRESS";
    case kInCustody:
      return "IN_CUSTODY";
    case kCompleted:
      return "COMPLETED";
    case kPinMismatch:
      return "PIN_MISMATCH";
    case kExpired:
      return "EXPIRED";
    case kWithdrawn:
      return "WITHDRAWN";
  }
  return "?";
}

absl::string_view Name(CaseAct act) {
  switch (act) {
    case kCreate:
      return "create";
    case kCheckDocuments:
      return "check-documents";
    case kCompleteDocuments:
      return "complete-documents";
    case kMailInquiry:
      return "mail-inquiry";
    case kPresentReply:
      return "present-reply";
    case kExpire:
      return "expire";
    case kWithdraw:
      return "withdraw";
    case kRun:
      return "run";
    case kHold:
      return "hold";
    case kGoOn:
      return "go-on";
    case kComplete:
      return "complete";
    case kFail:
      return "fail";
    case kMismatch:
      return "mismatch";
  }
  return "?";
}

}  // namespace jpkid::workflow
