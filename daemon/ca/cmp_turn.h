#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include <openssl/cmp.h>

#include "base/clock.h"
#include "base/steady_time.h"
#include "daemon/ca/circuit.h"
#include "daemon/ca/http.h"
#include "daemon/ca/transactions.h"

namespace jpkid::ca {

// How messages go out. All of it outlives its users.
struct CmpLink {
  const Http& http;
  const Url& url;
  Transactions& journal;
  CircuitBreaker& circuit;
  const Clock& clock;
  absl::Duration message_timeout;
  absl::Duration call_timeout;
};

// One call of OpenSSL's client on a transaction. The client always begins at the beginning; this
// answers it from what was kept, as far as that goes. Then it keeps what the client wants to send,
// and sends it. A message whose answer never came is sent again as it was: the client's new one is
// dropped.
class CmpTurn {
 public:
  CmpTurn(const CmpLink& link, Transaction& transaction)
      : link_(link), transaction_(transaction), deadline_(SteadyNow() + link.call_timeout) {}

  // Makes `context` send by this.
  void Install(OSSL_CMP_CTX* context);

  // Takes the last answer into the transaction. The client has found it right: it goes on, or its
  // call succeeded.
  void Accept();

  // Why a message could not be sent or got no answer.
  const absl::Status& status() const { return status_; }
  // The exchange of the last answer, if one came; Accept() ends that.
  Exchange* answered() const { return answered_; }
  // Whether the message that was answered last had been sent in an earlier call as well.
  bool repeated() const { return repeated_; }

 private:
  static OSSL_CMP_MSG* Transfer(OSSL_CMP_CTX* context, const OSSL_CMP_MSG* message);
  Exchange* ExchangeFor(const OSSL_CMP_MSG* message);
  absl::StatusOr<Bytes> Answer(OSSL_CMP_CTX* context, const OSSL_CMP_MSG* message);
  absl::StatusOr<Bytes> Send(const Exchange& exchange);

  const CmpLink& link_;
  Transaction& transaction_;
  const absl::Time deadline_;
  absl::Status status_;
  Exchange* answered_ = nullptr;
  Bytes answer_;
  bool repeated_ = false;
  bool polled_ = false;
};

}  // namespace jpkid::ca
