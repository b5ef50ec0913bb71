#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include <openssl/cmp.h>

#include "base/bytes.h"
#include "daemon/ca/issue_request.h"

// What the registration authority vouches for beside the card's request. A PKCS#10 is signed by the
// card and cannot be added to, and nothing personal belongs into what the card signs; so kind, last
// day, places and attributes travel in the header of the p10cr (generalInfo, RFC 4210, 5.1.1),
// under the registration authority's own protection. An authority that does not know them passes
// them over.
namespace jpkid::ca {

// Adds the items of `request` to the messages that `context` makes.
absl::Status AddAttestation(OSSL_CMP_CTX* context, const IssueRequest& request);

// The request of a p10cr message, DER, whose protection was found right: the PKCS#10 is the
// caller's to fill in, and so is the transaction id. CA_REJECTED for a message whose items don't
// make one.
absl::StatusOr<IssueRequest> ReadAttestation(ByteView message);

}  // namespace jpkid::ca
