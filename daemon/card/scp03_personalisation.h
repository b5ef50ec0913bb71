#pragma once

#include <cstdint>
#include <utility>

#include "daemon/card/personalisation.h"
#include "daemon/card/secure_channel.h"

namespace jpkid::card {

// Personalisation of a simulated card: commands of ISO/IEC 7816-4, -8 and -9 inside SCP03. Made by
// OpenPersonalisation alone, which has seen the card's token.
class Scp03Personalisation final : public Personalisation {
 public:
  explicit Scp03Personalisation(SecureChannel channel) : channel_(std::move(channel)) {}

  absl::StatusOr<Bytes> MakeKeyPair(certs::Kind kind, certs::Algorithm algorithm) override;
  absl::StatusOr<Bytes> SignWithPendingKey(certs::Kind kind, ByteView input) override;
  absl::Status WriteCertificate(certs::Kind kind, CertificateFile file,
                                ByteView certificate) override;
  absl::Status CheckWritten(certs::Kind kind, ByteView certificate,
                            ByteView ca_certificate) override;
  absl::Status Activate(certs::Kind kind) override;
  absl::Status Drop(certs::Kind kind) override;
  absl::StatusOr<PendingSlots> ReadPending() override;
  absl::Status SetPin(certs::Kind kind, const Secret& pin) override;
  absl::StatusOr<HolderRecord> ReadHolder() override;

 private:
  absl::StatusOr<bool> Holds(std::uint16_t file, ByteView expected);

  SecureChannel channel_;
};

}  // namespace jpkid::card
