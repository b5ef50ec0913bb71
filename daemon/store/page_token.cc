#include "daemon/store/page_token.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "base/status.h"

namespace jpkid::store {

std::string PageToken(const Place& place) { return absl::StrCat(place.time_us, ".", place.id); }

absl::StatusOr<Place> ParsePageToken(const std::string& token) {
  Place place;
  if (token.empty()) return place;
  const std::pair<std::string, std::string> parts = absl::StrSplit(token, absl::MaxSplits('.', 1));
  if (!absl::SimpleAtoi(parts.first, &place.time_us) || parts.second.empty()) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "page_token"}, {"detail", "is none that this daemon gave"}});
  }
  place.id = parts.second;
  return place;
}

}  // namespace jpkid::store
