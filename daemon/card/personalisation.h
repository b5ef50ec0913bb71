#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

#include "base/bytes.h"
#include "base/secret.h"
#include "daemon/card/identity.h"
#include "daemon/card/issuer_keys.h"
#include "daemon/card/jpki_card.h"
#include "daemon/certs/certs.h"
#include "hal/reader.h"

namespace jpkid::card {

// What waits in the pending slot of a kind.
struct Pending {
  enum class State { kNothing, kKey, kKeyAndCertificate };
  State state = State::kNothing;
  Bytes public_key_sha256;  // Of the pending key's SubjectPublicKeyInfo, DER; empty: no key.
};
struct PendingSlots {
  Pending auth;
  Pending signature;
  const Pending& of(certs::Kind kind) const {
    return kind == certs::Kind::kAuth ? auth : signature;
  }
};

// What the card itself knows about its holder. Personal data: never in a log or a failure.
struct HolderRecord {
  std::string name;     // UTF-8
  std::string address;  // UTF-8
  absl::CivilDay birth_date;
  int sex = 9;  // 1, 2 or 9 (ISO/IEC 5218).
};

// The seam of personalisation: what an issuer does to the card in a lease. Here it is done to
// simulated cards over SCP03; a licensed module for the national card would be another
// implementation. Each call may be made again after any failure. Besides what is said below
// anything may fail with ISSUER_KEYS_REFUSED, ISSUER_PROFILE_LOCKED, SECURE_CHANNEL_BROKEN,
// CARD_STATUS, CARD_ANSWER_INVALID and the failures of hal::Card.
class Personalisation {
 public:
  virtual ~Personalisation() = default;

  // Makes a pending key pair beside the current one; an older pending key and certificate are
  // dropped. Takes the card seconds. Its public key as SubjectPublicKeyInfo, DER.
  virtual absl::StatusOr<Bytes> MakeKeyPair(certs::Kind kind, certs::Algorithm algorithm) = 0;

  // Signs with the pending key; input and signature as in JpkiCard::Sign. No PIN.
  virtual absl::StatusOr<Bytes> SignWithPendingKey(certs::Kind kind, ByteView input) = 0;

  // Writes one of the two certificates (DER) into the pending slot, from its beginning: the own
  // one first, then its authority's.
  virtual absl::Status WriteCertificate(certs::Kind kind, CertificateFile file,
                                        ByteView certificate) = 0;

  // Reads both pending certificates and compares: READ_BACK_DIFFERS.
  virtual absl::Status CheckWritten(certs::Kind kind, ByteView certificate,
                                    ByteView ca_certificate) = 0;

  // Pending key and certificates replace the current ones, in one step.
  virtual absl::Status Activate(certs::Kind kind) = 0;

  // Empties the pending slot. Succeeds where it is empty.
  virtual absl::Status Drop(certs::Kind kind) = 0;

  virtual absl::StatusOr<PendingSlots> ReadPending() = 0;

  // Gives the PIN a new value and all its tries. `pin` as rules::CheckedPin gave it.
  virtual absl::Status SetPin(certs::Kind kind, const Secret& pin) = 0;

  virtual absl::StatusOr<HolderRecord> ReadHolder() = 0;
};

// Personalisation of the card that `identity` was read from over this very connection. Sends
// nothing yet: the channel opens with the first command, and again whenever a plain command has
// ended it; verified PINs survive both. PERSONALISATION_NOT_AVAILABLE for every token but the
// training card; CARD_REMOVED when the identity is of another insertion. `card` and `keys` outlive
// the object.
absl::StatusOr<std::unique_ptr<Personalisation>> OpenPersonalisation(hal::Card& card,
                                                                     const Identity& identity,
                                                                     const IssuerKeys& keys);

}  // namespace jpkid::card
