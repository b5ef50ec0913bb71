#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "daemon/rpc/source.h"

namespace jpkid::rpc {

// What works at the moment, by the names of grpc.health.v1: "" and each service, `reader/{alias}`,
// `ca/{name}`, `store`. Thread-safe.
class HealthBoard : public std::enable_shared_from_this<HealthBoard> {
 public:
  using Entries = std::map<std::string, bool>;

  // Puts `entries` in the place of all whose names begin with `prefix`.
  void Replace(const std::string& prefix, const Entries& entries);

  // Everything that is known stops working.
  void StopAll();

  // Nothing where nothing has that name.
  std::optional<bool> Works(const std::string& name) const;

  // Calls `wake` after each change, until the returned guard goes.
  std::shared_ptr<void> Subscribe(Wake wake);

 private:
  void WakeAll();

  mutable Mutex mutex_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::uint64_t next_key_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<std::uint64_t, Wake> wakes_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace jpkid::rpc
