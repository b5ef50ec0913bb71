#include "daemon/desk/documents.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "daemon/desk/desk.h"

namespace jpkid::desk {
namespace {

using store::CaseRecord;

// Who represents the holder shows these; a holder who comes himself has the card (S5).
constexpr absl::string_view kOfTheRepresentative[] = {"PROXY_PHOTO_ID", "AUTHORITY_DOCUMENT"};

bool IsWaived(const CaseRecord& record, const std::string& code) {
  return record.presenter() == rules::Name(rules::Applicant::kHolder) &&
         std::find(std::begin(kOfTheRepresentative), std::end(kOfTheRepresentative), code) !=
             std::end(kOfTheRepresentative);
}

bool IsSeen(const CaseRecord& record, const std::string& code, int visit) {
  return std::any_of(record.documents().begin(), record.documents().end(),
                     [&](const store::CheckedDocument& seen) {
                       return seen.code() == code && seen.visit() == visit;
                     });
}

bool IsAskedFor(const CaseRecord& record, const std::string& code, int visit) {
  const auto& items = record.decision().items();
  return std::any_of(items.begin(), items.end(), [&](const store::CaseItem& item) {
    return item.code() == code && item.visit() == visit;
  });
}

}  // namespace

int VisitAtHand(const CaseRecord& record) {
  switch (record.state()) {
    case CaseRecord::RECEIVED:
      return 1;
    case CaseRecord::INQUIRY_MAILED:
    case CaseRecord::REPLY_PRESENTED:
      return 2;
    default:
      return 0;
  }
}

std::vector<std::string> MissingItems(const CaseRecord& record) {
  const int visit = VisitAtHand(record);
  std::vector<std::string> missing;
  for (const store::CaseItem& item : record.decision().items()) {
    if (item.visit() == visit && !IsSeen(record, item.code(), visit) &&
        !IsWaived(record, item.code())) {
      missing.push_back(item.code());
    }
  }
  return missing;
}

absl::Status CheckDocuments(CaseRecord& record, const std::vector<std::string>& codes,
                            const std::string& checked_by, std::int64_t time_us) {
  const int visit = VisitAtHand(record);
  for (const std::string& code : codes) {
    if (IsAskedFor(record, code, visit)) continue;
    return Fail(Reason::kArgumentInvalid,
                {{"field", "checked_items"},
                 {"detail", absl::StrCat(code, " is not asked for at visit ", visit)}});
  }
  for (const std::string& code : codes) {
    if (IsSeen(record, code, visit)) continue;
    store::CheckedDocument& seen = *record.add_documents();
    seen.set_code(code);
    seen.set_visit(visit);
    seen.set_checked_by(checked_by);
    seen.set_check_time_us(time_us);
  }
  return absl::OkStatus();
}

void ForgetLaterVisits(CaseRecord& record) {
  auto& documents = *record.mutable_documents();
  documents.erase(
      std::remove_if(documents.begin(), documents.end(),
                     [](const store::CheckedDocument& seen) { return seen.visit() > 1; }),
      documents.end());
}

}  // namespace jpkid::desk
