#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "hal/sim/card_image.pb.h"
#include "hal/sim/slots.h"

// The issuer profile: what one of our cards answers inside the secure channel (GlobalPlatform
// SCP03, hal/scp03.h), in the JPKI application alone. The commands are those of ISO/IEC 7816-4,
// -8 and -9; their data are ours and stand here.
//
// Short APDUs, CLA 04 or 84, at most 239 octets of plain data. An answer that does not fit 256
// octets with its R-MAC gives 61xx; plain 00 C0 fetches the rest.
//
//   80 50  INITIALIZE UPDATE     P1 00 or 01 (the key version), P2 00. 6D00: no issuer profile.
//                                6983: locked. 6985: the sequence counter is used up.
//   84 82  EXTERNAL AUTHENTICATE P1 33 only. 6300 wrong cryptogram, 6982 wrong C-MAC: each counts,
//                                the fifth in a row locks for good.
//   A4     SELECT                as in the public profile; of an application: ends the channel.
//   47     GENERATE KEY PAIR     P1 P2 00 00, data exactly AC 06 { 80 01 algorithm, 83 01 key },
//                                algorithm 07 RSA-2048 or 14 P-384, key 17 auth or 1A signature.
//                                → 7F49 { 81 modulus, 82 exponent } or 7F49 { 86 04 x y }.
//                                6A80 other data, 6A81 not this card's algorithm, 6A88 no such key.
//                                What was pending for that key is gone. A card that is not staged
//                                loses the current key and certificate in the same step.
//   2A     SIGN                  as in the public profile, with the pending key and without a PIN.
//                                6A88: no key is pending. P-384: 48 octets of SHA-384 in, r s out.
//   D6     UPDATE BINARY         P1 P2 offset, into the pending file beside the selected 0001,
//                                0002, 000A or 000B, which then ends where the data end. 6B00 past
//                                its end; 6985 no key is pending; 6A84 more than 8,192 octets.
//   B0     READ BINARY           of those four files: the pending one.
//   44     ACTIVATE FILE         no data; for the kind of the selected file. 6985 unless the
//                                pending certificate is whole and the pending key's. A pending CA
//                                certificate must be whole; with none the current one stays.
//   04     DEACTIVATE FILE       no data; empties the pending slot of the selected file's kind.
//   CA     GET DATA              DF 20 → what is pending, auth then signature:
//                                DF20 { A0 { 83 key, 80 state [, 81 SHA-256] }, A0 { … } };
//                                state 00 nothing, 01 key, 02 key and certificate: ACTIVATE would
//                                do; 81 over the pending SubjectPublicKeyInfo, with 01 and 02.
//                                FF 20 → the holder's attributes, as text input EF 0002.
//                                6A88 anything else.
//   2C     RESET RETRY COUNTER   02 80, the new PIN; PIN file selected. 6700 wrong length, 6A80
//                                wrong characters. The PIN must be verified anew.
namespace jpkid::hal::sim {

inline constexpr std::uint32_t kMostWrongCryptograms = 5;
inline constexpr std::uint8_t kIssuerKeyVersion = 0x01;

// Whether ACTIVATE FILE would make `pending` current.
bool IsComplete(const Credential& pending);

// The answer to GET DATA DF20.
absl::StatusOr<Bytes> PendingTemplate(const CardImage& image);

}  // namespace jpkid::hal::sim
