#include "daemon/ca/cmp_client.h"

#include <algorithm>

#include <openssl/err.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/status.h"
#include "daemon/ca/attestation.h"
#include "daemon/ca/cmp_failure.h"

namespace jpkid::ca {
namespace {

using OctetsPtr = OpensslPtr<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;

constexpr std::size_t kCmpIdSize = 16;  // RFC 4210, 5.1.1: 128 bits.

// An authority that was asked with a message of its own making twice forgot the first one, or did
// not: what it says then decides nothing about the first.
bool Decided(const absl::Status& failure) { return FailedFor(failure, Reason::kCaRejected); }

}  // namespace

absl::StatusOr<Bytes> CmpIdOf(absl::string_view transaction_id) {
  absl::StatusOr<Bytes> octets = FromHex(transaction_id);
  if (octets.ok() && octets->size() == kCmpIdSize) return octets;
  Bytes hash = Sha256(AsBytes(transaction_id));
  hash.resize(kCmpIdSize);
  return hash;
}

absl::StatusOr<CmpClient::ContextPtr> CmpClient::Context(const Transaction& transaction,
                                                         CmpTurn& turn) const {
  ERR_clear_error();
  ContextPtr context(OSSL_CMP_CTX_new(nullptr, nullptr));
  const OctetsPtr id(ASN1_OCTET_STRING_new());
  if (context == nullptr || id == nullptr ||
      ASN1_OCTET_STRING_set(id.get(), transaction.cmp_id.data(),
                            static_cast<int>(transaction.cmp_id.size())) != 1 ||
      OSSL_CMP_CTX_set1_transactionID(context.get(), id.get()) != 1 ||
      // Deadlines are ours: OpenSSL's total one keeps five seconds in reserve.
      OSSL_CMP_CTX_set_option(context.get(), OSSL_CMP_OPT_TOTAL_TIMEOUT, 0) != 1) {
    return OpensslFailure("cannot prepare a message");
  }
  JPKID_RETURN_IF_ERROR(credentials_.Apply(context.get(), link_.clock.Now()));
  turn.Install(context.get());
  return context;
}

absl::StatusOr<CmpClient::ContextPtr> CmpClient::RequestContext(const Transaction& transaction,
                                                                CmpTurn& turn) const {
  JPKID_ASSIGN_OR_RETURN(ContextPtr context, Context(transaction, turn));
  const unsigned char* place = transaction.request.data();
  const RequestPtr request(
      d2i_X509_REQ(nullptr, &place, static_cast<long>(transaction.request.size())));
  if (request == nullptr || OSSL_CMP_CTX_set1_p10CSR(context.get(), request.get()) != 1) {
    return OpensslFailure("cannot prepare a request");
  }
  return context;
}

absl::Status CmpClient::Ask(Transaction& transaction, const IssueRequest* attested) const {
  bool again = false;
  const absl::Status status = AskOnce(transaction, attested, again);
  return again ? AskOnce(transaction, attested, again) : status;
}

absl::Status CmpClient::AskOnce(Transaction& transaction, const IssueRequest* attested,
                                bool& again) const {
  CmpTurn turn(link_, transaction);
  JPKID_ASSIGN_OR_RETURN(const ContextPtr context, RequestContext(transaction, turn));
  if (attested != nullptr) JPKID_RETURN_IF_ERROR(AddAttestation(context.get(), *attested));
  OSSL_CMP_CTX_set_option(context.get(), OSSL_CMP_OPT_DISABLE_CONFIRM, 1);
  const bool polled_before = !transaction.polled.received.empty();
  int check_after = 0;
  int result = OSSL_CMP_try_certreq(context.get(), OSSL_CMP_P10CR, nullptr, &check_after);
  // The first time it heard what it was told last time.
  if (result == -1 && polled_before) {
    result = OSSL_CMP_try_certreq(context.get(), OSSL_CMP_P10CR, nullptr, &check_after);
  }
  if (result != 0) {
    turn.Accept();
    return TakeAnswer(transaction, context.get(), result == -1, check_after);
  }
  if (!turn.status().ok()) {
    ERR_clear_error();
    return turn.status();
  }
  const absl::Status failure = CmpFailure(context.get());
  const bool polling = turn.answered() == &transaction.polled;
  if (!again && polling && turn.repeated() && Decided(failure)) {
    // It had answered that poll and forgot it: the request itself brings us up to date.
    transaction.polled = {};
    transaction.asked.received = {};
    again = true;
    JPKID_RETURN_IF_ERROR(Keep(transaction));
    return failure;
  }
  again = false;
  if (Decided(failure) || (!polling && FailedFor(failure, Reason::kCaUnavailable))) {
    JPKID_RETURN_IF_ERROR(link_.journal.Erase(transaction.id));
  } else if (FailedFor(failure, Reason::kCaUnavailable)) {
    transaction.polled = {};
    JPKID_RETURN_IF_ERROR(Keep(transaction));
  }
  return failure;
}

absl::Status CmpClient::TakeAnswer(Transaction& transaction, const OSSL_CMP_CTX* context,
                                   bool waiting, int check_after) const {
  if (waiting) {
    transaction.state = Transaction::State::kWaiting;
    transaction.poll_at = link_.clock.Now() + std::clamp(absl::Seconds(check_after),
                                                         absl::Seconds(1), kLongestCheckAfter);
    return Keep(transaction);
  }
  JPKID_ASSIGN_OR_RETURN(transaction.certificate,
                         EncodeCertificate(OSSL_CMP_CTX_get0_newCert(context)));
  transaction.state = Transaction::State::kIssued;
  return Keep(transaction);
}

absl::Status CmpClient::Confirm(Transaction& transaction) const {
  transaction.state = Transaction::State::kWritten;
  CmpTurn turn(link_, transaction);
  JPKID_ASSIGN_OR_RETURN(const ContextPtr context, RequestContext(transaction, turn));
  int check_after = 0;
  const int result = OSSL_CMP_try_certreq(context.get(), OSSL_CMP_P10CR, nullptr, &check_after);
  absl::Status failure;
  if (result != 1) {
    failure = turn.status().ok() ? CmpFailure(context.get()) : turn.status();
    ERR_clear_error();
    if (!Decided(failure)) return failure;
    if (!turn.repeated()) {
      transaction.confirmed = {};
      JPKID_RETURN_IF_ERROR(Keep(transaction));
      return failure;
    }
    LogWarning(
        "CMP transaction %s: the authority was told that its certificate is on the card,"
        " and does not say that it knows",
        transaction.id);
  }
  transaction.state = result == 1 ? Transaction::State::kConfirmed : Transaction::State::kUnknown;
  transaction.asked = {};  // The messages have served.
  transaction.polled = {};
  transaction.confirmed = {};
  return Keep(transaction);
}

absl::Status CmpClient::Revoke(Transaction& transaction, X509* issuer, ASN1_INTEGER* serial,
                               RevocationReason reason) const {
  CmpTurn turn(link_, transaction);
  JPKID_ASSIGN_OR_RETURN(const ContextPtr context, Context(transaction, turn));
  // OpenSSL wants the certificate whole and reads issuer and number alone: any one with these does.
  const CertificatePtr named(X509_dup(issuer));
  if (named == nullptr || X509_set_issuer_name(named.get(), X509_get_subject_name(issuer)) != 1 ||
      X509_set_serialNumber(named.get(), serial) != 1 ||
      OSSL_CMP_CTX_set1_oldCert(context.get(), named.get()) != 1 ||
      OSSL_CMP_CTX_set_option(context.get(), OSSL_CMP_OPT_REVOCATION_REASON,
                              static_cast<int>(reason)) != 1) {
    return OpensslFailure("cannot prepare a revocation");
  }
  absl::Status failure;
  if (OSSL_CMP_exec_RR_ses(context.get()) != 1) {
    failure = turn.status().ok() ? CmpFailure(context.get()) : turn.status();
  }
  ERR_clear_error();
  if (!turn.status().ok()) return failure;
  // What was revoked before is what was wanted.
  if (Says(context.get(), OSSL_CMP_PKIFAILUREINFO_certRevoked)) failure = absl::OkStatus();
  const bool answered =
      failure.ok() || Decided(failure) || FailedFor(failure, Reason::kCaUnavailable);
  if (answered) JPKID_RETURN_IF_ERROR(link_.journal.Erase(transaction.id));
  return failure;
}

}  // namespace jpkid::ca
