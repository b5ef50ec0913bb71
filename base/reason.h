#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "base/reason_codes.h"  // IWYU pragma: export

namespace jpkid {

// What the citizen's card is like after the failure. The one thing a clerk must know.
enum class CardChange {
  kUnchanged,      // Nothing on the card is different.
  kMaybe,          // Ask the daemon: it resumes from the journal and the card.
  kNotApplicable,  // No card was in play.
};

enum class Language { kEnglish, kJapanese };

// One row of the catalogue. `{name}` in a text stands for the metadata value of that name; what
// stands in brackets is left out where one of its values is not known.
struct ReasonRow {
  Reason reason;
  absl::string_view code;
  absl::StatusCode status;
  CardChange card;
  absl::string_view english;
  absl::string_view japanese;
  absl::string_view remedy_english;
  absl::string_view remedy_japanese;
};

using ReasonMetadata = std::map<std::string, std::string>;

// All rows, in the order of the enumeration.
std::span<const ReasonRow> ReasonCatalogue();

// The row of `reason`. Every reason has one; a test holds it.
const ReasonRow& Row(Reason reason);

// The reason whose code is `code`, as it came over a wire or out of a store.
std::optional<Reason> ReasonFromCode(absl::string_view code);

// What happened, and what to do now, with the metadata filled in. The remedy ends with what else
// stands in the way (`also`, `also_ja`) and whom to ask (`office`, `office_ja`), each in a line of
// its own, where the metadata have them.
std::string Text(Reason reason, const ReasonMetadata& metadata, Language language);
std::string Remedy(Reason reason, const ReasonMetadata& metadata, Language language);

}  // namespace jpkid
