#pragma once

#include <deque>

#include "base/mutex.h"
#include "base/worker.h"
#include "hal/sim/key_source.h"

namespace jpkid::hal::sim {

// Real generation ahead of time: a few RSA keys lie ready, so that a card behind a driver with a
// time limit (vpcd's is 5 s) answers GENERATE at once however busy the machine is. Thread-safe.
class KeysAhead final : public KeySource {
 public:
  KeysAhead();

  absl::StatusOr<PrivateKey> NewKey(KeyAlgorithm algorithm) override;

 private:
  void MakeOne();

  Mutex mutex_;
  std::deque<PrivateKey> ready_ ABSL_GUARDED_BY(mutex_);
  WorkPool pool_{{.name = "keys-ahead", .most_threads = 1}};  // Last: it ends first.
};

}  // namespace jpkid::hal::sim
