#include <algorithm>
#include <array>
#include <optional>

#include "hal/sim/commands.h"
#include "hal/sim/file_content.h"
#include "hal/sim/issuer_profile.h"
#include "hal/sim/status_words.h"

// The commands inside the secure channel; their data are described in issuer_profile.h.
namespace jpkid::hal::sim {
namespace {

constexpr std::size_t kMostCertificate = 8192;

// What GENERATE KEY PAIR is asked for.
struct KeyOrder {
  std::uint8_t algorithm = 0;
  std::uint8_t key = 0;
};

std::optional<KeyOrder> ParseKeyOrder(ByteView data) {
  constexpr std::array<std::uint8_t, 4> kHead = {0xAC, 0x06, 0x80, 0x01};
  if (data.size() != 8 || !std::ranges::equal(data.first(4), kHead) || data[5] != 0x83 ||
      data[6] != 0x01) {
    return std::nullopt;
  }
  return KeyOrder{.algorithm = data[4], .key = data[7]};
}

std::uint8_t AlgorithmReference(KeyAlgorithm algorithm) {
  return algorithm == RSA_2048 ? 0x07 : 0x14;
}

void PutNewKey(CardImage& image, CertificateKind kind, const Secret& der) {
  CertificateSlot& slot = MutableSlot(image, kind);
  slot.clear_pending();
  slot.mutable_pending()->set_private_key(der.view().data(), der.size());
  if (!image.staged()) {
    slot.mutable_current()->clear_private_key();
    slot.mutable_current()->clear_certificate();
  }
}

// The kind of the selected file, for the commands that work on a slot as a whole.
struct KindOrStatus {
  CertificateKind kind = CertificateKind::kAuth;
  StatusWord sw = kSuccess;
};

KindOrStatus SelectedKind(const Context& context, const Command& command) {
  if (command.p1 != 0x00 || command.p2 != 0x00) return {.sw = kWrongParameters};
  if (!command.data.empty()) return {.sw = kWrongLength};
  if (context.state.file == nullptr) return {.sw = kNoFileSelected};
  if (!context.state.file->certificate.has_value()) return {.sw = kWrongFileKind};
  return {.kind = *context.state.file->certificate};
}

void Activate(CertificateSlot& slot) {
  Credential pending = slot.pending();
  if (pending.ca_certificate().empty()) {
    pending.set_ca_certificate(slot.current().ca_certificate());
  }
  *slot.mutable_current() = pending;
  slot.clear_pending();
}

}  // namespace

Response GenerateKeyPair(Context& context, const Command& command) {
  if (command.p1 != 0x00 || command.p2 != 0x00) return Status(kWrongParameters);
  const std::optional<KeyOrder> order = ParseKeyOrder(ByteView(command.data));
  if (!order.has_value()) return Status(kWrongData);
  const KeyAlgorithm algorithm = context.image().algorithm();
  if (order->algorithm != AlgorithmReference(algorithm)) return Status(kFunctionNotSupported);
  const File* file = context.state.application->Find(order->key);
  if (file == nullptr || file->kind != FileKind::kKey) return Status(kReferenceNotFound);
  const absl::StatusOr<PrivateKey> key = context.keys.NewKey(algorithm);
  if (!key.ok()) return Status(kNoDiagnosis);
  const absl::StatusOr<Secret> der = key->ToDer();
  absl::StatusOr<Bytes> answer = key->PublicKeyTemplate();
  if (!der.ok() || !answer.ok()) return Status(kNoDiagnosis);
  const StatusWord kept =
      Keep(context, [&](CardImage& image) { PutNewKey(image, *file->certificate, *der); });
  if (kept != kSuccess) return Status(kept);
  return {.data = *std::move(answer), .sw = kSuccess};
}

Response UpdateBinary(Context& context, const Command& command) {
  if ((command.p1 & 0x80) != 0) return Status(kWrongParameters);
  if (command.data.empty()) return Status(kWrongLength);
  const File* file = context.state.file;
  if (file == nullptr) return Status(kNoFileSelected);
  if (!file->part.has_value()) return Status(kWrongFileKind);
  const Credential& pending = SlotOf(context.image(), *file->certificate).pending();
  if (pending.private_key().empty()) return Status(kConditionsNotSatisfied);
  const auto offset = static_cast<std::size_t>(command.p1 << 8 | command.p2);
  if (offset > PartOf(pending, *file->part).size()) return Status(kWrongOffset);
  if (offset + command.data.size() > kMostCertificate) return Status(kNotEnoughMemory);
  return Status(Keep(context, [&](CardImage& image) {
    Credential& credential = *MutableSlot(image, *file->certificate).mutable_pending();
    std::string& content = MutablePart(credential, *file->part);
    content.resize(offset);
    content.append(command.data.begin(), command.data.end());
  }));
}

Response ActivateFile(Context& context, const Command& command) {
  const KindOrStatus selected = SelectedKind(context, command);
  if (selected.sw != kSuccess) return Status(selected.sw);
  if (!IsComplete(SlotOf(context.image(), selected.kind).pending())) {
    return Status(kConditionsNotSatisfied);
  }
  return Status(
      Keep(context, [&](CardImage& image) { Activate(MutableSlot(image, selected.kind)); }));
}

Response DeactivateFile(Context& context, const Command& command) {
  const KindOrStatus selected = SelectedKind(context, command);
  if (selected.sw != kSuccess) return Status(selected.sw);
  return Status(
      Keep(context, [&](CardImage& image) { MutableSlot(image, selected.kind).clear_pending(); }));
}

Response GetData(Context& context, const Command& command) {
  if (!command.data.empty()) return Status(kWrongLength);
  const int tag = command.p1 << 8 | command.p2;
  if (tag == 0xFF20) return {.data = HolderAttributes(context.image()), .sw = kSuccess};
  if (tag != 0xDF20) return Status(kReferenceNotFound);
  absl::StatusOr<Bytes> pending = PendingTemplate(context.image());
  if (!pending.ok()) return Status(kNoDiagnosis);
  return {.data = *std::move(pending), .sw = kSuccess};
}

}  // namespace jpkid::hal::sim
