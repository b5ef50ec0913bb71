#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "base/bytes.h"
#include "daemon/ca/ca.h"
#include "daemon/ca/openssl.h"

// What is looked at before a request is sent, and before the training authority signs, and by what
// it knows a repeat.
namespace jpkid::ca {

// The PKCS#10 in `request` once everything was found right: attestation, key, proof of possession.
// CA_REJECTED says what is wrong and quotes nothing.
absl::StatusOr<RequestPtr> CheckRequest(const IssueRequest& request, absl::Time now);

// Whether `request` can be asked at all: its transaction id, and octets that are one PKCS#10.
// CA_REJECTED; the rest is for the authority to judge.
absl::Status CheckForm(const IssueRequest& request);

// SHA-256 over all that is asked and attested.
absl::StatusOr<Bytes> Fingerprint(const IssueRequest& request);

}  // namespace jpkid::ca
