// The authority over CMP: the door's calls as steps of kept transactions.

#include <functional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include <openssl/err.h>
#include <openssl/rand.h>

#include "base/mutex.h"
#include "base/status.h"
#include "daemon/ca/circuit.h"
#include "daemon/ca/cmp.h"
#include "daemon/ca/cmp_client.h"
#include "daemon/ca/cmp_credentials.h"
#include "daemon/ca/cmp_issuers.h"
#include "daemon/ca/request_check.h"
#include "daemon/ca/revocation_lists.h"
#include "daemon/ca/transactions.h"

namespace jpkid::ca {
namespace {

using State = Transaction::State;

absl::Status Rejected(absl::string_view detail) {
  return Fail(Reason::kCaRejected, {{"detail", std::string(detail)}});
}

// A number as X.509 writes it; null for text that is none.
IntegerPtr ParseSerial(absl::string_view serial) {
  BIGNUM* parsed = nullptr;
  const std::string digits(serial);
  const bool read =
      !digits.empty() && BN_hex2bn(&parsed, digits.c_str()) == static_cast<int>(digits.size());
  const BignumPtr number(parsed);
  return IntegerPtr(read ? BN_to_ASN1_INTEGER(number.get(), nullptr) : nullptr);
}

class CmpCa final : public CertificateAuthority {
 public:
  struct Parts {
    CmpOptions options;
    Url url;
    Http http;
    CmpCredentials credentials;
    CmpIssuers issuers;
    std::unique_ptr<Transactions> journal;
  };
  CmpCa(Parts parts, const Clock& clock)
      : parts_(std::move(parts)),
        clock_(clock),
        circuit_(clock),
        link_({.http = parts_.http,
               .url = parts_.url,
               .journal = *parts_.journal,
               .circuit = circuit_,
               .clock = clock,
               .message_timeout = parts_.options.message_timeout,
               .call_timeout = parts_.options.call_timeout}),
        client_(link_, parts_.credentials),
        lists_(parts_.options, parts_.http, parts_.issuers, clock) {}

  absl::StatusOr<Answer> Submit(const IssueRequest& request) override;
  absl::StatusOr<Answer> Poll(absl::string_view transaction_id) override;
  absl::Status Confirm(absl::string_view transaction_id) override;
  absl::Status Revoke(certs::Kind kind, absl::string_view serial, RevocationReason reason) override;
  absl::StatusOr<BookEntry> StatusOf(certs::Kind kind, absl::string_view serial) override {
    return lists_.StatusOf(kind, serial);
  }
  absl::StatusOr<Bytes> Crl(certs::Kind kind) override { return lists_.Newest(kind); }
  bool training() const override { return parts_.issuers.training(); }
  std::string name() const override { return "cmp"; }
  Circuit circuit() const override { return circuit_.state(); }

 private:
  // One at a time works on a transaction. CA_UNAVAILABLE where another does: it may be about to
  // wait for the authority, and is not waited for.
  absl::StatusOr<std::shared_ptr<void>> Enter(absl::string_view id);
  // Takes the transaction as far as it will go now.
  absl::StatusOr<Answer> GoOn(Transaction& transaction, const IssueRequest* attested);
  absl::StatusOr<Transaction> NewRevocation(const std::string& id, certs::Kind kind) const;

  const Parts parts_;
  const Clock& clock_;
  CircuitBreaker circuit_;
  const CmpLink link_;
  const CmpClient client_;
  RevocationLists lists_;
  Mutex mutex_;
  std::set<std::string, std::less<>> under_way_ ABSL_GUARDED_BY(mutex_);
};

absl::StatusOr<std::shared_ptr<void>> CmpCa::Enter(absl::string_view id) {
  const MutexLock lock(mutex_);
  const auto [place, fresh] = under_way_.insert(std::string(id));
  if (!fresh) return Fail(Reason::kCaUnavailable, {{"detail", "it is being asked about already"}});
  return std::shared_ptr<void>(nullptr, [this, place = place](void*) {
    const MutexLock end(mutex_);
    under_way_.erase(place);
  });
}

absl::StatusOr<Answer> CmpCa::GoOn(Transaction& transaction, const IssueRequest* attested) {
  const bool undecided = transaction.state == State::kSent || transaction.state == State::kWaiting;
  if (undecided) {
    const absl::Duration early = transaction.poll_at - clock_.Now();
    // Earlier than that nobody was told to wait: the clock was set back since.
    if (transaction.state == State::kWaiting && early > absl::ZeroDuration() &&
        early <= kLongestCheckAfter) {
      return Waiting{.poll_after = early};
    }
    JPKID_RETURN_IF_ERROR(client_.Ask(transaction, attested));
    if (transaction.state == State::kWaiting) {
      return Waiting{.poll_after = transaction.poll_at - clock_.Now()};
    }
  }
  JPKID_ASSIGN_OR_RETURN(const CertificatePtr certificate,
                         DecodeCertificate(transaction.certificate));
  JPKID_ASSIGN_OR_RETURN(Bytes issuer,
                         parts_.issuers.IssuerOf(transaction.kind, certificate.get()));
  return Issued{.certificate = transaction.certificate, .ca_certificate = std::move(issuer)};
}

absl::StatusOr<Answer> CmpCa::Submit(const IssueRequest& request) {
  JPKID_RETURN_IF_ERROR(CheckForm(request));
  JPKID_ASSIGN_OR_RETURN(const Bytes fingerprint, Fingerprint(request));
  JPKID_ASSIGN_OR_RETURN(const auto turn, Enter(request.transaction_id));
  JPKID_ASSIGN_OR_RETURN(std::optional<Transaction> kept,
                         parts_.journal->Find(request.transaction_id));
  if (kept.has_value()) {
    if (kept->fingerprint != fingerprint) {
      return Rejected("the transaction id was used for another request");
    }
    return GoOn(*kept, &request);
  }
  Transaction fresh = {.id = request.transaction_id,
                       .kind = request.kind,
                       .fingerprint = fingerprint,
                       .cmp_id = {},
                       .request = request.request,
                       .asked = {},
                       .polled = {},
                       .confirmed = {},
                       .certificate = {}};
  JPKID_ASSIGN_OR_RETURN(fresh.cmp_id, CmpIdOf(request.transaction_id));
  return GoOn(fresh, &request);
}

absl::StatusOr<Answer> CmpCa::Poll(absl::string_view transaction_id) {
  JPKID_ASSIGN_OR_RETURN(const auto turn, Enter(transaction_id));
  JPKID_ASSIGN_OR_RETURN(std::optional<Transaction> kept, parts_.journal->Find(transaction_id));
  if (!kept.has_value()) return Rejected("unknown transaction");
  return GoOn(*kept, nullptr);
}

absl::Status CmpCa::Confirm(absl::string_view transaction_id) {
  JPKID_ASSIGN_OR_RETURN(const auto turn, Enter(transaction_id));
  JPKID_ASSIGN_OR_RETURN(std::optional<Transaction> kept, parts_.journal->Find(transaction_id));
  if (!kept.has_value()) return Rejected("unknown transaction");
  if (kept->ended()) return absl::OkStatus();
  if (kept->certificate.empty()) return Rejected("nothing was issued in this transaction");
  return client_.Confirm(*kept);
}

absl::StatusOr<Transaction> CmpCa::NewRevocation(const std::string& id, certs::Kind kind) const {
  Transaction fresh = {.id = id,
                       .kind = kind,
                       .fingerprint = {},
                       .cmp_id = Bytes(16),
                       .request = {},
                       .asked = {},
                       .polled = {},
                       .confirmed = {},
                       .certificate = {}};
  if (RAND_bytes(fresh.cmp_id.data(), 16) != 1) return OpensslFailure("no random numbers");
  return fresh;
}

absl::Status CmpCa::Revoke(certs::Kind kind, absl::string_view serial, RevocationReason reason) {
  const IntegerPtr number = ParseSerial(serial);
  if (number == nullptr) return Rejected("not a serial number");
  // A blank keeps it apart from the ids of requests.
  const std::string id =
      absl::StrCat("rr ", certs::Name(kind), " ", serial, " ", static_cast<int>(reason));
  JPKID_ASSIGN_OR_RETURN(const auto turn, Enter(id));
  JPKID_ASSIGN_OR_RETURN(std::optional<Transaction> kept, parts_.journal->Find(id));
  if (!kept.has_value()) {
    JPKID_ASSIGN_OR_RETURN(kept, NewRevocation(id, kind));
  }
  // Generations share their name, so any of them names the issuer.
  const absl::Status status =
      client_.Revoke(*kept, parts_.issuers.of(kind)[0].get(), number.get(), reason);
  lists_.Forget(kind);
  return status;
}

}  // namespace

absl::Status CheckCmpOptions(const CmpOptions& options) {
  JPKID_RETURN_IF_ERROR(ParseUrl(options.url).status());
  JPKID_RETURN_IF_ERROR(
      Http::Create({.proxy = options.proxy, .trusted_file = options.tls_trusted_file}).status());
  JPKID_RETURN_IF_ERROR(CmpCredentials::Load(options).status());
  return CmpIssuers::Load(options).status();
}

absl::StatusOr<std::unique_ptr<CertificateAuthority>> OpenCmpCa(const CmpOptions& options,
                                                                const Clock& clock) {
  JPKID_ASSIGN_OR_RETURN(Url url, ParseUrl(options.url));
  JPKID_ASSIGN_OR_RETURN(
      Http http, Http::Create({.proxy = options.proxy, .trusted_file = options.tls_trusted_file}));
  JPKID_ASSIGN_OR_RETURN(CmpCredentials credentials, CmpCredentials::Load(options));
  JPKID_ASSIGN_OR_RETURN(CmpIssuers issuers, CmpIssuers::Load(options));
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<Transactions> journal,
                         Transactions::Open(options.state_url, options.key_file, clock.Now()));
  return std::unique_ptr<CertificateAuthority>(new CmpCa({.options = options,
                                                          .url = std::move(url),
                                                          .http = std::move(http),
                                                          .credentials = std::move(credentials),
                                                          .issuers = std::move(issuers),
                                                          .journal = std::move(journal)},
                                                         clock));
}

}  // namespace jpkid::ca
