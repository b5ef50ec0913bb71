#pragma once

#include <span>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "base/reason.h"
#include "hal/apdu.h"

// The one table from status words to reasons.
namespace jpkid::card {

// One status word (ISO/IEC 7816-4, 5.6). With a mask of FFF0 it stands for sixteen: 63Cx.
struct StatusWordRow {
  hal::StatusWord sw;
  hal::StatusWord mask;
  Reason reason;
  absl::string_view meaning;
};

// All rows. 9000 has none: it is no failure.
std::span<const StatusWordRow> StatusWords();

// The failure that `sw`, the answer to `command` ("READ BINARY"), stands for. Metadata: command,
// sw, detail; with 63Cx tries_left. A status word of no row is CARD_STATUS too.
absl::Status StatusWordFailure(hal::StatusWord sw, absl::string_view command);

}  // namespace jpkid::card
