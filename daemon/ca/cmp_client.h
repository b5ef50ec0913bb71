#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include <openssl/cmp.h>

#include "daemon/ca/ca.h"
#include "daemon/ca/cmp_credentials.h"
#include "daemon/ca/cmp_turn.h"
#include "daemon/ca/transactions.h"

namespace jpkid::ca {

// An authority that says "wait" is asked again after so long at the latest.
constexpr absl::Duration kLongestCheckAfter = absl::Hours(1);

// OpenSSL's CMP client, made to survive: each call takes a transaction one step further, from
// wherever it stands, and keeps how far it got. Thread-safe for different transactions.
class CmpClient {
 public:
  // All outlives it.
  CmpClient(const CmpLink& link, const CmpCredentials& credentials)
      : link_(link), credentials_(credentials) {}

  // Asks for the certificate, or how the request stands: kWaiting or kIssued after OK. `attested`:
  // what is vouched for; needed as long as nothing was sent. After CA_REJECTED the transaction is
  // forgotten: its id is free.
  absl::Status Ask(Transaction& transaction, const IssueRequest* attested) const;

  // Says that the certificate is on its card: kConfirmed or kUnknown after OK.
  absl::Status Confirm(Transaction& transaction) const;

  // Asks that the certificate `serial` by `issuer` is revoked; so it is, after OK. The transaction
  // is forgotten as soon as the authority has answered.
  absl::Status Revoke(Transaction& transaction, X509* issuer, ASN1_INTEGER* serial,
                      RevocationReason reason) const;

 private:
  using ContextPtr = OpensslPtr<OSSL_CMP_CTX, OSSL_CMP_CTX_free>;

  absl::StatusOr<ContextPtr> Context(const Transaction& transaction, CmpTurn& turn) const;
  absl::StatusOr<ContextPtr> RequestContext(const Transaction& transaction, CmpTurn& turn) const;
  // One try of Ask; `again`: it shall start over.
  absl::Status AskOnce(Transaction& transaction, const IssueRequest* attested, bool& again) const;
  absl::Status TakeAnswer(Transaction& transaction, const OSSL_CMP_CTX* context, bool waiting,
                          int check_after) const;
  absl::Status Keep(const Transaction& transaction) const {
    return link_.journal.Put(transaction, link_.clock.Now());
  }

  const CmpLink& link_;
  const CmpCredentials& credentials_;
};

// The transactionID of the door's id: 16 octets, the same each time. A runner's id is these octets
// in hexadecimal; of others the beginning of their hash serves.
absl::StatusOr<Bytes> CmpIdOf(absl::string_view transaction_id);

}  // namespace jpkid::ca
