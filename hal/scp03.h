#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "base/bytes.h"
#include "base/secret.h"
#include "hal/apdu.h"

// Secure Channel Protocol 03 (GlobalPlatform Card Specification, Amendment D v1.1.2) as both ends
// of our channel speak it: AES-128, S8 mode, i = 70 (pseudo-random card challenge, R-MAC and
// R-ENC), always at security level 33. Plain values; what is sent, and when, is the caller's.
namespace jpkid::hal {

inline constexpr std::uint8_t kScp03Level = 0x33;   // C-MAC, C-DECRYPTION, R-MAC, R-ENCRYPTION.
inline constexpr std::size_t kScp03MostData = 239;  // Plain octets that fit a short command.
inline constexpr std::size_t kScp03Challenge = 8;   // Octets of a challenge in S8 mode.

// A card's static keys, 16 octets each. DEK is for loading keys; nothing here uses it.
struct Scp03Keys {
  Secret enc;
  Secret mac;
  Secret dek;
};

// The static keys of the card with this 15-digit serial (ours): Amendment D's derivation scheme
// with the issuer's master key (16 octets), the labels "JPKI-SIM ENC", "JPKI-SIM MAC", "JPKI-SIM
// DEK" and the serial's digits in ASCII as context. INVALID_ARGUMENT for anything else.
absl::StatusOr<Scp03Keys> DeriveCardKeys(const Secret& master, absl::string_view serial);

// The answer to INITIALIZE UPDATE: 32 octets (7.1.1.6).
struct Scp03Greeting {
  Bytes diversification = {};  // 10 octets; the last 8 of ours are the serial in BCD, F-padded.
  std::uint8_t key_version = 0;
  Bytes card_challenge = {};   // 8 octets.
  Bytes card_cryptogram = {};  // 8 octets.
  std::uint32_t sequence = 0;  // 24 bits.
};
Bytes EncodeGreeting(const Scp03Greeting& greeting);
absl::StatusOr<Scp03Greeting> DecodeGreeting(ByteView data);

// What both ends compute alike: session keys, cryptograms, MAC chaining value, command counter.
class Scp03Session {
 public:
  Scp03Session(const Scp03Session&) = delete;
  Scp03Session& operator=(const Scp03Session&) = delete;
  Scp03Session(Scp03Session&&) = default;
  Scp03Session& operator=(Scp03Session&&) = default;

 protected:
  Scp03Session() = default;
  ~Scp03Session() = default;

  // Session keys from both challenges (6.2.1), both cryptograms (6.2.2).
  absl::Status Agree(const Scp03Keys& keys, ByteView host_challenge, ByteView card_challenge);

  // The command's C-MAC (6.2.4), 8 octets; moves the chaining value on. `command` without its MAC.
  absl::StatusOr<Bytes> NextCommandMac(const Command& command);

  // The response's R-MAC (6.2.5), 8 octets, over the data as sent.
  absl::StatusOr<Bytes> ResponseMac(const Response& response) const;

  Bytes card_cryptogram_;
  Bytes host_cryptogram_;
  Secret enc_;
  std::uint64_t counter_ = 0;

 private:
  Secret mac_;
  Secret rmac_;
  Bytes chaining_;
};

// The end outside the card.
class Scp03Host final : public Scp03Session {
 public:
  // From the card's answer to INITIALIZE UPDATE. ISSUER_KEYS_REFUSED when its cryptogram was not
  // made with our keys.
  static absl::StatusOr<Scp03Host> Open(const Scp03Keys& keys, ByteView host_challenge,
                                        const Scp03Greeting& greeting);

  // EXTERNAL AUTHENTICATE, 84 82 33 00. Once, before any Wrap.
  absl::StatusOr<Command> ExternalAuthenticate();

  // Encrypts the data and adds the C-MAC; an absent Le becomes 256, since every answer has an
  // R-MAC. At most kScp03MostData octets of data.
  absl::StatusOr<Command> Wrap(const Command& command);

  // The plain answer to the last command. SECURE_CHANNEL_BROKEN when its R-MAC or padding is wrong.
  // An error status comes bare (6.2.5): anyone could have sent it.
  absl::StatusOr<Response> Unwrap(const Response& response) const;
};

// The end inside the card.
class Scp03Card final : public Scp03Session {
 public:
  // Answers INITIALIZE UPDATE: `application` is the AID of the selected application, part of the
  // pseudo-random challenge (6.2.2.1); of `greeting` diversification, key version and sequence are
  // taken, the rest is filled in.
  static absl::StatusOr<Scp03Card> Open(const Scp03Keys& keys, ByteView host_challenge,
                                        ByteView application, Scp03Greeting& greeting);

  // Checks the host's cryptogram (ISSUER_KEYS_REFUSED) and the C-MAC (SECURE_CHANNEL_BROKEN).
  absl::Status ExternalAuthenticate(const Command& command);

  // The plain command: C-MAC checked and taken off, data decrypted, CLA without the secure
  // messaging bit, Le as it came. SECURE_CHANNEL_BROKEN.
  absl::StatusOr<Command> Unwrap(const Command& command);

  // The answer to the last command as it is sent: encrypted and with its R-MAC; bare when its
  // status is an error.
  absl::StatusOr<Response> Wrap(const Response& response) const;
};

}  // namespace jpkid::hal
