#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "daemon/ca/issue_request.h"
#include "daemon/certs/certs.h"

// Certificate authorities as a counter sees them: asked for a certificate, asked again while they
// think, told that it reached its card, told to revoke.
namespace jpkid::ca {

struct Issued {
  Bytes certificate;     // DER
  Bytes ca_certificate;  // DER
};
// The authority has not decided yet.
struct Waiting {
  absl::Duration poll_after;
};
using Answer = std::variant<Issued, Waiting>;

// CRL reasons (RFC 5280, 5.3.1) that the counter uses.
enum class RevocationReason {
  kUnspecified = 0,
  kKeyCompromise = 1,
  kAffiliationChanged = 3,    // The certified attributes changed.
  kSuperseded = 4,            // Renewal.
  kCessationOfOperation = 5,  // The holder asked; a certificate that never reached its card.
  kCertificateHold = 6,       // The card is lost, for now.
};

struct Revocation {
  absl::Time at;
  RevocationReason reason = RevocationReason::kUnspecified;
};

// What the authority's book says of a serial number.
struct BookEntry {
  enum class State { kUnknown, kGood, kRevoked };
  State state = State::kUnknown;
  std::optional<Revocation> revocation = {};  // Of kRevoked.
};

// Whether messages are sent to an authority: after some in vain it is left alone for a while.
enum class Circuit { kClosed, kOpen, kHalfOpen };

// One authority, with an issuer per kind. Everything may be called again after a crash or a lost
// answer and does nothing twice. Failures: CA_REJECTED (decided; asking again changes nothing),
// CA_UNAVAILABLE (try later), CA_ANSWER_INVALID, CA_PROTECTION_INVALID (not the authority's own
// words). Thread-safe.
class CertificateAuthority {
 public:
  virtual ~CertificateAuthority() = default;

  // Asks for a certificate. The same request again gets the same certificate; another one under a
  // used transaction id is rejected.
  virtual absl::StatusOr<Answer> Submit(const IssueRequest& request) = 0;

  // Asks how a submitted request stands.
  virtual absl::StatusOr<Answer> Poll(absl::string_view transaction_id) = 0;

  // Says that the certificate is on its card.
  virtual absl::Status Confirm(absl::string_view transaction_id) = 0;

  // `serial`: of a certificate by the issuer of `kind`, as Certificate::serial writes it. Revoking
  // what is revoked succeeds and changes nothing, but a hold may become final.
  virtual absl::Status Revoke(certs::Kind kind, absl::string_view serial,
                              RevocationReason reason) = 0;

  virtual absl::StatusOr<BookEntry> StatusOf(certs::Kind kind, absl::string_view serial) = 0;

  // The issuer's revocation list of now, DER.
  virtual absl::StatusOr<Bytes> Crl(certs::Kind kind) = 0;

  // Whether its certificates are worth nothing outside a training room. Training cards and training
  // authorities go together (TRAINING_MISMATCH otherwise).
  virtual bool training() const = 0;

  // For health: "ca/{name}", and how it stands.
  virtual std::string name() const = 0;
  virtual Circuit circuit() const { return Circuit::kClosed; }
};

// The training authority, in process. `directory` holds its keys (one PEM file per issuer, mode
// 0600), its certificates and its book; it is made on first use, and several processes may share
// it. `clock` outlives it. CA_UNAVAILABLE when the directory is not usable.
absl::StatusOr<std::unique_ptr<CertificateAuthority>> OpenTrainingCa(const std::string& directory,
                                                                     const Clock& clock);

}  // namespace jpkid::ca
