#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include <openssl/cmp.h>

#include "base/bytes.h"
#include "daemon/ca/ca.h"
#include "daemon/ca/openssl.h"

// Messages of the Certificate Management Protocol (RFC 4210), and those of their parts that OpenSSL
// 3.0 reads but does not tell.
namespace jpkid::ca {

using CmpMessagePtr = OpensslPtr<OSSL_CMP_MSG, OSSL_CMP_MSG_free>;

// CA_ANSWER_INVALID for octets that are not one message.
absl::StatusOr<CmpMessagePtr> DecodeMessage(ByteView der);
absl::StatusOr<Bytes> EncodeMessage(const OSSL_CMP_MSG* message);

// Fields of PKIHeader (5.1.1), by their context tags.
enum class HeaderField { kTransactionId = 4, kSenderNonce = 5, kGeneralInfo = 8 };

// What stands in the field, DER; empty where it is missing. CA_ANSWER_INVALID for no message.
absl::StatusOr<Bytes> HeaderElement(ByteView message, HeaderField field);

// The octets of a field that is an OCTET STRING. CA_ANSWER_INVALID where it is missing.
absl::StatusOr<Bytes> ReadHeader(ByteView message, HeaderField field);

// The reason in the first RevDetails of an rr message (5.3.9). Unspecified where there is none;
// CA_REJECTED for one that the counter does not use.
absl::StatusOr<RevocationReason> ReadRevocationReason(ByteView message);

// The elements of a SEQUENCE, each with tag and length.
absl::StatusOr<std::vector<Bytes>> ReadSequence(ByteView der);

}  // namespace jpkid::ca
