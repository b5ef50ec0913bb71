#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "base/secret.h"
#include "daemon/certs/certs.h"
#include "hal/reader.h"

namespace jpkid::card {

enum class CertificateFile { kOwn, kCa };

// How a PIN stands. Whether it is verified at the moment no card tells.
struct PinStatus {
  enum class State {
    kUsable,
    kBlocked,  // Or never set: a card may answer both alike.
    kNotSet,
  };
  State state = State::kUsable;
  int tries_left = 0;
  int tries_at_most = 0;  // After a correct entry.
};

// The dialogue with the JPKI application of the card in a lease, in the commands of the public
// profile. It keeps nothing: what is known of the card stands in hal::Card, so that any
// number of these may follow one another. Everything selects the application where it is not
// selected and sends no command twice. Besides what is said below anything may fail with
// CARD_NOT_JPKI, CARD_STATUS, CARD_ANSWER_INVALID and the failures of hal::Card.
class JpkiCard {
 public:
  // `card` outlives this object.
  explicit JpkiCard(hal::Card& card) : card_(card) {}

  // A certificate, DER: no command where it was read since the card came (the signature certificate
  // itself, which holds name and address: since its PIN was verified in this lease); one where the
  // card takes an extended Le; one for each 251 octets where not. The signature certificate wants
  // its PIN first: PIN_NOT_VERIFIED. CERTIFICATE_ABSENT where there is none.
  absl::StatusOr<Bytes> ReadCertificate(certs::Kind kind, CertificateFile which);

  absl::StatusOr<PinStatus> GetPinStatus(certs::Kind kind);

  // VERIFY, once. `pin` as rules::CheckedPin gave it. PIN_WRONG{tries_left}, PIN_BLOCKED (also by
  // this very try).
  absl::Status VerifyPin(certs::Kind kind, const Secret& pin);

  // VERIFY with `current`, then the new value; both as rules::CheckedPin gave them. Fails like
  // VerifyPin. The new PIN is verified or not afterwards: ask for it again.
  absl::Status ChangePin(certs::Kind kind, const Secret& current, const Secret& fresh);

  // The card's signature over `input`: with RSA a DigestInfo, 256 octets out; with P-384 a hash, r
  // and s out, 48 octets each. PIN_NOT_VERIFIED without that kind's PIN; CERTIFICATE_ABSENT without
  // a key.
  absl::StatusOr<Bytes> Sign(certs::Kind kind, ByteView input);

 private:
  absl::StatusOr<Bytes> ReadFile(certs::Kind kind, std::uint16_t file);
  absl::StatusOr<hal::Response> ReadBeginning(std::uint16_t file);
  absl::Status Verify(certs::Kind kind, std::uint8_t reference, const Secret& pin);

  hal::Card& card_;
};

}  // namespace jpkid::card
