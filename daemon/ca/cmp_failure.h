#pragma once

#include "absl/status/status.h"
#include <openssl/cmp.h>

namespace jpkid::ca {

// Why a call of OpenSSL's CMP client with `context` failed; its error queue is emptied. What is not
// in the tables is an error: CA_ANSWER_INVALID.
absl::Status CmpFailure(const OSSL_CMP_CTX* context);

// Whether the authority's last answer says `fail_info`, one of OSSL_CMP_PKIFAILUREINFO_….
bool Says(const OSSL_CMP_CTX* context, int fail_info);

}  // namespace jpkid::ca
