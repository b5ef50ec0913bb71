#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "hal/reader.h"
#include "hal/scp03.h"
#include "tests/fakes/scripted_card.h"

namespace jpkid::fakes {

// A ScriptedCard with an issuer profile. Its script has the plain commands of the channel and the
// plain answers; the channel itself is real. Two commands have names, since their octets differ
// each time: kInitializeUpdate and kExternalAuthenticate; their answer, where it is not "9000", is
// given instead of the real one. An answer that begins with '~' has a broken R-MAC.
class ScriptedIssuerCard : public hal::Card {
 public:
  static constexpr char kInitializeUpdate[] = "INITIALIZE UPDATE";
  static constexpr char kExternalAuthenticate[] = "EXTERNAL AUTHENTICATE";

  ScriptedIssuerCard(hal::Scp03Keys keys, std::vector<Step> script)
      : keys_(std::move(keys)), script_(std::move(script)) {}
  ~ScriptedIssuerCard() override;
  ScriptedIssuerCard(const ScriptedIssuerCard&) = delete;
  ScriptedIssuerCard& operator=(const ScriptedIssuerCard&) = delete;

  absl::StatusOr<Bytes> TransmitRaw(ByteView apdu) override;
  std::uint64_t insertion() const override { return 1; }

 protected:
  absl::Status CutPower() override { return absl::OkStatus(); }

 private:
  absl::StatusOr<Bytes> Greet(const hal::Command& command, const Step& step);
  absl::StatusOr<Bytes> Authenticate(const hal::Command& command, const Step& step);
  absl::StatusOr<Bytes> InChannel(const hal::Command& command, const Step& step);
  Bytes InParts();

  const hal::Scp03Keys keys_;
  const std::vector<Step> script_;
  std::size_t next_ = 0;
  std::optional<hal::Scp03Card> channel_;
  std::uint32_t sequence_ = 0;
  Bytes rest_;  // Of the answer under way, status word included.
};

}  // namespace jpkid::fakes
