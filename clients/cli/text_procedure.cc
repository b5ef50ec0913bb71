#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "base/reason.h"
#include "clients/cli/names.h"
#include "clients/cli/table.h"
#include "clients/cli/text_case.h"

namespace jpkid::cli {
namespace {

using jpki::v1::Procedure;
using jpki::v1::ProcedureReason;

// The answer, in one sentence.
std::string Answer(const Words& words, const Procedure& procedure) {
  const std::string what =
      words(procedure.becomes() == "renew" ? Msg::kTypeRenew : Msg::kTypeIssue);
  if (!procedure.allowed()) return words(Msg::kPreviewRefused, what);
  if (procedure.same_day()) return words(Msg::kPreviewSameDay, what);
  return words(Msg::kPreviewVisits, what, procedure.visits());
}

// Whether a reason is why something is refused: the catalogue gives what is merely found the
// status OK.
bool Refuses(const ProcedureReason& reason) {
  const std::optional<Reason> known = ReasonFromCode(reason.code());
  return known.has_value() && Row(*known).status != absl::StatusCode::kOk;
}

std::string Why(const Words& words, const Procedure& procedure) {
  std::string text;
  for (const ProcedureReason& reason : procedure.reasons()) {
    // Stands below, with more room.
    if (procedure.has_office() && reason.code() == Row(Reason::kWhereToAsk).code) continue;
    const std::string source =
        reason.s_row().empty() ? "" : absl::StrCat(" [", reason.s_row(), "]");
    const std::string said = Refuses(reason) && !reason.remedy().empty()
                                 ? words(Msg::kSentences, reason.text(), reason.remedy())
                                 : reason.text();
    absl::StrAppend(&text, "  - ", said, source, "\n");
  }
  return text;
}

std::string ToBring(const Words& words, const Procedure& procedure) {
  std::string text;
  for (int visit = 1; visit <= procedure.visits(); ++visit) {
    std::string items;
    for (const auto& item : procedure.required_items()) {
      if (item.visit() == visit) absl::StrAppend(&items, "  - ", item.text(), "\n");
    }
    if (items.empty()) continue;
    absl::StrAppend(&text,
                    procedure.visits() > 1 ? words(Msg::kBringToVisit, visit) : words(Msg::kBring),
                    "\n", items);
  }
  return text;
}

std::string Pins(const Words& words, const Procedure& procedure) {
  if (procedure.pins().empty()) return "";
  std::vector<std::string> names;
  for (const int pin : procedure.pins()) {
    names.push_back(Name(words, static_cast<jpki::v1::PinKind>(pin)));
  }
  return absl::StrCat(words(Msg::kPinsToEnter, absl::StrJoin(names, words(Msg::kListSeparator))),
                      "\n");
}

std::string Expiry(const Words& words, const Procedure& procedure) {
  Table table;
  const jpki::v1::ExpiryDates& expiry = procedure.expiry();
  if (expiry.has_auth()) table.Add({words(Msg::kAuth), DateInWords(words, expiry.auth())});
  if (expiry.has_signature()) {
    table.Add({words(Msg::kSignature), DateInWords(words, expiry.signature())});
  }
  const std::string rows = table.Text("  ");
  return rows.empty() ? "" : absl::StrCat(words(Msg::kValidUntil), "\n", rows);
}

}  // namespace

std::string Text(const Words& words, const jpki::v1::Office& office) {
  std::string text;
  for (const std::string& line : {office.municipality(), office.division(), office.address()}) {
    if (!line.empty()) absl::StrAppend(&text, line, "\n");
  }
  if (!office.telephone().empty()) {
    absl::StrAppend(&text, words(Msg::kTelephone, office.telephone()), "\n");
  }
  if (!office.fax().empty()) absl::StrAppend(&text, words(Msg::kFax, office.fax()), "\n");
  return text;
}

std::string Text(const Words& words, const Procedure& procedure) {
  std::string text = absl::StrCat(Answer(words, procedure), "\n", ToBring(words, procedure),
                                  Pins(words, procedure), Expiry(words, procedure));
  if (!procedure.reasons().empty()) {
    absl::StrAppend(&text, words(Msg::kWhy), "\n", Why(words, procedure));
  }
  if (procedure.has_office()) {
    absl::StrAppend(&text, words(Msg::kAskThere), "\n", Text(words, procedure.office()));
  }
  return text;
}

}  // namespace jpkid::cli
