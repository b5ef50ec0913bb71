#include "hal/sim/commands.h"
#include "hal/sim/status_words.h"

namespace jpkid::hal::sim {
namespace {

Response TriesLeft(const Pin& pin) {
  return Status(static_cast<StatusWord>(kTriesLeft | pin.tries_left()));
}

// VERIFY of a PIN that has tries left.
Response Try(Context& context, PinId id, ByteView value) {
  const Pin& pin = PinOf(context.image(), id);
  const absl::StatusOr<bool> right = Matches(pin, value);
  if (!right.ok()) return Status(kNoDiagnosis);
  context.state.verified.erase(id);
  const std::uint32_t tries = *right ? RuleOf(id).tries : pin.tries_left() - 1;
  if (tries != pin.tries_left()) {
    const StatusWord kept =
        Keep(context, [&](CardImage& image) { MutablePin(image, id).set_tries_left(tries); });
    if (kept != kSuccess) return Status(kept);
  }
  if (!*right) return TriesLeft(PinOf(context.image(), id));
  context.state.verified.insert(id);
  return Status(kSuccess);
}

// A new value and all its tries. The format is the card's own last guard.
StatusWord SetPin(Context& context, PinId id, ByteView value) {
  const PinRule& rule = RuleOf(id);
  if (!HasLength(rule, value)) return kWrongLength;
  if (!HasAlphabet(rule, value)) return kWrongData;
  const absl::StatusOr<Pin> pin = MakePin(id, value);
  if (!pin.ok()) return kNoDiagnosis;
  return Keep(context, [&](CardImage& image) { MutablePin(image, id) = *pin; });
}

}  // namespace

Response Verify(Context& context, const Command& command) {
  if (command.p1 != 0x00) return Status(kWrongParameters);
  const Referenced reference = FileOfP2(context, command.p2, FileKind::kPin);
  if (reference.file == nullptr) return Status(reference.sw);
  const PinId id = *reference.file->pin;
  const Pin& pin = PinOf(context.image(), id);
  // Without data it asks how many tries are left, and a verified PIN changes nothing in that.
  if (command.data.empty()) return TriesLeft(pin);
  if (!HasLength(RuleOf(id), ByteView(command.data))) return Status(kWrongLength);
  if (!IsSet(pin)) return Status(kReferenceDataUnusable);
  if (pin.tries_left() == 0) {
    return Status(static_cast<StatusWord>(context.image().switches().blocked_sw()));
  }
  return Try(context, id, ByteView(command.data));
}

Response ChangeReferenceData(Context& context, const Command& command) {
  if (command.p1 != 0x01 || command.p2 != 0x80) return Status(kWrongParameters);
  const Referenced reference = FileOfP2(context, command.p2, FileKind::kPin);
  if (reference.file == nullptr) return Status(reference.sw);
  const PinId id = *reference.file->pin;
  if (!context.state.verified.contains(id)) return Status(kSecurityNotSatisfied);
  return Status(SetPin(context, id, ByteView(command.data)));
}

Response ResetRetryCounter(Context& context, const Command& command) {
  if (command.p1 != 0x02 || command.p2 != 0x80) return Status(kWrongParameters);
  const Referenced reference = FileOfP2(context, command.p2, FileKind::kPin);
  if (reference.file == nullptr) return Status(reference.sw);
  const StatusWord set = SetPin(context, *reference.file->pin, ByteView(command.data));
  if (set == kSuccess) context.state.verified.erase(*reference.file->pin);
  return Status(set);
}

}  // namespace jpkid::hal::sim
