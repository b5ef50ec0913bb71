#pragma once

#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "jpki/v1/card_service.pb.h"

namespace jpkid::rpc {

// What a card with an RSA key signs for `digest`: its DigestInfo (RFC 8017, 9.2, note 1); with
// HASH_UNSPECIFIED `digest` as it is. ARGUMENT_INVALID for a digest of the wrong length.
absl::StatusOr<Bytes> DigestInfo(jpki::v1::SignRequest::Hash hash, ByteView digest);

}  // namespace jpkid::rpc
