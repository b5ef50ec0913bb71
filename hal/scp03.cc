#include "hal/scp03.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "hal/scp03_crypto.h"

namespace jpkid::hal {
namespace {

constexpr std::size_t kMac = 8;                  // S8 mode.
constexpr std::uint8_t kSecureMessaging = 0x04;  // CLA bit b3: proprietary secure messaging.
constexpr std::uint8_t kScp03Id = 0x03;
constexpr std::uint8_t kScp03Options = 0x70;
constexpr std::uint8_t kCommandDirection = 0x00;
constexpr std::uint8_t kResponseDirection = 0x80;

// Data derivation constants (Amendment D, table 4-1).
enum class Constant : std::uint8_t {
  kCardCryptogram = 0x00,
  kHostCryptogram = 0x01,
  kCardChallenge = 0x02,
  kSessionEnc = 0x04,
  kSessionMac = 0x06,
  kSessionRmac = 0x07,
};

absl::StatusOr<WipedBytes> DeriveFor(Constant constant, const Secret& key, ByteView context,
                                     std::size_t octets) {
  Bytes label(12, 0);
  label.back() = static_cast<std::uint8_t>(constant);
  return Derive(key, label, context, octets);
}

absl::StatusOr<Secret> DeriveKey(Constant constant, const Secret& key, ByteView context) {
  JPKID_ASSIGN_OR_RETURN(WipedBytes derived, DeriveFor(constant, key, context, kAesBlock));
  return Secret(std::move(derived));
}

// A cryptogram or challenge: derived, yet sent in the clear.
absl::StatusOr<Bytes> DerivePublic(Constant constant, const Secret& key, ByteView context) {
  JPKID_ASSIGN_OR_RETURN(const WipedBytes derived,
                         DeriveFor(constant, key, context, kScp03Challenge));
  return ToBytes(ByteView(derived));
}

bool SameMac(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// Only these answers carry data and a MAC: 9000 and the warnings 62xx, 63xx.
bool IsProtected(StatusWord sw) { return sw == kSuccess || sw >> 8 == 0x62 || sw >> 8 == 0x63; }

}  // namespace

absl::StatusOr<Scp03Keys> DeriveCardKeys(const Secret& master, absl::string_view serial) {
  if (serial.size() != 15 || !std::all_of(serial.begin(), serial.end(), absl::ascii_isdigit)) {
    return absl::InvalidArgumentError("a card's serial has 15 digits");
  }
  Scp03Keys keys;
  for (auto [label, key] :
       {std::pair("JPKI-SIM ENC", &keys.enc), std::pair("JPKI-SIM MAC", &keys.mac),
        std::pair("JPKI-SIM DEK", &keys.dek)}) {
    JPKID_ASSIGN_OR_RETURN(WipedBytes derived,
                           Derive(master, AsBytes(label), AsBytes(serial), kAesBlock));
    *key = Secret(std::move(derived));
  }
  return keys;
}

Bytes EncodeGreeting(const Scp03Greeting& greeting) {
  Bytes out = greeting.diversification;
  Append(out, Bytes{greeting.key_version, kScp03Id, kScp03Options});
  Append(out, greeting.card_challenge);
  Append(out, greeting.card_cryptogram);
  Append(out, Bytes{static_cast<std::uint8_t>(greeting.sequence >> 16),
                    static_cast<std::uint8_t>(greeting.sequence >> 8),
                    static_cast<std::uint8_t>(greeting.sequence)});
  return out;
}

absl::StatusOr<Scp03Greeting> DecodeGreeting(ByteView data) {
  if (data.size() != 32) {
    return absl::InvalidArgumentError(
        absl::StrCat("the answer has 32 octets with i = 70, this one has ", data.size()));
  }
  if (data[11] != kScp03Id || data[12] != kScp03Options) {
    return absl::InvalidArgumentError(
        absl::StrCat("the card speaks another protocol: ", ToHex(data.subspan(11, 2))));
  }
  return Scp03Greeting{
      .diversification = ToBytes(data.first(10)),
      .key_version = data[10],
      .card_challenge = ToBytes(data.subspan(13, 8)),
      .card_cryptogram = ToBytes(data.subspan(21, 8)),
      .sequence = static_cast<std::uint32_t>(data[29] << 16 | data[30] << 8 | data[31])};
}

absl::Status Scp03Session::Agree(const Scp03Keys& keys, ByteView host_challenge,
                                 ByteView card_challenge) {
  if (host_challenge.size() != kScp03Challenge || card_challenge.size() != kScp03Challenge) {
    return absl::InvalidArgumentError("a challenge has 8 octets in S8 mode");
  }
  Bytes context = ToBytes(host_challenge);
  Append(context, card_challenge);
  JPKID_ASSIGN_OR_RETURN(enc_, DeriveKey(Constant::kSessionEnc, keys.enc, context));
  JPKID_ASSIGN_OR_RETURN(mac_, DeriveKey(Constant::kSessionMac, keys.mac, context));
  JPKID_ASSIGN_OR_RETURN(rmac_, DeriveKey(Constant::kSessionRmac, keys.mac, context));
  JPKID_ASSIGN_OR_RETURN(card_cryptogram_, DerivePublic(Constant::kCardCryptogram, mac_, context));
  JPKID_ASSIGN_OR_RETURN(host_cryptogram_, DerivePublic(Constant::kHostCryptogram, mac_, context));
  chaining_.assign(kAesBlock, 0);
  return absl::OkStatus();
}

absl::StatusOr<Bytes> Scp03Session::NextCommandMac(const Command& command) {
  const std::size_t lc = command.data.size() + kMac;
  if (lc > 255) return absl::InvalidArgumentError("too much data for a short command");
  Bytes input = chaining_;
  Append(input,
         Bytes{command.cla, command.ins, command.p1, command.p2, static_cast<std::uint8_t>(lc)});
  Append(input, ByteView(command.data));
  JPKID_ASSIGN_OR_RETURN(chaining_, Cmac(mac_, input));
  return ToBytes(ByteView(chaining_).first(kMac));
}

absl::StatusOr<Bytes> Scp03Session::ResponseMac(const Response& response) const {
  Bytes input = chaining_;
  Append(input, response.data);
  Append(input, Bytes{static_cast<std::uint8_t>(response.sw >> 8),
                      static_cast<std::uint8_t>(response.sw & 0xFF)});
  JPKID_ASSIGN_OR_RETURN(Bytes mac, Cmac(rmac_, input));
  mac.resize(kMac);
  return mac;
}

absl::StatusOr<Scp03Host> Scp03Host::Open(const Scp03Keys& keys, ByteView host_challenge,
                                          const Scp03Greeting& greeting) {
  Scp03Host host;
  JPKID_RETURN_IF_ERROR(host.Agree(keys, host_challenge, greeting.card_challenge));
  if (!SameMac(host.card_cryptogram_, greeting.card_cryptogram)) {
    return Fail(Reason::kIssuerKeysRefused);
  }
  return host;
}

absl::StatusOr<Command> Scp03Host::ExternalAuthenticate() {
  Command command = {.cla = 0x80 | kSecureMessaging, .ins = 0x82, .p1 = kScp03Level};
  command.data.assign(host_cryptogram_.begin(), host_cryptogram_.end());
  JPKID_ASSIGN_OR_RETURN(const Bytes mac, NextCommandMac(command));
  command.data.insert(command.data.end(), mac.begin(), mac.end());
  return command;
}

absl::StatusOr<Command> Scp03Host::Wrap(const Command& command) {
  if (command.data.size() > kScp03MostData) {
    return absl::InvalidArgumentError("too much data for the secure channel");
  }
  ++counter_;  // Also by a command without data (6.2.6).
  Command wrapped = command;
  wrapped.cla |= kSecureMessaging;
  if (wrapped.le == Command::kNoLe) wrapped.le = Command::kShortMax;
  if (!command.data.empty()) {
    JPKID_ASSIGN_OR_RETURN(wrapped.data, EncryptCbc(enc_, kCommandDirection, counter_,
                                                    ByteView(Pad(ByteView(command.data)))));
  }
  JPKID_ASSIGN_OR_RETURN(const Bytes mac, NextCommandMac(wrapped));
  wrapped.data.insert(wrapped.data.end(), mac.begin(), mac.end());
  return wrapped;
}

absl::StatusOr<Response> Scp03Host::Unwrap(const Response& response) const {
  if (!IsProtected(response.sw) && response.data.empty()) return response;
  if (!IsProtected(response.sw) || response.data.size() < kMac) {
    return Fail(Reason::kSecureChannelBroken);
  }
  const ByteView whole = response.data;
  const Response sent = {.data = ToBytes(whole.first(whole.size() - kMac)), .sw = response.sw};
  JPKID_ASSIGN_OR_RETURN(const Bytes mac, ResponseMac(sent));
  if (!SameMac(mac, whole.last(kMac)) || sent.data.size() % kAesBlock != 0) {
    return Fail(Reason::kSecureChannelBroken);
  }
  if (sent.data.empty()) return sent;
  JPKID_ASSIGN_OR_RETURN(const WipedBytes padded,
                         DecryptCbc(enc_, kResponseDirection, counter_, sent.data));
  const absl::StatusOr<WipedBytes> plain = Unpad(ByteView(padded));
  if (!plain.ok()) return Fail(Reason::kSecureChannelBroken);
  return Response{.data = ToBytes(ByteView(*plain)), .sw = response.sw};
}

absl::StatusOr<Scp03Card> Scp03Card::Open(const Scp03Keys& keys, ByteView host_challenge,
                                          ByteView application, Scp03Greeting& greeting) {
  Bytes context = {static_cast<std::uint8_t>(greeting.sequence >> 16),
                   static_cast<std::uint8_t>(greeting.sequence >> 8),
                   static_cast<std::uint8_t>(greeting.sequence)};
  Append(context, application);
  JPKID_ASSIGN_OR_RETURN(greeting.card_challenge,
                         DerivePublic(Constant::kCardChallenge, keys.enc, context));
  Scp03Card card;
  JPKID_RETURN_IF_ERROR(card.Agree(keys, host_challenge, greeting.card_challenge));
  greeting.card_cryptogram = card.card_cryptogram_;
  return card;
}

absl::Status Scp03Card::ExternalAuthenticate(const Command& command) {
  if (command.data.size() != kScp03Challenge + kMac) return Fail(Reason::kSecureChannelBroken);
  const ByteView data(command.data);
  Command bare = command;
  bare.data.resize(kScp03Challenge);
  JPKID_ASSIGN_OR_RETURN(const Bytes mac, NextCommandMac(bare));
  if (!SameMac(host_cryptogram_, data.first(kScp03Challenge))) {
    return Fail(Reason::kIssuerKeysRefused);
  }
  return SameMac(mac, data.last(kMac)) ? absl::OkStatus() : Fail(Reason::kSecureChannelBroken);
}

absl::StatusOr<Command> Scp03Card::Unwrap(const Command& command) {
  const std::size_t size = command.data.size();
  if ((command.cla & kSecureMessaging) == 0 || size < kMac || (size - kMac) % kAesBlock != 0) {
    return Fail(Reason::kSecureChannelBroken);
  }
  ++counter_;
  Command plain = command;
  plain.data.resize(size - kMac);
  JPKID_ASSIGN_OR_RETURN(const Bytes mac, NextCommandMac(plain));
  if (!SameMac(mac, ByteView(command.data).last(kMac))) return Fail(Reason::kSecureChannelBroken);
  plain.cla = static_cast<std::uint8_t>(plain.cla & ~kSecureMessaging);
  if (plain.data.empty()) return plain;
  JPKID_ASSIGN_OR_RETURN(const WipedBytes padded,
                         DecryptCbc(enc_, kCommandDirection, counter_, ByteView(plain.data)));
  absl::StatusOr<WipedBytes> data = Unpad(ByteView(padded));
  if (!data.ok()) return Fail(Reason::kSecureChannelBroken);
  plain.data = *std::move(data);
  return plain;
}

absl::StatusOr<Response> Scp03Card::Wrap(const Response& response) const {
  if (!IsProtected(response.sw)) return Response{.sw = response.sw};
  Response wrapped = {.sw = response.sw};
  if (!response.data.empty()) {
    JPKID_ASSIGN_OR_RETURN(
        const WipedBytes encrypted,
        EncryptCbc(enc_, kResponseDirection, counter_, ByteView(Pad(response.data))));
    wrapped.data = ToBytes(ByteView(encrypted));
  }
  JPKID_ASSIGN_OR_RETURN(const Bytes mac, ResponseMac(wrapped));
  Append(wrapped.data, mac);
  return wrapped;
}

}  // namespace jpkid::hal
