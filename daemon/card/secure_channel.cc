#include "daemon/card/secure_channel.h"

#include <openssl/rand.h>

#include "base/status.h"
#include "daemon/card/exchange.h"
#include "daemon/card/status_words.h"

namespace jpkid::card {
namespace {

constexpr hal::StatusWord kAuthenticationFailed = 0x6300;
constexpr hal::StatusWord kNoChannel = 0x6882;
constexpr hal::StatusWord kSecurityNotSatisfied = 0x6982;
constexpr hal::StatusWord kLocked = 0x6983;
constexpr hal::StatusWord kNoIssuerProfile = 0x6D00;

}  // namespace

absl::Status SecureChannel::KeysRefused() const {
  return Fail(Reason::kIssuerKeysRefused, {{"serial", serial_}});
}

// INITIALIZE UPDATE. A card with other keys shows in its cryptogram, so that it is never sent one
// of ours and loses no try.
absl::StatusOr<hal::Scp03Host> SecureChannel::Greet(const hal::Scp03Keys& keys) {
  Bytes challenge(hal::kScp03Challenge);
  if (RAND_bytes(challenge.data(), static_cast<int>(challenge.size())) != 1) {
    return absl::InternalError("OpenSSL: random octets");
  }
  hal::Command greet = {.cla = 0x80, .ins = 0x50, .le = hal::Command::kShortMax};
  greet.data.assign(challenge.begin(), challenge.end());
  JPKID_ASSIGN_OR_RETURN(const hal::Response response, card_.Transmit(greet));
  if (response.sw == kLocked) return Fail(Reason::kIssuerProfileLocked, {{"serial", serial_}});
  if (response.sw == kNoIssuerProfile) return KeysRefused();
  if (response.sw != hal::kSuccess) return StatusWordFailure(response.sw, "INITIALIZE UPDATE");
  const absl::StatusOr<hal::Scp03Greeting> greeting = hal::DecodeGreeting(response.data);
  if (!greeting.ok()) return Garbled("INITIALIZE UPDATE", greeting.status().message());
  absl::StatusOr<hal::Scp03Host> host = hal::Scp03Host::Open(keys, challenge, *greeting);
  return host.ok() ? std::move(host) : WithMetadata(host.status(), "serial", serial_);
}

absl::Status SecureChannel::Open() {
  host_.reset();
  selected_file_ = 0;
  // What the issuer does may change any file; a plain command would end the channel.
  card_.learned().public_files.clear();
  card_.remembered().private_files.clear();
  // Where it is selected it stays so: selecting it again would end verified PINs.
  JPKID_RETURN_IF_ERROR(SelectApplication(card_, kJpkiApplication));
  JPKID_ASSIGN_OR_RETURN(const hal::Scp03Keys keys, keys_.KeysOf(serial_));
  JPKID_ASSIGN_OR_RETURN(hal::Scp03Host host, Greet(keys));
  JPKID_ASSIGN_OR_RETURN(const hal::Command authenticate, host.ExternalAuthenticate());
  card_.remembered().security_state = true;  // Before: the answer may be lost.
  JPKID_ASSIGN_OR_RETURN(const hal::Response response, card_.Transmit(authenticate));
  if (response.sw == kAuthenticationFailed || response.sw == kSecurityNotSatisfied) {
    return KeysRefused();
  }
  if (response.sw != hal::kSuccess) return StatusWordFailure(response.sw, "EXTERNAL AUTHENTICATE");
  host_.emplace(std::move(host));
  exchanges_ = card_.exchanges();
  return absl::OkStatus();
}

absl::StatusOr<Bytes> SecureChannel::Demand(const hal::Command& command, absl::string_view name) {
  if (!host_.has_value() || card_.exchanges() != exchanges_) JPKID_RETURN_IF_ERROR(Open());
  // Until the answer has proved good there is no channel to go on with.
  hal::Scp03Host host = *std::move(host_);
  host_.reset();
  JPKID_ASSIGN_OR_RETURN(const hal::Command wrapped, host.Wrap(command));
  JPKID_ASSIGN_OR_RETURN(const hal::Response answer, card_.Transmit(wrapped));
  if (answer.sw == kSecurityNotSatisfied || answer.sw == kNoChannel) {
    return Fail(Reason::kSecureChannelBroken);  // So the card has ended it.
  }
  JPKID_ASSIGN_OR_RETURN(hal::Response plain, host.Unwrap(answer));
  host_.emplace(std::move(host));
  exchanges_ = card_.exchanges();
  if (plain.sw != hal::kSuccess) return StatusWordFailure(plain.sw, name);
  return std::move(plain.data);
}

absl::Status SecureChannel::SelectFile(std::uint16_t file) {
  if (host_.has_value() && card_.exchanges() == exchanges_ && selected_file_ == file) {
    return absl::OkStatus();
  }
  hal::Command select = {.ins = 0xA4, .p1 = 0x02, .p2 = 0x0C};
  select.data = {static_cast<std::uint8_t>(file >> 8), static_cast<std::uint8_t>(file & 0xFF)};
  JPKID_RETURN_IF_ERROR(Demand(select, "SELECT").status());
  selected_file_ = file;
  return absl::OkStatus();
}

}  // namespace jpkid::card
