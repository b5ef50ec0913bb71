#include <utility>

#include "base/status.h"
#include "hal/scp03.h"
#include "hal/sim/commands.h"
#include "hal/sim/issuer_profile.h"
#include "hal/sim/status_words.h"

// The opening of the secure channel (GlobalPlatform Amendment D, 7.1).
namespace jpkid::hal::sim {
namespace {

constexpr std::uint32_t kLastSequence = 0xFFFFFF;

Scp03Keys KeysOf(const IssuerProfile& issuer) {
  return {.enc = Secret(AsBytes(issuer.enc_key())),
          .mac = Secret(AsBytes(issuer.mac_key())),
          .dek = Secret(AsBytes(issuer.dek_key()))};
}

// Two octets of zero, then the serial in BCD, padded with F.
Bytes Diversification(absl::string_view serial) {
  Bytes out(10);
  for (std::size_t i = 0; i < 16; ++i) {
    const int digit = i < serial.size() ? serial[i] - '0' : 0x0F;
    out[2 + i / 2] = static_cast<std::uint8_t>(out[2 + i / 2] << 4 | digit);
  }
  return out;
}

// The profile is there for the selected application, not locked, not used up.
StatusWord MayGreet(const Context& context) {
  const Application* application = context.state.application;
  const IssuerProfile& issuer = context.image().issuer();
  if (application == nullptr || !application->issuer_profile || issuer.enc_key().empty()) {
    return kUnknownInstruction;
  }
  if (issuer.wrong_cryptograms() >= kMostWrongCryptograms) return kAuthenticationBlocked;
  if (issuer.sequence() >= kLastSequence) return kConditionsNotSatisfied;
  return kSuccess;
}

StatusWord CountWrongCryptogram(Context& context, const absl::Status& why) {
  const StatusWord kept = Keep(context, [](CardImage& image) {
    image.mutable_issuer()->set_wrong_cryptograms(image.issuer().wrong_cryptograms() + 1);
  });
  if (kept != kSuccess) return kept;
  return FailedFor(why, Reason::kIssuerKeysRefused) ? kAuthenticationFailed : kSecurityNotSatisfied;
}

}  // namespace

Response InitializeUpdate(Context& context, const Command& command) {
  const StatusWord may = MayGreet(context);
  if (may == kUnknownInstruction) return Status(may);
  if (command.p2 != 0x00) return Status(kWrongParameters);
  if (command.p1 != 0x00 && command.p1 != kIssuerKeyVersion) return Status(kReferenceNotFound);
  if (command.data.size() != kScp03Challenge) return Status(kWrongLength);
  if (may != kSuccess) return Status(may);
  const StatusWord kept = Keep(context, [](CardImage& image) {
    image.mutable_issuer()->set_sequence(image.issuer().sequence() + 1);
  });
  if (kept != kSuccess) return Status(kept);
  const IssuerProfile& issuer = context.image().issuer();
  Scp03Greeting greeting = {.diversification = Diversification(context.image().serial()),
                            .key_version = kIssuerKeyVersion,
                            .sequence = issuer.sequence()};
  absl::StatusOr<Scp03Card> session = Scp03Card::Open(KeysOf(issuer), ByteView(command.data),
                                                      context.state.application->aid, greeting);
  if (!session.ok()) return Status(kNoDiagnosis);
  context.state.greeted = *std::move(session);
  return {.data = EncodeGreeting(greeting), .sw = kSuccess};
}

Response ExternalAuthenticate(Context& context, const Command& command) {
  std::optional<Scp03Card> session = std::exchange(context.state.greeted, std::nullopt);
  if (!session.has_value()) return Status(kConditionsNotSatisfied);
  if (command.p1 != kScp03Level || command.p2 != 0x00) return Status(kWrongParameters);
  if (command.data.size() != 16) return Status(kWrongLength);
  const absl::Status right = session->ExternalAuthenticate(command);
  if (!right.ok()) return Status(CountWrongCryptogram(context, right));
  if (context.image().issuer().wrong_cryptograms() != 0) {
    const StatusWord kept =
        Keep(context, [](CardImage& image) { image.mutable_issuer()->set_wrong_cryptograms(0); });
    if (kept != kSuccess) return Status(kept);
  }
  context.state.channel = std::move(session);
  return Status(kSuccess);
}

}  // namespace jpkid::hal::sim
