#include "absl/status/status.h"

#include "hal/sim/commands.h"
#include "hal/sim/status_words.h"

namespace jpkid::hal::sim {

// PERFORM SECURITY OPERATION (ISO/IEC 7816-8) in the form of this card: no data object around the
// input, and the card pads. In the secure channel it is the pending key that signs.
Response ComputeSignature(Context& context, const Command& command) {
  if (command.p1 != 0x00) return Status(kWrongParameters);
  const Referenced reference = FileOfP2(context, command.p2, FileKind::kKey);
  if (reference.file == nullptr) return Status(reference.sw);
  const File& file = *reference.file;
  if (!context.in_channel && !context.state.verified.contains(*file.pin)) {
    return Status(kSecurityNotSatisfied);
  }
  const CertificateSlot& slot = SlotOf(context.image(), *file.certificate);
  const Credential& credential = context.in_channel ? slot.pending() : slot.current();
  if (credential.private_key().empty()) return Status(kReferenceNotFound);
  const absl::StatusOr<PrivateKey> key = PrivateKey::FromDer(AsBytes(credential.private_key()));
  if (!key.ok()) return Status(kNoDiagnosis);
  absl::StatusOr<Bytes> signature = key->Sign(ByteView(command.data));
  if (absl::IsInvalidArgument(signature.status())) return Status(kWrongLength);
  if (!signature.ok()) return Status(kNoDiagnosis);
  return {.data = *std::move(signature), .sw = kSuccess};
}

}  // namespace jpkid::hal::sim
