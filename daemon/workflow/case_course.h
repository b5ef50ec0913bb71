#pragma once

#include <optional>
#include <span>

#include "absl/strings/string_view.h"

// The course of a citizen's case as a table (domain.md §5, custody: §7): pure, no clock, no store.
namespace jpkid::workflow {

enum class CaseState {
  kReceived,        // The application is taken.
  kInquiryMailed,   // The inquiry-and-reply form is on its way to the holder (S5).
  kReplyPresented,  // The reply is here; documents are still to be checked (S7).
  kReady,           // The card can be worked on.
  kInProgress,      // An operation is at work.
  kInCustody,       // 預かり: it waits for the authority, the card is put aside, no PIN is kept.
  kCompleted,
  kPinMismatch,  // A PIN of the reply form was wrong: an inquiry to reset it must be mailed.
  kExpired,      // The reply came too late, or never.
  kWithdrawn,
};

enum class CaseAct {
  kCreate,
  kCheckDocuments,     // Documents were seen, others are still missing.
  kCompleteDocuments,  // The last missing one was seen.
  kMailInquiry,
  kPresentReply,
  kExpire,
  kWithdraw,
  kRun,  // An operation has taken the case.
  kHold,
  kGoOn,  // Out of custody.
  kComplete,
  kFail,      // The operation failed or was cancelled: it may be run again.
  kMismatch,  // It failed at a PIN of the reply form.
};

struct CaseTransition {
  CaseState from;
  CaseAct act;
  CaseState to;
};

inline constexpr CaseState kFirstCaseState = CaseState::kReceived;

// Every transition there is, but kCreate, which leads to kFirstCaseState from nowhere.
std::span<const CaseTransition> CaseTable();

// Where `act` leads from `state`; nothing where it is not possible.
std::optional<CaseState> After(CaseState state, CaseAct act);

// No act leads out of it.
bool HasEnded(CaseState state);

// "RECEIVED", as the API and people write it.
absl::string_view Name(CaseState state);
// "mail-inquiry", as histories write it.
absl::string_view Name(CaseAct act);

}  // namespace jpkid::workflow
