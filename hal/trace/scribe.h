#pragma once

#include <string>

#include "absl/strings/string_view.h"

#include "base/bytes.h"
#include "hal/trace/apdu_record.pb.h"

namespace jpkid::hal::trace {

inline constexpr char kPowerUp[] = "POWER UP";

// What may be written down of a command APDU alone: the first eight fields of a record. Two
// commands that differ in nothing but what is masked have the same.
ApduRecord DescribeCommand(ByteView command);

// Knows what may be written down of the exchanges with one card, one after the other: a card's
// answer is told where it comes from a file that any program can read without a PIN, of the
// certificate with name and address only how long it is. So it must see every command.
class Scribe {
 public:
  // The card got power, or lost it and got it back: nothing is selected.
  ApduRecord PowerUp(ByteView atr);

  // `answer` is the whole response APDU, empty if none came.
  ApduRecord Describe(ByteView command, End end, ByteView answer);

 private:
  enum class Telling { kNothing, kLengthOfCertificate, kAll };

  // Takes note of what `command` (described) selects, and decides how much its answer tells.
  Telling Follow(ApduRecord& command, bool answered);
  void FollowSelect(const ApduRecord& command, bool answered);
  Telling OfFile(ApduRecord& command, absl::string_view short_id);

  std::string application_;  // AID, hexadecimal; empty: none, or unknown.
  std::string file_;         // Identifier, hexadecimal; empty: none, or unknown.
  Telling last_ = Telling::kNothing;
};

}  // namespace jpkid::hal::trace
