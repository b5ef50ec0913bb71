#pragma once

#include <cstddef>

#include "hal/sim/key_source.h"

namespace jpkid::hal::sim {

// One of the ready-made keys of the tests: four of RSA-2048, three of P-384, then round again.
PrivateKey TestKey(KeyAlgorithm algorithm, std::size_t number);

// Hands the ready-made keys out in turn: a unit test has no 0.3 s for each key.
class TestKeySource final : public KeySource {
 public:
  absl::StatusOr<PrivateKey> NewKey(KeyAlgorithm algorithm) override;
  std::size_t taken() const { return taken_; }

 private:
  std::size_t taken_ = 0;
};

}  // namespace jpkid::hal::sim
