// From the application to the card: the inquiry, the second visit, and ends on the way.

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"

#include "base/status.h"
#include "daemon/desk/case_desk.h"
#include "daemon/desk/documents.h"

namespace jpkid::desk {
namespace {

using store::CaseRecord;
using Act = workflow::CaseAct;

constexpr int kLongestWhy = 200;
constexpr int kOverduePage = 200;
constexpr char kDaemon[] = "jpkid";

absl::Status NotNow(const CaseRecord& record, Act act) {
  return Fail(Reason::kCaseState, {{"case", record.id()},
                                   {"state", std::string(Name(store::StateOf(record)))},
                                   {"wanted", std::string(Name(act))}});
}

absl::Status CheckPresenter(const CaseRecord& record, rules::Applicant presenter) {
  if (presenter == rules::Applicant::kHolder ||
      rules::Name(presenter) == record.application().applicant()) {
    return absl::OkStatus();
  }
  return Fail(Reason::kArgumentInvalid,
              {{"field", "presenter"}, {"detail", "is neither the holder nor who applied"}});
}

std::size_t CharactersOf(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char octet) {
    return (static_cast<unsigned char>(octet) & 0xC0) != 0x80;  // No continuation of UTF-8.
  }));
}

}  // namespace

bool StoredCaseDesk::IsOverdue(const CaseRecord& record) const {
  absl::CivilDay due;
  return absl::ParseCivilTime(record.reply_due(), &due) &&
         rules::TokyoDay(parts_.clock.Now()) > due;
}

absl::StatusOr<CaseRecord> StoredCaseDesk::MailInquiry(const CaseAsSeen& seen) {
  JPKID_ASSIGN_OR_RETURN(CaseRecord record, Look(seen));
  const std::int64_t version = record.version();
  if (record.state() == CaseRecord::PIN_MISMATCH) {
    JPKID_RETURN_IF_ERROR(DecideReset(record));
    ForgetLaterVisits(record);
    record.clear_presenter();
  } else if (record.state() == CaseRecord::RECEIVED) {
    if (record.decision().visits() < 2) return NotNow(record, Act::kMailInquiry);
    if (const auto missing = MissingItems(record); !missing.empty()) {
      return Fail(Reason::kDocumentsMissing, {{"items", absl::StrJoin(missing, ", ")}});
    }
  }
  JPKID_RETURN_IF_ERROR(Apply(record, Act::kMailInquiry, Stamp(seen.actor)));
  JPKID_ASSIGN_OR_RETURN(const rules::Municipality* const municipality,
                         parts_.municipalities.Find(record.municipality()));
  // A deadline on which the counter is closed could not be kept on that day.
  JPKID_ASSIGN_OR_RETURN(const rules::Procedure procedure,
                         rules::ParseProcedure(record.decision().becomes()));
  record.set_reply_due(absl::FormatCivilTime(
      rules::FirstOpenDay(*municipality, record.application().window(), procedure,
                          rules::TokyoDay(parts_.clock.Now()) + municipality->reply_days())));
  return parts_.cases.UpdateCase(record, version);
}

// What was still missing of the first visit. A case of two visits then waits for its inquiry.
absl::Status StoredCaseDesk::ShowAtFirstVisit(CaseRecord& record, const CaseAsSeen& seen,
                                              const Reply& reply) const {
  if (MissingItems(record).empty()) return NotNow(record, Act::kPresentReply);
  const store::ActStamp stamp = Stamp(seen.actor);
  JPKID_RETURN_IF_ERROR(CheckDocuments(record, reply.checked_items, stamp.actor, stamp.time_us));
  const bool complete = record.decision().visits() == 1 && MissingItems(record).empty();
  return Apply(record, complete ? Act::kCompleteDocuments : Act::kCheckDocuments, stamp);
}

absl::Status StoredCaseDesk::ShowAtSecondVisit(CaseRecord& record, const CaseAsSeen& seen,
                                               const Reply& reply) const {
  const store::ActStamp stamp = Stamp(seen.actor);
  const bool arrives = record.state() == CaseRecord::INQUIRY_MAILED;
  JPKID_RETURN_IF_ERROR(Apply(record, arrives ? Act::kPresentReply : Act::kCheckDocuments, stamp));
  record.set_presenter(std::string(rules::Name(reply.presenter)));
  JPKID_RETURN_IF_ERROR(CheckDocuments(record, reply.checked_items, stamp.actor, stamp.time_us));
  if (!MissingItems(record).empty()) return absl::OkStatus();
  return Apply(record, Act::kCompleteDocuments, stamp);
}

absl::Status StoredCaseDesk::TooLate(const CaseRecord& record) const {
  // Its file may have gone since the case was taken; too late it is all the same.
  const auto municipality = parts_.municipalities.Find(record.municipality());
  ReasonMetadata metadata = municipality.ok() ? (*municipality)->WhereToAsk() : ReasonMetadata();
  metadata["date"] = record.reply_due();
  return Fail(Reason::kReplyTooLate, std::move(metadata));
}

absl::StatusOr<CaseRecord> StoredCaseDesk::PresentReply(const CaseAsSeen& seen,
                                                        const Reply& reply) {
  JPKID_ASSIGN_OR_RETURN(CaseRecord record, Look(seen));
  const std::int64_t version = record.version();
  JPKID_RETURN_IF_ERROR(CheckPresenter(record, reply.presenter));
  switch (record.state()) {
    case CaseRecord::RECEIVED:
      JPKID_RETURN_IF_ERROR(ShowAtFirstVisit(record, seen, reply));
      break;
    case CaseRecord::INQUIRY_MAILED:
      if (IsOverdue(record)) {
        const absl::Status late = TooLate(record);
        JPKID_RETURN_IF_ERROR(Apply(record, Act::kExpire, Stamp(seen.actor, "REPLY_TOO_LATE")));
        JPKID_RETURN_IF_ERROR(parts_.cases.UpdateCase(record, version).status());
        return late;
      }
      [[fallthrough]];
    case CaseRecord::REPLY_PRESENTED:
      JPKID_RETURN_IF_ERROR(ShowAtSecondVisit(record, seen, reply));
      break;
    default:
      return NotNow(record, Act::kPresentReply);
  }
  return parts_.cases.UpdateCase(record, version);
}

absl::StatusOr<CaseRecord> StoredCaseDesk::WithdrawCase(const CaseAsSeen& seen,
                                                        const std::string& why) {
  if (CharactersOf(why) > kLongestWhy) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "why"},
                 {"detail", absl::StrCat("is longer than ", kLongestWhy, " characters")}});
  }
  if (std::any_of(why.begin(), why.end(), absl::ascii_iscntrl)) {
    return Fail(Reason::kArgumentInvalid, {{"field", "why"}, {"detail", "no control characters"}});
  }
  JPKID_ASSIGN_OR_RETURN(CaseRecord record, Look(seen));
  const std::int64_t version = record.version();
  JPKID_RETURN_IF_ERROR(Apply(record, Act::kWithdraw, Stamp(seen.actor, why)));
  return parts_.cases.UpdateCase(record, version);
}

absl::StatusOr<int> StoredCaseDesk::ExpireOverdue() {
  int expired = 0;
  std::string token;
  do {
    JPKID_ASSIGN_OR_RETURN(
        store::CasePage page,
        parts_.cases.ListCases({.states = {CaseRecord::INQUIRY_MAILED}}, kOverduePage, token));
    for (CaseRecord& record : page.cases) {
      if (!IsOverdue(record)) continue;
      const std::int64_t version = record.version();
      JPKID_RETURN_IF_ERROR(Apply(record, Act::kExpire, Stamp(kDaemon, "REPLY_TOO_LATE")));
      const absl::Status written = parts_.cases.UpdateCase(record, version).status();
      // Somebody was faster: it is looked at again next time.
      if (FailedFor(written, Reason::kCaseChanged)) continue;
      JPKID_RETURN_IF_ERROR(written);
      ++expired;
    }
    token = std::move(page.next_token);
  } while (!token.empty());
  return expired;
}

}  // namespace jpkid::desk
