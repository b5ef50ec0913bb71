#include "hal/reader.h"

namespace jpkid::hal {

absl::Status Card::PowerDown() {
  remembered_ = Remembered();
  ++exchanges_;
  return CutPower();
}

absl::StatusOr<Response> Card::Transmit(const Command& command) {
  return TransmitWhole(command, [this](ByteView apdu) {
    ++exchanges_;
    return TransmitRaw(apdu);
  });
}

}  // namespace jpkid::hal
