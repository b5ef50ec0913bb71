#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "base/reason.h"

namespace jpkid {

// A failure with its reason: the canonical code and the English text come from the catalogue,
// reason and metadata ride along as a payload. Metadata never holds a secret or personal data.
absl::Status Fail(Reason reason, ReasonMetadata metadata = {});

// Why `status` failed. A failure that was not made by Fail() is kInternal with its message as
// `detail`.
struct Failure {
  Reason reason = Reason::kInternal;
  ReasonMetadata metadata;
};
Failure FailureOf(const absl::Status& status);

// Whether `status` was made by Fail().
bool HasReason(const absl::Status& status);

// Whether `status` failed for `reason`.
bool FailedFor(const absl::Status& status, Reason reason);

// `status` with one more metadata value, where the layer that failed could not know it.
absl::Status WithMetadata(const absl::Status& status, absl::string_view name,
                          absl::string_view value);

// The two macros of this code base.
#define JPKID_CONCAT_INNER(a, b) a##b
#define JPKID_CONCAT(a, b) JPKID_CONCAT_INNER(a, b)

#define JPKID_RETURN_IF_ERROR(expression) \
  JPKID_RETURN_IF_ERROR_INNER(JPKID_CONCAT(status_, __LINE__), expression)
#define JPKID_RETURN_IF_ERROR_INNER(status, expression)     \
  do {                                                      \
    if (absl::Status status = (expression); !status.ok()) { \
      return status;                                        \
    }                                                       \
  } while (false)

#define JPKID_ASSIGN_OR_RETURN(left, expression) \
  JPKID_ASSIGN_OR_RETURN_INNER(JPKID_CONCAT(result_, __LINE__), left, expression)
#define JPKID_ASSIGN_OR_RETURN_INNER(result, left, expression) \
  auto result = (expression);                                  \
  if (!result.ok()) return std::move(result).status();         \
  left = *std::move(result)

}  // namespace jpkid
