#pragma once

#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "daemon/ca/ca.h"

namespace jpkid::runner {

// The holder's data as the store keeps them, sealed.
Bytes EncodeHolder(const ca::Holder& holder);
absl::StatusOr<ca::Holder> DecodeHolder(ByteView data);

}  // namespace jpkid::runner
