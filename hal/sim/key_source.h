#pragma once

#include "absl/status/statusor.h"

#include "hal/sim/private_key.h"

namespace jpkid::hal::sim {

// Where a simulated card takes its new keys from: generated, or ready-made where a test injects
// them.
class KeySource {
 public:
  virtual ~KeySource() = default;
  virtual absl::StatusOr<PrivateKey> NewKey(KeyAlgorithm algorithm) = 0;
};

// Real generation: about 0.3 s for an RSA-2048 key.
class GeneratingKeySource final : public KeySource {
 public:
  absl::StatusOr<PrivateKey> NewKey(KeyAlgorithm algorithm) override {
    return PrivateKey::Generate(algorithm);
  }
};

}  // namespace jpkid::hal::sim
