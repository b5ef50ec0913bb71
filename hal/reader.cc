#include "hal/reader.h"

namespace jpkid::hal {

absl::Status Card::PowerDown() {
  remembered_ = Remembered();
  return CutPower();
}

absl::StatusOr<Response> Card::Transmit(const Command& command) {
  return TransmitWhole(command, [this](ByteView apdu) { return TransmitRaw(apdu); });
}

}  // namespace jpkid::hal
