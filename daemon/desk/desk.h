#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "daemon/rules/rules.h"
#include "daemon/store/store.h"

// The counter's desk: what clerks do with applications, from the first visit until the card can be
// worked on. The rules decide, the store remembers, the table of workflow/case_course.h says what
// comes after what.
namespace jpkid::desk {

// How an application would go.
struct Preview {
  rules::Decision decision;
  const rules::Municipality* municipality;  // Whose rules were asked; lives as long as the desk.
};

struct NewCase {
  std::string request_id;
  std::string actor;  // The caller, "uid:1000".
  rules::Application application;
  std::optional<Bytes> holder = {};             // As runner::EncodeHolder writes it; kept sealed.
  std::string card_serial = {};                 // Empty: the card was not read.
  std::vector<std::string> checked_items = {};  // Codes of items of the first visit.
};

// A case as the caller has seen it, and who he is.
struct CaseAsSeen {
  std::string id;
  std::int64_t version = 0;  // 0: as it stands.
  std::string actor;
};

struct Reply {
  rules::Applicant presenter = rules::Applicant::kHolder;  // The holder, or who applied for him.
  std::vector<std::string> checked_items = {};             // Codes of items of the visit at hand.
};

// What is still to be shown at the visit at hand, as Item.code; nothing once all of it was seen.
std::vector<std::string> MissingItems(const store::CaseRecord& record);

// Thread-safe. Beside the failures named, each call may fail with STORE_UNAVAILABLE, each that
// names a case with CASE_UNKNOWN, and each that changes one with CASE_CHANGED (it is another
// version than the one seen, or somebody else was faster) or CASE_STATE (the act is not possible in
// the case's state); nothing is changed then.
class CaseDesk {
 public:
  // What the desk works with. All outlive it.
  struct Parts {
    store::Cases& cases;
    const rules::Municipalities& municipalities;
    const Clock& clock;
  };
  struct Options {
    std::string municipality = "training";       // Under whose rules cases are taken.
    std::string preview_municipality = "sanda";  // Whose are previewed where none is named.
    bool training = true;
    // What no operation is begun for at the moment, and why, in words for clerks.
    std::map<rules::Procedure, std::string> suspended = {};
  };
  // MUNICIPALITY_UNKNOWN when a municipality of `options` is not there.
  static absl::StatusOr<std::unique_ptr<CaseDesk>> Create(const Parts& parts, Options options);
  virtual ~CaseDesk() = default;

  // What the rules of `municipality` (empty: the default) say of `application` at `at` (absent:
  // now). A refusal is an answer. What is accepted and suspended today has the finding
  // OPERATION_SUSPENDED besides. Changes nothing. MUNICIPALITY_UNKNOWN; ARGUMENT_INVALID,
  // STAY_DATE_MISSING, HOLIDAYS_UNKNOWN as rules::Decide.
  virtual absl::StatusOr<Preview> PreviewProcedure(const rules::Application& application,
                                                   std::optional<absl::Time> at,
                                                   const std::string& municipality) const = 0;

  // The municipality of a case, for the office to ask (S19); empty: under whose rules cases are
  // taken. MUNICIPALITY_UNKNOWN.
  virtual absl::StatusOr<const rules::Municipality*> Municipality(const std::string& id) const = 0;

  // Takes an application: READY where it takes one visit and all its items were seen, RECEIVED
  // otherwise. What the rules refuse fails with their first reason. ARGUMENT_INVALID for an item
  // that is none of the first visit. The same actor and request_id again: the first case, or
  // REQUEST_ID_REUSED where that was another application.
  virtual absl::StatusOr<store::CaseRecord> CreateCase(const NewCase& application) = 0;

  virtual absl::StatusOr<store::CaseRecord> GetCase(const std::string& id) const = 0;
  virtual absl::StatusOr<store::CasePage> ListCases(const store::CaseFilter& filter, int page_size,
                                                    const std::string& token) const = 0;

  // The inquiry was posted (S5); from then on the reply is due. Of a case with PIN_MISMATCH: the
  // inquiry that resets the PINs which were wrong; the form of the reply before no longer counts.
  // DOCUMENTS_MISSING before all items of the first visit were seen.
  virtual absl::StatusOr<store::CaseRecord> MailInquiry(const CaseAsSeen& seen) = 0;

  // The second visit, or what was still missing: of the visit at hand, items were seen. READY when
  // none is missing. REPLY_TOO_LATE after the day it was due: the case is EXPIRED then.
  // ARGUMENT_INVALID for an item that is not asked for, and for a presenter who is neither the
  // holder nor the applicant. A holder who comes himself needs no proxy's documents (S5).
  virtual absl::StatusOr<store::CaseRecord> PresentReply(const CaseAsSeen& seen,
                                                         const Reply& reply) = 0;

  // `why`: at most 200 characters, without personal data. CASE_STATE while an operation is at work.
  virtual absl::StatusOr<store::CaseRecord> WithdrawCase(const CaseAsSeen& seen,
                                                         const std::string& why) = 0;

  // Ends the cases whose reply never came: they are EXPIRED, their personal data erased. For once
  // in a while; returns how many they were.
  virtual absl::StatusOr<int> ExpireOverdue() = 0;
};

}  // namespace jpkid::desk
