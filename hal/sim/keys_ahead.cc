#include "hal/sim/keys_ahead.h"

#include <optional>
#include <utility>

namespace jpkid::hal::sim {
namespace {

// As many as an issue of both certificates takes.
constexpr int kAhead = 2;

}  // namespace

KeysAhead::KeysAhead() {
  for (int i = 0; i < kAhead; ++i) pool_.Submit([this] { MakeOne(); });
}

absl::StatusOr<PrivateKey> KeysAhead::NewKey(KeyAlgorithm algorithm) {
  if (algorithm != RSA_2048) return PrivateKey::Generate(algorithm);
  std::optional<PrivateKey> key;
  {
    const MutexLock lock(mutex_);
    if (!ready_.empty()) {
      key = std::move(ready_.front());
      ready_.pop_front();
    }
  }
  if (!key.has_value()) return PrivateKey::Generate(algorithm);
  pool_.Submit([this] { MakeOne(); });
  return *std::move(key);
}

// A key that cannot be made ahead is made, or its failure told, when it is asked for.
void KeysAhead::MakeOne() {
  absl::StatusOr<PrivateKey> key = PrivateKey::Generate(RSA_2048);
  if (!key.ok()) return;
  const MutexLock lock(mutex_);
  ready_.push_back(*std::move(key));
}

}  // namespace jpkid::hal::sim
