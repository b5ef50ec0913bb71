#include "daemon/card/exchange.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

#include "base/status.h"
#include "daemon/card/status_words.h"

namespace jpkid::card {

absl::StatusOr<Bytes> Demand(hal::Card& card, const hal::Command& command, absl::string_view name) {
  JPKID_ASSIGN_OR_RETURN(hal::Response response, card.Transmit(command));
  if (response.sw != hal::kSuccess) return StatusWordFailure(response.sw, name);
  return std::move(response.data);
}

absl::Status SelectApplication(hal::Card& card, const Aid& aid) {
  constexpr hal::StatusWord kNotFound = 0x6A82;
  constexpr hal::StatusWord kNotAwake = 0x6F00;
  const Bytes wanted(aid.begin(), aid.end());
  if (card.remembered().selected_application == wanted) return absl::OkStatus();
  const bool first = card.remembered().selected_application.empty();
  card.remembered().selected_application.clear();
  hal::Command select = {.ins = 0xA4, .p1 = 0x04, .p2 = 0x0C};
  select.data.assign(wanted.begin(), wanted.end());
  JPKID_ASSIGN_OR_RETURN(hal::Response response, card.Transmit(select));
  // Some cards answer so to the first command after power-up, whatever it is.
  if (first && response.sw == kNotAwake) {
    JPKID_ASSIGN_OR_RETURN(response, card.Transmit(select));
  }
  if (response.sw == kNotFound) return Fail(Reason::kCardNotJpki);
  if (response.sw != hal::kSuccess) return StatusWordFailure(response.sw, "SELECT");
  card.remembered().selected_application = wanted;
  return absl::OkStatus();
}

absl::Status Garbled(absl::string_view command, absl::string_view detail) {
  return Fail(Reason::kCardAnswerInvalid,
              {{"command", std::string(command)}, {"detail", std::string(detail)}});
}

std::optional<absl::CivilDay> ParseDay(absl::string_view digits) {
  if (digits.size() != 8 || !std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit)) {
    return std::nullopt;
  }
  int year = 0;
  int month = 0;
  int day = 0;
  if (!absl::SimpleAtoi(digits.substr(0, 4), &year) ||
      !absl::SimpleAtoi(digits.substr(4, 2), &month) ||
      !absl::SimpleAtoi(digits.substr(6, 2), &day)) {
    return std::nullopt;
  }
  const absl::CivilDay date(year, month, day);  // Carries over what is too large.
  if (date.month() != month || date.day() != day) return std::nullopt;
  return date;
}

}  // namespace jpkid::card
